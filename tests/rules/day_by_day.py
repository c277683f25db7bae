"""RULES.md §1-2 computed once more, naively and one day at a time, to compare the rules with.

Nothing here calls the functions it checks, and nothing but dates and exact numbers is imported: boundaries are counted from the
anchor, every day is asked what was said of it, every day of a period gets its weight, and an amount is the sum of the weights of its days.
"""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction


def boundary(anchor: date, interval, n: int) -> date:
    if interval.unit in ("day", "week"):
        return date.fromordinal(anchor.toordinal() + n * interval.count * (7 if interval.unit == "week" else 1))
    months = n * interval.count * (12 if interval.unit == "year" else 1)
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    first, next_month = date(year, month + 1, 1), date(year + month // 11, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(anchor.day, (next_month - first).days))


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
    return {key: cents(total * per_period(key[2])) for key, total in totals.items()}, sorted(covered)


def said_of(day: date, first: dict, told: list[tuple]) -> tuple[bool, dict]:
    """What was said of one day of a lineage: whether it runs, and its price, quantity and discount. The last word counts.

    :param first: price, quantity and discount at the start.
    :param told: (word, effective date, what a new price says), in the order they were recorded.
    """
    runs, price = True, dict(first)
    for word, effective, to in told:
        if day >= effective:
            runs = runs if word == "reprice" else word in ("resume", "reopen")
            price.update(to)
    return runs, price


def wanted_days(start: date, until: date, first: dict, told: list[tuple]) -> dict[date, tuple]:
    """The days before ``until`` that a lineage wants, and the price of each: unit price, quantity, discount, money off."""
    found = {}
    for day in days_between(start, until):
        runs, price = said_of(day, first, told)
        if runs:
            found[day] = (price["price"], price["quantity"], price["discount"], Decimal(0))
    return found


def discounted_days(terms, wanted: dict[date, tuple], discounts: list, until: date) -> dict[date, tuple]:
    """The same days with the discounts that hold for their full period, decided at its start or the lineage's, whichever is later.

    :param discounts: each with percent, amount, start, periods (or None) and until (or None).
    """
    if not wanted:
        return {}
    start, found = min(wanted), {}
    periods = full_periods(terms.anchor, terms.interval, start, until)
    for full in periods:
        moment = max(full[0], start)
        percent, off = Decimal(0), Decimal(0)
        for discount in discounts:
            counted = [each for each in periods if max(each[0], start) >= discount.start]
            if full not in counted or (discount.until is not None and moment >= discount.until):
                continue
            if discount.periods is None or counted.index(full) < discount.periods:
                percent = 100 - (100 - percent) * (100 - discount.percent) / 100
                off += discount.amount
        for day in days_between(*full):
            if day in wanted:
                unit_price, quantity, own, _off = wanted[day]
                found[day] = (unit_price, quantity, 100 - (100 - own) * (100 - percent) / 100, off)
    return found


def expected_of_days(terms, wanted: dict[date, tuple], follows: bool, until: date) -> tuple[dict, dict]:
    """Of one lineage, by full period that ends by ``until``: the net amount per price, and the covered days with their price.

    :param wanted: the price of each wanted day.
    """
    totals, covered = {}, {}
    if not wanted:
        return totals, covered
    start = min(wanted)
    for full in full_periods(terms.anchor, terms.interval, start, until):
        days = [day for day in days_between(*full) if day in wanted]
        if full[1] > until or not days:
            continue
        weight = weights(full, days, terms, start if full[0] < start and not follows else None)
        for price in {wanted[day] for day in days}:
            at_price = [day for day in days if wanted[day] == price]
            totals[full, price] = cents(per_period(price) * sum(weight[day] for day in at_price))
            covered |= dict.fromkeys(at_price, price)
    return totals, covered


def expected_usage(terms, wanted: dict[date, tuple], used: list[tuple[date, int]], until: date, cost) -> dict:
    """Of one lineage, by full period that ends by ``until`` and price: what was used on the days that want it at that price costs.

    :param used: (day, whole quantity).
    :param cost: of a price and a quantity.
    """
    totals = {}
    if not wanted:
        return totals
    for full in full_periods(terms.anchor, terms.interval, min(wanted), until):
        days = [day for day in days_between(*full) if day in wanted]
        for price in {wanted[day] for day in days if full[1] <= until}:
            at_price = {day for day in days if wanted[day] == price}
            totals[full, price] = cost(price, sum(quantity for day, quantity in used if day in at_price))
    return totals


def usage_cost(model: str, limit: int, free: int, price: tuple, quantity: int) -> Decimal:
    """Counted unit by unit: the first at the price, those beyond the limit at half of it; packages of the limit; a flat fee."""
    unit_price, flat_fee, discount, _off = (Fraction(each) for each in price)
    units = range(1, quantity - free + 1)
    if model == "graduated":
        total = sum((abs(unit_price) if unit <= limit else abs(unit_price) / 2 for unit in units), Fraction(0))
    elif model == "volume":
        total = sum((abs(unit_price) if len(units) <= limit else abs(unit_price) / 2 for _unit in units), Fraction(0))
    else:
        total = abs(unit_price) * len([unit for unit in units if unit % limit == 1])
    return cents((total + flat_fee) * (100 - discount) / 100)


def _is_due(terms, found: list[date], horizon: date) -> bool:
    if terms.billing == "arrears":
        return found[-1] + timedelta(days=1) <= horizon
    return found[0] - timedelta(days=terms.lead_days) <= horizon


def per_period(price: tuple) -> Fraction:
    """What a whole full period costs, exactly."""
    unit_price, quantity, discount, off = (Fraction(each) for each in price)
    before_off = unit_price * quantity * (100 - discount) / 100
    return max(before_off - off, Fraction(0)) if off else before_off


def cents(amount: Fraction) -> Decimal:
    """Rounded half up, away from zero."""
    rounded = Decimal((abs(amount) * 100 + Fraction(1, 2)) // 1) / 100
    return rounded if amount >= 0 else -rounded
