"""Creditor references (ISO 11649): what a payer writes on a payment, short, checked, and the same in every country.

``RF``, two check digits, and a number of our own. The alphabet is that of a Pix transaction id (letters and digits, at most 25 of them),
and SEPA knows the reference by itself.
"""

import re

DIGITS = 10
LENGTH = 4 + DIGITS
LONGEST = 25  # of a Pix transaction id
_SHAPE = re.compile(rf"RF\d{{{LENGTH - 2}}}")


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
    """98 less the remainder of the body with ``RF00`` behind it, letters as numbers (R 27, F 15), by 97."""
    return f"{98 - int(body + '271500') % 97:02d}"
