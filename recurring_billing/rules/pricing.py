"""The price in force for a full period: the line's own price, discounts that begin and end, a total agreed for N periods.

One price holds for a whole full period and is decided at its **moment**: its start, or the lineage's first day where the lineage
starts inside it. So a discount given in mid-period counts from the next period, and one that ends in mid-period still holds to
the end of it. Periods are counted along the calendar of the schedule from the first one at or after the discount's start: a
leading stub counts as one, and so does a paused period, so that a pause never changes an amount that is billed already::

    full periods   |-----------|-----------|-----------|-----------|
    lineage               [========================================...
    3 periods off         [  1  |     2     |     3     ]
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .money import CENT, HUNDRED, Price, round_money
from .periods import Interval, Period, boundary, index_at

# Combined percentages keep as many decimals as the ledger does, so that a price read back from it is the same price.
PERCENT_STEP = Decimal("0.000001")


class Discount(NamedTuple):
    """A reduction of a line's price in some of its periods, by a percentage or by an amount of money per full period.

    :param percent: 0 to 100, or 0 for one of money. Percentages combine one after the other: 10 % and 10 % are 19 %.
    :param amount: money off a full period, in the currency and tax basis of the line; taken off after the percentages.
    :param start: from the first period whose moment is this day or later.
    :param periods: for so many periods, or None.
    :param until: for the periods whose moment lies before this day, or None.
    """

    name: str
    percent: Decimal
    amount: Decimal
    start: date
    periods: int | None = None
    until: date | None = None


class FixedTotal(NamedTuple):
    """An agreed total for a number of periods ("12 000 in 12"), whatever the price of the product.

    :param start: a day of the first of these periods.
    """

    total: Decimal
    periods: int
    start: date


class Offer(NamedTuple):
    """What was agreed about the price of a line, beside the price itself."""

    discounts: tuple[Discount, ...] = ()
    fixed: FixedTotal | None = None


def period_price(
    price: Price, offer: Offer | None, anchor: date, interval: Interval, full: Period, since: date, rounding: Decimal = CENT
) -> Price:
    """The price of one full period under the offer; without an offer the price itself.

    :param full: a full period of the schedule that the lineage wants at least a day of.
    :param since: the first day of the lineage, through all its changes.
    :param rounding: of the currency; only a fixed total is divided into rounded amounts.

    Half price for three periods, for a line that starts on 20 January: the stub is the first of them.

    >>> monthly, first = Interval(1, "month"), date(2024, 1, 1)
    >>> half = Offer((Discount("Welcome", Decimal(50), Decimal(0), date(2024, 1, 20), periods=3),))
    >>> for month in (1, 3, 4):
    ...     full = Period(date(2024, month, 1), date(2024, month + 1, 1))
    ...     print(period_price(Price(Decimal("100")), half, first, monthly, full, date(2024, 1, 20)).per_period)
    50
    50
    100

    12 000 in 12, each 1 000, in the place of price, quantity and percentage of the line:

    >>> agreed = Offer(fixed=FixedTotal(Decimal("12000"), 12, first))
    >>> period_price(Price(Decimal("1200"), Decimal(3)), agreed, first, monthly, full, first).per_period
    Fraction(1000, 1)
    """
    if offer is None or not (offer.discounts or offer.fixed):
        return price
    if offer.fixed:
        price = _fixed_price(price, offer.fixed, anchor, interval, full, rounding)
    found = discounts_in_force(offer, anchor, interval, full, since)
    percents = [discount.percent for discount in found if discount.percent]
    off = sum((discount.amount for discount in found), Decimal(0))
    if percents:
        price = price._replace(discount=combined_percent(price.discount, *percents))
    return price._replace(off=price.off + off) if off else price


def discounts_in_force(offer: Offer, anchor: date, interval: Interval, full: Period, since: date) -> tuple[Discount, ...]:
    """The discounts of the offer that hold for this full period.

    Until 1 March, so for the period that starts on 15 February, and whole:

    >>> spring = Discount("Spring", Decimal(10), Decimal(0), date(2024, 1, 1), until=date(2024, 3, 1))
    >>> month = Period(date(2024, 2, 15), date(2024, 3, 15))
    >>> [found.name for found in discounts_in_force(Offer((spring,)), month.start, Interval(1, "month"), month, date(2024, 1, 15))]
    ['Spring']
    """
    moment = max(full.start, since)
    return tuple(
        discount
        for discount in offer.discounts
        if discount.start <= moment
        and (discount.until is None or moment < discount.until)
        and (discount.periods is None or _index(discount.start, anchor, interval, full, since) < discount.periods)
    )


def discount_end(discount: Discount, anchor: date, interval: Interval, since: date) -> date | None:
    """The first day of the first period that the discount no longer holds for, or None where it holds for ever.

    >>> monthly = Interval(1, "month")
    >>> welcome = Discount("Welcome", Decimal(50), Decimal(0), date(2024, 1, 20), periods=3)
    >>> discount_end(welcome, date(2024, 1, 1), monthly, date(2024, 1, 20))
    datetime.date(2024, 4, 1)
    >>> discount_end(welcome._replace(periods=None, until=date(2024, 3, 5)), date(2024, 1, 1), monthly, date(2024, 1, 20))
    datetime.date(2024, 4, 1)
    """
    ends = []
    if discount.periods is not None:
        ends.append(boundary(anchor, interval, _first_index(discount.start, anchor, interval, since) + discount.periods))
    if discount.until is not None:
        ends.append(first_boundary(anchor, interval, discount.until))
    return min(ends, default=None)


def next_change(offer: Offer, anchor: date, interval: Interval, since: date, day: date) -> date | None:
    """The first day after this one on which another price may be in force, or None when the price of the day stays.

    >>> welcome = Offer((Discount("Welcome", Decimal(50), Decimal(0), date(2024, 1, 20), periods=3),))
    >>> next_change(welcome, date(2024, 1, 1), Interval(1, "month"), date(2024, 1, 20), date(2024, 2, 10))
    datetime.date(2024, 4, 1)
    >>> next_change(welcome, date(2024, 1, 1), Interval(1, "month"), date(2024, 1, 20), date(2024, 4, 1)) is None
    True
    """
    moments = [boundary(anchor, interval, _first_index(discount.start, anchor, interval, since)) for discount in offer.discounts]
    moments += [end for discount in offer.discounts if (end := discount_end(discount, anchor, interval, since))]
    if offer.fixed:
        n = index_at(anchor, interval, offer.fixed.start)
        moments += [boundary(anchor, interval, n + offset) for offset in (0, offer.fixed.periods - 1, offer.fixed.periods)]
    return min((moment for moment in moments if moment > day), default=None)


def fixed_end(fixed: FixedTotal, anchor: date, interval: Interval) -> date:
    """The day after the last period of the total: nothing of the line is wanted from here on.

    From 20 January a stub to 1 February is the first of three periods:

    >>> fixed_end(FixedTotal(Decimal("300"), 3, date(2024, 1, 20)), date(2024, 1, 1), Interval(1, "month"))
    datetime.date(2024, 4, 1)
    """
    return boundary(anchor, interval, index_at(anchor, interval, fixed.start) + fixed.periods)


def fixed_amount(fixed: FixedTotal, n: int, rounding: Decimal = CENT) -> Decimal:
    """What the n-th period of the total costs, from 0: the rounded part each, the remainder in the last.

    A total too small for that (0.10 in 12) is rounded down instead, because no period costs less than nothing.

    :raises ValueError: for fewer than one period.

    >>> third = FixedTotal(Decimal("100"), 3, date(2024, 1, 1))
    >>> [str(fixed_amount(third, n)) for n in range(4)]
    ['33.33', '33.33', '33.34', '0']
    """
    if fixed.periods < 1:
        raise ValueError(f"a fixed total needs at least one period, not {fixed.periods}")
    if not 0 <= n < fixed.periods:
        return Decimal(0)
    others = fixed.periods - 1
    each = round_money(Fraction(fixed.total) / fixed.periods, rounding)
    if each * others > fixed.total:
        each -= rounding
    return fixed.total - each * others if n == others else each


def combined_percent(*percents: Decimal) -> Decimal:
    """Percentages taken off one after the other, as one.

    >>> combined_percent(Decimal(10), Decimal(10)), combined_percent(Decimal("33.33"), Decimal("33.33"), Decimal(0))
    (Decimal('19'), Decimal('55.551111'))
    """
    remaining = Fraction(1)
    for percent in percents:
        remaining *= 1 - Fraction(percent) / HUNDRED
    return round_money((1 - remaining) * HUNDRED, PERCENT_STEP).normalize() + 0


def first_boundary(anchor: date, interval: Interval, day: date) -> date:
    """The first boundary of the schedule on or after the day.

    >>> first_boundary(date(2024, 1, 1), Interval(1, "month"), date(2024, 1, 20))
    datetime.date(2024, 2, 1)
    """
    n = index_at(anchor, interval, day)
    start = boundary(anchor, interval, n)
    return start if start == day else boundary(anchor, interval, n + 1)


def _first_index(start: date, anchor: date, interval: Interval, since: date) -> int:
    """The number of the first full period whose moment is not before the start."""
    if start <= since:
        return index_at(anchor, interval, since)
    return index_at(anchor, interval, first_boundary(anchor, interval, start))


def _index(start: date, anchor: date, interval: Interval, full: Period, since: date) -> int:
    return index_at(anchor, interval, full.start) - _first_index(start, anchor, interval, since)


def _fixed_price(price: Price, fixed: FixedTotal, anchor: date, interval: Interval, full: Period, rounding: Decimal) -> Price:
    n = index_at(anchor, interval, full.start) - index_at(anchor, interval, fixed.start)
    return price if n < 0 else Price(fixed_amount(fixed, n, rounding))
