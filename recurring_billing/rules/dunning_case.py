"""Where the case of a customer stands. RULES "Dunning"."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .dunning_steps import Item

NOTHING = Decimal(0)
COMING, REMINDER, OVERDUE, NOTICE, BLOCKED = "coming", "reminder", "overdue", "notice", "blocked"
PROMISE, AGREEMENT, DISPUTE, HOLD, CLOSED = "promise", "agreement", "dispute", "hold", "closed"
DISPUTED, PROMISED = "disputed", "promised"
"""Codes of why an item waits that make a stage of their own."""


class Past(NamedTuple):
    """What was done about a customer's open items: whether somebody was reminded, noticed in writing, blocked; an agreement that runs."""

    reminded: bool = False
    noticed: bool = False
    blocked: bool = False
    agreed: bool = False


class Standing(NamedTuple):
    """The figures of a case, in the company's currency.

    :param due: what is late; ``open``: all that is open; both less open credits.
    :param oldest: the due date of what is late longest, else of what is due next.
    """

    stage: str
    due: Decimal = NOTHING
    open: Decimal = NOTHING
    oldest: date | None = None
    days_late: int = 0


def standing(items: Iterable[Item], past: Past, day: date, hold_until: date | None = None) -> Standing:
    """Where a case stands on a day.

    >>> late, coming = Item("a", date(2026, 3, 10), Decimal(100)), Item("b", date(2026, 4, 10), Decimal(50))
    >>> found = standing([late, coming], Past(reminded=True), date(2026, 3, 25))
    >>> found.stage, found.due, found.open, str(found.oldest), found.days_late
    ('overdue', Decimal('100'), Decimal('150'), '2026-03-10', 15)

    A notice stays a notice until it is paid; a promise, a dispute, a hold are told before it:

    >>> standing([late], Past(noticed=True), date(2026, 3, 26)).stage
    'notice'
    >>> standing([late._replace(waits="promised")], Past(noticed=True), date(2026, 3, 26)).stage
    'promise'
    >>> standing([late], Past(), date(2026, 3, 26), hold_until=date(2026, 3, 26)).stage, standing([], Past(), date(2026, 3, 26)).stage
    ('hold', 'closed')
    """
    owed = [item for item in items if item.amount > 0]
    late = [item for item in owed if item.due < day]
    due, total = sum((item.amount for item in late), NOTHING), sum((item.amount for item in owed), NOTHING)
    oldest = min((item.due for item in late or owed), default=None)
    days = (day - oldest).days if late else 0
    return Standing(_stage(owed, late, past, day, hold_until), due, total, oldest, days)


def _stage(owed: list, late: list, past: Past, day: date, hold_until: date | None) -> str:
    if not owed:
        return CLOSED
    if hold_until and day <= hold_until:
        return HOLD
    waits = {item.waits for item in late or owed}
    for code, stage in ((DISPUTED, DISPUTE), (PROMISED, PROMISE)):
        if waits == {code}:
            return stage
    if not late:
        if past.agreed:
            return AGREEMENT
        return REMINDER if past.reminded else COMING
    if past.blocked:
        return BLOCKED
    return NOTICE if past.noticed else OVERDUE
