"""What became of a promise to pay. RULES "Dunning"."""

from collections.abc import Container
from datetime import date, timedelta
from decimal import Decimal

from .billing_dates import next_business_day

OPEN, KEPT, PARTLY, BROKEN, CANCELLED = "open", "kept", "partly", "broken", "cancelled"


def last_day(promised: date, grace_days: int = 0, holidays: Container[date] = ()) -> date:
    """The last day on which money still counts as come in time: banks book on business days, and tell some days later.

    Promised for Saturday, 14 March 2026: money may come on Monday, and is waited for one day more.

    >>> str(last_day(date(2026, 3, 14), 1))
    '2026-03-17'
    """
    return next_business_day(promised, holidays) + timedelta(days=grace_days)


def judge(promised: Decimal, paid: Decimal, left: Decimal, day: date, until: date) -> str:
    """What became of a promise.

    :param promised: the amount.
    :param paid: the money that came for its debts since the promise was made.
    :param left: what is still open of these debts.
    :param until: see ``last_day``.

    500.00 promised until 10 March; 500.00 came on the 9th, or 200.00, or nothing:

    >>> until = date(2026, 3, 10)
    >>> judge(Decimal(500), Decimal(500), Decimal(100), date(2026, 3, 9), until)
    'kept'
    >>> judge(Decimal(500), Decimal(200), Decimal(400), date(2026, 3, 10), until)
    'open'
    >>> judge(Decimal(500), Decimal(200), Decimal(400), date(2026, 3, 11), until)
    'partly'
    >>> judge(Decimal(500), Decimal(0), Decimal(600), date(2026, 3, 11), until)
    'broken'

    A debt that ended otherwise, credited say, leaves nothing to promise:

    >>> judge(Decimal(500), Decimal(0), Decimal(0), date(2026, 3, 9), until)
    'cancelled'
    """
    if paid >= promised or (paid > 0 and left <= 0):
        return KEPT
    if left <= 0:
        return CANCELLED
    if day <= until:
        return OPEN
    return PARTLY if paid > 0 else BROKEN
