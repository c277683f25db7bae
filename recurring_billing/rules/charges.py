"""Desired coverage minus billed coverage: what is to be charged and credited, and when.

From a lineage's segments the rules compute which days are wanted up to a horizon; the ledger says which days are covered. A wanted
day that is not covered becomes part of a charge, a covered day that is no longer wanted at its price part of a credit. Nothing else makes
invoice lines, so a catch-up, a late start, a pause, a price change, a cancellation and a rerun are the same computation, and running again
yields nothing::

    full periods   |-----------|-----------|-----------|
    segments            [---- 100.00 --|---- 120.00 ------ ...
    ledger              [======|===========|
    credit                             [---]   of what is billed at 100.00
    charges                            [1 ]|[2]        at 120.00, as their due moments come

**The amount of a row** is round(price × share of this full period covered after this row) − the rows already in this lineage, full
period and price. So cutting a month and joining it again costs exactly the month.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .lineages import (  # noqa: F401  the words of the ledger, for whoever asks for charges
    ADVANCE,
    ARREARS,
    CHARGE,
    CREDIT,
    OPENING,
    Ledger,
    Lineage,
    Row,
    Segment,
    Terms,
    Wanted,
    by_lineage,
)
from .money import CENT, Price, round_money
from .periods import Interval, Period  # noqa: F401  the worked examples speak of intervals
from .proration import share


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


class Credit(NamedTuple):
    """A part of a billed row to be given back now; from ``covered.start`` on the row is no longer in force.

    Where ``covered`` has no days, it is a correction: other changes of the period altered what the days that stay are worth
    (``thirty`` and leading stubs).

    :param row: the key of the ledger row it shortens.
    :param amount: not above zero, corrections apart; None where what was billed is not known (an opening position without amount).
    """

    row: Hashable
    segment: Hashable
    lineage: Hashable
    full: Period
    covered: Period
    share: Fraction
    amount: Decimal | None
    price: Price | None
    due_on: date
    bill_on: date

    @property
    def prorated(self) -> bool:
        return self.covered != self.full


def due_rows(
    terms: Terms,
    segments: Iterable[Segment],
    rows: Iterable[Row],
    horizon: date,
    *,
    rounding: Decimal = CENT,
    settled: Mapping[Hashable, date] | None = None,
) -> list[Charge | Credit]:
    """Everything to be credited and charged up to the horizon: credits first, then by due moment.

    :param rows: the ledger rows of every full period that ends after the settled date; of those shortened to nothing too.
    :param horizon: what is to be billed on or before this day, that day included.
    :param settled: by lineage, a date before which wanted and billed are known to agree; only spares work.
    :raises ValueError: when two segments of a lineage overlap.

    A month of 24.95 that starts on 16 September, anchored on the 25th:

    >>> monthly = Terms(date(2021, 9, 25), Interval(1, "month"))
    >>> line = Segment("A", "A", date(2021, 9, 16), None, Price(Decimal("24.95")))
    >>> [(str(c.covered.start), str(c.covered.end), str(c.amount)) for c in due_rows(monthly, [line], [], date(2021, 9, 16))]
    [('2021-09-16', '2021-09-25', '7.24')]

    249.95 from 2 March, billed, then paused on the 4th:

    >>> monthly = Terms(date(2012, 3, 2), Interval(1, "month"))
    >>> line = Segment("A", "A", date(2012, 3, 2), date(2012, 3, 4), Price(Decimal("249.95")))
    >>> march = Period(date(2012, 3, 2), date(2012, 4, 2))
    >>> billed = Row("A", march, march, line.price, Decimal("249.95"), key=1)
    >>> [(c.row, str(c.covered.start), str(c.amount)) for c in due_rows(monthly, [line], [billed], date(2012, 3, 4))]
    [(1, '2012-03-04', '-233.82')]
    """
    ledger = Ledger(rows)
    credits, charges = [], []
    for lineage in by_lineage(terms, segments, ledger, settled, rounding):
        credits += _credits(lineage, ledger, horizon)
        for full, wanted in lineage.periods(horizon):
            charges += _charges_of_period(lineage, full, wanted, ledger, horizon)
        credits += _corrections(lineage, ledger, horizon)
    by_date = sorted(credits, key=_by_date)
    return by_date + sorted(charges, key=_by_date)


def next_bill_on(
    terms: Terms,
    segments: Iterable[Segment],
    rows: Iterable[Row],
    *,
    rounding: Decimal = CENT,
    settled: Mapping[Hashable, date] | None = None,
    waiting: date | None = None,
) -> date | None:
    """The first day on which something is to be charged or credited, or None when wanted and billed agree for good.

    :param waiting: credits due up to this day wait for another invoice and do not count.

    >>> monthly = Terms(date(2024, 1, 31), Interval(1, "month"), lead_days=5)
    >>> line = Segment("A", "A", date(2024, 1, 31), None, Price(Decimal("50")))
    >>> january = Period(date(2024, 1, 31), date(2024, 2, 29))
    >>> next_bill_on(monthly, [line], [Row("A", january, january, line.price, Decimal("50.00"))])
    datetime.date(2024, 2, 24)
    """
    ledger = Ledger(rows)
    found = []
    for lineage in by_lineage(terms, segments, ledger, settled, rounding):
        credited_on = [kept_until - terms.ahead for _row, kept_until in _cuts(lineage, ledger)]
        credited_on += [credit.bill_on for credit in _corrections(lineage, ledger)]
        found += [day for day in credited_on if not waiting or day > waiting]
        first = _first_uncovered(lineage, ledger)
        if first:
            found.append(first)
    return min(found, default=None)


def next_charge_on(
    terms: Terms,
    segments: Iterable[Segment],
    rows: Iterable[Row],
    horizon: date,
    *,
    rounding: Decimal = CENT,
    settled: Mapping[Hashable, date] | None = None,
) -> date | None:
    """The first day on which something is to be charged, once the credits due up to the horizon are made; None when nothing ever is.

    A month cut short on 4 March and wanted again from the 20th:

    >>> monthly, price = Terms(date(2026, 3, 2), Interval(1, "month")), Price(Decimal("249.95"))
    >>> parts = [
    ...     Segment("A1", "A", date(2026, 3, 2), date(2026, 3, 4), price),
    ...     Segment("A2", "A", date(2026, 3, 20), None, price),
    ... ]
    >>> march = Period(date(2026, 3, 2), date(2026, 4, 2))
    >>> next_charge_on(monthly, parts, [Row("A", march, march, price, Decimal("249.95"))], date(2026, 3, 4))
    datetime.date(2026, 3, 20)
    """
    ledger = Ledger(rows)
    found = []
    for lineage in by_lineage(terms, segments, ledger, settled, rounding):
        _credits(lineage, ledger, horizon)
        found.append(_first_uncovered(lineage, ledger))
    return min((day for day in found if day), default=None)


def settled_until(
    terms: Terms, segments: Iterable[Segment], rows: Iterable[Row], *, rounding: Decimal = CENT, settled: date | None = None
) -> date | None:
    """Of one lineage, the first day on which wanted and billed differ; where they never do, its end; None when there is no such day.

    >>> monthly = Terms(date(2024, 1, 1), Interval(1, "month"))
    >>> line = Segment("A", "A", date(2024, 1, 1), None, Price(Decimal("50")))
    >>> january = Period(date(2024, 1, 1), date(2024, 2, 1))
    >>> settled_until(monthly, [line], [Row("A", january, january, line.price, Decimal("50.00"))])
    datetime.date(2024, 2, 1)
    """
    ledger = Ledger(rows)
    for lineage in by_lineage(terms, segments, ledger, None, rounding):
        lineage.since = settled
        days = [kept_until for _row, kept_until in _cuts(lineage, ledger)]
        days += [credit.full.start for credit in _corrections(lineage, ledger)]
        first = next(
            (gap.start for _full, wanted in lineage.periods() for each in wanted for gap in ledger.gaps(lineage.key, each.piece)), None
        )
        return min([*days, *([first] if first else [])], default=lineage.end)
    return None


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
    return covered.start, covered.start - terms.ahead


def amount_covered(lineage: Lineage, ledger: Ledger, full: Period, price: Price) -> Decimal:
    """What the days of a full period that are covered at a price are worth: what their rows add up to.

    >>> monthly, price = Terms(date(2026, 4, 1), Interval(1, "month")), Price(Decimal("99.99"))
    >>> april = Period(date(2026, 4, 1), date(2026, 5, 1))
    >>> line = Lineage("A", monthly, [Segment("A", "A", april.start, None, price)])
    >>> half = Row("A", april, Period(april.start, date(2026, 4, 16)), price, Decimal("99.99"), end=april.end)
    >>> amount_covered(line, Ledger([half]), april, price)
    Decimal('50.00')
    """
    covered = ledger.covered(lineage.key, full, price)
    return round_money(price.per_period * _share(lineage, ledger, covered, full), lineage.rounding)


def _by_date(row: Charge | Credit):
    return row.due_on, row.covered.start


def _cuts(lineage: Lineage, ledger: Ledger) -> list[tuple[Row, date]]:
    """The rows in force of which days are no longer wanted at their price, and the first such day."""
    found = []
    for row in ledger.live(lineage.key):
        kept_until = lineage.kept_until(row)
        if kept_until < row.covered.end:
            found.append((row, kept_until))
    return found


def _credits(lineage: Lineage, ledger: Ledger, horizon: date) -> list[Credit]:
    """The credits that are due, by date. A cut is due on the first day it gives back."""
    terms = lineage.terms
    due = [(row, kept_until) for row, kept_until in _cuts(lineage, ledger) if kept_until - terms.ahead <= horizon]
    for row, kept_until in due:
        ledger.shorten(row, kept_until)
    found = []
    for n, (row, kept_until) in enumerate(due):
        tail = Period(kept_until, row.covered.end)
        if row.price is None:
            amount, part = _credit_by_hand(row, tail, ledger, lineage.rounding), Fraction(tail.days, row.days)
        else:
            later = [Period(day, other.covered.end) for other, day in due[n + 1 :] if (other.full, other.price) == (row.full, row.price)]
            covered = [*ledger.covered(lineage.key, row.full, row.price), *later]
            amount = round_money(row.price.per_period * _share(lineage, ledger, covered, row.full), lineage.rounding)
            amount -= ledger.amount(lineage.key, row.full, row.price)
            ledger.book(lineage.key, row.full, row.price, amount)
            part = _share(lineage, ledger, [tail], row.full, [tail])
        found.append(
            Credit(row.key, row.segment, lineage.key, row.full, tail, part, amount, row.price, kept_until, kept_until - terms.ahead)
        )
    return found


def _credit_by_hand(row: Row, tail: Period, ledger: Ledger, rounding: Decimal) -> Decimal | None:
    """Of an amount that has no price: in proportion to the row's days. None where the amount is not known."""
    if row.kind == OPENING and not row.amount:
        return None
    kept = Fraction((tail.start - row.covered.start).days, row.days)
    return round_money(Fraction(row.amount) * kept, rounding) - ledger.amount_by_hand(row)


