"""Credits: what is billed and no longer wanted, worked out by hand. Most of them are about April 2026, at 3.00 a day."""

from decimal import Decimal

from ledger_model import LedgerModel
from lineage_of_one import day, monthly, period, price, row, segment

from rules.charges import ARREARS, OPENING, Credit, due_rows, next_bill_on

TERMS = monthly("2026-04-01")
APRIL = period("2026-04-01", "2026-05-01")
ALL_APRIL = row(APRIL, APRIL, "90.00", "90")._replace(key=1)


def due(segments, rows, on, terms=TERMS):
    """What is due, as a person reads it: credit or charge, from, to, amount."""
    found = due_rows(terms, segments, rows, day(on))
    return [
        ("credit" if isinstance(each, Credit) else "charge", str(each.covered.start), str(each.covered.end), str(each.amount))
        for each in found
    ]


def billed(*runs, terms=TERMS):
    """The ledger after some runs, each with its segments and day."""
    ledger = LedgerModel()
    for number, (segments, on) in enumerate(runs):
        for each in due_rows(terms, segments, ledger.rows(), day(on)):
            ledger.book(each, number)
    return ledger


def test_an_end_gives_back_the_days_after_it():
    assert due([segment("90", "2026-04-01", "2026-04-11")], [ALL_APRIL], "2026-04-11") == [
        ("credit", "2026-04-11", "2026-05-01", "-60.00"),
    ]


def test_a_cut_to_come_is_credited_on_its_day():
    parts = [segment("90", "2026-04-01", "2026-04-11")]
    assert due(parts, [ALL_APRIL], "2026-04-10") == []
    assert next_bill_on(TERMS, parts, [ALL_APRIL]) == day("2026-04-11")


def test_with_lead_days_a_cut_is_credited_as_early_as_the_charge_would_come():
    terms, parts = monthly("2026-04-01", lead_days=5), [segment("90", "2026-04-01", "2026-04-11"), segment("120", "2026-04-11")]
    assert due(parts, [ALL_APRIL], "2026-04-05", terms) == []
    assert due(parts, [ALL_APRIL], "2026-04-06", terms) == [
        ("credit", "2026-04-11", "2026-05-01", "-60.00"),
        ("charge", "2026-04-11", "2026-05-01", "80.00"),
    ]
    assert next_bill_on(terms, parts, [ALL_APRIL]) == day("2026-04-06")


def test_in_arrears_what_is_billed_and_not_wanted_is_credited_as_soon_as_that_is_known():
    terms = monthly("2026-04-01", billing=ARREARS)
    parts = [segment("90", "2026-04-01", "2026-04-11"), segment("120", "2026-04-11", "2026-04-21")]
    assert due(parts, [ALL_APRIL], "2026-05-10", terms) == [
        ("credit", "2026-04-11", "2026-05-01", "-60.00"),
        ("charge", "2026-04-11", "2026-04-21", "40.00"),
    ]


def test_a_pause_in_the_middle_is_a_credit_of_the_rest_and_a_charge_of_what_comes_back():
    parts = [segment("90", "2026-04-01", "2026-04-11"), segment("90", "2026-04-21")]
    assert due(parts, [ALL_APRIL], "2026-04-21") == [
        ("credit", "2026-04-11", "2026-05-01", "-60.00"),
        ("charge", "2026-04-21", "2026-05-01", "30.00"),
    ]


def test_a_pause_at_the_start_leaves_no_day_of_the_row():
    parts = [segment("90", "2026-04-06")]
    assert due(parts, [ALL_APRIL], "2026-04-06") == [
        ("credit", "2026-04-01", "2026-05-01", "-90.00"),
        ("charge", "2026-04-06", "2026-05-01", "75.00"),
    ]


def test_two_rows_of_one_price_that_are_cut_are_credited_each_by_its_own_days():
    """10 days of the first and 5 of the second are given back."""
    rows = [
        row(APRIL, period("2026-04-01", "2026-04-16"), "45.00", "90")._replace(key=1),
        row(APRIL, period("2026-04-21", "2026-05-01"), "30.00", "90")._replace(key=2),
    ]
    parts = [segment("90", "2026-04-01", "2026-04-06"), segment("90", "2026-04-21", "2026-04-26")]
    assert due(parts, rows, "2026-04-26") == [
        ("credit", "2026-04-06", "2026-04-16", "-30.00"),
        ("credit", "2026-04-26", "2026-05-01", "-15.00"),
    ]


