"""Examples of shares: RULES.md §1 and the published cases of Kill Bill, Zuora, Stripe and Lago."""

from datetime import date
from fractions import Fraction

import pytest

from rules.periods import DAY, MONTH, WEEK, YEAR, Interval, Period
from rules.proration import ACTUAL, FULL, NONE, THIRTY, leading_stub, share

MONTHLY, QUARTERLY, YEARLY = Interval(1, MONTH), Interval(3, MONTH), Interval(1, YEAR)
APRIL = Period(date(2026, 4, 1), date(2026, 5, 1))
MAY = Period(date(2026, 5, 1), date(2026, 6, 1))
FEBRUARY = Period(date(2023, 2, 1), date(2023, 3, 1))


def days_of(full, first, last):
    """The period from one day of the month to another, the last one included."""
    return Period(full.start.replace(day=first), full.start.replace(day=last + 1))


@pytest.mark.parametrize(
    ("covered", "full", "expected"),
    [
        (("2023-05-23", "2023-06-15"), ("2023-05-15", "2023-06-15"), "23/31"),
        (("2023-02-23", "2023-03-15"), ("2023-02-15", "2023-03-15"), "20/28"),
        (("2021-01-27", "2021-02-01"), ("2021-01-01", "2021-02-01"), "5/31"),
        (("2023-01-15", "2023-02-01"), ("2023-01-01", "2023-02-01"), "17/31"),
        (("2011-02-01", "2011-02-13"), ("2011-01-13", "2011-02-13"), "12/31"),
        (("2024-02-10", "2024-02-20"), ("2024-02-01", "2024-03-01"), "10/29"),
    ],
)
def test_actual_counts_days_of_the_full_period(covered, full, expected):
    def period(days):
        return Period(*map(date.fromisoformat, days))

    assert share([period(covered)], period(full), MONTHLY) == Fraction(expected)


@pytest.mark.parametrize(("year", "expected"), [(2023, Fraction(59, 365)), (2024, Fraction(60, 366))])
def test_actual_of_a_year_counts_a_leap_day(year, expected):
    full = Period(date(year, 1, 1), date(year + 1, 1, 1))
    assert share([Period(full.start, date(year, 3, 1))], full, YEARLY) == expected


def test_thirty_counts_thirty_days_whatever_the_month():
    assert share([days_of(FEBRUARY, 1, 12)], FEBRUARY, MONTHLY, THIRTY) == Fraction(12, 30)
    assert share([days_of(MAY, 1, 12)], MAY, MONTHLY, THIRTY) == Fraction(12, 30)


def test_thirty_costs_at_most_a_whole_month():
    assert share([days_of(MAY, 1, 30)], MAY, MONTHLY, THIRTY) == 1
    assert share([days_of(MAY, 1, 29)], MAY, MONTHLY, THIRTY) == Fraction(29, 30)


def test_thirty_of_a_whole_february_is_a_whole_month():
    assert share([FEBRUARY], FEBRUARY, MONTHLY, THIRTY) == 1


def test_thirty_of_february_less_a_day_is_27_thirtieths():
    assert share([days_of(FEBRUARY, 1, 27)], FEBRUARY, MONTHLY, THIRTY) == Fraction(27, 30)


def test_thirty_gives_the_remainder_of_a_short_month_to_the_last_segment():
    wanted = [days_of(FEBRUARY, 1, 10), days_of(FEBRUARY, 11, 20), Period(date(2023, 2, 21), FEBRUARY.end)]
    found = [share([part], FEBRUARY, MONTHLY, THIRTY, lineage=wanted) for part in wanted]
    assert found == [Fraction(10, 30), Fraction(10, 30), Fraction(10, 30)]


def test_thirty_leaves_the_31st_day_free_for_the_last_segment():
    wanted = [days_of(MAY, 1, 30), Period(date(2026, 5, 31), MAY.end)]
    assert [share([part], MAY, MONTHLY, THIRTY, lineage=wanted) for part in wanted] == [1, 0]


def test_thirty_never_counts_time_outside_the_lineage():
    february_before_a_pause, after = days_of(FEBRUARY, 1, 10), Period(date(2023, 2, 15), FEBRUARY.end)
    wanted = [february_before_a_pause, after]
    found = [share([part], FEBRUARY, MONTHLY, THIRTY, lineage=wanted) for part in wanted]
    assert found == [Fraction(10, 30), Fraction(14, 30)]