def _charges_of_period(lineage: Lineage, full: Period, wanted: list[Wanted], ledger: Ledger, horizon: date) -> Iterator[Charge]:
    for segment, piece, price in wanted:
        for gap in ledger.gaps(lineage.key, piece):
            due_on, bill_on = due_moment(lineage.terms, Period(gap.start, piece.end), full)
            if bill_on > horizon:
                continue
            covered = [*ledger.covered(lineage.key, full, price), gap]
            amount = round_money(price.per_period * _share(lineage, ledger, covered, full), lineage.rounding)
            amount -= ledger.amount(lineage.key, full, price)
            part = _share(lineage, ledger, [gap], full)
            ledger.add(Row(lineage.key, full, gap, price, amount, segment=segment.key))
            yield Charge(segment.key, lineage.key, full, gap, part, amount, price, due_on, bill_on)


def _corrections(lineage: Lineage, ledger: Ledger, horizon: date | None = None) -> list[Credit]:
    """Where the rows of a full period and price no longer add up to what is covered, though no day was given back or added.

    A change elsewhere in the period can alter what a day weighs: under ``thirty`` the last day of a whole period takes the remainder, and
    a leading stub spreads over its days.
    """
    found = []
    for full, price, row in ledger.priced(lineage.key):
        covered = ledger.covered(lineage.key, full, price)
        amount = round_money(price.per_period * _share(lineage, ledger, covered, full), lineage.rounding) - ledger.amount(
            lineage.key, full, price
        )
        if not amount:
            continue
        due_on, bill_on = due_moment(lineage.terms, Period(row.covered.start, max(row.covered.end, row.covered.start)), full)
        if horizon is not None and bill_on > horizon:
            continue
        ledger.book(lineage.key, full, price, amount)
        nothing = Period(row.covered.end, row.covered.end)
        found.append(Credit(row.key, row.segment, lineage.key, full, nothing, Fraction(0), amount, price, due_on, bill_on))
    return found


