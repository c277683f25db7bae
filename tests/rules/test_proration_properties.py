"""The shares of a period cut into parts add up to what the period costs whole, for any cuts."""

from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

import day_by_day
from billing_strategies import days, intervals
from hypothesis import given
from hypothesis import strategies as st

from rules.charges import Terms
from rules.periods import Period, period_at
from rules.proration import ACTUAL, FULL, NONE, POLICIES, THIRTY, leading_stub, share


@st.composite
def cut_periods(draw, *, whole=True):
    """A full period, its interval, and the consecutive parts it is cut into; some left out unless ``whole``."""
    interval = draw(intervals)
    full = period_at(draw(days), interval, draw(days))
    inside = st.integers(1, full.days - 1) | st.sampled_from([1, full.days - 1])
    inner = draw(st.sets(inside, max_size=5)) if full.days > 1 else set()
    cuts = [0, *sorted(inner), full.days]
    moments = [full.start + timedelta(days=cut) for cut in cuts]
    parts = [Period(start, end) for start, end in pairwise(moments)]
    if not whole:
        parts = [part for part in parts if draw(st.booleans())] or parts[-1:]
    return interval, full, parts


@given(cut_periods(), st.sampled_from(POLICIES))
def test_the_parts_of_a_whole_period_add_up_to_one(cut, policy):
    interval, full, parts = cut
    assert sum(share([part], full, interval, policy, lineage=parts) for part in parts) == 1


@given(cut_periods(whole=False), st.sampled_from(POLICIES))
def test_the_parts_of_some_of_a_period_add_up_to_the_share_of_all_of_them(cut, policy):
    interval, full, parts = cut
    stub = leading_stub(parts[0].start, full, follows=False)
    total = sum(share([part], full, interval, policy, lineage=parts, leading_stub=stub) for part in parts)
    assert total == share(parts, full, interval, policy, lineage=parts, leading_stub=stub)


@given(cut_periods(whole=False), st.sampled_from(POLICIES))
def test_a_share_lies_between_nothing_and_all(cut, policy):
    interval, full, parts = cut
    stub = leading_stub(parts[0].start, full, follows=False)
    assert all(0 <= share([part], full, interval, policy, lineage=parts, leading_stub=stub) <= 1 for part in parts)


@given(cut_periods(whole=False), st.sampled_from(POLICIES))
def test_a_share_is_the_sum_of_the_weights_of_its_days(cut, policy):
    interval, full, parts = cut
    stub = leading_stub(parts[0].start, full, follows=False)
    wanted = [day for part in parts for day in day_by_day.days_between(*part)]
    terms = Terms(full.start, interval, proration=policy)
    weights = day_by_day.weights(tuple(full), wanted, terms, stub and stub.start)
    for part in parts:
        expected = sum(weights[day] for day in day_by_day.days_between(*part))
        assert share([part], full, interval, policy, lineage=parts, leading_stub=stub) == expected


@given(cut_periods(whole=False))
def test_actual_never_depends_on_the_other_segments(cut):
    interval, full, parts = cut
    for part in parts:
        assert share([part], full, interval, ACTUAL, lineage=parts) == Fraction(part.days, full.days)


@given(cut_periods(whole=False))
def test_thirty_of_a_lineage_that_leaves_days_out_counts_only_its_days(cut):
    interval, full, parts = cut
    covered = sum(part.days for part in parts)
    if interval.months and covered < full.days:
        total = sum(share([part], full, interval, THIRTY, lineage=parts) for part in parts)
        assert total == min(1, Fraction(covered, 30 * interval.months))


@given(cut_periods())
def test_a_whole_leading_stub_costs_one_period_or_nothing(cut):
    interval, full, parts = cut
    stub = leading_stub(parts[-1].start, full, follows=False)
    if stub:
        assert share([stub], full, interval, FULL, leading_stub=stub) == 1
        assert share([stub], full, interval, NONE, leading_stub=stub) == 0
