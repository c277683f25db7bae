"""What is charged when periods are billed at their end, told by date."""

import pytest
from lineage_of_one import day, monthly, period, row, segment, told

from rules.charges import ARREARS, Terms, due_rows, next_bill_on
from rules.periods import MONTH, Interval

TERMS = monthly("2026-04-01", billing=ARREARS)


def test_a_period_is_billed_on_the_day_it_ends():
    line = segment("50", "2026-04-01")
    assert due_rows(TERMS, [line], [], day("2026-04-30")) == []
    assert told(due_rows(TERMS, [line], [], day("2026-05-01"))) == [("2026-04-01", "2026-05-01", "50.00")]


def test_a_segment_that_ends_inside_a_period_is_due_at_its_own_end():
    line = segment("30", "2026-04-01", "2026-04-16")
    assert due_rows(TERMS, [line], [], day("2026-04-15")) == []
    assert told(due_rows(TERMS, [line], [], day("2026-04-16"))) == [("2026-04-01", "2026-04-16", "15.00")]


def test_after_a_price_change_the_second_segment_waits_for_the_end_of_the_period():
    parts = [segment("30", "2026-04-01", "2026-04-16"), segment("60", "2026-04-16")]
    assert told(due_rows(TERMS, parts, [], day("2026-04-16"))) == [("2026-04-01", "2026-04-16", "15.00")]
    assert told(due_rows(TERMS, parts, [], day("2026-05-01"))) == [
        ("2026-04-01", "2026-04-16", "15.00"),
        ("2026-04-16", "2026-05-01", "30.00"),
    ]


def test_a_calendar_quarter_ended_early():
    terms = Terms(day("2024-04-01"), Interval(3, MONTH), ARREARS)
    line = segment("910", "2024-05-20", "2024-06-21")
    assert told(due_rows(terms, [line], [], day("2024-06-21"))) == [("2024-05-20", "2024-06-21", "320.00")]


def test_lead_days_have_no_effect():
    line = segment("50", "2026-04-01")
    assert due_rows(TERMS._replace(lead_days=10), [line], [], day("2026-04-30")) == []
    assert next_bill_on(TERMS._replace(lead_days=10), [line], []) == day("2026-05-01")


def test_a_service_backdated_before_a_billed_part_is_due_at_the_end_of_the_period():
    full = period("2026-04-01", "2026-05-01")
    billed = row(full, period("2026-04-20", "2026-05-01"), "11.00", "30")
    line = segment("30", "2026-04-01")
    assert next_bill_on(TERMS, [line], [billed]) == day("2026-05-01")
    (charge,) = due_rows(TERMS, [line], [billed], day("2026-05-10"))
    assert (str(charge.amount), charge.due_on) == ("19.00", day("2026-05-01"))


@pytest.mark.parametrize(("policy", "amount"), [("full", "100.00"), ("none", "0.00")])
def test_a_leading_stub_is_whole_or_free_in_arrears_too(policy, amount):
    line = segment("100", "2026-04-20")
    found = due_rows(TERMS._replace(proration=policy), [line], [], day("2026-05-01"))
    assert told(found) == [("2026-04-20", "2026-05-01", amount)]
