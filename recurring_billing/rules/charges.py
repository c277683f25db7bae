"""Desired coverage minus billed coverage: what is to be charged, and when.

From a lineage's segments the rules compute which days are wanted up to a horizon; the ledger says which days are covered. A wanted
day that is not covered becomes part of a charge. Nothing else makes invoice lines, so a catch-up, a late start and a rerun are the
same computation, and running again yields nothing::

    full periods   |-----------|-----------|-----------|
    segments            [---- 100.00 ------|-- 120.00 ------ ...
    ledger              [======|
    charges                    [1]         [2]              as their due moments come

**The amount of a row** is round(price × share of this full period covered after this row) − the rows already in this lineage, full
period and price. So cutting a month and joining it again costs exactly the month.
"""

from bisect import bisect_right, insort
from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .money import CENT, Price, round_money
from .periods import Interval, Period, iter_periods
from .proration import ACTUAL, leading_stub, share

ADVANCE, ARREARS = "advance", "arrears"


class Terms(NamedTuple):
    """How a subscription is billed: what its plan says, and its anchor.

    :param lead_days: how many days before its start a period in advance is billed; without effect in arrears.
    """

    anchor: date
    interval: Interval
    billing: str = ADVANCE
    proration: str = ACTUAL
    lead_days: int = 0


class Segment(NamedTuple):
    """A stretch of a lineage at one price: ``[start, end)``, open-ended where ``end`` is None.

    :param follows: the lineage continues another one (a change), so its start makes no leading stub.
    """

    key: Hashable
    lineage: Hashable
    start: date
    end: date | None
    price: Price
    follows: bool = False


class Row(NamedTuple):
    """What the ledger holds already: a covered part of a full period and its amount.

    :param price: None for an opening position, whose price is not known; it counts as coverage, at its amount.
    """

    lineage: Hashable
    full: Period
    covered: Period
    price: Price | None
    amount: Decimal


class Charge(NamedTuple):
    """A part of a full period to be charged now.

    :param due_on: the due moment of the service: its start in advance, its end in arrears.
    :param bill_on: the first day on which a run bills it (``due_on`` less the lead days).
    """

    segment: Hashable
    lineage: Hashable
    full: Period
    covered: Period
    share: Fraction
    amount: Decimal
    price: Price
    due_on: date
    bill_on: date

    @property
    def prorated(self) -> bool:
        return self.covered != self.full


def due_charges(
    terms: Terms,
    segments: Iterable[Segment],
    rows: Iterable[Row],
    horizon: date,
    *,
    rounding: Decimal = CENT,
    settled: Mapping[Hashable, date] | None = None,
) -> list[Charge]:
    """Everything to be charged up to the horizon, by due moment.

    :param rows: the ledger rows in force of every full period that ends after the settled date.
    :param horizon: what is to be billed on or before this day, that day included.
    :param settled: by lineage, a date before which everything is known to be covered; only spares work.
    :raises ValueError: when two segments of a lineage overlap.

    A month of 24.95 that starts on 16 September, anchored on the 25th:

    >>> monthly = Terms(date(2021, 9, 25), Interval(1, "month"))
    >>> line = Segment("A", "A", date(2021, 9, 16), None, Price(Decimal("24.95")))
    >>> [(str(c.covered.start), str(c.covered.end), str(c.amount)) for c in due_charges(monthly, [line], [], date(2021, 9, 16))]
    [('2021-09-16', '2021-09-25', '7.24')]
    """
    ledger = _Ledger(rows)
    charges = []
    for lineage, parts in _by_lineage(segments).items():
        since = (settled or {}).get(lineage)
        for full, wanted in _wanted_by_period(terms, parts, horizon, since):
            charges += _charges_of_period(terms, parts, full, wanted, ledger, horizon, rounding)
    return sorted(charges, key=lambda charge: (charge.due_on, charge.covered.start))


def next_bill_on(
    terms: Terms,
    segments: Iterable[Segment],
    rows: Iterable[Row],
    *,
    settled: Mapping[Hashable, date] | None = None,
) -> date | None:
    """The first day on which something not yet covered is to be billed, or None when everything is.

    >>> monthly = Terms(date(2024, 1, 31), Interval(1, "month"), lead_days=5)
    >>> line = Segment("A", "A", date(2024, 1, 31), None, Price(Decimal("50")))
    >>> january = Period(date(2024, 1, 31), date(2024, 2, 29))
    >>> next_bill_on(monthly, [line], [Row("A", january, january, line.price, Decimal("50.00"))])
    datetime.date(2024, 2, 24)
    """
    ledger = _Ledger(rows)
    found = []
    for lineage, parts in _by_lineage(segments).items():
        first = _first_uncovered(terms, parts, ledger, (settled or {}).get(lineage))
        if first:
            found.append(first)
    return min(found, default=None)


def covered_until(terms: Terms, segments: Iterable[Segment], rows: Iterable[Row], *, settled: date | None = None) -> date | None:
    """The first wanted day of one lineage that is not covered; the lineage's end when all is covered; None without segments.

    >>> monthly = Terms(date(2024, 1, 1), Interval(1, "month"))
    >>> line = Segment("A", "A", date(2024, 1, 1), None, Price(Decimal("50")))
    >>> january = Period(date(2024, 1, 1), date(2024, 2, 1))
    >>> covered_until(monthly, [line], [Row("A", january, january, line.price, Decimal("50.00"))])
    datetime.date(2024, 2, 1)
    """
    ledger = _Ledger(rows)
    for parts in _by_lineage(segments).values():
        for _full, wanted in _wanted_by_period(terms, parts, None, settled):
            for _segment, piece in wanted:
                for gap in ledger.gaps(parts[0].lineage, piece):
                    return gap.start
        return parts[-1].end
    return None


