"""Early payment: up to three dated discounts for who pays all that is owed in time. RULES "Collecting"."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .money import CENT, round_money

MOST_TIERS = 3
HUNDRED = 100


class Tier(NamedTuple):
    """A discount for paying a number of days before the due date, in percent or in money.

    :param days: before the due date; 0: on the due date itself.
    """

    days: int
    percent: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)


class Dated(NamedTuple):
    """A discount until a day, that day included."""

    until: date
    percent: Decimal
    amount: Decimal


def dated(tiers: Iterable[Tier], due: date) -> list[Dated]:
    """The discounts of a due date, the earliest first.

    :raises ValueError: for more than three, two on one day, or a day after the due date.

    >>> [str(each.until) for each in dated([Tier(5, Decimal(3)), Tier(10, Decimal(5))], date(2026, 3, 10))]
    ['2026-02-28', '2026-03-05']
    >>> dated([Tier(5, Decimal(3)), Tier(5, Decimal(5))], date(2026, 3, 10))
    Traceback (most recent call last):
    ...
    ValueError: Discounts for paying early lie on different days.
    """
    tiers = list(tiers)
    if len(tiers) > MOST_TIERS:
        raise ValueError("At most three discounts for paying early.")
    if any(tier.days < 0 for tier in tiers):
        raise ValueError("A discount for paying early ends on the due date at the latest.")
    if len({tier.days for tier in tiers}) < len(tiers):
        raise ValueError("Discounts for paying early lie on different days.")
    return sorted(Dated(due - timedelta(days=tier.days), tier.percent, tier.amount) for tier in tiers)


def discount(owed: Decimal, day: date, discounts: Iterable[Dated], rounding: Decimal = CENT) -> Decimal:
    """What is taken off for who pays all that is owed on a day: the first discount whose last day is not over, never more than is owed.

    100.00 due 10 March, 5 % until 28 February, 3 % until 5 March:

    >>> offers = dated([Tier(10, Decimal(5)), Tier(5, Decimal(3))], date(2026, 3, 10))
    >>> [str(discount(Decimal(100), date(2026, *day), offers)) for day in ((2, 28), (3, 1), (3, 5), (3, 6))]
    ['5.00', '3.00', '3.00', '0']
    """
    for each in sorted(discounts):
        if day <= each.until:
            off = round_money(Fraction(owed) * Fraction(each.percent) / HUNDRED + Fraction(each.amount), rounding)
            return min(off, owed)
    return Decimal(0)
