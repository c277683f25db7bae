"""What a customer has bought and what was billed of it: terms, segments, ledger rows, and the days a lineage wants.

A **lineage** is what a customer has bought, through all its changes. Its **segments** ``[start, end)`` each have one price; every change of
price, quantity or discount, and every pause, ends a segment. The **ledger** holds what was billed: charges cover days, credits give days
back, openings say what was billed elsewhere.
"""

from bisect import bisect_right, insort
from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from .money import CENT, Price
from .periods import Interval, Period, iter_periods
from .pricing import Offer, period_price
from .proration import ACTUAL, FULL, leading_stub

ADVANCE, ARREARS = "advance", "arrears"
CHARGE, CREDIT, OPENING = "charge", "credit", "opening"


class Terms(NamedTuple):
    """How a subscription is billed: what its plan says, and its anchor.

    :param lead_days: how many days before its start a period in advance is billed; without effect in arrears.
    """

    anchor: date
    interval: Interval
    billing: str = ADVANCE
    proration: str = ACTUAL
    lead_days: int = 0

    @property
    def ahead(self) -> timedelta:
        """How long before its due moment something is billed."""
        return timedelta(days=self.lead_days if self.billing == ADVANCE else 0)


class Segment(NamedTuple):
    """A stretch of a lineage at one price: ``[start, end)``, open-ended where ``end`` is None.

    :param follows: the lineage continues another one (a change), so its start makes no leading stub.
    :param offer: discounts for some periods, or a fixed total over several.
    """

    key: Hashable
    lineage: Hashable
    start: date
    end: date | None
    price: Price
    follows: bool = False
    offer: Offer | None = None


class Row(NamedTuple):
    """What the ledger holds already: a part of a full period and its amount.

    :param covered: of a charge or opening, the days still in force; of a credit, the days it gave back.
    :param price: None where it is not known, or an amount was given by a person: an opening counts at its amount.
    :param key: what identifies the row; credits name it.
    :param end: where the row once ended; default: where it ends now.
    :param segment: the segment it was billed for.
    :param credits: of a credit, the key of the row it shortens.
    """

    lineage: Hashable
    full: Period
    covered: Period
    price: Price | None
    amount: Decimal
    key: Hashable = None
    end: date | None = None
    kind: str = CHARGE
    segment: Hashable = None
    credits: Hashable = None

    @property
    def days(self) -> int:
        """How many days it once covered."""
        return ((self.end or self.covered.end) - self.covered.start).days


class Wanted(NamedTuple):
    """A piece of a full period that a segment wants, and what a whole such period costs."""

    segment: Segment
    piece: Period
    price: Price


class Lineage:
    """The segments of one lineage, in date order, and the days they want.

    :param since: a date before which wanted and billed are known to agree; only spares work.
    """

    def __init__(self, key: Hashable, terms: Terms, segments: list[Segment], since: date | None = None, rounding: Decimal = CENT):
        self.key, self.terms, self.segments, self.since, self.rounding = key, terms, segments, since, rounding
        fixed = any(segment.offer and segment.offer.fixed for segment in segments)
        # A fixed total over N periods: the partial first one is one of the N, at the price of a whole one.
        self.proration = FULL if fixed else terms.proration

    @property
    def start(self) -> date | None:
        return self.segments[0].start if self.segments else None

    @property
    def end(self) -> date | None:
        """The day after the last wanted day, or None where it is open-ended."""
        return self.segments[-1].end if self.segments else None

    def wanted(self, full: Period) -> list[Wanted]:
        """What the segments want of a full period, in date order."""
        found = []
        for segment in self.segments:
            piece = full.intersection(Period(segment.start, segment.end or date.max))
            if piece:
                found.append(Wanted(segment, piece, self.price(segment, full)))
        return found

    def price(self, segment: Segment, full: Period) -> Price:
        """What a whole full period of the segment costs, decided at the period's start."""
        if not segment.offer:
            return segment.price
        return period_price(segment.price, segment.offer, self.terms.anchor, self.terms.interval, full, self.start, self.rounding)

    def periods(self, horizon: date | None = None) -> Iterator[tuple[Period, list[Wanted]]]:
        """Each full period of which something is wanted, from the first that is not settled.

        In arrears a period is still yielded when it only ends after the horizon: a segment in it may have ended.
        """
        if not self.segments:
            return
        first = max(self.start, self.since) if self.since else self.start
        reach = None if horizon is None else horizon + self.terms.ahead
        for full in iter_periods(self.terms.anchor, self.terms.interval, first):
            if (self.end is not None and full.start >= self.end) or (reach is not None and full.start > reach):
                return
            wanted = self.wanted(full)
            if wanted:
                yield full, wanted

    def stub(self, full: Period) -> Period | None:
        """The leading stub, when it lies in this full period."""
        return leading_stub(self.start, full, self.segments[0].follows) if self.segments else None

    def kept_until(self, row: Row) -> date:
        """The first day of a row in force that is not wanted any more at its price; where all of it is, its end.

        A row without a price is wanted as long as the segment it was billed for, or one at the same price that joins it; where it names no
        segment, as long as any. An opening of unknown amount says "everything until then": only what follows the last wanted day is not.
        """
        wanted = self.wanted(row.full)
        if row.kind == OPENING and not row.amount:
            inside = [found.end for each in wanted if (found := each.piece.intersection(row.covered))]
            return max(inside, default=row.covered.start)
        price = row.price
        if price is None:
            price = next((each.price for each in wanted if each.segment.key == row.segment), None)
        any_price = row.price is None and row.segment is None
        day = row.covered.start
        for each in wanted:
            if (any_price or each.price == price) and each.piece.start <= day < each.piece.end:
                day = each.piece.end
        return min(day, row.covered.end)


