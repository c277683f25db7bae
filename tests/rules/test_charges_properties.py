"""Whatever the lineage, the policy and the moments of the runs: the same is billed, once, to the cent."""

from datetime import timedelta
from decimal import Decimal

import day_by_day
from billing_strategies import (
    Story,
    as_row,
    bill,
    covered_days,
    length_in_days,
    lineages,
    net,
    some_terms,
    stories,
)
from hypothesis import given
from hypothesis import strategies as st

from rules.charges import ARREARS, due_rows
from rules.money import round_money

two_lineages = stories(names="AB")


def billed_at_once(story: Story, horizon) -> list:
    return bill(story, [horizon])


@given(two_lineages)
def test_any_splitting_into_runs_bills_what_the_days_cost(story):
    rows = bill(story)
    totals, covered = day_by_day.expected(story.terms, story.segments, story.runs[-1])
    assert net(rows) == totals
    assert covered_days(rows) == covered


@given(two_lineages)
def test_any_splitting_into_runs_bills_the_same_net_and_coverage_as_one_run(story):
    rows, at_once = bill(story), billed_at_once(story, story.runs[-1])
    assert net(rows) == net(at_once)
    assert covered_days(rows) == covered_days(at_once)


@given(two_lineages)
def test_a_second_run_on_the_same_day_or_an_earlier_one_bills_nothing(story):
    rows = bill(story)
    for day in story.runs:
        assert due_rows(story.terms, story.segments, rows, day) == []


@given(two_lineages)
def test_no_day_is_ever_covered_twice(story):
    covered = covered_days(bill(story))
    assert len(covered) == len(set(covered))


@given(two_lineages, st.integers(-40, 40))
def test_a_moved_anchor_bills_no_day_again(story, days):
    rows = bill(story, story.runs[:-1])
    moved = story.terms._replace(anchor=story.terms.anchor + timedelta(days=days))
    rows += [as_row(charge) for charge in due_rows(moved, story.segments, rows, story.runs[-1])]
    covered = covered_days(rows)
    assert len(covered) == len(set(covered))
    assert due_rows(moved, story.segments, rows, story.runs[-1]) == []


@given(two_lineages)
def test_rows_lie_inside_their_full_period_and_their_segment(story):
    for charge in due_rows(story.terms, story.segments, [], story.runs[-1]):
        (segment,) = [segment for segment in story.segments if segment.key == charge.segment]
        assert charge.full.intersection(charge.covered) == charge.covered
        assert segment.start <= charge.covered.start
        assert segment.end is None or charge.covered.end <= segment.end
        assert charge.price == segment.price


@given(two_lineages)
def test_charges_of_a_price_add_up_to_the_rounded_price_of_their_share(story):
    shares, rows = {}, []
    for day in story.runs:
        for charge in due_rows(story.terms, story.segments, rows, day):
            key = (charge.lineage, charge.full, charge.price)
            shares[key] = shares.get(key, 0) + charge.share
            rows.append(as_row(charge))
    for (lineage, full, price), amount in net(rows).items():
        assert amount == round_money(price.per_period * shares[lineage, full, price])


@given(two_lineages)
def test_no_charge_is_negative_and_none_costs_more_than_its_period(story):
    for charge in due_rows(story.terms, story.segments, [], story.runs[-1]):
        assert 0 <= charge.amount <= round_money(charge.price.per_period) + Decimal("0.01")


@given(stories(closed=True))
def test_a_lineage_billed_to_its_end_covers_every_wanted_day_once(story):
    length, last = length_in_days(story.terms.interval), story.segments[-1].end
    rows = billed_at_once(story, last + timedelta(days=length))
    wanted = [(segment.lineage, day) for segment in story.segments for day in day_by_day.days_between(segment.start, segment.end)]
    assert covered_days(rows) == sorted(wanted)


@given(two_lineages, st.data())
def test_freed_rows_are_billed_again_to_the_same_net(story, data):
    rows = bill(story)
    kept = [row for row in rows if data.draw(st.booleans())]
    again = kept + [as_row(charge) for charge in due_rows(story.terms, story.segments, kept, story.runs[-1])]
    assert net(again) == net(rows)
    assert covered_days(again) == covered_days(rows)


@given(stories(closed=True), st.data())
def test_cutting_a_segment_at_the_same_price_changes_no_net_amount(story, data):
    n = data.draw(st.integers(0, len(story.segments) - 1))
    segment = story.segments[n]
    cut = segment.start + timedelta(days=data.draw(st.integers(0, (segment.end - segment.start).days)))
    pieces = [segment._replace(end=cut), segment._replace(key="rest", start=cut)]
    other = story._replace(segments=[*story.segments[:n], *pieces, *story.segments[n + 1 :]])
    horizon = story.segments[-1].end + timedelta(days=length_in_days(story.terms.interval))
    assert net(billed_at_once(other, horizon)) == net(billed_at_once(story, horizon))


@given(two_lineages, st.randoms(use_true_random=False))
def test_the_order_in_which_segments_and_rows_are_given_never_matters(story, random):
    rows = bill(story, story.runs[:-1])
    expected = due_rows(story.terms, story.segments, rows, story.runs[-1])
    mixed_segments, mixed_rows = list(story.segments), list(rows)
    random.shuffle(mixed_segments)
    random.shuffle(mixed_rows)
    found = due_rows(story.terms, mixed_segments, mixed_rows, story.runs[-1])
    assert sorted(found, key=repr) == sorted(expected, key=repr)


@given(two_lineages)
def test_charges_come_by_due_moment_and_never_before_their_day(story):
    found = due_rows(story.terms, story.segments, [], story.runs[-1])
    assert [charge.due_on for charge in found] == sorted(charge.due_on for charge in found)
    lead = timedelta(days=0 if story.terms.billing == ARREARS else story.terms.lead_days)
    assert all(charge.bill_on == charge.due_on - lead <= story.runs[-1] for charge in found)


@given(st.data(), st.sampled_from(["full", "none"]))
def test_whole_and_free_stubs_concern_nothing_but_the_leading_stub(data, policy):
    terms = data.draw(some_terms(proration=policy))
    story = Story(terms, data.draw(lineages(terms, closed=True)), [])
    actual = story._replace(terms=terms._replace(proration="actual"))
    horizon = story.segments[-1].end + timedelta(days=length_in_days(terms.interval))
    start, first = story.segments[0].start, billed_at_once(story, horizon)[0].full
    with_stub = start > first.start and not story.segments[0].follows
    ours, plain = net(billed_at_once(story, horizon)), net(billed_at_once(actual, horizon))
    for (lineage, full, price), amount in ours.items():
        if not with_stub or full != first:
            assert amount == plain[lineage, full, price]
