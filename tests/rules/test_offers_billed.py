"""Discounts and agreed totals through the billing: the same whenever it is billed, and to the cent."""

from datetime import timedelta
from decimal import Decimal

from billing_strategies import Story, amounts, as_row, bill, covered_days, length_in_days, net, prices, some_terms, stories
from hypothesis import given
from hypothesis import strategies as st
from lineage_of_one import day

from rules.charges import ADVANCE, Segment, Terms, due_rows
from rules.money import Price, round_money
from rules.periods import Interval, iter_periods
from rules.pricing import Discount, FixedTotal, Offer, fixed_end, period_price

percents = st.sampled_from([Decimal(text) for text in ("0", "10", "33.33", "100")])
money = st.sampled_from([Decimal(text) for text in ("0", "0.01", "5", "40000")])


@st.composite
def offered_stories(draw):
    """A story whose lineage has one to three discounts, from before its start or later."""
    story = draw(stories())
    first, length = min(segment.start for segment in story.segments), length_in_days(story.terms.interval)
    discounts = []
    for n in range(draw(st.integers(1, 3))):
        start = first + timedelta(days=draw(st.integers(-length, 3 * length)))
        until = draw(st.one_of(st.none(), st.integers(1, 3 * length).map(lambda days, start=start: start + timedelta(days=days))))
        discounts.append(Discount(f"D{n}", draw(percents), draw(money), start, draw(st.one_of(st.none(), st.integers(0, 3))), until))
    return story._replace(segments=[segment._replace(offer=Offer(tuple(discounts))) for segment in story.segments])


@given(offered_stories())
def test_any_splitting_into_runs_bills_the_same_as_one_run(story):
    rows, at_once = bill(story), bill(story, [story.runs[-1]])
    assert net(rows) == net(at_once)
    assert covered_days(rows) == covered_days(at_once)
    assert due_rows(story.terms, story.segments, rows, story.runs[-1]) == []


@given(offered_stories())
def test_every_row_has_the_price_of_its_period(story):
    first = min(segment.start for segment in story.segments)
    for row in (as_row(charge) for charge in due_rows(story.terms, story.segments, [], story.runs[-1])):
        wanted = [
            segment
            for segment in story.segments
            if segment.start <= row.covered.start and (segment.end is None or row.covered.start < segment.end)
        ]
        (segment,) = wanted
        assert row.price == period_price(segment.price, segment.offer, story.terms.anchor, story.terms.interval, row.full, first)
        assert 0 <= row.amount <= round_money(segment.price.per_period) + Decimal("0.01")


@given(some_terms(), amounts, st.integers(1, 14), st.integers(0, 40), st.lists(st.integers(0, 400), max_size=5), prices)
def test_an_agreed_total_is_billed_exactly_whatever_the_policy_and_the_runs(terms, total, count, offset, moments, price):
    """Also from a partial first period, which is one of its periods."""
    start = terms.anchor + timedelta(days=offset)
    fixed = FixedTotal(total, count, start)
    end = fixed_end(fixed, terms.anchor, terms.interval)
    segment = Segment("A0", "A", start, end, price, offer=Offer(fixed=fixed))
    last = end + timedelta(days=1)
    runs = [run for run in sorted(start + timedelta(days=moment) for moment in moments) if run < last]
    rows = bill(Story(terms, [segment], [*runs, last]))
    assert sum(row.amount for row in rows) == total
    assert len({row.full for row in rows}) == count


def test_a_fixed_total_of_a_line_that_ends_early_is_billed_for_its_days():
    """1200 in 12 from 1 January, last day 15 February: 100.00 and 15/29 of 100.00 = 51.72."""
    periods = iter_periods(day("2024-01-01"), Interval(1, "month"), day("2024-01-01"))
    january, february = next(periods), next(periods)
    offer = Offer(fixed=FixedTotal(Decimal(1200), 12, january.start))
    segment = Segment("A0", "A", january.start, day("2024-02-16"), Price(Decimal(1)), offer=offer)
    rows = bill(Story(Terms(january.start, Interval(1, "month"), ADVANCE), [segment], [february.start]))
    assert [str(row.amount) for row in rows] == ["100.00", "51.72"]
