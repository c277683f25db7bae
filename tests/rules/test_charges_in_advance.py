"""What is charged when periods are billed at their start, told by date."""

import pytest
from lineage_of_one import day, monthly, period, price, row, segment, told

from rules.charges import Terms, due_moment, due_rows
from rules.periods import DAY, MONTH, YEAR, Interval


def test_a_period_is_billed_on_the_day_it_starts():
    line = segment("50", "2024-01-31")
    assert told(due_rows(monthly("2024-01-31"), [line], [], day("2024-01-30"))) == []
    assert told(due_rows(monthly("2024-01-31"), [line], [], day("2024-01-31"))) == [("2024-01-31", "2024-02-29", "50.00")]


def test_a_leading_stub_is_prorated_by_the_days_of_the_period_it_lies_in():
    line = segment("24.95", "2021-09-16")
    found = due_rows(monthly("2021-09-25"), [line], [], day("2021-09-16"))
    assert told(found) == [("2021-09-16", "2021-09-25", "7.24")]
    assert found[0].prorated
    assert found[0].full == period("2021-08-25", "2021-09-25")


def test_a_leading_stub_of_29_of_31_days():
    line = segment("599.95", "2012-03-02")
    assert told(due_rows(monthly("2012-03-31"), [line], [], day("2012-03-02"))) == [("2012-03-02", "2012-03-31", "561.24")]


def test_a_trailing_stub_is_prorated():
    line = segment("99.99", "2026-04-01", "2026-05-16")
    assert told(due_rows(monthly("2026-04-01"), [line], [], day("2026-05-01"))) == [
        ("2026-04-01", "2026-05-01", "99.99"),
        ("2026-05-01", "2026-05-16", "48.38"),
    ]


def test_a_catch_up_makes_one_charge_per_missed_period():
    line = segment("50", "2024-01-31")
    found = due_rows(monthly("2024-01-31"), [line], [], day("2024-04-30"))
    assert [str(charge.due_on) for charge in found] == ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]
    assert not any(charge.prorated for charge in found)


def test_lead_days_bill_earlier_and_leave_the_due_moment():
    (charge,) = due_rows(monthly("2024-06-01", lead_days=7), [segment("50", "2024-06-01")], [], day("2024-05-25"))
    assert (charge.due_on, charge.bill_on) == (day("2024-06-01"), day("2024-05-25"))


def test_lead_days_longer_than_the_period_bill_several_ahead():
    terms = Terms(day("2024-06-03"), Interval(7, DAY), lead_days=20)
    found = due_rows(terms, [segment("7", "2024-06-03")], [], day("2024-06-03"))
    assert [str(charge.covered.start) for charge in found] == ["2024-06-03", "2024-06-10", "2024-06-17"]


def test_a_price_change_inside_a_period_makes_two_charges():
    before, after = segment("90", "2026-04-01", "2026-04-11"), segment("120", "2026-04-11")
    assert told(due_rows(monthly("2026-04-01"), [before, after], [], day("2026-04-11"))) == [
        ("2026-04-01", "2026-04-11", "30.00"),
        ("2026-04-11", "2026-05-01", "80.00"),
    ]


def test_a_pause_and_its_resume_bill_only_what_is_wanted():
    before, after = segment("249.95", "2012-03-02", "2012-03-04"), segment("249.95", "2012-04-05")
    assert told(due_rows(monthly("2012-03-02"), [before, after], [], day("2012-04-05"))) == [
        ("2012-03-02", "2012-03-04", "16.13"),
        ("2012-04-05", "2012-05-02", "224.96"),
    ]


def test_a_change_to_another_lineage_is_prorated_even_where_a_leading_stub_costs_a_whole_period():
    changed = segment("9.95", "2012-05-07", lineage="B", follows=True)
    terms = monthly("2012-05-01", proration="full")
    assert told(due_rows(terms, [changed], [], day("2012-05-07"))) == [("2012-05-07", "2012-06-01", "8.02")]


def test_a_full_leading_stub_costs_a_whole_period_and_the_next_one_too():
    terms = monthly("2026-04-01", proration="full")
    assert told(due_rows(terms, [segment("100", "2026-04-20")], [], day("2026-05-01"))) == [
        ("2026-04-20", "2026-05-01", "100.00"),
        ("2026-05-01", "2026-06-01", "100.00"),
    ]


def test_a_full_leading_stub_with_two_prices_costs_each_by_the_stubs_own_days():
    terms = monthly("2026-04-01", proration="full")
    parts = [segment("110", "2026-04-20", "2026-04-25"), segment("220", "2026-04-25")]
    assert told(due_rows(terms, parts, [], day("2026-04-25"))) == [
        ("2026-04-20", "2026-04-25", "50.00"),
        ("2026-04-25", "2026-05-01", "120.00"),
    ]


def test_a_free_leading_stub_is_covered_at_nothing():
    terms = monthly("2026-04-01", proration="none")
    assert told(due_rows(terms, [segment("100", "2026-04-20")], [], day("2026-05-01"))) == [
        ("2026-04-20", "2026-05-01", "0.00"),
        ("2026-05-01", "2026-06-01", "100.00"),
    ]


@pytest.mark.parametrize(("policy", "amount"), [("full", "36.36"), ("none", "0.00")])
def test_an_end_inside_the_leading_stub_cuts_the_stub(policy, amount):
    terms = monthly("2026-04-01", proration=policy)
    line = segment("100", "2026-04-20", "2026-04-24")
    assert told(due_rows(terms, [line], [], day("2026-06-01"))) == [("2026-04-20", "2026-04-24", amount)]


