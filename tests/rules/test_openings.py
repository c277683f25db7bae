"""Opening positions: "already billed until" a date, as an import or a migration brings it."""

from decimal import Decimal

import pytest
from lineage_of_one import day, monthly, period, row, segment, told

from rules.charges import ARREARS, due_rows, next_bill_on, settled_until

LINE = segment("30", "2024-01-01")


def opening(until, start="2024-01-01"):
    covered = period(start, until)
    return row(covered, covered, "0", None)._replace(kind="opening")


def test_an_opening_until_a_boundary_covers_every_period_before_it():
    terms = monthly("2024-01-01")
    assert told(due_rows(terms, [LINE], [opening("2026-04-01")], day("2026-04-30"))) == [("2026-04-01", "2026-05-01", "30.00")]
    assert next_bill_on(terms, [LINE], [opening("2026-04-01")]) == day("2026-04-01")


def test_an_opening_inside_a_period_leaves_the_rest_of_it_to_be_charged():
    terms = monthly("2024-01-01")
    assert told(due_rows(terms, [LINE], [opening("2026-04-11")], day("2026-04-30"))) == [("2026-04-11", "2026-05-01", "20.00")]


def test_an_opening_in_arrears_waits_for_the_end_of_the_period():
    terms = monthly("2024-01-01", billing=ARREARS)
    assert next_bill_on(terms, [LINE], [opening("2026-04-11")]) == day("2026-05-01")
    assert due_rows(terms, [LINE], [opening("2026-04-11")], day("2026-04-30")) == []


def test_an_opening_of_another_lineage_covers_nothing_here():
    terms = monthly("2024-01-01")
    other = opening("2026-04-01")._replace(lineage="B")
    assert next_bill_on(terms, [LINE], [other]) == day("2024-01-01")


@pytest.mark.parametrize("policy", ["full", "none"])
def test_after_an_opening_the_leading_stub_is_over(policy):
    terms = monthly("2024-01-01", proration=policy)
    line = segment("30", "2024-01-15")
    found = due_rows(terms, [line], [opening("2024-02-01", "2024-01-15")], day("2024-02-01"))
    assert told(found) == [("2024-02-01", "2024-03-01", "30.00")]


def test_an_opening_inside_a_full_leading_stub_leaves_its_own_days_of_the_stub():
    terms = monthly("2026-04-01", proration="full")
    line = segment("110", "2026-04-20")
    found = due_rows(terms, [line], [opening("2026-04-25", "2026-04-20")], day("2026-04-25"))
    assert told(found) == [("2026-04-25", "2026-05-01", "60.00")]


def test_thirty_after_an_opening_charges_the_rest_of_thirty_days():
    terms = monthly("2024-01-01", proration="thirty")
    found = due_rows(terms, [LINE], [opening("2026-05-11")], day("2026-05-11"))
    assert told(found) == [("2026-05-11", "2026-06-01", "20.00")]


def test_what_an_opening_of_unknown_amount_covers_beyond_the_end_needs_a_person():
    terms, line = monthly("2024-01-01"), segment("30", "2024-01-01", "2026-03-10")
    (credit,) = due_rows(terms, [line], [opening("2026-04-01")], day("2027-01-01"))
    assert (str(credit.covered.start), str(credit.covered.end), credit.amount) == ("2026-03-10", "2026-04-01", None)
    assert next_bill_on(terms, [line], [opening("2026-04-01")]) == day("2026-03-10")
    assert settled_until(terms, [line], [opening("2026-04-01")]) == day("2026-03-10")


def test_an_opening_of_known_amount_is_credited_in_proportion_to_its_days():
    terms, line = monthly("2024-01-01"), segment("30", "2026-03-01", "2026-03-11")
    march = period("2026-03-01", "2026-04-01")
    known = row(march, march, "62.00", None)._replace(kind="opening", key=7)
    (credit,) = due_rows(terms, [line], [known], day("2026-03-11"))
    assert (credit.row, credit.amount) == (7, Decimal("-42.00"))


def test_an_amount_given_by_hand_is_credited_twice_without_giving_back_more_than_it():
    terms, line = monthly("2026-03-01"), segment("30", "2026-03-01", "2026-03-02")
    march = period("2026-03-01", "2026-04-01")
    charged = row(march, period("2026-03-01", "2026-03-11"), "40.00", None)._replace(key=7, end=march.end)
    before = row(march, period("2026-03-11", "2026-04-01"), "-27.10", None)._replace(kind="credit", credits=7)
    (credit,) = due_rows(terms, [line], [charged, before], day("2026-03-11"))
    assert credit.amount == Decimal("1.29") - Decimal("12.90")


def test_an_opening_and_a_run_together_bill_nothing_twice():
    terms = monthly("2024-01-01")
    rows = [opening("2026-04-11"), row(period("2026-04-01", "2026-05-01"), period("2026-04-11", "2026-05-01"), "20", "30")]
    assert due_rows(terms, [LINE], rows, day("2026-04-30")) == []
