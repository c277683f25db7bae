"""The next day with something to bill, the covered date and the settled date agree with what a run does."""

from datetime import timedelta
from decimal import Decimal

import day_by_day
from billing_strategies import as_row, bill, covered_days, length_in_days, stories
from hypothesis import given
from hypothesis import strategies as st

from rules.charges import Charge, Row, due_rows, next_bill_on, settled_until
from rules.periods import Period

two_lineages = stories(names="AB")


@given(two_lineages)
def test_nothing_is_due_the_day_before_the_next_bill_and_something_on_the_day(story):
    rows = bill(story)
    found = next_bill_on(story.terms, story.segments, rows)
    if found is None:
        horizon = max(segment.end for segment in story.segments) + timedelta(days=9999)
        assert due_rows(story.terms, story.segments, rows, horizon) == []
    else:
        assert due_rows(story.terms, story.segments, rows, found - timedelta(days=1)) == []
        on_the_day = due_rows(story.terms, story.segments, rows, found)
        assert {charge.bill_on for charge in on_the_day} == {found}


@given(two_lineages, st.data())
def test_the_next_bill_finds_what_was_freed(story, data):
    rows = [row for row in bill(story) if data.draw(st.booleans())]
    found = next_bill_on(story.terms, story.segments, rows)
    if found:
        assert due_rows(story.terms, story.segments, rows, found - timedelta(days=1)) == []
        assert due_rows(story.terms, story.segments, rows, found) != []


@given(stories())
def test_after_a_run_the_next_bill_lies_after_it(story):
    found = next_bill_on(story.terms, story.segments, bill(story))
    assert found is None or found > story.runs[-1]


@given(stories(closed=True))
def test_every_wanted_day_before_covered_until_is_covered(story):
    rows = bill(story)
    until = settled_until(story.terms, story.segments, rows)
    covered = {day for _lineage, day in covered_days(rows)}
    wanted = {day for segment in story.segments for day in day_by_day.days_between(segment.start, segment.end)}
    assert {day for day in wanted if day < until} <= covered
    assert until not in covered
    assert until in wanted or until == story.segments[-1].end


@given(stories())
def test_a_settled_date_spares_work_and_changes_nothing(story):
    rows = bill(story, story.runs[:-1])
    settled = settled_until(story.terms, story.segments, rows)
    later_rows = [row for row in rows if row.full.end > settled]
    spared = {"settled": {"A": settled}}
    horizon = story.runs[-1]
    assert due_rows(story.terms, story.segments, later_rows, horizon, **spared) == due_rows(story.terms, story.segments, rows, horizon)
    assert next_bill_on(story.terms, story.segments, later_rows, **spared) == next_bill_on(story.terms, story.segments, rows)
    assert settled_until(story.terms, story.segments, later_rows, settled=settled) == settled


@given(stories(closed=True), st.integers(1, 400))
def test_an_opening_and_the_runs_after_it_cover_every_wanted_day_once(story, days):
    start, end = story.segments[0].start, story.segments[-1].end
    until = start + timedelta(days=days)
    opened = Period(start, until)
    opening = Row("A", opened, opened, None, Decimal(0), kind="opening")
    rows = [opening]
    for day in [*story.runs, end + timedelta(days=length_in_days(story.terms.interval))]:
        due = due_rows(story.terms, story.segments, rows, day)
        rows += [as_row(each) for each in due if isinstance(each, Charge)]
    wanted = [("A", day) for segment in story.segments for day in day_by_day.days_between(segment.start, segment.end)]
    assert covered_days(rows[1:]) == [(lineage, day) for lineage, day in wanted if day >= until]
