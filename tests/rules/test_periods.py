"""Examples of the schedule: RULES.md §1 and the published cases of other billing systems."""

from datetime import date, timedelta
from itertools import islice

import pytest

from rules.periods import (
    DAY,
    MONTH,
    WEEK,
    YEAR,
    Interval,
    Period,
    boundary,
    check_interval,
    index_at,
    iter_periods,
    period_at,
    periods_between,
    trial_end,
)

MONTHLY = Interval(1, MONTH)


def starts(anchor, interval, since, count):
    return [str(period.start) for period in islice(iter_periods(anchor, interval, since), count)]


def test_a_schedule_anchored_on_31_january_returns_to_the_31st():
    found = starts(date(2023, 1, 31), MONTHLY, date(2023, 1, 31), 6)
    assert found == ["2023-01-31", "2023-02-28", "2023-03-31", "2023-04-30", "2023-05-31", "2023-06-30"]


def test_anchor_30_january_meets_29_february_in_a_leap_year():
    assert period_at(date(2012, 1, 30), MONTHLY, date(2012, 2, 16)) == Period(date(2012, 1, 30), date(2012, 2, 29))


def test_a_yearly_schedule_from_29_february_returns_to_the_29th():
    found = starts(date(2020, 2, 29), Interval(1, YEAR), date(2020, 2, 29), 5)
    assert found == ["2020-02-29", "2021-02-28", "2022-02-28", "2023-02-28", "2024-02-29"]


def test_a_century_that_is_no_leap_year_is_clamped_and_left_again():
    found = starts(date(2096, 2, 29), Interval(4, YEAR), date(2096, 2, 29), 3)
    assert found == ["2096-02-29", "2100-02-28", "2104-02-29"]


def test_quarters_anchored_on_30_november_pass_february_without_drifting():
    found = starts(date(2023, 11, 30), Interval(3, MONTH), date(2023, 11, 30), 5)
    assert found == ["2023-11-30", "2024-02-29", "2024-05-30", "2024-08-30", "2024-11-30"]


def test_a_year_and_twelve_months_are_the_same_schedule():
    anchor = date(2023, 8, 31)
    assert starts(anchor, Interval(1, YEAR), anchor, 9) == starts(anchor, Interval(12, MONTH), anchor, 9)


def test_two_weeks_and_fourteen_days_are_the_same_schedule():
    anchor = date(2026, 4, 1)
    assert starts(anchor, Interval(2, WEEK), anchor, 9) == starts(anchor, Interval(14, DAY), anchor, 9)


def test_periods_before_the_anchor_belong_to_the_schedule():
    assert period_at(date(2011, 2, 13), MONTHLY, date(2011, 2, 1)) == Period(date(2011, 1, 13), date(2011, 2, 13))


def test_periods_of_days_before_the_anchor_belong_to_the_schedule():
    assert period_at(date(2026, 1, 10), Interval(10, DAY), date(2026, 1, 9)) == Period(date(2025, 12, 31), date(2026, 1, 10))


def test_a_boundary_day_belongs_to_the_period_that_starts_on_it():
    assert index_at(date(2024, 1, 31), MONTHLY, date(2024, 2, 29)) == 1
    assert index_at(date(2024, 1, 31), MONTHLY, date(2024, 2, 28)) == 0


def test_periods_between_leaves_out_a_period_that_starts_on_the_last_day_of_the_range():
    found = periods_between(date(2024, 1, 31), MONTHLY, date(2024, 1, 31), date(2024, 4, 30))
    assert [str(period.end) for period in found] == ["2024-02-29", "2024-03-31", "2024-04-30"]


def test_periods_between_an_empty_range_is_empty():
    assert periods_between(date(2024, 1, 31), MONTHLY, date(2024, 3, 1), date(2024, 3, 1)) == []


def test_periods_that_touch_share_no_day():
    assert Period(date(2024, 1, 1), date(2024, 2, 1)).intersection(Period(date(2024, 2, 1), date(2024, 3, 1))) is None


@pytest.mark.parametrize("interval", [Interval(0, MONTH), Interval(-1, DAY), Interval(1, "fortnight"), Interval(1, "")])
def test_an_impossible_interval_is_refused(interval):
    with pytest.raises(ValueError):
        check_interval(interval)
    with pytest.raises(ValueError):
        period_at(date(2024, 1, 1), interval, date(2024, 1, 1))


@pytest.mark.parametrize("unit", [DAY, WEEK, MONTH, YEAR])
def test_an_interval_longer_than_a_century_is_refused_with_its_reason(unit):
    with pytest.raises(ValueError, match="at most 100 years"):
        period_at(date(2024, 1, 1), Interval(10**9, unit), date(2024, 1, 1))


def test_an_interval_of_a_century_works():
    assert period_at(date(1999, 6, 30), Interval(1200, MONTH), date(2099, 6, 29)).end == date(2099, 6, 30)
    assert check_interval(Interval(36525, DAY)) == (36525, DAY)


def test_boundaries_of_days_are_plain_sums():
    assert boundary(date(2024, 2, 28), Interval(30, DAY), 12) == date(2024, 2, 28) + timedelta(days=360)


def test_a_trial_of_days_ends_that_many_days_later():
    assert trial_end(date(2024, 2, 20), Interval(14, DAY)) == date(2024, 3, 5)


def test_a_trial_of_months_is_clamped_to_the_month():
    assert trial_end(date(2023, 12, 31), Interval(2, MONTH)) == date(2024, 2, 29)


@pytest.mark.parametrize("trial", [None, Interval(0, DAY)])
def test_without_a_trial_the_schedule_starts_at_once(trial):
    assert trial_end(date(2024, 2, 20), trial) == date(2024, 2, 20)


@pytest.mark.parametrize("trial", [Interval(-1, DAY), Interval(10**9, DAY)])
def test_an_impossible_trial_is_refused(trial):
    with pytest.raises(ValueError, match="an interval"):
        trial_end(date(2024, 2, 20), trial)
