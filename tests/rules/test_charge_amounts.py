"""The amount of a new row: what all coverage of the full period costs at this price, less what is in the ledger already."""

from decimal import Decimal

from lineage_of_one import day, monthly, period, price, row, segment, told

from rules.charges import due_rows

TERMS = monthly("2026-04-01")
APRIL = period("2026-04-01", "2026-05-01")
FIRST_HALF, SECOND_HALF = period("2026-04-01", "2026-04-16"), period("2026-04-16", "2026-05-01")
PARTS = [segment("99.99", "2026-04-01", "2026-04-16"), segment("99.99", "2026-04-16")]


def test_a_month_cut_in_half_and_joined_again_costs_exactly_the_month():
    whole_month_cut = row(APRIL, FIRST_HALF, "99.99", "99.99")
    credit = row(APRIL, period("2026-04-16", "2026-04-16"), "-49.99", "99.99")
    found = due_rows(TERMS, PARTS, [whole_month_cut, credit], day("2026-04-20"))
    assert told(found) == [("2026-04-16", "2026-05-01", "49.99")]


def test_the_halves_of_a_month_at_one_price_cost_exactly_the_month():
    assert [charge.amount for charge in due_rows(TERMS, PARTS, [], day("2026-04-20"))] == [
        Decimal("50.00"),
        Decimal("49.99"),
    ]


def test_rows_of_another_price_do_not_count():
    parts = [segment("90", "2026-04-01", "2026-04-16"), segment("99.99", "2026-04-16")]
    other = row(APRIL, FIRST_HALF, "45.00", "90")
    assert told(due_rows(TERMS, parts, [other], day("2026-04-20"))) == [("2026-04-16", "2026-05-01", "50.00")]


def test_rows_of_another_lineage_do_not_count():
    other = row(APRIL, APRIL, "99.99", "99.99", lineage="B")
    line = segment("99.99", "2026-04-01", lineage="B")
    assert len(due_rows(TERMS, [*PARTS, line], [other], day("2026-04-20"))) == 2


def test_a_price_written_with_other_zeros_is_the_same_price():
    billed = row(APRIL, FIRST_HALF, "50.00", price("99.990", "1.0", "0.00"))
    assert told(due_rows(TERMS, PARTS, [billed], day("2026-04-20"))) == [("2026-04-16", "2026-05-01", "49.99")]


def test_quantity_and_discount_are_part_of_the_price():
    billed = row(APRIL, FIRST_HALF, "10.00", price("10", "2"))
    parts = [segment(price("10", "2"), "2026-04-01", "2026-04-16"), segment(price("20", "1"), "2026-04-16")]
    assert told(due_rows(TERMS, parts, [billed], day("2026-04-20"))) == [("2026-04-16", "2026-05-01", "10.00")]


def test_a_row_credited_entirely_leaves_one_gap():
    emptied = row(APRIL, period("2026-04-10", "2026-04-10"), "0", "99.99")
    found = due_rows(TERMS, [segment("99.99", "2026-04-01")], [emptied], day("2026-04-01"))
    assert told(found) == [("2026-04-01", "2026-05-01", "99.99")]


def test_what_was_freed_in_the_middle_is_charged_once():
    rows = [
        row(APRIL, period("2026-04-01", "2026-04-11"), "33.33", "99.99"),
        row(APRIL, period("2026-04-21", "2026-05-01"), "33.33", "99.99"),
    ]
    found = due_rows(TERMS, [segment("99.99", "2026-04-01")], rows, day("2026-04-30"))
    assert told(found) == [("2026-04-11", "2026-04-21", "33.33")]


def test_a_currency_without_cents_rounds_to_its_own_precision():
    line = segment("1000", "2026-04-20")
    (charge,) = due_rows(TERMS, [line], [], day("2026-04-20"), rounding=Decimal(1))
    assert charge.amount == Decimal(367)


def test_a_negative_price_is_charged_as_a_reduction():
    parts = [segment("-99.99", "2026-04-01", "2026-04-16"), segment("-99.99", "2026-04-16")]
    assert [str(charge.amount) for charge in due_rows(TERMS, parts, [], day("2026-04-20"))] == ["-50.00", "-49.99"]


def test_thirty_bills_the_last_segment_of_february_the_remainder():
    terms = monthly("2026-02-01", proration="thirty")
    parts = [segment("30", "2026-02-01", "2026-02-11"), segment("60", "2026-02-11")]
    assert told(due_rows(terms, parts, [], day("2026-02-11"))) == [
        ("2026-02-01", "2026-02-11", "10.00"),
        ("2026-02-11", "2026-03-01", "40.00"),
    ]


def test_thirty_bills_the_last_days_the_same_when_the_first_were_billed_before():
    terms = monthly("2026-02-01", proration="thirty")
    parts = [segment("30", "2026-02-01", "2026-02-11"), segment("60", "2026-02-11")]
    full = period("2026-02-01", "2026-03-01")
    billed = row(full, period("2026-02-01", "2026-02-11"), "10.00", "30")
    assert told(due_rows(terms, parts, [billed], day("2026-02-11"))) == [("2026-02-11", "2026-03-01", "40.00")]
