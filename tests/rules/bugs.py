"""Mistakes someone could make in the rules; ``planted_bugs.py`` makes them one at a time."""

from typing import NamedTuple


class Bug(NamedTuple):
    """A mistake someone could make: in ``file``, ``right`` (found exactly once) becomes ``wrong``."""

    name: str
    file: str
    right: str
    wrong: str


BUGS = [
    Bug(
        "each period is chained to the one before",
        "periods.py",
        "        end = boundary(anchor, interval, n)\n        yield Period(start, end)",
        "        end = boundary(start, interval, 1)\n        yield Period(start, end)",
    ),
    Bug(
        "the 31st spills over into the next month",
        "periods.py",
        "    return anchor + relativedelta(months=interval.months * n)",
        "    return anchor.replace(day=1) + relativedelta(months=interval.months * n) + timedelta(days=anchor.day - 1)",
    ),
    Bug(
        "a boundary day belongs to the period before",
        "periods.py",
        "    return n if boundary(anchor, interval, n) <= day else n - 1",
        "    return n if boundary(anchor, interval, n) < day else n - 1",
    ),
    Bug(
        "an aligned anchor is clamped by the month it is found in",
        "periods.py",
        "        best = max(best, earlier, key=lambda found: (found.day, found))",
        "        best = max(best, earlier)",
    ),
    Bug(
        "an aligned anchor looks back eight years instead of through the calendar's cycle",
        "periods.py",
        "    for n in range(1, LONGEST_CALENDAR_CYCLE + 1):",
        "    for n in range(1, 96 // step + 1):",
    ),
    Bug("halves are rounded to the even cent", "money.py", "int(abs(steps) + Fraction(1, 2))", "round(abs(steps))"),
    Bug(
        "halves below zero are rounded up",
        "money.py",
        "    half_up = int(abs(steps) + Fraction(1, 2))\n    return (half_up if steps >= 0 else -half_up) * rounding",
        "    return ((steps + Fraction(1, 2)) // 1) * rounding",
    ),
    Bug("the discount is forgotten", "money.py", " * (1 - Fraction(self.discount) / HUNDRED)", ""),
    Bug(
        "an invoice line of a part keeps the discount",
        "money.py",
        "        return LinePrice(price.quantity, round_money(each, unit), Decimal(0))",
        "        return LinePrice(price.quantity, round_money(each, unit), price.discount)",
    ),
    Bug("the horizon's own day is left out", "charges.py", "if bill_on > horizon:", "if bill_on >= horizon:"),
    Bug(
        "lead days are applied in arrears too",
        "charges.py",
        "        return due_on, due_on\n",
        "        return due_on, due_on - timedelta(days=terms.lead_days)\n",
    ),
    Bug(
        "in arrears an ended segment waits for the end of the period",
        "charges.py",
        "        due_on = min(covered.end, full.end)",
        "        due_on = full.end",
    ),
    Bug(
        "rows billed before do not count against the amount",
        "charges.py",
        "            amount -= ledger.amount(lineage.key, full, price)\n",
        "",
    ),
    Bug("rows billed before do not cover their days", "lineages.py", "        taken = self._live.get(lineage, [])", "        taken = []"),
    Bug(
        "rows of every price count against the amount",
        "lineages.py",
        "        return self._amounts.get((lineage, full, price), Decimal(0))",
        "        return sum((found for key, found in self._amounts.items() if key[:2] == (lineage, full)), Decimal(0))",
    ),
    Bug(
        "an opening covers nothing",
        "lineages.py",
        "        if row.covered.days:\n            self._insert(row)",
        "        if row.covered.days and row.price:\n            self._insert(row)",
    ),
    Bug("only the first row of a lineage covers its days", "lineages.py", "- 1, 0), len(taken)):", "- 1, 0), min(1, len(taken))):"),
    Bug(
        "a row that begins before the gap is overlooked",
        "lineages.py",
        "range(max(bisect_right(taken, ((piece.start, date.max),)) - 1, 0),",
        "range(bisect_right(taken, ((piece.start, date.max),)),",
    ),
    Bug(
        "the share of a charge forgets what is covered already",
        "charges.py",
        "            covered = [*ledger.covered(lineage.key, full, price), gap]",
        "            covered = [gap]",
    ),
    Bug(
        "a row credited entirely cuts what is charged again",
        "lineages.py",
        "        if row.covered.days:\n            self._insert(row)",
        "        if True:\n            self._insert(row)",
    ),
    Bug(
        "lead days count for the horizon's reach no more",
        "lineages.py",
        "        reach = None if horizon is None else horizon + self.terms.ahead",
        "        reach = horizon",
    ),
    Bug(
        "a period in advance is due at the start of the full period",
        "charges.py",
        "    return covered.start, covered.start - terms.ahead",
        "    return full.start, full.start - terms.ahead",
    ),
    Bug(
        "a settled date hides the days after it",
        "lineages.py",
        "max(self.start, self.since) if",
        "max(self.start, self.since) + timedelta(days=31) if",
    ),
    # Credits
    Bug(
        "what is billed at another price is kept",
        "lineages.py",
        "            if (any_price or each.price == price) and each.piece.start",
        "            if each.piece.start",
    ),
    Bug(
        "a cut is credited as if the row had covered its full period",
        "charges.py",
        "            covered = [*ledger.covered(lineage.key, row.full, row.price), *later]",
        "            covered = [Period(row.full.start, kept_until), *later]",
    ),
    Bug(
        "a credit leaves the row in force",
        "charges.py",
        "        ledger.shorten(row, kept_until)\n",
        "        pass\n",
    ),
    Bug(
        "a credit does not count against the next amount of its price",
        "charges.py",
        "            ledger.book(lineage.key, row.full, row.price, amount)\n",
        "",
    ),
    Bug(
        "credits of earlier runs do not count",
        "lineages.py",
        "        self.book(row.lineage, row.full, row.price, row.amount)\n",
        "        if row.kind != CREDIT:\n            self.book(row.lineage, row.full, row.price, row.amount)\n",
    ),
    Bug(
        "a cut is credited a day late",
        "charges.py",
        "if kept_until - terms.ahead <= horizon]",
        "if kept_until - terms.ahead < horizon]",
    ),
    Bug(
        "lead days do not bring credits forward",
        "charges.py",
        "if kept_until - terms.ahead <= horizon]",
        "if kept_until <= horizon]",
    ),
    Bug(
        "two cuts of one price are each credited as if they were alone",
        "charges.py",
        "            covered = [*ledger.covered(lineage.key, row.full, row.price), *later]",
        "            covered = [row.covered._replace(end=kept_until), *later]",
    ),
    Bug(
        "days whose weight has changed are not corrected",
        "charges.py",
        "        credits += _corrections(lineage, ledger, horizon)\n",
        "",
    ),
    Bug(
        "the next bill overlooks credits",
        "charges.py",
        "credited_on = [kept_until - terms.ahead for _row, kept_until in _cuts(lineage, ledger)]",
        "credited_on = []",
    ),
    Bug(
        "a lineage is settled although a credit is due",
        "charges.py",
        "        days = [kept_until for _row, kept_until in _cuts(lineage, ledger)]\n",
        "        days = []\n",
    ),
    Bug(
        "a lineage of which nothing is wanted any more is forgotten",
        "lineages.py",
        "    found = {key: [] for key in ledger.lineages()}",
        "    found = {}",
    ),
    Bug(
        "an opening is credited by the days of its full period",
        "charges.py",
        "    kept = Fraction((tail.start - row.covered.start).days, row.days)",
        "    kept = Fraction((tail.start - row.covered.start).days, row.full.days)",
    ),
    Bug(
        "an opening of unknown amount is credited with nothing",
        "charges.py",
        "    if row.kind == OPENING and not row.amount:\n        return None\n",
        "",
    ),
    # Discounts
    Bug(
        "a discount for so many periods lasts one more",
        "pricing.py",
        "_index(discount.start, anchor, interval, full, since) < discount.periods)",
        "_index(discount.start, anchor, interval, full, since) <= discount.periods)",
    ),
    Bug(
        "a discount still holds for the period that begins on its last day",
        "pricing.py",
        "moment < discount.until)",
        "moment <= discount.until)",
    ),
    Bug(
        "a leading stub is none of the periods of a discount",
        "pricing.py",
        "    if start <= since:\n        return index_at(anchor, interval, since)\n",
        "",
    ),
    Bug("money off is taken off twice", "money.py", "self.before_off - Fraction(self.off)", "self.before_off - 2 * Fraction(self.off)"),
    Bug(
        "money off turns a price below zero",
        "money.py",
        "        return max(Fraction(0), self.before_off",
        "        return max(-self.before_off, self.before_off",
    ),
    Bug(
        "the remainder of a fixed total is lost",
        "pricing.py",
        "    return fixed.total - each * others if n == others else each",
        "    return each",
    ),
    # Usage
    Bug(
        "usage billed before does not count against the amount",
        "usage_account.py",
        "        amount = usage_amount(price, quantity, rounding=self.rounding) - billed",
        "        amount = usage_amount(price, quantity, rounding=self.rounding)",
    ),
    Bug(
        "a period in which nothing was used is not billed",
        "usage_account.py",
        "                self._keep(charge, gap)\n                yield charge",
        "                self._keep(charge, gap)\n                if charge.quantity:\n                    yield charge",
    ),
    Bug(
        "usage of days that nobody wants is billed",
        "usage_account.py",
        "        days = [part for piece in pieces for other in covered if (part := piece.intersection(other))]",
        "        days = covered",
    ),
    Bug(
        "usage is billed a day after its period",
        "usage_account.py",
        "            if piece.end > horizon:",
        "            if piece.end >= horizon:",
    ),
    Bug("the last unit of a tier costs what the next one does", "usage.py", "quantity <= tier.up_to:", "quantity < tier.up_to:"),
    Bug("a begun package is not paid", "usage.py", "Decimal(ceil(Fraction(inside)", "Decimal(int(Fraction(inside)"),
    Bug("a change starts a leading stub", "proration.py", "    if follows or not", "    if not"),
    Bug(
        "an end inside a full leading stub costs the whole period",
        "proration.py",
        "        return Fraction(_days_inside(covered, leading_stub), leading_stub.days)",
        "        return Fraction(1)",
    ),
    Bug("thirty gives no remainder of a short month", "proration.py", "Fraction(1) if days == full.days else min(", "min("),
    Bug(
        "thirty costs more than a whole month of 31 days",
        "proration.py",
        "min(Fraction(1), Fraction(days, base))",
        "Fraction(days, base)",
    ),
    Bug("thirty counts 30 days for a quarter", "proration.py", "interval.months * DAYS_PER_MONTH", "DAYS_PER_MONTH"),
    Bug("thirty concerns weeks too", "proration.py", "if policy == THIRTY and interval.months:", "if policy == THIRTY:"),
    Bug(
        "the chosen due day may lie before the earliest moment",
        "billing_dates.py",
        "    return found if found >= earliest else earliest + relativedelta(months=1, day=day)",
        "    return found",
    ),
    Bug("work due exactly 31 days ago is held", "billing_dates.py", "day < oldest and", "day <= oldest and"),
    Bug("a payment on the last free day is late", "late_fees.py", "when <= free_until)", "when < free_until)"),
    Bug("the last free day costs fees", "late_fees.py", "if day <= free_until or", "if day < free_until or"),
    Bug("grace days bear no interest", "late_fees.py", "    start = _due_day(due, terms, holidays)\n", "    start = free_until\n"),
    Bug("the limit of a consumer's fine is forgotten", "late_fees.py", "min(self.fine, self.fine_limit)", "self.fine"),
    Bug("interest is of the first debt whatever was paid", "late_fees.py", "max(Fraction(0), owed - amount), when", "owed, when"),
    Bug("an overpaid debt earns interest", "late_fees.py", "max(Fraction(0), owed - amount)", "owed - amount"),
    Bug(
        "what was booked too much of one fee lowers the other",
        "late_fees.py",
        "        max(NOTHING, fees.fine - sum(",
        "        (fees.fine - sum(",
    ),
    Bug("the limit counts interest alone", "late_fees.py", "min(interest, most - fine)", "min(interest, most)"),
    Bug("a discount ends a day early", "early_payment.py", "if day <= each.until:", "if day < each.until:"),
    Bug("a discount is more than what is owed", "early_payment.py", "return min(off, owed)", "return off"),
    Bug(
        "interest is paid before the fine",
        "receipts.py",
        "fine = min(item.fine, fees)",
        "fine = min(item.fine, max(NOTHING, fees - item.interest))",
    ),
    Bug("exactly the limit is waived", "receipts.py", "waived = missing < item.waive_below", "waived = missing <= item.waive_below"),
    Bug("a part of a debt has its discount", "receipts.py", "    if money < net:\n", "    if money <= 0:\n"),
    Bug("money that is exactly the debts pays fees first", "receipts.py", "fees = NOTHING if only_debts else ", "fees = "),
]
