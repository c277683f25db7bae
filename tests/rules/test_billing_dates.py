"""Invoice date, due date, business days, and the two guards."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from billing_strategies import days
from hypothesis import given
from hypothesis import strategies as st
from lineage_of_one import day, monthly, segment

from rules.billing_dates import (
    PERIOD_DATE,
    RUN_DATE,
    day_on_or_after,
    exceeds_usual,
    invoice_date,
    needs_confirmation,
    next_business_day,
)
from rules.charges import due_rows


def test_the_invoice_date_is_the_day_of_the_run():
    assert invoice_date(RUN_DATE, day("2024-06-03"), day("2024-06-01")) == day("2024-06-03")


def test_the_invoice_date_can_be_the_day_the_period_became_due():
    assert invoice_date(PERIOD_DATE, day("2024-06-03"), day("2024-06-01")) == day("2024-06-01")


def test_the_invoice_date_is_never_later_than_today():
    assert invoice_date(PERIOD_DATE, day("2024-05-25"), day("2024-06-01")) == day("2024-05-25")


def test_june_issued_on_25_may_is_due_on_10_june():
    today = day("2024-05-25")
    (june,) = due_rows(monthly("2024-06-01", lead_days=7), [segment("50", "2024-06-01")], [], today)
    issued = invoice_date(RUN_DATE, today, june.due_on)
    assert (june.covered.start, june.covered.end) == (day("2024-06-01"), day("2024-07-01"))
    assert issued == day("2024-05-25")
    assert day_on_or_after(10, max(issued, june.due_on)) == day("2024-06-10")


def test_the_chosen_day_counts_from_the_invoice_date_when_the_run_is_late():
    assert day_on_or_after(10, max(day("2024-06-12"), day("2024-06-01"))) == day("2024-07-10")


@pytest.mark.parametrize(
    ("chosen", "earliest", "expected"),
    [
        (10, "2024-06-10", "2024-06-10"),
        (10, "2024-06-11", "2024-07-10"),
        (5, "2024-12-06", "2025-01-05"),
        (31, "2024-02-10", "2024-02-29"),
        (31, "2023-02-28", "2023-02-28"),
        (30, "2023-01-31", "2023-02-28"),
        (31, "2024-04-30", "2024-04-30"),
        (1, "2024-01-31", "2024-02-01"),
    ],
)
def test_the_first_such_day_on_or_after(chosen, earliest, expected):
    assert day_on_or_after(chosen, day(earliest)) == day(expected)


@given(st.integers(1, 31), days)
def test_no_such_day_lies_between_the_earliest_moment_and_the_one_found(chosen, earliest):
    def is_such_a_day(candidate):
        last_of_month = (candidate + timedelta(days=1)).day == 1
        return candidate.day == chosen or (last_of_month and candidate.day < chosen)

    candidate = earliest
    while not is_such_a_day(candidate):
        candidate += timedelta(days=1)
    assert day_on_or_after(chosen, earliest) == candidate


@pytest.mark.parametrize(("due", "expected"), [("2024-05-31", "2024-05-31"), ("2024-06-01", "2024-06-03"), ("2024-06-02", "2024-06-03")])
def test_a_weekend_moves_to_monday(due, expected):
    assert next_business_day(day(due)) == day(expected)


def test_a_holiday_moves_to_the_next_working_day():
    assert next_business_day(date(2024, 12, 25), {date(2024, 12, 25)}) == date(2024, 12, 26)


def test_holidays_around_a_weekend_are_all_passed_over():
    closed = {date(2026, 4, 3), date(2026, 4, 6)}
    assert next_business_day(date(2026, 4, 3), closed) == date(2026, 4, 7)


def test_a_holiday_on_a_weekend_moves_nothing_further():
    assert next_business_day(date(2024, 6, 1), {date(2024, 6, 1)}) == date(2024, 6, 3)


@given(days, st.sets(days, max_size=5), st.integers(0, 9))
def test_a_business_day_is_the_first_open_one(due, far, run_of_holidays):
    holidays = far | {due + timedelta(days=n) for n in range(run_of_holidays)}
    found = next_business_day(due, holidays)
    assert found >= due
    skipped = [due + timedelta(days=n) for n in range((found - due).days)]
    assert all(each.weekday() in (5, 6) or each in holidays for each in skipped)
    assert found.weekday() not in (5, 6)
    assert found not in holidays


@pytest.mark.parametrize(("today", "held"), [("2024-02-01", False), ("2024-02-02", True), ("2024-01-01", False)])
def test_work_due_more_than_31_days_ago_waits_for_a_person(today, held):
    assert needs_confirmation([day("2024-01-01")], day(today)) is held


def test_one_old_period_among_new_ones_is_enough():
    assert needs_confirmation([day("2024-05-01"), day("2024-01-01")], day("2024-05-01"))


def test_a_line_billed_a_month_ahead_is_not_old_the_day_after_it_starts():
    (first, _second) = due_rows(monthly("2024-06-01", lead_days=31), [segment("50", "2024-06-01")], [], day("2024-06-02"))
    assert first.bill_on == day("2024-05-01")
    assert not needs_confirmation([first.due_on], day("2024-06-02"))


def test_no_work_needs_no_confirmation():
    assert not needs_confirmation([], day("2024-05-01"))


def test_a_confirmation_covers_its_own_day_and_nothing_after_it():
    confirmed = {"confirmed_until": day("2024-02-01")}
    assert not needs_confirmation([day("2024-01-01"), day("2024-02-01")], day("2024-06-01"), **confirmed)
    assert needs_confirmation([day("2024-02-02")], day("2024-06-01"), **confirmed)


def test_the_limit_of_days_can_be_another():
    assert needs_confirmation([day("2024-01-01")], day("2024-01-09"), limit_days=7)
    assert not needs_confirmation([day("2024-01-01")], day("2024-01-08"), limit_days=7)


USUAL = [Decimal(100), Decimal(90), Decimal(1000)]


@pytest.mark.parametrize(("total", "held"), [("300", False), ("300.01", True), ("0", False)])
def test_a_total_over_three_times_the_median_of_the_last_runs_waits(total, held):
    assert exceeds_usual(Decimal(total), USUAL) is held


def test_fewer_than_three_runs_say_nothing_about_the_usual():
    assert not exceeds_usual(Decimal(10**6), USUAL[:2])
    assert not exceeds_usual(Decimal(10**6), [])


def test_runs_that_billed_nothing_do_not_count_as_usual():
    assert not exceeds_usual(Decimal(10**6), [*USUAL[:2], Decimal(0), Decimal(0)])


def test_a_factor_of_zero_never_holds_a_run():
    assert not exceeds_usual(Decimal(10**6), USUAL, factor=0)


def test_an_even_number_of_runs_has_a_median_between_two():
    assert exceeds_usual(Decimal("450.01"), [Decimal(100), Decimal(200), Decimal(90), Decimal(900)])
    assert not exceeds_usual(Decimal("450.00"), [Decimal(100), Decimal(200), Decimal(90), Decimal(900)])


def test_a_monthly_peak_is_usual_too():
    small = [Decimal(10)] * 12
    assert not exceeds_usual(Decimal(7500), small, peak=Decimal(5000))
    assert exceeds_usual(Decimal("7500.01"), small, peak=Decimal(5000))


@pytest.mark.parametrize(("total", "held"), [("1500", False), ("1500.01", True)])
def test_a_total_up_to_half_above_the_largest_run_of_the_year_is_usual(total, held):
    assert exceeds_usual(Decimal(total), [Decimal(10)] * 30, peak=Decimal(1000)) is held


def test_a_small_peak_never_tightens_the_guard():
    assert not exceeds_usual(Decimal(300), USUAL, peak=Decimal(100))
    assert exceeds_usual(Decimal("300.01"), USUAL, peak=Decimal(100))
