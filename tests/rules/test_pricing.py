"""The price in force for a full period: discounts by count and by date, money off, fixed totals."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from billing_strategies import amounts, days, intervals, prices
from hypothesis import given
from hypothesis import strategies as st
from lineage_of_one import day, period, price

from rules.money import Price
from rules.periods import Interval, boundary, index_at, iter_periods
from rules.pricing import (
    Discount,
    FixedTotal,
    Offer,
    combined_percent,
    discount_end,
    discounts_in_force,
    fixed_amount,
    fixed_end,
    next_change,
    period_price,
)

MONTHLY = Interval(1, "month")
ANCHOR = day("2024-01-01")
percentages = st.decimals(min_value=0, max_value=100, places=2)


def percent_off(value, start, **ends) -> Discount:
    return Discount("Percent", Decimal(value), Decimal(0), day(start), **ends)


def money_off(value, start, **ends) -> Discount:
    return Discount("Money", Decimal(0), Decimal(value), day(start), **ends)


def prices_of_months(each: Price, offer: Offer, since: str, count: int, anchor: date = ANCHOR) -> list[str]:
    """What the first periods of a lineage cost, each whole."""
    periods = iter_periods(anchor, MONTHLY, day(since))
    return [
        str(Decimal(found.numerator) / found.denominator)
        for found in (period_price(each, offer, anchor, MONTHLY, next(periods), day(since)).per_period for _n in range(count))
    ]


@st.composite
def schedules(draw):
    """A schedule, a lineage's first day on it, and its first full periods."""
    anchor, interval = draw(days), draw(intervals)
    since = boundary(anchor, interval, draw(st.integers(-2, 3)))
    if draw(st.booleans()):
        since += timedelta(days=draw(st.integers(0, 40)))
    periods = iter_periods(anchor, interval, since)
    return anchor, interval, since, [next(periods) for _n in range(draw(st.integers(1, 16)))]


@given(prices, schedules())
def test_without_an_offer_the_price_is_the_lines_own(each, schedule):
    anchor, interval, since, periods = schedule
    assert period_price(each, Offer(), anchor, interval, periods[-1], since) is each
    assert period_price(each, None, anchor, interval, periods[-1], since) is each


def test_a_discount_for_three_periods_holds_for_three():
    offer = Offer((percent_off("50", "2024-01-01", periods=3),))
    assert prices_of_months(price("100"), offer, "2024-01-01", 5) == ["50", "50", "50", "100", "100"]


def test_a_leading_stub_is_the_first_of_the_periods():
    offer = Offer((percent_off("50", "2024-01-20", periods=2),))
    assert prices_of_months(price("100"), offer, "2024-01-20", 4) == ["50", "50", "100", "100"]


def test_a_discount_given_in_mid_period_counts_from_the_next_one():
    offer = Offer((percent_off("50", "2024-02-10", periods=2),))
    assert prices_of_months(price("100"), offer, "2024-01-01", 5) == ["100", "100", "50", "50", "100"]


def test_a_discount_given_after_the_start_of_a_lineage_that_begins_with_a_stub_skips_the_stub():
    offer = Offer((percent_off("50", "2024-01-25", periods=1),))
    assert prices_of_months(price("100"), offer, "2024-01-20", 3) == ["100", "50", "100"]


def test_a_discount_older_than_the_lineage_counts_from_its_first_day():
    offer = Offer((percent_off("50", "2023-06-01", periods=2),))
    assert prices_of_months(price("100"), offer, "2024-01-20", 3) == ["50", "50", "100"]


def test_until_a_day_is_decided_at_the_start_of_the_period():
    """A period that starts on the last day is discounted whole; one that starts the day after is not."""
    offer = Offer((percent_off("10", "2024-01-01", until=day("2024-03-02")),))
    assert prices_of_months(price("100"), offer, "2024-01-01", 4) == ["90", "90", "90", "100"]
    offer = Offer((percent_off("10", "2024-01-01", until=day("2024-03-01")),))
    assert prices_of_months(price("100"), offer, "2024-01-01", 4) == ["90", "90", "100", "100"]


