"""A ledger as the database keeps it, for tests that bill again and again: append-only rows, what credits shorten, rows out of force."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from rules.charges import CREDIT, Charge, Row
from rules.periods import Period


class Refused(Exception):
    """What was asked for would bill a day twice."""


@dataclass
class Entry:
    """A row: as it was billed, how far it is in force (``live_end``), and whether it is in force at all."""

    row: Row
    run: int
    live_end: date
    voided: bool = False

    @property
    def shortens(self) -> bool:
        """Whether it is a credit that gives days back."""
        return self.row.kind == CREDIT and self.row.covered.days > 0


class LedgerModel:
    """The rows of all lineages; their keys are their places."""

    def __init__(self, entries=()):
        self.entries = [Entry(entry.row, entry.run, entry.live_end, entry.voided) for entry in entries]

    def rows(self, settled=None) -> list[Row]:
        """The rows in force as the rules take them; of settled lineages, only those of full periods that are open."""
        found = []
        for entry in self.entries:
            since = (settled or {}).get(entry.row.lineage)
            if not entry.voided and (since is None or entry.row.full.end > since):
                covered = entry.row.covered if entry.row.kind == CREDIT else Period(entry.row.covered.start, entry.live_end)
                found.append(entry.row._replace(covered=covered))
        return found

    def book(self, due, run: int) -> None:
        key = len(self.entries)
        kind = {"end": due.covered.end} if isinstance(due, Charge) else {"kind": CREDIT, "credits": due.row}
        row = Row(due.lineage, due.full, due.covered, due.price, due.amount, key, segment=due.segment, **kind)
        if not isinstance(due, Charge) and due.covered.days:
            credited = self.entries[due.row]
            assert credited.row.covered.start <= due.covered.start < due.covered.end == credited.live_end
            credited.live_end = due.covered.start
        self.entries.append(Entry(row, run, due.covered.end))

    def void(self, run: int) -> bool:
        """Take a run's rows out of force, and the credits of them; what they credited is in force again.

        :raises Refused: when another row holds that time meanwhile.
        """
        mine = [entry for entry in self.entries if entry.run == run and not entry.voided]
        keys = {entry.row.key for entry in mine}
        gone = mine + [entry for entry in self.entries if entry.row.credits in keys and not entry.voided and entry not in mine]
        for entry in gone:
            entry.voided = True
        for key in {entry.row.credits for entry in gone if entry.row.kind == CREDIT}:
            self._restore(self.entries[key])
        return bool(gone)

    def claim(self, run: int) -> bool:
        """Put a run's rows in force again.

        :raises Refused: when another row holds their time, or what they credited has changed meanwhile.
        """
        voided = [entry for entry in self.entries if entry.run == run and entry.voided]
        keys = {entry.row.key for entry in voided}
        for entry in voided:
            if entry.row.kind == CREDIT:
                charge = self.entries[entry.row.credits]
                changed = entry.shortens and charge.live_end != entry.row.covered.end
                if (charge.voided and charge.row.key not in keys) or changed:
                    raise Refused
                if entry.shortens:
                    charge.live_end = entry.row.covered.start
            elif self._held(entry, Period(entry.row.covered.start, entry.live_end)):
                raise Refused
        for entry in voided:
            entry.voided = False
        return bool(voided)

    def covered_days(self) -> list[tuple]:
        """(lineage, day, price) of every covered day; a day covered twice is listed twice."""
        return [
            (row.lineage, row.covered.start + timedelta(days=n), row.price)
            for row in self.rows()
            if row.kind != CREDIT
            for n in range(row.covered.days)
        ]

    def net(self) -> dict[tuple, Decimal]:
        """What was billed per lineage, full period and price, where it is not zero."""
        totals = {}
        for row in self.rows():
            key = (row.lineage, row.full, row.price)
            totals[key] = totals.get(key, Decimal(0)) + row.amount
        return {key: amount for key, amount in totals.items() if amount}

    def _restore(self, charge: Entry) -> None:
        if charge.voided:
            return
        left = [entry for entry in self.entries if entry.row.credits == charge.row.key and entry.shortens and not entry.voided]
        live_end = min((entry.row.covered.start for entry in left), default=charge.row.end)
        if live_end > charge.live_end and self._held(charge, Period(charge.live_end, live_end)):
            raise Refused
        charge.live_end = live_end

    def _held(self, entry: Entry, time: Period) -> bool:
        """Whether another row in force covers some of this time of the lineage."""
        return any(
            other is not entry
            and not other.voided
            and other.row.kind != CREDIT
            and other.row.lineage == entry.row.lineage
            and Period(other.row.covered.start, other.live_end).intersection(time)
            for other in self.entries
        )
