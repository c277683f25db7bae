"""What some days of a period are worth, to be given back at once: "3 days of outage"."""

from decimal import Decimal
from fractions import Fraction

from .money import CENT, round_money
from .periods import MONTH, YEAR, Interval, Period
from .proration import THIRTY


def worth_of_days(price: Decimal | Fraction, days: int, full: Period, interval: Interval, policy: str, rounding: Decimal = CENT) -> Decimal:
    """The part of a full period's price that a number of its days is worth: days / days of the full period, as a stub is prorated; with
    months of 30 days, days / 30 per month of the interval. Never more than the whole price. RULES "Periods and dates".

    :param price: of the full period, discounts taken off.
    :param full: the full period the days lie in.
    :raises ValueError: for less than one day.

    Three days of April at 99.90 are 9.99, of May 9.67 (99.90 × 3/31 = 9.6677…), by months of 30 days 9.99 in both:

    >>> from datetime import date
    >>> monthly = Interval(1, "month")
    >>> april, may = Period(date(2026, 4, 1), date(2026, 5, 1)), Period(date(2026, 5, 1), date(2026, 6, 1))
    >>> worth_of_days(Decimal("99.90"), 3, april, monthly, "actual")
    Decimal('9.99')
    >>> worth_of_days(Decimal("99.90"), 3, may, monthly, "actual")
    Decimal('9.67')
    >>> worth_of_days(Decimal("99.90"), 3, may, monthly, "thirty")
    Decimal('9.99')
    >>> worth_of_days(Decimal("99.90"), 40, may, monthly, "actual")
    Decimal('99.90')
    """
    if days < 1:
        raise ValueError("At least one day is given back.")
    months = {MONTH: interval.count, YEAR: 12 * interval.count}.get(interval.unit)
    base = 30 * months if policy == THIRTY and months else full.days
    return round_money(Fraction(price) * min(Fraction(days, base), Fraction(1)), rounding)
