"""RULES.md §1-2 computed once more, naively and one day at a time, to compare the rules with.

Nothing here calls the functions it checks: boundaries are counted with the calendar, every day of a period gets its weight, and an
amount is the sum of the weights of its days.
"""

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor


def boundary(anchor: date, interval, n: int) -> date:
    if interval.unit in ("day", "week"):
        return date.fromordinal(anchor.toordinal() + n * interval.count * (7 if interval.unit == "week" else 1))
    months = n * interval.count * (12 if interval.unit == "year" else 1)
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def full_periods(anchor: date, interval, first: date, until: date) -> list[tuple[date, date]]:
    """The full periods that overlap ``[first, until)``, found by walking from the anchor."""
    n = 0
    while boundary(anchor, interval, n) > first:
        n -= 1
    while boundary(anchor, interval, n + 1) <= first:
        n += 1
    found = []
    while boundary(anchor, interval, n) < until:
        found.append((boundary(anchor, interval, n), boundary(anchor, interval, n + 1)))
        n += 1
    return found


def days_between(start: date, end: date) -> list[date]:
    return [start + timedelta(days=n) for n in range((end - start).days)]


def weights(full: tuple[date, date], wanted: list[date], terms, stub_start: date | None) -> dict[date, Fraction]:
    """The weight of each wanted day of a full period."""
    period_days = days_between(*full)
    if terms.proration == "thirty" and terms.interval.unit in ("month", "year"):
        base = 30 * terms.interval.count * (12 if terms.interval.unit == "year" else 1)
        found = {day: Fraction(1, base) if n < base else Fraction(0) for n, day in enumerate(wanted)}
        if wanted == period_days:
            found[wanted[-1]] += 1 - sum(found.values())
        return found
    if stub_start and terms.proration in ("full", "none"):
        each = Fraction(1, (full[1] - stub_start).days) if terms.proration == "full" else Fraction(0)
        return dict.fromkeys(wanted, each)
    return {day: Fraction(1, len(period_days)) for day in wanted}


def expected(terms, segments, horizon: date) -> tuple[dict, list]:
    """What must be billed up to the horizon: net per lineage, full period and price; and every covered day."""
    totals, covered = {}, []
    for lineage in sorted({segment.lineage for segment in segments}):
        parts = [segment for segment in segments if segment.lineage == lineage]
        start = parts[0].start
        reach = max(horizon + timedelta(days=terms.lead_days + 1), start + timedelta(days=1))
        for full in full_periods(terms.anchor, terms.interval, start, reach):
            pieces = [(segment, days_between(max(segment.start, full[0]), min(segment.end or date.max, full[1]))) for segment in parts]
            stub_start = start if full[0] < start < full[1] and not parts[0].follows else None
            weight = weights(full, [day for _segment, found in pieces for day in found], terms, stub_start)
            for segment, found in pieces:
                if found and _is_due(terms, found, horizon):
                    key = (lineage, full, segment.price)
                    totals[key] = totals.get(key, Fraction(0)) + sum(weight[day] for day in found)
                    covered += [(lineage, day) for day in found]
    return {key: _cents(total * _price(key[2])) for key, total in totals.items()}, sorted(covered)


def _is_due(terms, found: list[date], horizon: date) -> bool:
    if terms.billing == "arrears":
        return found[-1] + timedelta(days=1) <= horizon
    return found[0] - timedelta(days=terms.lead_days) <= horizon


def _price(price) -> Fraction:
    return Fraction(price.unit_price * price.quantity) * (100 - Fraction(price.discount)) / 100


def _cents(amount: Fraction) -> Decimal:
    return Decimal(floor(amount * 100 + Fraction(1, 2))) / 100