def _share(lineage: Lineage, ledger: Ledger, covered: list[Period], full: Period, also: list[Period] | None = None) -> Fraction:
    """The share of a full period, weighed along the days that are wanted or still in force.

    :param also: days that weigh too: what a credit gives back is weighed as if it stayed.
    """
    if not covered:
        return Fraction(0)
    taken = [*(each.piece for each in lineage.wanted(full)), *(row.covered for row in ledger.live_in(lineage.key, full))]
    return share(
        covered,
        full,
        lineage.terms.interval,
        lineage.proration,
        lineage=_union([*taken, *(also or ())]),
        leading_stub=lineage.stub(full),
    )


def _union(parts: list[Period]) -> list[Period]:
    """The same days as ranges that do not overlap, in date order."""
    found = []
    for part in sorted(parts):
        if found and part.start <= found[-1].end:
            found[-1] = Period(found[-1].start, max(found[-1].end, part.end))
        else:
            found.append(part)
    return found


def _first_uncovered(lineage: Lineage, ledger: Ledger) -> date | None:
    """The first day something uncovered is billed; full periods come in date order, so the first period with a gap decides."""
    for full, wanted in lineage.periods():
        bill_days = [
            due_moment(lineage.terms, Period(gap.start, each.piece.end), full)[1]
            for each in wanted
            for gap in ledger.gaps(lineage.key, each.piece)
        ]
        if bill_days:
            return min(bill_days)
    return None