def test_a_row_of_which_the_first_days_were_never_billed_is_credited_by_its_own_days():
    rows = [row(APRIL, period("2026-04-11", "2026-05-01"), "60.00", "90")._replace(key=1)]
    assert due([segment("90", "2026-04-11", "2026-04-21")], rows, "2026-04-21") == [("credit", "2026-04-21", "2026-05-01", "-30.00")]


def test_cut_twice_a_month_gives_back_the_cents_it_took():
    """99.99 cut after 10 days and again after 5: 33.33 and 16.67 (16.665) are what is left."""
    whole = segment("99.99", "2026-04-01")
    ledger = billed(
        ([whole], "2026-04-01"),
        ([whole._replace(end=day("2026-04-11"))], "2026-04-11"),
        ([whole._replace(end=day("2026-04-06"))], "2026-04-12"),
        ([], "2026-04-13"),
    )
    assert [str(each.amount) for each in ledger.rows()] == ["99.99", "-66.66", "-16.66", "-16.67"]
    assert ledger.net() == {} and ledger.covered_days() == []


def test_a_price_that_returns_joins_the_rows_it_had():
    """90.00 for 10 days, 120.00 for 10, 90.00 again for 10."""
    parts = [segment("90", "2026-04-01", "2026-04-11"), segment("120", "2026-04-11", "2026-04-21"), segment("90", "2026-04-21")]
    ledger = billed(([segment("90", "2026-04-01")], "2026-04-01"), (parts, "2026-04-21"))
    assert {key[2].unit_price: str(amount) for key, amount in ledger.net().items()} == {Decimal(90): "60.00", Decimal(120): "40.00"}


def test_thirty_corrects_the_last_days_when_others_are_not_wanted_any_more():
    """February by thirty days: its last 8 days weigh 10/30 as long as the whole month is wanted, and 8/30 without 4 days before them."""
    terms = monthly("2026-02-01", proration="thirty")
    before = [segment("30", "2026-02-01", "2026-02-21"), segment("60", "2026-02-21")]
    after = [segment("30", "2026-02-01", "2026-02-05"), segment("30", "2026-02-09", "2026-02-21"), segment("60", "2026-02-21")]
    ledger = billed((before, "2026-02-21"), terms=terms)
    assert due(after, ledger.rows(), "2026-02-21", terms) == [
        ("credit", "2026-02-05", "2026-02-21", "-16.00"),
        ("credit", "2026-03-01", "2026-03-01", "-4.00"),
        ("charge", "2026-02-09", "2026-02-21", "12.00"),
    ]


def test_what_a_person_charged_is_given_back_by_its_days():
    """45.00 by hand for April, 10 of 30 days kept."""
    by_hand = row(APRIL, APRIL, "45.00", None)._replace(key=1, segment="A from 2026-04-01")
    assert due([segment("90", "2026-04-01", "2026-04-11")], [by_hand], "2026-04-11") == [("credit", "2026-04-11", "2026-05-01", "-30.00")]


def test_an_opening_is_given_back_by_its_own_days_not_those_of_the_full_period():
    """60.00 for 20 days, of which 10 are kept."""
    opening = row(APRIL, period("2026-04-01", "2026-04-21"), "60.00", None)._replace(key=1, kind=OPENING)
    assert due([segment("90", "2026-04-01", "2026-04-11")], [opening], "2026-04-11") == [("credit", "2026-04-11", "2026-04-21", "-30.00")]


def test_an_opening_of_unknown_amount_is_credited_with_an_unknown_amount():
    opening = row(APRIL, APRIL, "0", None)._replace(key=1, kind=OPENING)
    (credit,) = due_rows(TERMS, [segment("90", "2026-04-01", "2026-04-11")], [opening], day("2026-04-11"))
    assert (credit.row, credit.amount) == (1, None)


def test_another_quantity_is_another_price():
    parts = [segment(price("10", "3"), "2026-04-01", "2026-04-16"), segment(price("10", "5"), "2026-04-16")]
    rows = [row(APRIL, APRIL, "30.00", price("10", "3"))._replace(key=1)]
    assert due(parts, rows, "2026-04-16") == [
        ("credit", "2026-04-16", "2026-05-01", "-15.00"),
        ("charge", "2026-04-16", "2026-05-01", "25.00"),
    ]
