"""How likely a customer pays late, by a simple stated rule on what is known: good, watch or bad. RULES "Forecast and risk".

The rule, over the debts that fell due in the last 365 days (the latest twelve of them):

- bad: something is open more than 60 days after its due date; or something was written off; or two promises or agreements were broken;
  or at least half of three or more debts were paid more than 15 days late;
- watch: something is open more than 15 days after its due date; or one promise or agreement was broken; or at least a quarter of three or
  more debts were paid more than 5 days late;
- good: everybody else, also who has no history.

Only facts known on the day count: a payment of a later day is not seen. It sorts customers for reminders; it never blocks anybody.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

GOOD, WATCH, BAD = "good", "watch", "bad"
SEGMENTS = (GOOD, WATCH, BAD)
OPEN_LATE, WRITTEN_OFF, BROKEN, OFTEN_LATE, ON_TIME, NO_HISTORY = (
    "open_late",
    "written_off",
    "broken",
    "often_late",
    "on_time",
    "no_history",
)

LOOK_BACK = timedelta(days=365)
LATEST = 12
ENOUGH = 3
VERY_LATE, LATE = 60, 15
PAID_VERY_LATE, PAID_LATE = 15, 5
MANY_BROKEN = 2


class Debt(NamedTuple):
    """One receivable item.

    :param known: the day it came into the books; ``due``: its due date; ``paid_on``: the day the last was paid, None while open.
    """

    known: date
    due: date
    paid_on: date | None = None


class Factor(NamedTuple):
    """Why: what was found, the segment it speaks for, and its numbers (days, or how many ``of`` how many)."""

    code: str
    segment: str
    number: int = 0
    of: int = 0


class Risk(NamedTuple):
    """The segment, and the factors behind it, the gravest first."""

    segment: str
    factors: tuple[Factor, ...]


def assess(debts: Iterable[Debt], day: date, broken: int = 0, written_off: int = 0) -> Risk:
    """The risk of a customer as of a day.

    :param broken: promises and agreements broken in the year before the day; ``written_off``: debts written off in it.

    Nothing known, everything paid in time, two of three paid 20 days late, and something open for 61 days:

    >>> day = date(2026, 6, 30)
    >>> assess([], day).segment
    'good'
    >>> month = lambda n, late: Debt(date(2026, n, 1), date(2026, n, 10), date(2026, n, 10) + timedelta(days=late))
    >>> assess([month(1, 0), month(2, 3)], day)
    Risk(segment='good', factors=(Factor(code='on_time', segment='good', number=2, of=2),))
    >>> assess([month(1, 20), month(2, 20), month(3, 0)], day)
    Risk(segment='bad', factors=(Factor(code='often_late', segment='bad', number=2, of=3),))
    >>> assess([month(1, 0), Debt(date(2026, 4, 1), date(2026, 4, 30))], day).factors[0]
    Factor(code='open_late', segment='bad', number=61, of=0)

    A payment of the next day is not known yet:

    >>> assess([Debt(date(2026, 5, 1), date(2026, 6, 10), date(2026, 7, 1))], day).segment
    'watch'
    """
    seen = [_as_of(debt, day) for debt in debts if debt.known <= day and debt.due < day]
    found = [*_standing(seen, day), *_history(seen, day)]
    if written_off:
        found.append(Factor(WRITTEN_OFF, BAD, written_off))
    if broken:
        found.append(Factor(BROKEN, BAD if broken >= MANY_BROKEN else WATCH, broken))
    grave = sorted((factor for factor in found if factor.segment != GOOD), key=lambda factor: factor.segment != BAD)
    segment = grave[0].segment if grave else GOOD
    return Risk(segment, tuple(grave or found or [Factor(NO_HISTORY, GOOD)]))


def _as_of(debt: Debt, day: date) -> Debt:
    return debt._replace(paid_on=None) if debt.paid_on and debt.paid_on > day else debt


def _standing(seen: list[Debt], day: date) -> list[Factor]:
    """What is open and late now."""
    late = max(((day - debt.due).days for debt in seen if debt.paid_on is None), default=0)
    if late > VERY_LATE:
        return [Factor(OPEN_LATE, BAD, late)]
    return [Factor(OPEN_LATE, WATCH, late)] if late > LATE else []


def _history(seen: list[Debt], day: date) -> list[Factor]:
    """How what is paid was paid."""
    paid = sorted((debt for debt in seen if debt.paid_on and debt.due >= day - LOOK_BACK), key=lambda debt: debt.due)[-LATEST:]
    if not paid:
        return []
    days = [(debt.paid_on - debt.due).days for debt in paid]
    very, late = (sum(each > limit for each in days) for limit in (PAID_VERY_LATE, PAID_LATE))
    if len(paid) >= ENOUGH and 2 * very >= len(paid):
        return [Factor(OFTEN_LATE, BAD, very, len(paid))]
    if len(paid) >= ENOUGH and 4 * late >= len(paid):
        return [Factor(OFTEN_LATE, WATCH, late, len(paid))]
    return [Factor(ON_TIME, GOOD, len(paid) - late, len(paid))]
