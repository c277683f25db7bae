"""The usage side of a ledger for tests that bill again and again: rows, the records they bill, and rows out of force."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rules.charges import Segment, Terms
from rules.periods import Period
from rules.usage import Tier, UsagePrice
from rules.usage_account import REGULAR, UsageRecord, UsageRow, UsageSegment
from rules.usage_billing import due_usage

FREE, LIMIT = Decimal(2), Decimal(5)
"""What is free in each full period, and where the second tier begins."""


@dataclass
class UsageEntry:
    row: UsageRow
    run: int
    records: tuple
    credits: int | None
    voided: bool = False


def usage_price(model: str, price) -> UsagePrice:
    """A price of usage made of the price of a line: the first units at it, the others at half; its quantity is the flat fee."""
    unit = abs(price.unit_price)
    tiers = (Tier(LIMIT, unit), Tier(None, unit / 2)) if model != "package" else (Tier(None, unit, LIMIT),)
    return UsagePrice(model, tiers, price.quantity, FREE, price.discount)


class UsageModel:
    """The records of all lineages and the rows that bill them; keys of rows are their places."""

    def __init__(self, model: str, records=(), entries=()):
        self.model, self.records = model, list(records)
        self.entries = [UsageEntry(each.row, each.run, each.records, each.credits, each.voided) for each in entries]

    def copy(self) -> "UsageModel":
        return UsageModel(self.model, self.records, self.entries)

    def record(self, lineage, day: date, quantity: int, known_on: date) -> None:
        self.records.append(UsageRecord(len(self.records), lineage, day, Decimal(quantity), known_on=known_on))

    def due(self, terms: Terms, segments: list[Segment], horizon: date) -> list:
        parts = [UsageSegment(each.key, each.lineage, each.start, each.end, usage_price(self.model, each.price)) for each in segments]
        live = [entry for entry in self.entries if not entry.voided]
        billed = {key for entry in live for key in entry.records}
        records = [record._replace(billed=record.key in billed) for record in self.records]
        return due_usage(terms, parts, [entry.row for entry in live], records, horizon)

    def book(self, charge, run: int) -> None:
        live = {key for entry in self.entries if not entry.voided for key in entry.records}
        assert not live & set(charge.records), "a record is billed twice"
        covered = charge.covered if charge.reason == REGULAR else Period(charge.covered.start, charge.covered.start)
        row = UsageRow(charge.segment, charge.lineage, charge.full, covered, charge.price, charge.amount, len(self.entries))
        self.entries.append(UsageEntry(row, run, charge.records, charge.row))

    def void(self, run: int) -> None:
        """Take a run's rows out of force, and what takes something back from them; their records are free to be billed again."""
        keys = {entry.row.key for entry in self.entries if entry.run == run}
        for entry in self.entries:
            entry.voided = entry.voided or entry.run == run or entry.credits in keys

    def net(self) -> dict[tuple, Decimal]:
        """What was billed per lineage, full period and price."""
        totals = {}
        for entry in self.entries:
            if not entry.voided:
                key = (entry.row.lineage, entry.row.full, entry.row.price)
                totals[key] = totals.get(key, Decimal(0)) + entry.row.amount
        return totals