@pytest.mark.parametrize(
    ("full", "interval", "base"),
    [
        (Period(date(2026, 1, 1), date(2026, 4, 1)), QUARTERLY, 90),
        (Period(date(2026, 7, 1), date(2026, 10, 1)), QUARTERLY, 90),
        (Period(date(2026, 1, 1), date(2027, 1, 1)), YEARLY, 360),
        (Period(date(2026, 1, 1), date(2028, 1, 1)), Interval(2, YEAR), 720),
    ],
)
def test_thirty_counts_thirty_days_for_each_month_of_the_interval(full, interval, base):
    january = Period(date(2026, full.start.month, 1), date(2026, full.start.month, 31))
    assert share([january], full, interval, THIRTY) == Fraction(30, base)
    assert share([full], full, interval, THIRTY) == 1


def test_thirty_of_a_quarter_with_92_days_is_whole_after_90_of_them():
    quarter = Period(date(2026, 7, 1), date(2026, 10, 1))
    assert share([Period(quarter.start, date(2026, 9, 29))], quarter, QUARTERLY, THIRTY) == 1
    assert share([Period(quarter.start, date(2026, 9, 28))], quarter, QUARTERLY, THIRTY) == Fraction(89, 90)


@pytest.mark.parametrize(
    ("covered", "full", "interval"),
    [
        (Period(date(2026, 7, 1), date(2026, 9, 30)), Period(date(2026, 7, 1), date(2026, 10, 1)), QUARTERLY),
        (Period(date(2026, 1, 3), date(2027, 1, 1)), Period(date(2026, 1, 1), date(2027, 1, 1)), YEARLY),
    ],
)
def test_thirty_of_more_than_thirty_days_a_month_costs_at_most_a_whole_period(covered, full, interval):
    assert share([covered], full, interval, THIRTY) == 1


@pytest.mark.parametrize("interval", [Interval(2, WEEK), Interval(14, DAY)])
def test_thirty_of_days_and_weeks_counts_actual_days(interval):
    full = Period(date(2026, 4, 1), date(2026, 4, 15))
    assert share([Period(full.start, date(2026, 4, 4))], full, interval, THIRTY) == Fraction(3, 14)


def test_a_full_leading_stub_costs_a_whole_period():
    stub = leading_stub(date(2026, 4, 20), APRIL, follows=False)
    assert share([stub], APRIL, MONTHLY, FULL, leading_stub=stub) == 1


def test_an_end_inside_a_full_leading_stub_cuts_it_by_its_own_days():
    stub = leading_stub(date(2026, 4, 20), APRIL, follows=False)
    assert share([days_of(APRIL, 20, 23)], APRIL, MONTHLY, FULL, leading_stub=stub) == Fraction(4, 11)


def test_a_free_leading_stub_costs_nothing_even_when_it_is_cut():
    stub = leading_stub(date(2026, 4, 20), APRIL, follows=False)
    assert share([stub], APRIL, MONTHLY, NONE, leading_stub=stub) == 0
    assert share([days_of(APRIL, 20, 23)], APRIL, MONTHLY, NONE, leading_stub=stub) == 0


@pytest.mark.parametrize("policy", [FULL, NONE])
def test_a_trailing_stub_is_always_prorated_by_days(policy):
    assert share([days_of(APRIL, 1, 12)], APRIL, MONTHLY, policy) == Fraction(12, 30)


@pytest.mark.parametrize("policy", [ACTUAL, THIRTY])
def test_a_leading_stub_is_a_cut_like_any_other_for_the_policies_that_count_days(policy):
    stub = leading_stub(date(2026, 4, 20), APRIL, follows=False)
    assert share([stub], APRIL, MONTHLY, policy, leading_stub=stub) == Fraction(11, 30)


def test_a_change_starts_no_leading_stub():
    assert leading_stub(date(2026, 4, 20), APRIL, follows=True) is None


@pytest.mark.parametrize("start", [date(2026, 3, 31), date(2026, 4, 1), date(2026, 5, 1)])
def test_a_start_on_a_boundary_or_outside_makes_no_leading_stub(start):
    assert leading_stub(start, APRIL, follows=False) is None


def test_an_unknown_policy_is_refused():
    with pytest.raises(ValueError, match="unknown proration policy 'daily'"):
        share([APRIL], APRIL, MONTHLY, "daily")
