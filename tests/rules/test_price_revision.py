"""Yearly price revisions: index, rounding, clock and the day a new price counts from."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from rules import price_revision as rule
from rules.periods import MONTH, WEEK, YEAR, Interval, boundary, index_at

# IPCA of 2023, month by month; the published figure of the year is 4.62 %.
IPCA_2023 = ["0.53", "0.84", "0.71", "0.61", "0.23", "-0.08", "0.12", "0.23", "0.26", "0.24", "0.28", "0.56"]
# IGP-M of 2023: a negative year, published as -3.18 %.
IGPM_2023 = ["0.21", "-0.06", "0.05", "-0.95", "-1.84", "-1.93", "-0.72", "-0.14", "0.37", "0.50", "0.59", "0.74"]

percents = st.decimals("-20", "20", places=2)
prices = st.decimals("0.05", "5000", places=2)
days = st.dates(date(2015, 1, 1), date(2040, 12, 31))
intervals = st.sampled_from([Interval(1, MONTH), Interval(3, MONTH), Interval(1, YEAR), Interval(2, WEEK)])


def year(number, values):
    return {date(number, n, 1): Decimal(value) for n, value in enumerate(values, 1)}


@pytest.mark.parametrize(("values", "published"), [(IPCA_2023, "4.62"), (IGPM_2023, "-3.18")])
def test_twelve_months_give_the_published_figure_of_the_year(values, published):
    months = rule.index_months(date(2024, 2, 10), 12, 2)
    assert (months[0], months[-1]) == (date(2023, 1, 1), date(2023, 12, 1))
    assert rule.accumulated(year(2023, values), months).quantize(Decimal("0.01")) == Decimal(published)


def test_a_lag_of_nothing_ends_with_the_month_of_the_new_price():
    assert rule.index_months(date(2024, 12, 31), 12, 0)[-1] == date(2024, 12, 1)


def test_every_missing_month_is_named():
    values = year(2023, IPCA_2023)
    del values[date(2023, 3, 1)], values[date(2023, 12, 1)]
    with pytest.raises(rule.MissingMonths) as missing:
        rule.accumulated(values, rule.index_months(date(2024, 2, 1), 12, 2))
    assert missing.value.months == (date(2023, 3, 1), date(2023, 12, 1))


def test_without_a_floor_a_negative_index_cuts():
    assert rule.index_percent(Decimal("-3.18"), floor=None) == Decimal("-3.18")


@given(percents, st.decimals("0", "10", places=2), st.decimals("10", "30", places=2), st.decimals("0", "5", places=2))
def test_the_percentage_lies_between_floor_and_cap(rise, floor, cap, extra):
    assert floor + extra <= rule.index_percent(rise, floor=floor, cap=cap, extra=extra) <= cap + extra


@given(percents, prices)
def test_the_default_never_cuts_a_price(rise, price):
    assert rule.new_price(price, rule.index_percent(rise)) >= price


ROUNDINGS = [rule.Rounding(Decimal("0.05")), rule.Rounding(Decimal(1)), rule.Rounding(Decimal(1), Decimal("0.90"))]


@given(prices, percents, st.sampled_from(ROUNDINGS))
def test_a_rounded_price_ends_as_wanted_or_stays(price, percent, rounding):
    new = rule.new_price(price, percent, rounding=rounding)
    exact = Fraction(price) * (1 + Fraction(percent) / 100)
    ends = (new - rounding.ending) % rounding.step == 0
    assert new >= price if percent >= 0 else new <= price
    assert ends or new == price or exact < rounding.step
    if ends:
        assert abs(Fraction(new) - exact) <= Fraction(rounding.step) / 2 or new == price


@given(prices, percents)
def test_a_price_is_rounded_half_up_to_the_cent(price, percent):
    exact = Fraction(price) * (1 + Fraction(percent) / 100)
    new = Fraction(rule.new_price(price, percent))
    assert -Fraction(1, 200) < new - exact <= Fraction(1, 200)


def test_a_price_is_never_taken_away_whole():
    with pytest.raises(ValueError, match="cannot fall"):
        rule.new_price(Decimal(10), Decimal(-100))


@given(days, intervals, days, st.integers(0, 90), st.integers(0, 20), st.sampled_from(["advance", "arrears"]))
def test_a_new_price_counts_from_the_first_boundary_that_is_late_enough(anchor, interval, today, notice, lead, timing):
    since = anchor + timedelta(days=30)
    due = rule.due_day(since)
    lead = lead if timing == "advance" else 0
    day = rule.effective_day(anchor, interval, today=today, notice_days=notice, due=due, timing=timing, lead_days=lead)
    n = index_at(anchor, interval, day)
    assert boundary(anchor, interval, n) == day

    def late_enough(start):
        due_moment_to_come = timing == "arrears" or start - timedelta(days=lead) > today
        return start >= today + timedelta(days=notice) and start >= due and due_moment_to_come

    assert late_enough(day)
    assert not late_enough(boundary(anchor, interval, n - 1))


def test_what_is_billed_keeps_its_price():
    paid_to = date(2026, 7, 10)
    day = rule.effective_day(
        date(2025, 1, 10), Interval(1, MONTH), today=date(2026, 3, 3), notice_days=30, due=date(2026, 1, 10), not_billed=paid_to
    )
    assert day == paid_to


@given(days, st.integers(12, 36))
def test_two_revisions_lie_a_year_apart_or_more(since, months):
    assert rule.due_day(since, months) >= since + relativedelta(years=1)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "garbage",
        {"data": "01/01/2026", "valor": "1"},
        [{"data": "2026-01-01", "valor": "1"}],
        [{"data": "31/02/2026", "valor": "1"}],
        [{"data": "01/01/2026"}],
        [{"data": "01/01/2026", "valor": "abc"}],
        [{"data": "01/01/2026", "valor": "NaN"}],
        [{"data": "01/01/2026", "valor": "-100"}],
        [{"data": "01/01/2026", "valor": "Infinity"}],
        ["01/01/2026"],
        [{"data": "01/01/2026", "valor": "0.5"}, {"data": "01/01/2026", "valor": "0.6"}],
    ],
)
def test_an_answer_that_is_not_a_list_of_months_and_values_is_refused(answer):
    with pytest.raises(ValueError, match=r"."):
        rule.parse_answer(answer)


def test_a_month_told_twice_alike_is_one_value():
    row = {"data": "01/01/2026", "valor": "0,56"}
    assert rule.parse_answer([row, dict(row)]) == {date(2026, 1, 1): Decimal("0.56")}
