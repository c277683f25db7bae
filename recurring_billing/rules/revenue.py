"""An amount per period normalised to a month of 365.25 / 12 days."""

from fractions import Fraction

from .periods import Interval

DAYS_PER_MONTH = Fraction(36525, 1200)


def per_month(amount: Fraction, interval: Interval) -> Fraction:
    """Monthly recurring revenue of an amount per period: a year counts 12 months, a week 7 days.

    >>> per_month(Fraction(2000), Interval(1, "year"))
    Fraction(500, 3)
    >>> per_month(Fraction(90), Interval(3, "month"))
    Fraction(30, 1)
    >>> round(float(per_month(Fraction(7), Interval(1, "week"))), 4)
    30.4375
    """
    if interval.months:
        return Fraction(amount) / interval.months
    return Fraction(amount) * DAYS_PER_MONTH / interval.days
