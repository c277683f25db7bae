"""Which usage is to be billed, and when: what the records of each period cost, minus what the ledger holds of it already.

Usage is billed in arrears, whatever the plan says of fixed prices: a piece of a full period is due at the end of its segment or of the
full period, whichever comes first. Each piece is billed at its end even when nothing was used, so the flat fee comes every period.

**The amount of a new row = usage_amount(what was used in this full period at this price, as far as it is billed now) − Σ rows already in
this lineage, full period and price.** So a pause, a late record or a correction costs exactly what it changes, and billing again yields
nothing. The flat fee and the allowance count whole for every full period, also a partial one.

A record whose day is billed already is **late**: it is billed by the next run. A record on a day that no segment wants (before the start,
in a pause or trial, after the end) is never billed; ``outside_service`` tells them.
"""

from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import islice

from .charges import Terms
from .money import CENT
from .periods import Interval, Period  # noqa: F401  the worked examples speak of them
from .usage import FLAT, GRADUATED, Tier, UsagePrice  # noqa: F401  the worked examples speak of them
from .usage_account import CORRECTION, LATE, REGULAR, UsageAccount, UsageCharge, UsageRecord, UsageRow, UsageSegment


def due_usage(
    terms: Terms,
    segments: Iterable[UsageSegment],
    rows: Iterable[UsageRow],
    records: Iterable[UsageRecord],
    horizon: date,
    *,
    rounding: Decimal = CENT,
    settled: Mapping[Hashable, date] | None = None,
) -> list[UsageCharge]:
    """Everything to be billed up to the horizon, by due moment; late usage and corrections whenever they are found.

    :param rows: the rows in force of every full period that ends after the settled date, and their records.
    :param settled: by lineage, a date before which nothing can be due: no period ends unbilled, no record is unbilled.
    :raises ValueError: when segments of a lineage overlap, or a price says nothing of a quantity.

    1,200 calls in January, billed on 1 February; three more, of 30 January, come to light on 5 February:

    >>> terms = Terms(date(2024, 1, 1), Interval(1, "month"))
    >>> price = UsagePrice(GRADUATED, (Tier(Decimal(1000), Decimal("1.50")), Tier(None, Decimal("2.00"))), flat_fee=Decimal(30))
    >>> line = UsageSegment("A", "A", date(2024, 1, 1), None, price)
    >>> calls = UsageRecord(1, "A", date(2024, 1, 20), Decimal(1200))
    >>> (january,) = due_usage(terms, [line], [], [calls], date(2024, 2, 1))
    >>> january.amount, january.records, january.reason
    (Decimal('1930.00'), (1,), 'regular')
    >>> row = UsageRow("A", "A", january.full, january.covered, price, january.amount)
    >>> forgotten = UsageRecord(2, "A", date(2024, 1, 30), Decimal(3), known_on=date(2024, 2, 5))
    >>> (late,) = due_usage(terms, [line], [row], [calls._replace(billed=True), forgotten], date(2024, 2, 5))
    >>> late.amount, late.records, late.reason, str(late.due_on)
    (Decimal('6.00'), (2,), 'late', '2024-02-05')
    """
    found = []
    for account in _accounts(terms, segments, rows, records, settled, rounding):
        for full, wanted in account.periods(horizon):
            found += account.corrections(full, wanted)
            found += account.regular(full, wanted, horizon)
    return sorted(found, key=lambda charge: (charge.due_on, charge.covered.start, charge.reason == REGULAR))


def next_usage_on(
    terms: Terms,
    segments: Iterable[UsageSegment],
    rows: Iterable[UsageRow],
    records: Iterable[UsageRecord] = (),
    *,
    rounding: Decimal = CENT,
    settled: Mapping[Hashable, date] | None = None,
) -> date | None:
    """The first day on which usage is due: the end of the first piece not billed, or a correction's day. None when none comes any more.

    Late usage does not count: it waits for the next invoice. See ``late_usage_on`` for lineages that get none.

    >>> terms = Terms(date(2024, 1, 31), Interval(1, "month"))
    >>> line = UsageSegment("A", "A", date(2024, 1, 31), None, UsagePrice(FLAT, (Tier(None, Decimal(1)),)))
    >>> next_usage_on(terms, [line], [])
    datetime.date(2024, 2, 29)
    """
    days = []
    for account in _accounts(terms, segments, rows, records, settled, rounding):
        days += [charge.due_on for charge in account.open_corrections() if charge.reason == CORRECTION]
        days += [piece.end for piece, _gap in islice(account.gaps(), 1)]
    return min(days, default=None)


def late_usage_on(
    terms: Terms,
    segments: Iterable[UsageSegment],
    rows: Iterable[UsageRow],
    records: Iterable[UsageRecord],
    *,
    rounding: Decimal = CENT,
    settled: Mapping[Hashable, date] | None = None,
) -> date | None:
    """The first day on which late usage was recorded that no row bills yet, or None.

    >>> terms = Terms(date(2024, 1, 1), Interval(1, "month"))
    >>> price, january = UsagePrice(FLAT, (Tier(None, Decimal(1)),)), Period(date(2024, 1, 1), date(2024, 2, 1))
    >>> line = UsageSegment("A", "A", date(2024, 1, 1), date(2024, 2, 1), price)
    >>> late = UsageRecord(1, "A", date(2024, 1, 30), Decimal(3), known_on=date(2024, 2, 5))
    >>> late_usage_on(terms, [line], [UsageRow("A", "A", january, january, price, Decimal(0))], [late])
    datetime.date(2024, 2, 5)
    """
    accounts = _accounts(terms, segments, rows, records, settled, rounding)
    days = [charge.due_on for account in accounts for charge in account.open_corrections() if charge.reason == LATE]
    return min(days, default=None)