@pytest.mark.parametrize("policy", ["actual", "thirty", "full", "none"])
def test_an_end_inside_a_trial_bills_nothing(policy):
    trial_ended_after_the_customer_left = segment("100", "2026-05-04", "2026-04-24")
    terms = monthly("2026-05-04", proration=policy)
    assert due_rows(terms, [trial_ended_after_the_customer_left], [], day("2027-01-01")) == []


def test_a_segment_that_ends_where_it_starts_is_nothing():
    parts = [segment("90", "2026-04-01", "2026-04-01"), segment("120", "2026-04-01")]
    assert told(due_rows(monthly("2026-04-01"), parts, [], day("2026-04-01"))) == [("2026-04-01", "2026-05-01", "120.00")]


def test_a_lineage_that_starts_before_the_anchor_follows_the_same_schedule():
    line = segment("31", "2011-01-01", "2011-02-13")
    assert told(due_rows(monthly("2011-03-13"), [line], [], day("2011-03-01"))) == [
        ("2011-01-01", "2011-01-13", "12.00"),
        ("2011-01-13", "2011-02-13", "31.00"),
    ]


def test_quarters_aligned_in_february_are_prorated_by_their_own_days():
    terms = Terms(day("2024-02-29"), Interval(3, MONTH))
    found = due_rows(terms, [segment("90", "2024-03-15")], [], day("2024-05-29"))
    assert [(str(charge.share), str(charge.full.end)) for charge in found] == [
        ("5/6", "2024-05-29"),
        ("1", "2024-08-29"),
    ]


def test_a_year_from_29_february_is_one_whole_charge_each():
    terms = Terms(day("2024-02-29"), Interval(1, YEAR))
    found = due_rows(terms, [segment("366", "2024-02-29")], [], day("2028-02-29"))
    assert told(found)[-2:] == [("2027-02-28", "2028-02-29", "366.00"), ("2028-02-29", "2029-02-28", "366.00")]


@pytest.mark.parametrize("each", [price("0"), price("10", "0"), price("10", "3", "100")])
def test_what_costs_nothing_is_still_covered_once(each):
    terms, line = monthly("2026-04-01"), segment(each, "2026-04-01")
    (charge,) = due_rows(terms, [line], [], day("2026-04-01"))
    assert str(charge.amount) == "0.00"
    assert due_rows(terms, [line], [row(charge.full, charge.covered, "0", each)], day("2026-04-01")) == []


def test_lines_of_one_subscription_are_charged_in_date_order():
    lines = [segment("10", "2026-04-10", lineage="B"), segment("10", "2026-04-01", lineage="A")]
    found = due_rows(monthly("2026-04-01"), lines, [], day("2026-05-01"))
    assert [(charge.lineage, charge.due_on.day) for charge in found] == [("A", 1), ("B", 10), ("A", 1), ("B", 1)]


def test_segments_of_one_lineage_that_overlap_are_refused():
    parts = [segment("90", "2026-04-01"), segment("120", "2026-04-11")]
    with pytest.raises(ValueError, match="lineage 'A' overlap on 2026-04-11"):
        due_rows(monthly("2026-04-01"), parts, [], day("2026-04-11"))


def test_segments_of_two_lineages_may_overlap():
    lines = [segment("90", "2026-04-01"), segment("90", "2026-04-01", lineage="B")]
    assert len(due_rows(monthly("2026-04-01"), lines, [], day("2026-04-01"))) == 2


def test_ten_years_of_days_are_caught_up():
    terms = Terms(day("2016-01-01"), Interval(1, DAY))
    found = due_rows(terms, [segment("1", "2016-01-01")], [], day("2025-12-31"))
    assert len(found) == 3653
    assert len({charge.covered for charge in found}) == 3653


def test_a_settled_date_spares_the_periods_before_it():
    line = segment("50", "2020-01-15")
    found = due_rows(monthly("2020-01-01"), [line], [], day("2024-05-01"), settled={"A": day("2024-04-01")})
    assert [str(charge.covered.start) for charge in found] == ["2024-04-01", "2024-05-01"]


def test_a_settled_date_before_the_lineage_changes_nothing():
    line = segment("30", "2026-04-20")
    found = due_rows(monthly("2026-04-01"), [line], [], day("2026-04-20"), settled={"A": day("2020-01-01")})
    assert told(found) == [("2026-04-20", "2026-05-01", "11.00")]


def test_days_billed_under_another_anchor_are_not_billed_again():
    january = period("2026-01-01", "2026-02-01")
    moved, line = monthly("2026-01-15"), segment("31", "2026-01-01")
    assert due_rows(moved, [line], [row(january, january, "31", "31")], day("2026-01-31")) == []
    assert told(due_rows(moved, [line], [row(january, january, "31", "31")], day("2026-02-15"))) == [
        ("2026-02-01", "2026-02-15", "14.00"),
        ("2026-02-15", "2026-03-15", "31.00"),
    ]


def test_the_due_moment_in_advance_is_the_start_of_what_is_covered():
    covered, full = period("2026-04-11", "2026-05-01"), period("2026-04-01", "2026-05-01")
    assert due_moment(monthly("2026-04-01", lead_days=3), covered, full) == (day("2026-04-11"), day("2026-04-08"))
