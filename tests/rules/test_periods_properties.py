"""Periods abut, never overlap, never drift: for any anchor, interval and day."""

from calendar import monthrange
from datetime import timedelta
from itertools import islice, pairwise

import day_by_day
from billing_strategies import days, intervals
from hypothesis import given
from hypothesis import strategies as st

from rules.periods import boundary, index_at, iter_periods, period_at, periods_between

numbers = st.integers(-40, 40)


@given(days, intervals, numbers)
def test_every_boundary_is_counted_from_the_anchor(anchor, interval, n):
    assert boundary(anchor, interval, n) == day_by_day.boundary(anchor, interval, n)


@given(days, intervals, numbers)
def test_a_boundary_in_months_keeps_the_anchors_day_wherever_the_month_has_it(anchor, interval, n):
    found = boundary(anchor, interval, n)
    if interval.months:
        assert found.day == min(anchor.day, monthrange(found.year, found.month)[1])


@given(days, intervals, days)
def test_a_days_period_contains_it(anchor, interval, day):
    n = index_at(anchor, interval, day)
    assert boundary(anchor, interval, n) <= day < boundary(anchor, interval, n + 1)
    period = period_at(anchor, interval, day)
    assert (period.start, period.end) == (boundary(anchor, interval, n), boundary(anchor, interval, n + 1))


@given(days, intervals, days)
def test_consecutive_periods_abut_and_are_never_empty(anchor, interval, since):
    periods = list(islice(iter_periods(anchor, interval, since), 12))
    assert all(period.start < period.end for period in periods)
    assert all(before.end == after.start for before, after in pairwise(periods))


@given(days, intervals, days, st.integers(0, 400))
def test_periods_are_the_same_wherever_one_starts_to_look(anchor, interval, since, later):
    periods = list(islice(iter_periods(anchor, interval, since), 12))
    day = periods[later % 12].start
    assert next(iter_periods(anchor, interval, day)) == periods[later % 12]


@given(days, intervals, numbers)
def test_any_unclamped_boundary_is_an_anchor_of_the_same_schedule(anchor, interval, n):
    other = boundary(anchor, interval, n)
    if interval.days or other.day == anchor.day:
        assert [boundary(other, interval, k) for k in range(-9, 9)] == [boundary(anchor, interval, n + k) for k in range(-9, 9)]


@given(days, intervals, st.integers(-800, 800), st.integers(1, 800))
def test_periods_between_two_days_are_all_that_overlap_them(since, interval, offset, length):
    anchor, until = since + timedelta(days=offset), since + timedelta(days=length)
    found = [tuple(period) for period in periods_between(anchor, interval, since, until)]
    assert found == day_by_day.full_periods(anchor, interval, since, until)
