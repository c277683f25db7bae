"""Ageing: how long what is open has been due, in the buckets accountants use. RULES "Revenue", receivables."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

NOT_DUE, TO_30, TO_60, TO_90, OLDER = "not_due", "to_30", "to_60", "to_90", "older"
BUCKETS = (NOT_DUE, TO_30, TO_60, TO_90, OLDER)
_LAST_DAYS = ((0, NOT_DUE), (30, TO_30), (60, TO_60), (90, TO_90))


def days_late(due: date, day: date) -> int:
    """Whole days after the due date; 0 on the due date and before.

    >>> days_late(date(2026, 3, 10), date(2026, 3, 10)), days_late(date(2026, 3, 10), date(2026, 4, 9))
    (0, 30)
    """
    return max(0, (day - due).days)


def bucket(due: date, day: date) -> str:
    """The bucket of something due on a date, as of a day: due today is not late.

    >>> [bucket(date(2026, 3, 10), date(2026, *each)) for each in ((3, 10), (3, 11), (4, 9), (4, 10), (6, 8), (6, 9))]
    ['not_due', 'to_30', 'to_30', 'to_60', 'to_90', 'older']
    """
    late = days_late(due, day)
    return next((name for last, name in _LAST_DAYS if late <= last), OLDER)


def ageing(items: Iterable[tuple[date, Decimal]], day: date) -> dict[str, Decimal]:
    """What is open, by bucket; all buckets are there.

    :param items: due date and what is open, in one currency.

    >>> items = [(date(2026, 3, 10), Decimal(100)), (date(2026, 1, 10), Decimal(50)), (date(2026, 3, 31), Decimal(7))]
    >>> found = ageing(items, date(2026, 3, 25))
    >>> [str(found[name]) for name in BUCKETS]
    ['7', '100', '0', '50', '0']
    """
    found = dict.fromkeys(BUCKETS, Decimal(0))
    for due, amount in items:
        found[bucket(due, day)] += amount
    return found
