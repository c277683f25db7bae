"""When debits under a mandate are announced, and tried again."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import mandates
from rules.mandates import Debit, Scheme, first_debit, may_become, next_debit

PIX = Scheme(lead_min=2, lead_max=10, tries=3, within=7)
DUE = date(2026, 3, 20)
FIFTY = Decimal("50.00")
days = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def failed(day, amount=FIFTY):
    return Debit(day, amount, day)


@given(due=days, today=days, lead_min=st.integers(0, 5), more=st.integers(0, 20))
def test_a_debit_is_never_before_its_due_day_nor_outside_of_the_days_of_announcement(due, today, lead_min, more):
    day = first_debit(due, today, Scheme(lead_min, lead_min + more))
    if day is None:
        assert (due - today).days > lead_min + more
    else:
        assert day >= due
        assert lead_min <= (day - today).days <= lead_min + more


def test_three_more_tries_and_no_fourth():
    made = [failed(DUE)]
    for number in range(3):
        day = next_debit(made, FIFTY, made[-1].day, PIX)
        assert day == DUE + timedelta(days=number + 1)
        made.append(failed(day))
    assert next_debit(made, FIFTY, made[-1].day, PIX) is None


def test_a_scheme_without_tries_has_none():
    assert next_debit([failed(DUE)], FIFTY, DUE, Scheme(2, 10)) is None


def test_another_try_only_within_its_days():
    assert next_debit([failed(DUE)], FIFTY, DUE + timedelta(days=6), PIX) == DUE + timedelta(days=7)
    assert next_debit([failed(DUE)], FIFTY, DUE + timedelta(days=7), PIX) is None


def test_nothing_while_a_debit_is_under_way():
    assert next_debit([Debit(DUE, FIFTY)], FIFTY, DUE, PIX) is None


def test_another_amount_only_where_the_scheme_lets():
    assert next_debit([failed(DUE)], Decimal("20.00"), DUE, PIX) is None
    assert next_debit([failed(DUE)], Decimal("20.00"), DUE, Scheme(1, 14, 2, 14, same_amount=False)) == DUE + timedelta(days=1)


@pytest.mark.parametrize("ended", [mandates.CANCELLED, mandates.EXPIRED])
def test_what_ended_stays_ended(ended):
    states = [mandates.DRAFT, mandates.REQUESTED, mandates.ACTIVE, mandates.SUSPENDED, mandates.CANCELLED, mandates.EXPIRED]
    assert not any(may_become(ended, other) for other in states)