def by_lineage(
    terms: Terms,
    segments: Iterable[Segment],
    ledger: "Ledger",
    settled: Mapping[Hashable, date] | None = None,
    rounding: Decimal = CENT,
) -> list[Lineage]:
    """The lineages of segments and rows: a lineage without any wanted day may still have rows to credit.

    :raises ValueError: when two segments of a lineage overlap.

    >>> monthly, fifty = Terms(date(2024, 1, 1), Interval(1, "month")), Price(Decimal("50"))
    >>> line = Segment("A", "A", date(2024, 1, 15), date(2024, 3, 1), fifty)
    >>> (lineage,) = by_lineage(monthly, [line], Ledger())
    >>> [str(wanted.piece.start) for _full, pieces in lineage.periods() for wanted in pieces]
    ['2024-01-15', '2024-02-01']
    """
    found = {key: [] for key in ledger.lineages()}
    for segment in sorted(segments, key=lambda segment: segment.start):
        if segment.end is not None and segment.end <= segment.start:
            continue
        before = found.setdefault(segment.lineage, [])
        if before and (before[-1].end is None or before[-1].end > segment.start):
            raise ValueError(f"segments of lineage {segment.lineage!r} overlap on {segment.start}")
        before.append(segment)
    settled = settled or {}
    return [Lineage(key, terms, parts, settled.get(key), rounding) for key, parts in found.items()]


class Ledger:
    """The rows of each lineage, changing as charges and credits are made.

    A day of a lineage is covered by one row at most (the database refuses anything else), whichever full period the row was billed for.
    """

    def __init__(self, rows: Iterable[Row] = ()):
        self._live: dict[Hashable, list[tuple[Period, int, Row]]] = {}
        self._by_full: dict[tuple, list[Row]] = {}
        self._amounts: dict[tuple, Decimal] = {}
        self._last: dict[Hashable, dict[tuple, Row]] = {}
        self._by_hand: dict[Hashable, Decimal] = {}
        self._count = 0
        for row in rows:
            self.add(row)

    def add(self, row: Row):
        self.book(row.lineage, row.full, row.price, row.amount)
        last = self._last.setdefault(row.lineage, {})
        self._live.setdefault(row.lineage, [])
        if row.kind == CREDIT:
            if row.price is None:
                self._by_hand[row.credits] = self._by_hand.get(row.credits, Decimal(0)) + row.amount
            return
        if row.price is not None:
            before = last.get((row.full, row.price))
            if not before or before.covered.start <= row.covered.start:
                last[row.full, row.price] = row
        if row.covered.days:
            self._insert(row)

    def _insert(self, row: Row):
        self._count += 1
        insort(self._live[row.lineage], (row.covered, self._count, row))
        self._by_full.setdefault((row.lineage, row.full), []).append(row)

    def shorten(self, row: Row, end: date):
        """A row in force ends earlier; its amount stays."""
        live = self._live[row.lineage]
        del live[next(n for n, (_covered, _count, other) in enumerate(live) if other is row)]
        same = self._by_full[row.lineage, row.full]
        same[:] = [other for other in same if other is not row]
        if end > row.covered.start:
            self._insert(row._replace(covered=Period(row.covered.start, end), end=row.end or row.covered.end))

    def book(self, lineage, full, price, amount: Decimal):
        """An amount of a full period and price."""
        group = (lineage, full, price)
        self._amounts[group] = self._amounts.get(group, Decimal(0)) + amount

    def lineages(self) -> list[Hashable]:
        return list(self._live)

    def live(self, lineage) -> list[Row]:
        """The rows in force, by date."""
        return [row for _covered, _count, row in self._live.get(lineage, ())]

    def live_in(self, lineage, full: Period) -> list[Row]:
        """The rows in force of one full period."""
        return self._by_full.get((lineage, full), [])

    def covered(self, lineage, full, price) -> list[Period]:
        """What is covered at this price; a row whose price is not known stands apart."""
        return [row.covered for row in self.live_in(lineage, full) if row.price == price]

    def amount(self, lineage, full, price) -> Decimal:
        return self._amounts.get((lineage, full, price), Decimal(0))

    def amount_by_hand(self, row: Row) -> Decimal:
        """What is left of a row whose price is not known, after its credits."""
        return row.amount + self._by_hand.get(row.key, Decimal(0))

    def priced(self, lineage) -> list[tuple[Period, Price, Row]]:
        """Every full period and price of which there are charges, and the last of them."""
        return [(full, price, row) for (full, price), row in self._last.get(lineage, {}).items()]

    def gaps(self, lineage, piece: Period) -> list[Period]:
        """The parts of the piece that no row covers."""
        taken = self._live.get(lineage, [])
        gaps, start = [], piece.start
        for n in range(max(bisect_right(taken, ((piece.start, date.max),)) - 1, 0), len(taken)):
            covered = taken[n][0]
            if covered.start >= piece.end:
                break
            if covered.start > start:
                gaps.append(Period(start, covered.start))
            start = max(start, covered.end)
        if start < piece.end:
            gaps.append(Period(start, piece.end))
        return gaps
