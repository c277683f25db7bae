"""The usage of one lineage: its segments, what the ledger holds of it, and its records."""

from bisect import bisect_left
from collections.abc import Hashable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .charges import Terms
from .periods import Period, iter_periods, period_at
from .usage import UsagePrice, usage_amount

REGULAR, LATE, CORRECTION = "regular", "late", "correction"


class UsageSegment(NamedTuple):
    """A stretch of a lineage at one price of usage: ``[start, end)``, open-ended where ``end`` is None."""

    key: Hashable
    lineage: Hashable
    start: date
    end: date | None
    price: UsagePrice


class UsageRecord(NamedTuple):
    """A metered quantity.

    :param billed: a ledger row in force bills it.
    :param known_on: the day it was recorded.
    """

    key: Hashable
    lineage: Hashable
    day: date
    quantity: Decimal
    billed: bool = False
    known_on: date | None = None


class UsageRow(NamedTuple):
    """What the ledger holds already.

    :param covered: the days whose usage it billed first; empty for late usage and corrections.
    :param key: what identifies the row.
    """

    segment: Hashable
    lineage: Hashable
    full: Period
    covered: Period
    price: UsagePrice
    amount: Decimal
    key: Hashable = None


class UsageCharge(NamedTuple):
    """A ledger row to be written.

    :param covered: the days billed now; for late usage and corrections the days they are about, which are billed already.
    :param quantity: all of the full period at this price that is billed with this row and before it.
    :param before: what was billed of it before this row.
    :param records: keys of the records it bills.
    :param reason: ``regular``, ``late`` or ``correction`` (what was billed is no longer what the records or segments say).
    :param due_on: the end of the piece; for late usage the day it was recorded; for corrections the first day no longer wanted.
    :param row: where the amount is negative, the key of the last row that it takes something back from.
    """

    segment: Hashable
    lineage: Hashable
    full: Period
    covered: Period
    price: UsagePrice
    quantity: Decimal
    before: Decimal
    amount: Decimal
    records: tuple
    reason: str
    due_on: date
    row: Hashable = None

    @property
    def share(self) -> Fraction:
        """The part of the full period that the days are."""
        return Fraction(self.covered.days, self.full.days)

    @property
    def bill_on(self) -> date:
        """The first day on which a run bills it."""
        return self.due_on