def _by_lineage(segments: Iterable[Segment]) -> dict[Hashable, list[Segment]]:
    lineages = {}
    for segment in sorted(segments, key=lambda segment: segment.start):
        if segment.end is not None and segment.end <= segment.start:
            continue
        before = lineages.setdefault(segment.lineage, [])
        if before and (before[-1].end is None or before[-1].end > segment.start):
            raise ValueError(f"segments of lineage {segment.lineage!r} overlap on {segment.start}")
        before.append(segment)
    return lineages


def _wanted_by_period(
    terms: Terms, parts: list[Segment], horizon: date | None, since: date | None
) -> Iterator[tuple[Period, list[tuple[Segment, Period]]]]:
    """Each full period with the pieces the segments want of it, in date order.

    In arrears a period is still yielded when it only ends after the horizon: a segment in it may have ended.
    """
    first = max(parts[0].start, since) if since else parts[0].start
    last = parts[-1].end
    reach = None if horizon is None else horizon + timedelta(days=terms.lead_days if terms.billing == ADVANCE else 0)
    for full in iter_periods(terms.anchor, terms.interval, first):
        if (last is not None and full.start >= last) or (reach is not None and full.start > reach):
            return
        wanted = []
        for segment in parts:
            piece = full.intersection(Period(segment.start, segment.end or date.max))
            if piece:
                wanted.append((segment, piece))
        if wanted:
            yield full, wanted


def _charges_of_period(terms, parts, full, wanted, ledger, horizon, rounding) -> Iterator[Charge]:
    lineage = parts[0].lineage
    stub = leading_stub(parts[0].start, full, parts[0].follows)
    ranges = [piece for _segment, piece in wanted]
    for segment, piece in wanted:
        for gap in ledger.gaps(lineage, piece):
            due_on, bill_on = due_moment(terms, Period(gap.start, piece.end), full)
            if bill_on > horizon:
                continue
            covered = [*ledger.covered(lineage, full, segment.price), gap]
            weight = {"lineage": ranges, "leading_stub": stub}
            after = share(covered, full, terms.interval, terms.proration, **weight)
            amount = round_money(segment.price.per_period * after, rounding)
            amount -= ledger.amount(lineage, full, segment.price)
            part = share([gap], full, terms.interval, terms.proration, **weight)
            ledger.add(Row(lineage, full, gap, segment.price, amount))
            yield Charge(segment.key, lineage, full, gap, part, amount, segment.price, due_on, bill_on)


def due_moment(terms: Terms, covered: Period, full: Period) -> tuple[date, date]:
    """When a covered part is due, and from which day on a run bills it.

    In advance: at its start, billed ``lead_days`` earlier. In arrears: at its own end or the full period's, whichever comes first.

    :param covered: from the first day not billed yet to the end of the segment; where rows cover its last days already, that end stays.

    >>> june = Period(date(2024, 6, 1), date(2024, 7, 1))
    >>> due_moment(Terms(june.start, Interval(1, "month"), lead_days=7), june, june)
    (datetime.date(2024, 6, 1), datetime.date(2024, 5, 25))
    >>> due_moment(Terms(june.start, Interval(1, "month"), ARREARS), june, june)
    (datetime.date(2024, 7, 1), datetime.date(2024, 7, 1))
    """
    if terms.billing == ARREARS:
        due_on = min(covered.end, full.end)
        return due_on, due_on
    return covered.start, covered.start - timedelta(days=terms.lead_days)


def _first_uncovered(terms, parts, ledger, since) -> date | None:
    """The first day something uncovered is billed; full periods come in date order, so the first period with a gap decides."""
    for full, wanted in _wanted_by_period(terms, parts, None, since):
        bill_days = [
            due_moment(terms, Period(gap.start, piece.end), full)[1]
            for _segment, piece in wanted
            for gap in ledger.gaps(parts[0].lineage, piece)
        ]
        if bill_days:
            return min(bill_days)
    return None


class _Ledger:
    """The rows of each lineage, growing as charges are made.

    A day of a lineage is covered by one row at most (the database refuses anything else), whichever full period the row was billed for.
    """

    def __init__(self, rows: Iterable[Row]):
        self._rows: dict[tuple, list[Row]] = {}
        self._taken: dict[Hashable, list[Period]] = {}
        for row in rows:
            self.add(row)

    def add(self, row: Row):
        self._rows.setdefault((row.lineage, row.full, row.price), []).append(row)
        if row.covered.days:
            insort(self._taken.setdefault(row.lineage, []), row.covered)

    def covered(self, lineage, full, price) -> list[Period]:
        """What is covered at this price; an opening's price is not known and stands apart."""
        return [row.covered for row in self._rows.get((lineage, full, price), ()) if row.covered.days]

    def amount(self, lineage, full, price) -> Decimal:
        return sum((row.amount for row in self._rows.get((lineage, full, price), ())), Decimal(0))

    def gaps(self, lineage, piece: Period) -> list[Period]:
        """The parts of the piece that no row covers."""
        taken = self._taken.get(lineage, [])
        gaps, start = [], piece.start
        for n in range(max(bisect_right(taken, (piece.start, date.max)) - 1, 0), len(taken)):
            if taken[n].start >= piece.end:
                break
            if taken[n].start > start:
                gaps.append(Period(start, taken[n].start))
            start = max(start, taken[n].end)
        if start < piece.end:
            gaps.append(Period(start, piece.end))
        return gaps