def usage_settled_until(
    terms: Terms,
    segments: Iterable[UsageSegment],
    rows: Iterable[UsageRow],
    records: Iterable[UsageRecord] = (),
    *,
    rounding: Decimal = CENT,
    settled: Mapping[Hashable, date] | None = None,
) -> dict[Hashable, date | None]:
    """By lineage, the first day whose usage is not billed, or not as the records and segments say now; where there is none, the lineage's
    end. Late usage does not count.

    >>> terms = Terms(date(2024, 1, 1), Interval(1, "month"))
    >>> price, january = UsagePrice(FLAT, (Tier(None, Decimal(1)),)), Period(date(2024, 1, 1), date(2024, 2, 1))
    >>> line = UsageSegment("A", "A", date(2024, 1, 1), None, price)
    >>> usage_settled_until(terms, [line], [UsageRow("A", "A", january, january, price, Decimal(0))])
    {'A': datetime.date(2024, 2, 1)}
    """
    found = {}
    for account in _accounts(terms, segments, rows, records, settled, rounding):
        gap = next((gap.start for _piece, gap in account.gaps()), None)
        days = [charge.full.start for charge in account.open_corrections() if charge.reason == CORRECTION]
        end = account.parts[-1].end if account.parts else None
        found[account.lineage] = min([*days, *([gap] if gap else [])], default=end)
    return found


def with_next_invoice(charges: Iterable[UsageCharge], due_moments: Iterable[date]) -> list[UsageCharge]:
    """Late usage goes on the invoice of the next due moment of its run, else on the last one; without any it makes one of its own.

    >>> january = Period(date(2024, 1, 1), date(2024, 2, 1))
    >>> price, five = UsagePrice(FLAT, ()), Decimal(5)
    >>> late = UsageCharge("A", "A", january, january, price, five, five, five, (1,), LATE, date(2024, 2, 5))
    >>> [str(each.due_on) for each in with_next_invoice([late], [date(2024, 2, 1), date(2024, 3, 1), date(2024, 4, 1)])]
    ['2024-03-01']
    """
    charges = list(charges)
    days = sorted({*due_moments, *(charge.due_on for charge in charges if charge.reason == REGULAR)})
    joined = []
    for charge in charges:
        if charge.reason == LATE and days:
            charge = charge._replace(due_on=next((day for day in days if day >= charge.due_on), days[-1]))
        joined.append(charge)
    return sorted(joined, key=lambda charge: (charge.due_on, charge.covered.start, charge.reason == REGULAR))


def outside_service(segments: Iterable[UsageSegment], records: Iterable[UsageRecord]) -> list[UsageRecord]:
    """The records on days that no segment of their lineage wants: they are never billed.

    >>> line = UsageSegment("A", "A", date(2024, 1, 1), date(2024, 2, 1), UsagePrice(FLAT, ()))
    >>> days = [date(2023, 12, 31), date(2024, 1, 1), date(2024, 1, 31), date(2024, 2, 1)]
    >>> [str(each.day) for each in outside_service([line], [UsageRecord(day, "A", day, Decimal(1)) for day in days])]
    ['2023-12-31', '2024-02-01']
    """
    wanted = _by_lineage(segments)
    return [record for record in records if not any(_holds(part, record.day) for part in wanted.get(record.lineage, ()))]


def _accounts(terms, segments, rows, records, settled, rounding) -> list[UsageAccount]:
    rows, records = list(rows), sorted(records, key=lambda record: record.day)
    by_lineage = _by_lineage(segments)
    accounts = {
        lineage: UsageAccount(terms, lineage, by_lineage.get(lineage, []), (settled or {}).get(lineage), rounding)
        for lineage in dict.fromkeys([*by_lineage, *(row.lineage for row in rows)])
    }
    for row in rows:
        accounts[row.lineage].rows.append(row)
    for record in records:
        account = accounts.get(record.lineage)
        if account:
            account.records.append(record)
            if record.billed:
                account.taken.add(record.key)
    return list(accounts.values())


def _by_lineage(segments: Iterable[UsageSegment]) -> dict[Hashable, list[UsageSegment]]:
    lineages = {}
    for segment in sorted(segments, key=lambda segment: segment.start):
        if segment.end is not None and segment.end <= segment.start:
            continue
        before = lineages.setdefault(segment.lineage, [])
        if before and (before[-1].end is None or before[-1].end > segment.start):
            raise ValueError(f"segments of lineage {segment.lineage!r} overlap on {segment.start}")
        before.append(segment)
    return lineages


def _holds(segment: UsageSegment, day: date) -> bool:
    return segment.start <= day and (segment.end is None or day < segment.end)
