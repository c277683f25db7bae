"""Family discount: what each subscription of one payer gets off, by its rank among those that run."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .periods import Interval, period_at


class Member(NamedTuple):
    """A subscription of a family: it runs on the days ``[start, end)``; ``end`` None has no end.

    :param key: breaks ties between those that start on one day, the lower first.
    """

    key: int
    start: date
    end: date | None = None


class Step(NamedTuple):
    """From a rank on, so many percent."""

    rank: int
    percent: Decimal


def rank_on(day: date, member: Member, members: Iterable[Member]) -> int:
    """The place of a member among those that run on a day, by start; 1 is the first.

    >>> ana, bea = Member(1, date(2026, 1, 1), date(2026, 3, 1)), Member(2, date(2026, 1, 1))
    >>> rank_on(date(2026, 2, 1), bea, [ana, bea]), rank_on(date(2026, 3, 1), bea, [ana, bea])
    (2, 1)
    """
    running = [each for each in members if each.start <= day and (each.end is None or each.end > day)]
    return 1 + sum((each.start, each.key) < (member.start, member.key) for each in running)


def percent_of(rank: int, steps: Iterable[Step]) -> Decimal:
    """What the last step up to a rank gives; nothing before the first step.

    >>> steps = [Step(2, Decimal(10)), Step(3, Decimal(20))]
    >>> [str(percent_of(rank, steps)) for rank in (1, 2, 3, 4)]
    ['0', '10', '20', '20']
    """
    return max((step for step in steps if step.rank <= rank), default=Step(0, Decimal(0))).percent


def plan_ahead(
    member: Member, members: Sequence[Member], steps: Sequence[Step], anchor: date, interval: Interval, since: date
) -> list[tuple[date, int, Decimal]]:
    """From which day on a member has which rank and percentage. Each period has those of its first day, so they change at boundaries.

    :param since: the first day that is not billed: the first decision.
    :return: (first day, rank, percent), the first from ``since`` on; one more wherever the percentage changes.

    Three monthly from 1 January; the first leaves on 15 February: the others move up on 1 March.

    >>> family = [Member(1, date(2026, 1, 1), date(2026, 2, 16)), Member(2, date(2026, 1, 1)), Member(3, date(2026, 1, 10))]
    >>> steps = [Step(2, Decimal(10)), Step(3, Decimal(20))]
    >>> ahead = plan_ahead(family[2], family, steps, date(2026, 1, 1), Interval(1, "month"), date(2026, 2, 1))
    >>> [(str(day), rank, str(percent)) for day, rank, percent in ahead]
    [('2026-02-01', 3, '20'), ('2026-03-01', 2, '10')]
    """
    events = {day for each in members for day in (each.start, each.end) if day and day > since}
    days = {since, *(_boundary_from(anchor, interval, day) for day in events)}
    found = []
    for day in sorted(days):
        rank = rank_on(day, member, members)
        percent = percent_of(rank, steps)
        if not found or found[-1][2] != percent:
            found.append((day, rank, percent))
    return found


def _boundary_from(anchor: date, interval: Interval, day: date) -> date:
    """The first boundary on the day or after it."""
    full = period_at(anchor, interval, day)
    return full.start if full.start == day else full.end
