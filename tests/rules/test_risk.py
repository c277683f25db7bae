"""The stated rule of risk, at its edges."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.risk import BAD, GOOD, SEGMENTS, WATCH, Debt, assess

DAY = date(2026, 6, 30)


def paid(late, due=date(2026, 3, 10)):
    return Debt(due - timedelta(days=10), due, due + timedelta(days=late))


def still_open(late):
    due = DAY - timedelta(days=late)
    return Debt(due - timedelta(days=10), due)


@pytest.mark.parametrize(("late", "segment"), [(0, GOOD), (15, GOOD), (16, WATCH), (60, WATCH), (61, BAD)])
def test_what_is_open_counts_by_its_age(late, segment):
    assert assess([still_open(late)], DAY).segment == segment


@pytest.mark.parametrize(
    ("lates", "segment"),
    [
        ((16, 16), GOOD),  # two debts are no habit
        ((16, 16, 0), BAD),
        ((16, 0, 0), WATCH),
        ((15, 15, 0), WATCH),
        ((5, 5, 5, 5), GOOD),
        ((6, 0, 0, 0), WATCH),
        ((6, 0, 0, 0, 0), GOOD),
    ],
)
def test_a_habit_is_seen_in_three_debts_or_more(lates, segment):
    assert assess([paid(late) for late in lates], DAY).segment == segment


def test_only_the_latest_twelve_count():
    """Twelve in time after six late ones."""
    months = [paid(0, date(2025, 7, 10) + timedelta(days=28 * n)) for n in range(12)]
    assert assess([*(paid(40, date(2025, 7, 1)) for _n in range(6)), *months], DAY).segment == GOOD


def test_what_is_older_than_a_year_is_forgotten():
    old = [paid(40, date(2025, 6, 1)) for _n in range(6)]
    assert assess(old, DAY).segment == GOOD
    assert assess(old, date(2025, 12, 31)).segment == BAD


@pytest.mark.parametrize(("broken", "segment"), [(0, GOOD), (1, WATCH), (2, BAD)])
def test_promises_that_were_not_kept(broken, segment):
    assert assess([paid(0)], DAY, broken=broken).segment == segment


def test_what_was_written_off_is_bad_and_comes_with_its_words():
    found = assess([paid(0)], DAY, written_off=1, broken=1)
    assert (found.segment, [factor.code for factor in found.factors]) == (BAD, ["written_off", "broken"])


debts = st.builds(
    lambda due, known, late: Debt(due - timedelta(days=known), due, None if late is None else due + timedelta(days=late)),
    st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    st.integers(0, 60),
    st.one_of(st.none(), st.integers(-30, 200)),
)


@given(st.lists(debts, max_size=30), st.dates(date(2025, 6, 1), date(2026, 12, 31)))
def test_what_happens_later_changes_nothing(history, day):
    """The risk of a day is the same, whatever is paid or invoiced afterwards."""
    so_far = [debt._replace(paid_on=None) if debt.paid_on and debt.paid_on > day else debt for debt in history if debt.known <= day]
    assert assess(history, day) == assess(so_far, day)


@given(st.lists(debts, max_size=30), st.integers(0, 3), st.integers(0, 2))
def test_one_more_breach_never_makes_it_better(history, broken, written_off):
    order = SEGMENTS.index
    before = assess(history, DAY, broken, written_off).segment
    assert order(assess(history, DAY, broken + 1, written_off).segment) >= order(before)
    assert order(assess([*history, still_open(90)], DAY, broken, written_off).segment) == order(BAD)
    assert assess(history, DAY, broken, written_off).factors
