"""Aligned plans: a fixed day of the month, for quarters and years also a fixed month."""

from calendar import monthrange
from datetime import date

import pytest
from billing_strategies import days, month_intervals
from hypothesis import given
from hypothesis import strategies as st

from rules.periods import DAY, LAST_DAY, MONTH, WEEK, YEAR, Interval, aligned_anchor, boundary, period_at

MONTHLY, QUARTERLY, YEARLY = Interval(1, MONTH), Interval(3, MONTH), Interval(1, YEAR)


def test_a_fixed_day_already_reached_is_in_the_same_month():
    assert aligned_anchor(date(2024, 4, 20), MONTHLY, 5) == date(2024, 4, 5)


def test_a_fixed_day_still_to_come_is_in_the_month_before():
    assert aligned_anchor(date(2024, 1, 4), MONTHLY, 5) == date(2023, 12, 5)


def test_a_start_on_the_fixed_day_is_its_own_anchor():
    assert aligned_anchor(date(2024, 4, 5), MONTHLY, 5) == date(2024, 4, 5)


def test_the_last_day_of_the_month_is_kept_through_a_start_in_february():
    anchor = aligned_anchor(date(2024, 2, 29), MONTHLY, LAST_DAY)
    assert [str(boundary(anchor, MONTHLY, n)) for n in range(4)] == [
        "2024-01-31",
        "2024-02-29",
        "2024-03-31",
        "2024-04-30",
    ]


def test_calendar_quarters_start_in_january_april_july_and_october():
    anchor = aligned_anchor(date(2024, 5, 20), QUARTERLY, 1, month=1)
    assert period_at(anchor, QUARTERLY, date(2024, 5, 20)) == (date(2024, 4, 1), date(2024, 7, 1))


def test_quarters_aligned_in_february_on_the_last_day_are_honoured_in_may_and_august():
    anchor = aligned_anchor(date(2024, 3, 1), QUARTERLY, LAST_DAY, month=2)
    found = {str(boundary(anchor, QUARTERLY, n)) for n in range(-4, 5)}
    assert {"2023-08-31", "2023-11-30", "2024-02-29", "2024-05-31"} <= found


def test_a_year_aligned_on_the_last_day_of_february_is_honoured_in_leap_years():
    anchor = aligned_anchor(date(2023, 5, 20), YEARLY, LAST_DAY, month=2)
    assert period_at(anchor, YEARLY, date(2023, 5, 20)) == (date(2023, 2, 28), date(2024, 2, 29))


def test_three_years_aligned_on_29_february_are_honoured_in_leap_years():
    every_three = Interval(3, YEAR)
    anchor = aligned_anchor(date(2021, 5, 20), every_three, 29, month=2)
    assert period_at(anchor, every_three, date(2021, 5, 20)) == (date(2021, 2, 28), date(2024, 2, 29))


def test_a_century_aligned_on_a_day_no_month_of_it_has_still_finds_an_anchor():
    assert aligned_anchor(date(2024, 5, 20), Interval(100, YEAR), LAST_DAY, month=4) == date(2024, 4, 30)


@pytest.mark.parametrize("unit", [DAY, WEEK])
def test_days_and_weeks_have_no_day_of_the_month(unit):
    with pytest.raises(ValueError, match="months or years"):
        aligned_anchor(date(2024, 5, 20), Interval(1, unit), 1)


wanted_days = st.one_of(st.integers(1, 31), st.sampled_from([29, 30, LAST_DAY]))
wanted_months = st.one_of(st.integers(0, 12), st.just(2))


@given(days, month_intervals, wanted_days, wanted_months)
def test_the_wanted_day_is_honoured_in_every_month_that_has_it(start, interval, day, month):
    anchor = aligned_anchor(start, interval, day, month)
    for n in range(-8, 24):
        found = boundary(anchor, interval, n)
        assert found.day == min(day, monthrange(found.year, found.month)[1])


@given(days, month_intervals, wanted_days, wanted_months)
def test_the_anchor_never_lies_after_the_start(start, interval, day, month):
    assert aligned_anchor(start, interval, day, month) <= start


@given(days, month_intervals, wanted_days, wanted_months.filter(bool))
def test_the_wanted_month_belongs_to_the_schedule(start, interval, day, month):
    anchor = aligned_anchor(start, interval, day, month)
    assert month in {boundary(anchor, interval, n).month for n in range(13)}


@given(days, month_intervals, wanted_days)
def test_without_a_wanted_month_the_first_period_starts_within_a_month(start, interval, day):
    first = period_at(aligned_anchor(start, interval, day), interval, start)
    assert (start - first.start).days <= 31