class UsageAccount:
    """What is wanted, billed and recorded of one lineage; rows grow as charges are made.

    :param parts: its segments, in date order.
    :param since: a date before which nothing can be due.
    """

    def __init__(self, terms: Terms, lineage: Hashable, parts: list[UsageSegment], since: date | None, rounding: Decimal):
        self.terms, self.lineage, self.parts, self.since, self.rounding = terms, lineage, parts, since, rounding
        self.rows: list[UsageRow] = []
        self.records: list[UsageRecord] = []
        self.taken: set = set()

    def periods(self, horizon: date | None) -> Iterator[tuple[Period, list]]:
        """Each full period with something billed in it, or wanted up to the horizon, and what the segments want of it; in date order."""
        billed = {row.full for row in self.rows if self.since is None or row.full.end > self.since}
        starts = [full.start for full in billed]
        ends = [full.end for full in billed]
        if self.parts:
            first = max(self.parts[0].start, self.since) if self.since else self.parts[0].start
            starts.append(period_at(self.terms.anchor, self.terms.interval, first).start)
            ends.append(min(self.parts[-1].end or date.max, horizon or date.max))
        for full in iter_periods(self.terms.anchor, self.terms.interval, min(starts)) if starts else ():
            if full.start >= max(ends):
                return
            wanted = self._wanted(full)
            if wanted or full in billed:
                yield full, wanted

    def gaps(self) -> Iterator[tuple[Period, Period]]:
        """What is wanted and not billed, in date order: the piece of a full period, and the gap in it."""
        for full, wanted in self.periods(None):
            covered = self._covered(full)
            yield from ((piece, gap) for _segment, piece in wanted for gap in _without(piece, covered))

    def open_corrections(self) -> list[UsageCharge]:
        """Late usage and corrections in what is billed, whatever the horizon."""
        billed = sorted({row.full for row in self.rows if self.since is None or row.full.end > self.since})
        return [charge for full in billed for charge in self.corrections(full, self._wanted(full))]

    def corrections(self, full: Period, wanted: list) -> Iterator[UsageCharge]:
        """By price: what the billed days of a full period cost now, minus what was billed of them."""
        covered = self._covered(full)
        rows = [row for row in self.rows if row.full == full]
        for price in dict.fromkeys([*(row.price for row in rows), *(segment.price for segment, _piece in wanted)]):
            mine = [(segment, piece) for segment, piece in wanted if segment.price == price and _without(piece, covered) != [piece]]
            billed = [row for row in rows if row.price == price]
            if not (mine or billed):
                continue
            segment = mine[-1][0].key if mine else billed[-1].segment
            about = Period(mine[0][1].start, mine[-1][1].end) if mine else full
            charge = self._charge(full, price, segment, about, self._records([piece for _segment, piece in mine], covered))
            if not mine:
                charge = charge._replace(amount=-sum(row.amount for row in billed), due_on=full.start)
            if charge.records:
                charge = charge._replace(reason=LATE, due_on=self._known_on(charge))
            if charge.amount < 0:
                charge = charge._replace(row=next((row.key for row in reversed(billed) if row.amount > 0), None))
            if charge.records or charge.amount:
                self._keep(charge, Period(about.start, about.start))
                yield charge

    def regular(self, full: Period, wanted: list, horizon: date) -> Iterator[UsageCharge]:
        """The pieces that ended, with what was used in them."""
        for segment, piece in wanted:
            if piece.end > horizon:
                return
            for gap in _without(piece, self._covered(full)):
                pieces = [other for each, other in wanted if each.price == segment.price]
                records = self._records(pieces, [*self._covered(full), gap])
                charge = self._charge(full, segment.price, segment.key, gap, records)
                charge = charge._replace(reason=REGULAR, due_on=piece.end)
                self._keep(charge, gap)
                yield charge

    def _charge(self, full, price, segment, covered, records) -> UsageCharge:
        """The row that brings what is billed to what these records cost; a correction unless told.

        Records of a part of a period may add up to less than nothing, where a correction follows what it corrects.
        """
        quantity = max(sum((record.quantity for record in records), Decimal(0)), Decimal(0))
        before = sum((record.quantity for record in records if record.key in self.taken), Decimal(0))
        billed = sum((row.amount for row in self.rows if row.full == full and row.price == price), Decimal(0))
        amount = usage_amount(price, quantity, rounding=self.rounding) - billed
        new = tuple(record.key for record in records if record.key not in self.taken)
        due_on = min(covered.end, full.end)
        return UsageCharge(segment, self.lineage, full, covered, price, quantity, before, amount, new, CORRECTION, due_on)

    def _keep(self, charge: UsageCharge, covered: Period):
        self.taken |= set(charge.records)
        self.rows.append(UsageRow(charge.segment, charge.lineage, charge.full, covered, charge.price, charge.amount))

    def _known_on(self, charge: UsageCharge) -> date:
        return min(record.known_on or record.day for record in self.records if record.key in charge.records)

    def _wanted(self, full: Period) -> list[tuple[UsageSegment, Period]]:
        pieces = ((segment, full.intersection(Period(segment.start, segment.end or date.max))) for segment in self.parts)
        return [(segment, piece) for segment, piece in pieces if piece]

    def _covered(self, full: Period) -> list[Period]:
        """The days of the full period whose usage is billed, in date order."""
        parts = (full.intersection(row.covered) for row in self.rows if row.covered.days)
        return sorted(part for part in parts if part)

    def _records(self, pieces: list[Period], covered: list[Period]) -> list[UsageRecord]:
        """The records on wanted days whose usage is billed."""
        days = [part for piece in pieces for other in covered if (part := piece.intersection(other))]
        found = []
        for part in sorted(set(days)):
            first = bisect_left(self.records, part.start, key=lambda record: record.day)
            last = bisect_left(self.records, part.end, key=lambda record: record.day)
            found += self.records[first:last]
        return found


def _without(piece: Period, covered: list[Period]) -> list[Period]:
    """The parts of the piece that are not covered.

    >>> may = Period(date(2024, 5, 1), date(2024, 6, 1))
    >>> [str(part.start) for part in _without(may, [Period(date(2024, 5, 5), date(2024, 5, 9))])]
    ['2024-05-01', '2024-05-09']
    """
    found, start = [], piece.start
    for part in covered:
        if part.end <= start or part.start >= piece.end:
            continue
        if part.start > start:
            found.append(Period(start, part.start))
        start = part.end
    if start < piece.end:
        found.append(Period(start, piece.end))
    return found
