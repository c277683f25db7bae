"""Stories of the conformance cases billed by the rules as they are told: what each run wrote, and what it adds up to.

>>> words = {"line": "A", "price": "90.00", "interval": {"count": 1, "unit": "month"}}
>>> events = [{"on": "2026-04-01", "start": words}, {"on": "2026-04-11", "pause": "A", "effective": "2026-04-06"}]
>>> [(item.label, str(item.start), str(item.end), str(item.amount)) for item in bill({"story": events, "bill_until": "2026-04-11"})]
[('A', '2026-04-01', '2026-05-01', '90.00'), ('A', '2026-04-06', '2026-05-01', '-75.00')]
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rules.charges import CREDIT, Charge, Credit, Row, due_rows
from rules.periods import Period

from .stories import Line, day_of, read_events, tell


class Item(NamedTuple):
    """A row as it was billed: ``[start, end)`` of a line's full period; an amount below zero is a credit."""

    label: str
    full: Period
    start: date
    end: date
    amount: Decimal


def bill(case: dict) -> list[Item]:
    """Everything a story bills: after each event what is due by its day, at the end what is due by ``bill_until``.

    :raises ValueError: for a story that cannot be; KeyError for a word it lacks.
    """
    ledgers: dict[int, list[Row]] = {}
    lines: list[Line] = []
    items: list[Item] = []
    for event in read_events(case):
        lines = tell(lines, event)
        if event.run:
            items += _run(lines, ledgers, event.on)
    return items + _run(lines, ledgers, day_of(case["bill_until"]))


def net(items: Iterable[Item]) -> dict[tuple[str, Period], Decimal]:
    """The net amount per line and full period, where it is not zero."""
    totals = {}
    for item in items:
        key = (item.label, item.full)
        totals[key] = totals.get(key, Decimal(0)) + item.amount
    return {key: amount for key, amount in sorted(totals.items()) if amount}


def book(rows: list[Row], due: Charge | Credit) -> None:
    """Write a due row at the end of a ledger whose keys are places; a credit also ends the row it shortens."""
    key = len(rows)
    if isinstance(due, Charge):
        rows.append(Row(due.lineage, due.full, due.covered, due.price, due.amount, key, due.covered.end, segment=due.segment))
        return
    if due.covered.days:
        credited = rows[due.row]
        rows[due.row] = credited._replace(covered=Period(credited.covered.start, due.covered.start))
    rows.append(Row(due.lineage, due.full, due.covered, due.price, due.amount, key, kind=CREDIT, segment=due.segment, credits=due.row))


def _run(lines: list[Line], ledgers: dict[int, list[Row]], horizon: date) -> list[Item]:
    items = []
    for line in lines:
        rows = ledgers.setdefault(line.key, [])
        for due in due_rows(line.terms, line.segments(), rows, horizon):
            book(rows, due)
            items.append(Item(line.label, due.full, *due.covered, due.amount))
    return items
