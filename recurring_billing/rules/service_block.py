"""When a service is withheld because of a debt, how far, and when it runs again on trust. RULES "Dunning", service state.

A **block** is decided by a step of the policy and begins on the first day on which that may be. Of several blocks of a subscription the
gravest says what is delivered. On trust the service runs for some days although the debt stands, so many times a year.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

RUNNING, REDUCED, BLOCKED = "running", "reduced", "blocked"
GRAVITY = (RUNNING, REDUCED, BLOCKED)
DAY = timedelta(days=1)
SATURDAY = 5
LONGEST_WAIT = 366


class Calendar(NamedTuple):
    """On which days a block may begin.

    :param weekdays: those allowed, Monday is 0; with none no block ever begins.
    :param spare_eves: days off (Saturdays, Sundays, public holidays) and the days before them are forbidden too.
    :param holidays: the public holidays.
    """

    weekdays: frozenset = frozenset(range(7))
    spare_eves: bool = False
    holidays: Collection[date] = ()

    def is_day_off(self, day: date) -> bool:
        return day.weekday() >= SATURDAY or day in self.holidays

    def allows(self, day: date) -> bool:
        """Whether a block may begin on a day.

        >>> careful = Calendar(spare_eves=True, holidays={date(2026, 4, 21)})
        >>> [careful.allows(date(2026, 4, day)) for day in (16, 17, 18, 19, 20, 21, 22)]  # Thursday … Wednesday, the 21st is a holiday
        [True, False, False, False, False, False, True]
        """
        if day.weekday() not in self.weekdays:
            return False
        return not (self.spare_eves and (self.is_day_off(day) or self.is_day_off(day + DAY)))


def first_day(step_day: date, noticed_on: date | None, days_after_notice: int, calendar: Calendar) -> date | None:
    """The first day on which a block that a step asks for may begin; None where the calendar allows none.

    :param step_day: the day the step is done.
    :param noticed_on: the day the formal notice was sent, as recorded; None where none is needed.
    :param days_after_notice: how many days after the notice it may begin at the earliest.

    The notice went out on Tuesday 7 April, and 10 days after it is the 17th, the eve of a weekend; 18 and 19 are the weekend, the 20th is
    the eve of a holiday, the 21st the holiday:

    >>> calendar = Calendar(spare_eves=True, holidays={date(2026, 4, 21)})
    >>> first_day(date(2026, 4, 15), date(2026, 4, 7), 10, calendar)
    datetime.date(2026, 4, 22)
    >>> first_day(date(2026, 4, 15), None, 10, Calendar())
    datetime.date(2026, 4, 15)
    """
    earliest = step_day
    if noticed_on is not None:
        earliest = max(earliest, noticed_on + DAY * days_after_notice)
    for ahead in range(LONGEST_WAIT):
        day = earliest + DAY * ahead
        if calendar.allows(day):
            return day
    return None


class Block(NamedTuple):
    """A block in force.

    :param effect: ``REDUCED`` or ``BLOCKED``.
    :param trusted_until: the last day on which the service runs on trust, that day included.
    """

    effect: str
    trusted_until: date | None = None


def state_on(blocks: Iterable[Block], day: date) -> str:
    """What is delivered on a day: the gravest of what is in force and not suspended on trust.

    >>> state_on([Block(REDUCED), Block(BLOCKED)], date(2026, 4, 1))
    'blocked'
    >>> state_on([Block(BLOCKED, trusted_until=date(2026, 4, 3))], date(2026, 4, 3))
    'running'
    >>> state_on([Block(BLOCKED, trusted_until=date(2026, 4, 3))], date(2026, 4, 4))
    'blocked'
    >>> state_on([], date(2026, 4, 1))
    'running'
    """
    effects = [block.effect for block in blocks if block.trusted_until is None or block.trusted_until < day]
    return max(effects, key=GRAVITY.index, default=RUNNING)


class Trust(NamedTuple):
    """How often the service may run on trust.

    :param days: how long each time; 0: never.
    :param times: how often within twelve months; 0: never.
    """

    days: int
    times: int


def trust_left(terms: Trust, given: Iterable[date], today: date) -> int:
    """How many times are left: those of the last twelve months count.

    :param given: the days on which it was given.

    >>> trust_left(Trust(3, 2), [date(2025, 3, 9), date(2025, 3, 10), date(2025, 12, 1)], date(2026, 3, 10))
    1
    >>> trust_left(Trust(0, 2), [], date(2026, 3, 10))
    0
    """
    if terms.days <= 0:
        return 0
    since = today - relativedelta(years=1)
    return max(0, terms.times - sum(1 for day in given if since < day <= today))


def trusted_until(terms: Trust, today: date) -> date:
    """The last day of trust given today, today being the first.

    >>> trusted_until(Trust(3, 2), date(2026, 3, 10))
    datetime.date(2026, 3, 12)
    """
    return today + DAY * (terms.days - 1)


def unbilled_from(boundary: date, billed_until: date | None, blocked_on: date) -> date:
    """The first day that is not billed while a block lasts: whole periods to come, never time that is billed or has begun.

    :param boundary: the first boundary of a period on or after the day the block begins.
    :param billed_until: the first day that is not billed yet; None where nothing is.

    Monthly from the 1st, blocked on 20 April: May is not billed. Where May was billed ahead already, June is the first:

    >>> unbilled_from(date(2026, 5, 1), date(2026, 5, 1), date(2026, 4, 20))
    datetime.date(2026, 5, 1)
    >>> unbilled_from(date(2026, 5, 1), date(2026, 6, 1), date(2026, 4, 20))
    datetime.date(2026, 6, 1)
    """
    return max(boundary, billed_until or boundary, blocked_on)
