"""When the next run has something to do, and until when a lineage is covered."""

from lineage_of_one import day, monthly, period, row, segment

from rules.charges import ARREARS, next_bill_on, settled_until

TERMS = monthly("2026-04-01")
APRIL, MAY = period("2026-04-01", "2026-05-01"), period("2026-05-01", "2026-06-01")


def test_a_new_lineage_is_billed_on_its_start():
    assert next_bill_on(TERMS, [segment("30", "2026-04-20")], []) == day("2026-04-20")


def test_lead_days_come_before_the_start():
    assert next_bill_on(TERMS._replace(lead_days=5), [segment("30", "2026-04-20")], []) == day("2026-04-15")


def test_a_pause_postpones_the_next_bill_to_its_resume():
    parts = [segment("30", "2026-04-01", "2026-05-01"), segment("30", "2026-07-10")]
    assert next_bill_on(TERMS, parts, [row(APRIL, APRIL, "30", "30")]) == day("2026-07-10")


def test_a_closed_lineage_billed_to_its_end_has_no_next_bill():
    line = segment("30", "2026-04-01", "2026-05-01")
    assert next_bill_on(TERMS, [line], [row(APRIL, APRIL, "30", "30")]) is None


def test_a_period_freed_in_the_past_comes_first():
    assert next_bill_on(TERMS, [segment("30", "2026-04-01")], [row(MAY, MAY, "30", "30")]) == day("2026-04-01")


def test_the_earliest_of_several_lineages_decides():
    lines = [segment("30", "2026-04-20", lineage="B"), segment("30", "2026-05-01")]
    assert next_bill_on(TERMS, lines, []) == day("2026-04-20")


def test_in_arrears_the_first_segment_to_end_decides():
    parts = [segment("30", "2026-04-01", "2026-04-16"), segment("60", "2026-04-16")]
    assert next_bill_on(TERMS._replace(billing=ARREARS), parts, []) == day("2026-04-16")


def test_without_segments_there_is_nothing_to_bill():
    assert next_bill_on(TERMS, [], []) is None
    assert settled_until(TERMS, [], []) is None


def test_covered_until_is_the_first_wanted_day_not_covered():
    assert settled_until(TERMS, [segment("30", "2026-04-01")], [row(APRIL, APRIL, "30", "30")]) == day("2026-05-01")


def test_covered_until_passes_over_a_pause():
    parts = [segment("30", "2026-04-01", "2026-05-01"), segment("30", "2026-07-10")]
    assert settled_until(TERMS, parts, [row(APRIL, APRIL, "30", "30")]) == day("2026-07-10")


def test_a_lineage_never_billed_is_covered_until_its_start():
    assert settled_until(TERMS, [segment("30", "2026-04-20")], []) == day("2026-04-20")


def test_a_lineage_billed_to_its_end_is_covered_until_its_end():
    line = segment("30", "2026-04-01", "2026-04-11")
    billed = row(APRIL, period("2026-04-01", "2026-04-11"), "10", "30")
    assert settled_until(TERMS, [line], [billed]) == day("2026-04-11")


def test_a_lineage_billed_beyond_its_end_is_covered_until_its_end():
    line = segment("30", "2026-04-01", "2026-04-11")
    assert settled_until(TERMS, [line], [row(APRIL, APRIL, "30", "30")]) == day("2026-04-11")


def test_a_settled_date_beyond_the_end_does_not_move_the_end():
    line = segment("30", "2026-04-01", "2026-04-11")
    assert settled_until(TERMS, [line], [], settled=day("2026-05-01")) == day("2026-04-11")


def test_a_credit_that_waits_does_not_count_and_a_later_one_does():
    parts = [segment("30", "2026-04-01", "2026-04-11"), segment("60", "2026-04-01", "2026-04-21", lineage="B")]
    rows = [row(APRIL, APRIL, "30", "30"), row(APRIL, APRIL, "60", "60", lineage="B")]
    assert next_bill_on(TERMS, parts, rows) == day("2026-04-11")
    assert next_bill_on(TERMS, parts, rows, waiting=day("2026-04-11")) == day("2026-04-21")