def test_of_a_count_and_a_day_the_earlier_end_decides():
    offer = Offer((percent_off("10", "2024-01-01", periods=3, until=day("2024-02-15")),))
    assert prices_of_months(price("100"), offer, "2024-01-01", 4) == ["90", "90", "100", "100"]


def test_a_discount_for_no_period_holds_for_none():
    assert prices_of_months(price("100"), Offer((percent_off("10", "2024-01-01", periods=0),)), "2024-01-01", 2) == ["100", "100"]


def test_percentages_are_taken_off_one_after_the_other():
    """3 × 200 = 600; −10 % = 540; −20 % = 432; −25 % = 324."""
    offer = Offer((percent_off("20", "2024-01-01"), percent_off("25", "2024-01-01", periods=1)))
    assert prices_of_months(price("200", "3", "10"), offer, "2024-01-01", 2) == ["324", "432"]


def test_money_is_taken_off_after_the_percentages():
    """100 − 10 % = 90; − 15 = 75; the month after − 15 − 5 = 70."""
    offer = Offer((money_off("15", "2024-01-01"), money_off("5", "2024-02-01"), percent_off("10", "2024-01-01")))
    found = period_price(price("100"), offer, ANCHOR, MONTHLY, period("2024-02-01", "2024-03-01"), ANCHOR)
    assert found == Price(Decimal(100), Decimal(1), Decimal(10), Decimal(20))
    assert prices_of_months(price("100"), offer, "2024-01-01", 2) == ["75", "70"]


def test_a_period_never_costs_less_than_nothing():
    assert prices_of_months(price("10"), Offer((money_off("12", "2024-01-01", periods=1),)), "2024-01-01", 2) == ["0", "10"]


@given(prices, amounts)
def test_money_off_stops_at_nothing(each, off):
    reduced = each._replace(off=off).per_period
    assert reduced == (each.per_period - Fraction(off) if off <= each.per_period else 0)


@given(schedules(), st.integers(0, 18))
def test_a_discount_for_n_periods_holds_for_the_first_n(schedule, count):
    anchor, interval, since, periods = schedule
    offer = Offer((Discount("Some", Decimal(10), Decimal(0), since, periods=count),))
    held = [bool(discounts_in_force(offer, anchor, interval, full, since)) for full in periods]
    assert held == [n < count for n in range(len(periods))]


@given(schedules(), st.integers(-60, 200), st.one_of(st.none(), st.integers(0, 9)), st.one_of(st.none(), st.integers(1, 300)))
def test_a_discount_holds_from_its_first_period_to_its_end_without_a_gap(schedule, offset, count, length):
    anchor, interval, since, periods = schedule
    start = since + timedelta(days=offset)
    discount = Discount("Some", Decimal(10), Decimal(0), start, count, length and start + timedelta(days=length))
    end = discount_end(discount, anchor, interval, since)
    for full in periods:
        expected = max(full.start, since) >= start and (end is None or full.start < end)
        if length and since > start and since >= discount.until:
            expected = False
        assert bool(discounts_in_force(Offer((discount,)), anchor, interval, full, since)) is expected


@given(percentages, percentages, percentages)
def test_combined_percentages_are_exact_to_the_ledgers_precision(first, second, third):
    kept = (1 - Fraction(first) / 100) * (1 - Fraction(second) / 100)
    assert 1 - Fraction(combined_percent(first, second)) / 100 == kept
    three = Fraction(combined_percent(first, second, third))
    assert abs(three - 100 * (1 - kept * (1 - Fraction(third) / 100))) <= Fraction(1, 2_000_000)


def test_a_fixed_total_leaves_the_remainder_to_the_last_period():
    agreed = FixedTotal(Decimal("1000"), 12, ANCHOR)
    found = [fixed_amount(agreed, n) for n in range(12)]
    assert [str(each) for each in found] == ["83.33"] * 11 + ["83.37"]


