"""Finding card numbers where none may be: 13 to 19 digits, alone or in groups, that begin as cards do and have a card's check digit.

Digits within longer codes (payment codes, hashes, identifiers) and decimals are no card numbers. Needs nothing but the standard library.

assert find("paid with 4111-1111-1111-1111") == ["4111-1111-1111-1111"]
"""

import re

PREFIXES = [
    # first digits from, to, lengths
    ("4", "4", (13, 16, 19)),
    ("51", "55", (16,)),
    ("2221", "2720", (16,)),
    ("34", "34", (15,)),
    ("37", "37", (15,)),
    ("300", "305", (14,)),
    ("36", "36", (14,)),
    ("38", "39", (14,)),
    ("3528", "3589", (16, 17, 18, 19)),
    ("6011", "6011", (16, 19)),
    ("644", "649", (16, 19)),
    ("65", "65", (16, 19)),
    ("62", "62", (16, 17, 18, 19)),
    ("50", "50", (16,)),  # Maestro, Elo
    ("56", "59", (16, 18, 19)),
    ("6062", "6062", (16, 19)),  # Hipercard
    ("6277", "6277", (16,)),  # Elo
    ("6362", "6363", (16,)),
]
ROW = re.compile(r"(?<![\w.,+-])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5})(?![\w-]|[.,]\d)")


def find(text: str) -> list[str]:
    """What could be a card number in a text, as it is written there."""
    return [match.group() for match in ROW.finditer(text.replace("_", " ")) if _is_card(re.sub(r"\D", "", match.group()))]


def _is_card(digits: str) -> bool:
    known = any(first <= digits[: len(first)] <= last and len(digits) in lengths for first, last, lengths in PREFIXES)
    return known and _has_check_digit(digits) and len(set(digits)) > 1


def _has_check_digit(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def scan(rows) -> dict[str, list[str]]:
    """Card numbers in the rows of tables.

    :param rows: (table, text of a row)
    :return: dict table → what was found
    """
    found = {}
    for table, text in rows:
        if numbers := find(text):
            found.setdefault(table, []).extend(numbers)
    return found


def database_rows(cursor):
    """Every row of every table that a cursor sees, as text."""
    cursor.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'"
    )
    for (table,) in cursor.fetchall():
        cursor.execute(f'SELECT "{table}"::text FROM "{table}"')  # noqa: S608; names of the catalogue
        for (text,) in cursor.fetchall():
            yield table, text
