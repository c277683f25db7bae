"""What the property tests draw: schedules, prices, lineages with pauses and price changes, and the moments of the runs."""

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from hypothesis import strategies as st

from rules.charges import ADVANCE, ARREARS, Charge, Row, Segment, Terms, due_rows
from rules.money import Price
from rules.periods import DAY, MONTH, WEEK, YEAR, Interval, period_at
from rules.proration import POLICIES

FIRST, LAST = date(1995, 1, 1), date(2104, 12, 31)


@st.composite
def month_ends(draw):
    """The 28th to the last day of a month: where clamping shows."""
    year, month = draw(st.integers(FIRST.year, LAST.year)), draw(st.sampled_from([1, 2, 2, 3, 4, 8, 12]))
    return date(year, month, draw(st.integers(28, monthrange(year, month)[1])))


days = st.one_of(st.dates(FIRST, LAST), month_ends())
month_counts = st.sampled_from([1, 1, 2, 3, 3, 4, 5, 6, 7, 11, 12, 18])
intervals = st.one_of(
    st.builds(Interval, month_counts, st.just(MONTH)),
    st.builds(Interval, st.integers(1, 3), st.just(YEAR)),
    st.builds(Interval, st.integers(1, 5), st.just(WEEK)),
    st.builds(Interval, st.integers(1, 45), st.just(DAY)),
)
month_intervals = st.one_of(st.builds(Interval, st.integers(1, 40), st.just(MONTH)), st.builds(Interval, st.integers(1, 9), st.just(YEAR)))
amounts = st.decimals(min_value=0, max_value=99999, places=2)
prices = st.builds(
    Price,
    amounts,
    st.sampled_from([Decimal(text) for text in ("1", "1", "2", "3", "0", "0.5", "2.333", "17")]),
    st.sampled_from([Decimal(text) for text in ("0", "0", "10", "33.33", "100")]),
    off=st.just(Decimal(0)),
)


def length_in_days(interval: Interval) -> int:
    """About how long one period is."""
    return interval.days or interval.months * 30


@st.composite
def some_terms(draw, **fixed):
    drawn = {
        "anchor": draw(days),
        "interval": draw(intervals),
        "billing": draw(st.sampled_from([ADVANCE, ARREARS])),
        "proration": draw(st.sampled_from(POLICIES)),
        "lead_days": draw(st.sampled_from([0, 0, 1, 5, 30, 45])),
    }
    return Terms(**(drawn | fixed))


@st.composite
def lineages(draw, terms: Terms, name: str = "A", *, closed: bool | None = None):
    """One to four segments in date order, with pauses between some, at prices that may return; the last may have no end."""
    length = length_in_days(terms.interval)
    pool = draw(st.lists(prices, min_size=1, max_size=2))
    follows = draw(st.booleans())
    day = terms.anchor + timedelta(days=draw(st.integers(-2 * length, length)))
    if draw(st.booleans()):
        day = period_at(terms.anchor, terms.interval, day).start
    segments = []
    for n in range(draw(st.integers(1, 4))):
        start = day + timedelta(days=draw(st.sampled_from([0, 0, 1, length // 3])) if segments else 0)
        end = start + timedelta(days=draw(st.integers(1, length + length // 2)))
        if draw(st.integers(0, 3)) == 0:
            end = period_at(terms.anchor, terms.interval, end).end
        segments.append(Segment(f"{name}{n}", name, start, end, draw(st.sampled_from(pool)), follows))
        day = end
    open_ended = draw(st.booleans()) if closed is None else not closed
    if open_ended:
        segments[-1] = segments[-1]._replace(end=None)
    return segments


class Story(NamedTuple):
    """A subscription and the days on which runs happened, in order; the last run is the same for every splitting."""

    terms: Terms
    segments: list[Segment]
    runs: list[date]


@st.composite
def stories(draw, *, names: str = "A", closed: bool | None = None, terms=None):
    terms = draw(terms if terms is not None else some_terms())
    segments = [segment for name in names for segment in draw(lineages(terms, name, closed=closed))]
    first = min(segment.start for segment in segments)
    span = (max(segment.end or segment.start for segment in segments) - first).days + length_in_days(terms.interval)
    moments = st.integers(-terms.lead_days - 2, span)
    runs = sorted(draw(st.lists(moments, min_size=1, max_size=6)))
    return Story(terms, segments, [first + timedelta(days=moment) for moment in runs])


def as_row(charge: Charge) -> Row:
    """The ledger row a billed charge becomes."""
    return Row(charge.lineage, charge.full, charge.covered, charge.price, charge.amount)


def bill(story: Story, runs: list[date] | None = None) -> list[Row]:
    """The ledger after the runs."""
    rows = []
    for day in story.runs if runs is None else runs:
        rows += [as_row(charge) for charge in due_rows(story.terms, story.segments, rows, day)]
    return rows


def net(rows: list[Row]) -> dict[tuple, Decimal]:
    """What was billed per lineage, full period and price."""
    totals = {}
    for row in rows:
        key = (row.lineage, row.full, row.price)
        totals[key] = totals.get(key, Decimal(0)) + row.amount
    return totals


def covered_days(rows: list[Row]) -> list[tuple[str, date]]:
    """Every covered day of every lineage; a day covered twice is listed twice."""
    return sorted((row.lineage, row.covered.start + timedelta(days=n)) for row in rows for n in range(row.covered.days))
