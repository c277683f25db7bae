"""Amounts normalised to a month."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.periods import DAY, MONTH, WEEK, YEAR, Interval
from rules.revenue import per_month


@pytest.mark.parametrize(
    ("amount", "interval", "expected"),
    [
        (60, Interval(1, MONTH), Fraction(60)),
        (2000, Interval(1, YEAR), Fraction(2000, 12)),
        (90, Interval(3, MONTH), Fraction(30)),
        (2400, Interval(2, YEAR), Fraction(100)),
        (7, Interval(1, WEEK), Fraction(36525, 1200)),
        (1, Interval(1, DAY), Fraction(36525, 1200)),
    ],
)
def test_an_amount_per_period_as_an_amount_per_month(amount, interval, expected):
    assert per_month(Fraction(amount), interval) == expected


@given(st.integers(1, 40), st.integers(0, 10**6))
def test_equal_intervals_make_equal_revenue(count, amount):
    assert per_month(Fraction(amount), Interval(count, YEAR)) == per_month(Fraction(amount), Interval(12 * count, MONTH))
    assert per_month(Fraction(amount), Interval(count, WEEK)) == per_month(Fraction(amount), Interval(7 * count, DAY))
