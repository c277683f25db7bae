"""Agreements and promises: every cent has its place, whatever the amounts."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.agreements import Debt, allocate, equal_parts, waive
from rules.promises import judge

D = Decimal
CENTS = st.integers(1, 2_000_000).map(lambda cents: D(cents) / 100)
FEES = st.integers(0, 20_000).map(lambda cents: D(cents) / 100)
DEBTS = st.lists(st.tuples(CENTS, FEES, FEES), min_size=1, max_size=8).map(
    lambda rows: [Debt(number, *row) for number, row in enumerate(rows)]
)


def of(parts, name, key):
    return sum((getattr(part, name) for part in parts if part.key == key), D(0))


@given(DEBTS, st.integers(1, 24))
def test_the_parts_are_exactly_the_debts_and_exactly_the_instalments(debts, count):
    total = sum(debt.total for debt in debts)
    amounts = equal_parts(total, count)
    if min(amounts) <= 0:
        return
    parts = allocate(debts, amounts)
    for debt in debts:
        assert [of(parts, name, debt.key) for name in ("residual", "fine", "interest")] == [debt.residual, debt.fine, debt.interest]
    for number, amount in enumerate(amounts):
        assert sum(part.residual + part.fine + part.interest for part in parts if part.instalment == number) == amount
    assert all(min(part[2:]) >= 0 for part in parts)


@given(DEBTS.filter(lambda debts: all(debt.residual >= 10 * (debt.fine + debt.interest) + 1 for debt in debts)), st.integers(1, 12))
def test_every_part_has_something_of_the_debt_itself(debts, count):
    total = sum(debt.total for debt in debts)
    amounts = equal_parts(total, count)
    if min(amounts) < 1:
        return
    assert all(part.residual > 0 for part in allocate(debts, amounts) if part.residual + part.fine + part.interest > D("0.05"))


@given(DEBTS, st.integers(0, 100))
def test_a_discount_of_fees_is_given_to_the_cent(debts, percent):
    fees = sum(debt.fine + debt.interest for debt in debts)
    agreed = (fees * percent / 100).quantize(D("0.01"))
    after = waive(debts, agreed)
    assert sum(debt.fine + debt.interest for debt in after) == agreed
    assert all(0 <= new.fine <= old.fine and 0 <= new.interest <= old.interest for new, old in zip(after, debts, strict=True))


@given(CENTS, st.integers(1, 36))
def test_equal_parts_add_up(total, count):
    parts = equal_parts(total, count)
    assert (sum(parts), len(parts)) == (total, count)
    if total >= count:
        assert min(parts) > 0


def test_instalments_that_are_not_the_debt_are_refused():
    with pytest.raises(ValueError, match="add up"):
        allocate([Debt("May", D(300))], [D(100), D(100)])


def test_a_promise_is_kept_the_moment_the_money_is_there_and_broken_only_after_the_day():
    until = date(2026, 3, 10)
    assert judge(D(500), D(500), D(0), date(2026, 3, 1), until) == "kept"
    assert judge(D(500), D("499.99"), D("0.01"), until, until) == "open"
    assert judge(D(500), D("499.99"), D("0.01"), date(2026, 3, 11), until) == "partly"