def test_a_fixed_total_stands_in_the_place_of_price_quantity_and_percentage():
    offer = Offer(fixed=FixedTotal(Decimal("12000"), 12, ANCHOR))
    found = period_price(price("1500", "3", "10"), offer, ANCHOR, MONTHLY, period("2024-12-01", "2025-01-01"), ANCHOR)
    assert found == price("1000")


def test_a_fixed_total_counts_a_leading_stub_as_a_period_and_ends_on_a_boundary():
    """The stub's price is a whole part of the total; that it is charged whole is for the caller to say (proration ``full``)."""
    agreed = FixedTotal(Decimal("100"), 3, day("2024-01-20"))
    assert prices_of_months(price("1"), Offer(fixed=agreed), "2024-01-20", 4) == ["33.33", "33.33", "33.34", "0"]
    assert fixed_end(agreed, ANCHOR, MONTHLY) == day("2024-04-01")


def test_before_a_fixed_total_begins_the_lines_own_price_holds():
    agreed = FixedTotal(Decimal("100"), 2, day("2024-02-01"))
    assert prices_of_months(price("70"), Offer(fixed=agreed), "2024-01-01", 3) == ["70", "50", "50"]


def test_a_discount_is_taken_off_a_part_of_a_fixed_total():
    offer = Offer((percent_off("10", "2024-01-01", periods=1),), FixedTotal(Decimal("1200"), 12, ANCHOR))
    assert prices_of_months(price("1"), offer, "2024-01-01", 2) == ["90", "100"]


def test_a_fixed_total_without_periods_is_refused():
    with pytest.raises(ValueError, match="at least one period"):
        fixed_amount(FixedTotal(Decimal(1), 0, ANCHOR), 0)


@given(
    st.decimals(min_value=0, max_value=10**7, places=2),
    st.integers(1, 400),
    st.sampled_from([Decimal(text) for text in ("0.01", "0.05", "1", "0.001")]),
)
def test_a_fixed_total_sums_exactly_and_no_part_is_negative(total, periods, rounding):
    agreed = FixedTotal(total, periods, ANCHOR)
    parts = [fixed_amount(agreed, n, rounding) for n in range(periods)]
    assert sum(parts) == total
    assert min(parts) >= 0
    assert len(set(parts[:-1])) <= 1


@given(schedules(), amounts, st.integers(1, 24))
def test_a_fixed_total_is_billed_in_exactly_its_periods(schedule, total, count):
    anchor, interval, since, _periods = schedule
    agreed = FixedTotal(total, count, since)
    end = fixed_end(agreed, anchor, interval)
    assert index_at(anchor, interval, end) - index_at(anchor, interval, since) == count
    wanted = []
    for full in iter_periods(anchor, interval, since):
        if full.start >= end:
            break
        wanted.append(period_price(Price(Decimal(1)), Offer(fixed=agreed), anchor, interval, full, since).per_period)
    assert len(wanted) == count
    assert sum(wanted) == total


offers = st.builds(
    lambda discounts, fixed: (discounts, fixed),
    st.lists(
        st.tuples(st.integers(-40, 200), st.one_of(st.none(), st.integers(0, 6)), st.one_of(st.none(), st.integers(1, 200))), max_size=3
    ),
    st.one_of(st.none(), st.integers(1, 8)),
)


@given(schedules(), offers)
def test_the_price_changes_only_on_the_days_foretold(schedule, drawn):
    anchor, interval, since, periods = schedule
    discounts = tuple(
        Discount("Some", Decimal(10), Decimal(0), since + timedelta(days=start), count, length and since + timedelta(days=start + length))
        for start, count, length in drawn[0]
    )
    offer = Offer(discounts, drawn[1] and FixedTotal(Decimal(100), drawn[1], since))
    found = [period_price(Price(Decimal(7)), offer, anchor, interval, full, since) for full in periods]
    for n in range(1, len(periods)):
        if found[n] != found[n - 1]:
            assert next_change(offer, anchor, interval, since, periods[n - 1].start) == periods[n].start
