"""Creditor references (ISO 11649): what a payer writes on a payment, short, checked, and the same in every country.

``RF``, two check digits, and something of our own: a number on the slips of booklets, which people type; on invoices characters drawn by
chance, which nobody types, so that the codes of a database restored from yesterday are never the codes of other invoices. The alphabet is
that of a Pix transaction id (letters and digits, at most 25 of them), and SEPA knows the reference by itself.
"""

import re

DIGITS = 10
LENGTH = 4 + DIGITS
LONGEST = 25  # of a Pix transaction id
DRAWN = 16
"""How many characters of an invoice's reference are drawn by chance."""
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0, 1, I and O, which are mistaken for each other
_SHAPE = re.compile(rf"RF\d{{{LENGTH - 2}}}")
_DRAWN_SHAPE = re.compile(rf"(?=(RF\d\d[{ALPHABET}]{{{DRAWN}}}))")


def creditor_reference(number: int) -> str:
    """The reference of a number, unique as long as the number is.

    :raises ValueError: for a number of more than ten digits.

    >>> creditor_reference(42)
    'RF340000000042'
    """
    if not 0 <= number < 10**DIGITS:
        raise ValueError(f"a reference numbers from 0 to {10**DIGITS - 1}, not {number}")
    body = f"{number:0{DIGITS}d}"
    return f"RF{_check_digits(body)}{body}"


def drawn_reference(drawn: str) -> str:
    """The reference around characters drawn by chance: a Pix transaction id, and a reference that SEPA checks.

    :param drawn: sixteen characters of ``ALPHABET``.
    :raises ValueError: for anything else.

    >>> drawn_reference("7K2M9PQR4TXW3ZAB")
    'RF437K2M9PQR4TXW3ZAB'
    >>> len(drawn_reference("7K2M9PQR4TXW3ZAB")) <= LONGEST
    True
    """
    if len(drawn) != DRAWN or set(drawn) - set(ALPHABET):
        raise ValueError(f"{DRAWN} characters of {ALPHABET} are drawn for a reference, not {drawn!r}")
    return f"RF{_check_digits(drawn)}{drawn}"


def drawn_references_in(text: str) -> list[str]:
    """Every reference of an invoice that a text carries, in order; one with one digit or one letter wrong is none.

    >>> drawn_references_in("PIX RECEBIDO RF437K2M9PQR4TXW3ZAB ana")
    ['RF437K2M9PQR4TXW3ZAB']
    >>> drawn_references_in("PIX RECEBIDO RF437K2M9PQR4TXW3ZAC")
    []
    """
    found = _DRAWN_SHAPE.findall(re.sub(r"[\s.\-/]", "", text or "").upper())
    return [reference for reference in found if _check_digits(reference[4:]) == reference[2:4]]


def spaced(reference: str) -> str:
    """The reference as people read and type it.

    >>> spaced("RF340000000042")
    'RF34 0000 0000 42'
    """
    return " ".join(reference[n : n + 4] for n in range(0, len(reference), 4))


def references_in(text: str) -> list[str]:
    """Every valid reference of ours that a text carries, however it is spaced, in order; one with a typing error is none.

    >>> references_in("Gym May, rf34 0000 0000 42 thanks")
    ['RF340000000042']
    >>> references_in("RF340000000042/RF070000000043")
    ['RF340000000042', 'RF070000000043']
    >>> references_in("RF340000000024")
    []
    """
    found = _SHAPE.findall(re.sub(r"[\s.\-]", "", text or "").upper())
    return [reference for reference in found if _check_digits(reference[4:]) == reference[2:4]]


def _check_digits(body: str) -> str:
    """98 less the remainder of the body with ``RF00`` behind it, letters as numbers (A 10 to Z 35), by 97."""
    return f"{98 - int(''.join(str(int(character, 36)) for character in body + 'RF00')) % 97:02d}"
