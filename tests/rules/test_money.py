"""Rounding, the exact price of a period, and how an amount stands on an invoice line."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from billing_strategies import prices
from hypothesis import given
from hypothesis import strategies as st
from lineage_of_one import price

from rules.money import CENT, LinePrice, Price, line_price, round_money, split_off, to_decimal

ROUNDINGS = [Decimal(text) for text in ("0.01", "0.05", "1", "0.001", "0.1", "10")]
values = st.decimals(min_value=-(10**9), max_value=10**9, places=5)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("2.345", "2.35"), ("-2.345", "-2.35"), ("2.344999", "2.34"), ("0.005", "0.01"), ("-0.005", "-0.01"), ("0", "0.00")],
)
def test_halves_round_away_from_zero(value, expected):
    assert str(round_money(Decimal(value))) == expected


@pytest.mark.parametrize(
    ("value", "rounding", "expected"),
    [
        ("7.124", "0.05", "7.10"),
        ("7.125", "0.05", "7.15"),
        ("-7.125", "0.05", "-7.15"),
        ("1234.5", "1", "1235"),
        ("1234.49", "1", "1234"),
        ("-1234.5", "1", "-1235"),
        ("0.0005", "0.001", "0.001"),
    ],
)
def test_rounding_to_other_precisions(value, rounding, expected):
    assert str(round_money(Decimal(value), Decimal(rounding))) == expected


def test_a_fraction_is_rounded_once_and_exactly():
    assert round_money(Fraction(599_95, 100) * Fraction(29, 31)) == Decimal("561.24")
    assert round_money(Fraction(1, 3)) == Decimal("0.33")


def test_a_rounded_nothing_has_no_minus_sign():
    assert str(round_money(Decimal("-0.001"))) == "0.00"


@given(values)
def test_rounding_to_cents_is_that_of_decimal_half_up(value):
    assert round_money(value) == value.quantize(CENT, rounding=ROUND_HALF_UP)


@given(values, st.sampled_from(ROUNDINGS))
def test_a_rounded_value_is_the_nearest_multiple_and_a_half_goes_away_from_zero(value, rounding):
    found = round_money(value, rounding)
    assert found % rounding == 0
    assert abs(found - value) <= rounding / 2
    if abs(found - value) == rounding / 2:
        assert abs(found) > abs(value)


@given(values, st.sampled_from(ROUNDINGS))
def test_rounding_is_the_same_on_both_sides_of_zero_and_rounds_once(value, rounding):
    found = round_money(value, rounding)
    assert round_money(-value, rounding) == -found
    assert round_money(found, rounding) == found


def test_the_price_of_a_period_is_exact():
    assert price("24.95", "3", "33.33").per_period == Fraction(2495, 100) * 3 * Fraction(6667, 10000)


@pytest.mark.parametrize("each", [price("0"), price("10", "0"), price("10", "1", "100")])
def test_a_price_of_nothing(each):
    assert each.per_period == 0


def test_a_whole_period_keeps_quantity_price_and_discount():
    assert line_price(price("10.00", "3", "10"), Decimal("27.00")) == LinePrice(Decimal(3), Decimal(10), Decimal(10))


def test_a_part_keeps_the_quantity_where_the_unit_price_comes_out_even():
    assert line_price(price("10.00", "3"), Decimal("15.00")) == LinePrice(Decimal(3), Decimal("5.00"), Decimal(0))


def test_a_part_that_does_not_divide_becomes_one_piece():
    assert line_price(price("24.95", "2"), Decimal("14.49")) == LinePrice(Decimal(1), Decimal("14.49"), Decimal(0))


def test_finer_unit_prices_keep_the_quantity_longer():
    found = line_price(price("24.95", "2"), Decimal("14.49"), unit=Decimal("0.001"))
    assert found == LinePrice(Decimal(2), Decimal("7.245"), Decimal(0))


def test_the_rest_after_rounding_keeps_no_discount():
    assert line_price(price("99.99", "1", "10"), Decimal("45.00")) == LinePrice(Decimal(1), Decimal(45), Decimal(0))


def test_a_quantity_of_zero_costs_nothing_and_stays():
    assert line_price(price("10", "0"), Decimal("0.00")) == LinePrice(Decimal(0), Decimal(10), Decimal(0))


@given(prices, st.integers(1, 366), st.integers(1, 366), st.sampled_from(ROUNDINGS))
def test_an_invoice_line_gives_exactly_the_amount(each, covered, whole, rounding):
    amount = round_money(each.per_period * Fraction(min(covered, whole), whole), rounding)
    line = line_price(each, amount, rounding=rounding)
    exact = Fraction(line.quantity) * Fraction(line.unit_price) * (1 - Fraction(line.discount) / 100)
    assert round_money(exact, rounding) == amount


@given(prices, st.integers(1, 366))
def test_an_invoice_line_never_needs_more_digits_than_unit_prices_have(each, covered):
    amount = round_money(each.per_period * Fraction(covered, 366))
    assert line_price(each, amount).unit_price % CENT == 0


@given(prices, st.integers(1, 365), st.sampled_from(ROUNDINGS))
def test_a_prorated_invoice_line_is_exact_without_rounding(each, covered, rounding):
    amount = round_money(each.per_period * Fraction(covered, 366), rounding)
    line = line_price(each, amount, rounding=rounding)
    if line.unit_price != each.unit_price:
        assert line.quantity * line.unit_price == amount
        assert line.discount == 0


@pytest.mark.parametrize(
    ("stored", "expected"),
    [(24.95, "24.95"), (0.1 + 0.2, "0.3"), (1e-7, "0"), (-1e-7, "0"), (100.0, "100"), (1e9, "1000000000"), ("7.50", "7.5")],
)
def test_a_stored_number_becomes_what_a_person_typed(stored, expected):
    assert str(to_decimal(stored)) == expected


def test_a_stored_number_keeps_the_digits_asked_for():
    assert str(to_decimal(1.23456789, 2)) == "1.23"
    assert str(to_decimal(Decimal("1.005"), 2)) == "1.01"


@given(st.decimals(min_value=-(10**8), max_value=10**8, places=4))
def test_a_decimal_survives_its_storage_as_a_float(value):
    assert to_decimal(float(value)) == value


@given(prices, st.sampled_from(["0", "0.01", "5", "99999"]), st.fractions(min_value=-1, max_value=1))
def test_an_amount_with_money_off_is_two_lines_that_add_up(each, off, share):
    reduced = each._replace(off=Decimal(off))
    amount = round_money(reduced.per_period * share)
    before, minus = split_off(reduced, amount, share)
    assert before + minus == amount
    assert minus * (-1 if share > 0 else 1) >= 0
    if minus:
        assert before == round_money(each.per_period * share)


def test_percentages_finer_than_the_invoice_shows_keep_the_amount():
    """1 200 000 less 33.33 % twice is 533 386.67 (discount 55.551111 %); shown as 55.55 % it would be 533 400.00."""
    combined = Price(Decimal("1200000"), discount=Decimal("55.551111"))
    assert line_price(combined, Decimal("533386.67")) == LinePrice(Decimal(1), Decimal("533386.67"), Decimal(0))
    small = Price(Decimal("10"), discount=Decimal("55.551111"))
    assert line_price(small, Decimal("4.44")) == LinePrice(Decimal(1), Decimal("4.44"), Decimal(0))
    nothing_lost = Price(Decimal("10"), discount=Decimal("55.550001"))
    assert line_price(nothing_lost, Decimal("4.45")).discount == Decimal("55.55")
