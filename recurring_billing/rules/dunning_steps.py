"""Which step of a dunning policy an open item has reached. RULES "Dunning (régua de cobrança)".

Every item has a clock of its own: the days since it was due. Steps are done once per item and cycle, never backwards: after an outage the
most severe step that is due is done, and what lies before it is skipped, for ever.
"""

from collections.abc import Container, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from .billing_dates import SATURDAY, next_business_day

NOTHING = Decimal(0)
EVERYBODY, PERSON, COMPANY = "all", "person", "company"
DONE, SKIPPED, CANCELLED, WAITING = "done", "skipped", "cancelled", "waiting"
SILENT = "none"
"""The channel of steps that say nothing to anybody."""
UNHEARD = (SILENT, "task")
"""Channels of steps of which the customer hears nothing: what people of ours do is no contact."""


class Step(NamedTuple):
    """A step of a policy.

    :param offset: days from the due date, negative before it. Of steps with one offset the one of higher ``rank`` is the more severe.
    :param min_amount: only for customers who owe at least so much; ``segment``, ``tags``, ``who``: only for these.
    :param requires: the step that must have been done for the item before (a block needs the formal notice), and as many days before as
        the two lie apart.
    :param is_notice: a formal notice, which must be given by itself.
    """

    id: object
    offset: int
    rank: object = 0
    channel: str = "email"
    name: str = ""
    min_amount: Decimal = NOTHING
    segment: str | None = None
    tags: frozenset = frozenset()
    who: str = EVERYBODY
    requires: object = None
    is_notice: bool = False

    @property
    def severity(self) -> tuple:
        """What is more severe is greater."""
        return (self.offset, self.rank)


class Record(NamedTuple):
    """What was done about an item.

    :param severity: of the step, as it was then. ``state``: done, skipped, cancelled (decided, but paid before it left) or waiting
        (decided, but
        held back before it left: it leaves as soon as it may).
    :param day: on which it was done; of what had to wait, the day on which it left.
    """

    step: object
    severity: tuple
    day: date
    cycle: int = 0
    state: str = DONE


class Item(NamedTuple):
    """An open receivable item, for the rules.

    :param amount: what is owed of it, credits of the customer taken off.
    :param since: the day on which it came into being (an invoice's date).
    :param cycle: how many promises and agreements about it were broken; ``cycle_from``: the day after the last of them was.
    :param charged: it is charged by itself (card, mandate), so nobody is reminded before.
    :param waits: why it is left alone, as a code; empty when it is not.
    :param waits_until: the last day of that, where there is one.
    """

    key: object
    due: date
    amount: Decimal
    since: date | None = None
    cycle: int = 0
    cycle_from: date | None = None
    charged: bool = False
    records: tuple = ()
    waits: str = ""
    waits_until: date | None = None


class Entry(NamedTuple):
    """How debts that are older than dunning itself enter.

    :param day: the first day of dunning.
    :param offset: the stage at which debts due before that day enter, in days; None: they are left to people.
    """

    day: date
    offset: int | None = None


class Calendar(NamedTuple):
    """Days on which somebody may be spoken to."""

    business_days: bool = True
    holidays: Container = frozenset()

    def due_day(self, due: date) -> date:
        """The last day on which paying is on time: a weekend or holiday moves to the next business day.

        >>> Calendar().due_day(date(2026, 3, 7)), Calendar(business_days=False).due_day(date(2026, 3, 7))
        (datetime.date(2026, 3, 9), datetime.date(2026, 3, 7))
        """
        return next_business_day(due, self.holidays) if self.business_days else due

    def is_open(self, day: date) -> bool:
        """Whether messages may leave on a day."""
        return not self.business_days or (day.weekday() < SATURDAY and day not in self.holidays)

    def first_open(self, day: date) -> date:
        """The day itself, or the next one on which messages may leave."""
        return self.due_day(day)


class Reached(NamedTuple):
    """The step an item has reached: to be done, and those that are skipped by it."""

    item: Item
    step: Step
    skipped: tuple = ()


class About(NamedTuple):
    """What the conditions of steps ask of a customer."""

    amount: Decimal = NOTHING
    segment: str | None = None
    tags: frozenset = frozenset()
    is_company: bool = False


def applies(step: Step, about: About) -> bool:
    """Whether a step is for a customer.

    >>> applies(Step(1, 30, min_amount=Decimal(50)), About(Decimal("49.99"))), applies(Step(1, 30, who="company"), About(is_company=True))
    (False, True)
    >>> applies(Step(1, 30, tags=frozenset({7, 8})), About(tags=frozenset({8}))), applies(Step(1, 30, segment="bad"), About(segment="good"))
    (True, False)
    """
    return (
        about.amount >= step.min_amount
        and step.segment in (None, about.segment)
        and (not step.tags or bool(step.tags & about.tags))
        and step.who in (EVERYBODY, COMPANY if about.is_company else PERSON)
    )


def age(item: Item, day: date, calendar: Calendar, entry: Entry | None = None) -> int | None:
    """How many days after its due date an item counts, for steps; negative before. None: it is left to people.

    Due on Saturday 7 March, so paying on Monday is on time; Tuesday is the first day late:

    >>> item = Item("a", date(2026, 3, 7), Decimal(50))
    >>> [age(item, date(2026, 3, day), Calendar()) for day in (6, 7, 9, 10)]
    [-1, 0, 0, 1]

    A debt of last year enters at day 3 of dunning that begins on 1 April, and goes on from there:

    >>> old = Item("a", date(2025, 3, 10), Decimal(50))
    >>> [age(old, date(2026, 4, day), Calendar(), Entry(date(2026, 4, 1), 3)) for day in (1, 5)], age(old, date(2026, 4, 5), Calendar(),
    ...     Entry(date(2026, 4, 1)))
    ([3, 7], None)
    """
    due = calendar.due_day(item.due)
    days = (day - item.due).days if day <= item.due else max(0, (day - due).days)
    if entry is None or item.due >= entry.day:
        return days
    return None if entry.offset is None else min(days, entry.offset + (day - entry.day).days)


def reached(item: Item, steps: Iterable[Step], day: date, about: About, calendar: Calendar, entry: Entry | None = None) -> Reached | None:
    """The step an item has reached and that was not done yet; None when there is none.

    >>> steps = [Step("reminder", -5), Step("first", 1), Step("notice", 15), Step("block", 30, requires="notice")]
    >>> def of(item, day):
    ...     found = reached(item, steps, day, About(), Calendar())
    ...     return found and (found.step.id, [step.id for step in found.skipped])
    >>> item = Item("a", date(2026, 3, 10), Decimal(50))
    >>> of(item, date(2026, 3, 4)), of(item, date(2026, 3, 5)), of(item, date(2026, 3, 11))
    (None, ('reminder', []), ('first', ['reminder']))

    The server was down: on day 42 the block is due, but without the notice nobody is blocked; the notice is done, the rest is skipped.

    >>> of(item, date(2026, 4, 21))
    ('notice', ['reminder', 'first'])

    What was done is done, and the block comes as many days after the notice as the policy has between them:

    >>> done = item._replace(records=(Record("notice", (15, 0), date(2026, 4, 21)),))
    >>> of(done, date(2026, 5, 5)), of(done, date(2026, 5, 6))
    (None, ('block', []))

    Nor is it done again where the policy has moved it since:

    >>> of(done._replace(records=(Record("notice", (5, 0), date(2026, 3, 15)),)), date(2026, 3, 28))

    Nor is the notice skipped by a reminder of day 20, for the block needs it; the reminder is, for it comes too late.

    >>> steps.insert(3, Step("reminder 2", 20))
    >>> of(item, date(2026, 4, 21)), of(done, date(2026, 5, 6))
    (('notice', ['reminder', 'first', 'reminder 2']), ('block', ['reminder 2']))

    A promise broken on 21 April begins another cycle: from the next day on, at the step of its age.

    >>> broken = done._replace(cycle=1, cycle_from=date(2026, 4, 22))
    >>> of(broken, date(2026, 4, 21)), of(broken, date(2026, 4, 22))
    (None, ('reminder 2', ['reminder', 'first', 'notice']))

    What waits to leave, during a hold say, comes first: nothing overtakes it.

    >>> of(item._replace(records=(Record("notice", (15, 0), date(2026, 3, 25), state=WAITING),)), date(2026, 4, 21))
    """
    days = age(item, day, calendar, entry)
    if days is None or (item.cycle_from and day < item.cycle_from):
        return None
    mine = [record for record in item.records if record.cycle == item.cycle]
    if any(record.state == WAITING for record in mine):
        return None
    floor, had = max((record.severity for record in mine), default=(-(10**6), 0)), {record.step for record in mine}
    able = [step for step in sorted(steps, key=lambda step: step.severity) if step.severity > floor and step.id not in had]
    able = [step for step in able if applies(step, about)]
    coming = [step for step in able if step.offset <= days]
    possible = [step for step in coming if is_timely(step, item, days) and is_prepared(step, item, steps, day)]
    held_up = next(
        (step for step in coming if step not in possible and is_timely(step, item, days) and _is_given(step.requires, item)), None
    )
    if held_up:
        # Its notice was given, only the days after it are not over yet: what comes after it in the policy comes after it here too.
        possible = [step for step in possible if step.severity < held_up.severity]
    if not possible:
        return None
    leading = _leading(possible, able, item, steps, day, days)
    return Reached(item, leading, _skipped(leading, coming, able, possible))


def _leading(possible: list, able: list, item: Item, steps: Iterable[Step], day: date, days: int) -> Step:
    """The most severe step; before it what a later step needs and was not given, and what its notice delayed past the day of the others."""
    needed = [step for step in possible if _needing(step, able) and not _is_given(step.id, item)]
    if needed:
        return needed[-1]
    delayed = [
        step
        for step in possible
        if step.requires is not None
        and any(step.offset < other.offset <= days - _prepared_since(step, item, steps, day) for other in possible)
    ]
    return (delayed or possible[-1:])[0]


def _skipped(leading: Step, coming: list, able: list, possible: list) -> tuple:
    """What is done no more: what lies before, and what lies between a notice that comes late and the step it is for."""
    before = [step for step in coming if step.severity < leading.severity]
    needing = _needing(leading, able)
    late = [step for step in possible if needing and leading.severity < step.severity < needing.severity and step.channel != SILENT]
    return (*before, *late)


def _needing(step: Step, able: list) -> Step | None:
    """The first step to come that needs another one before."""
    return next((other for other in able if other.requires == step.id and other.severity > step.severity), None)


def _is_given(step_id: object, item: Item) -> bool:
    return step_id is not None and any(record.step == step_id and record.state == DONE for record in item.records)


def is_timely(step: Step, item: Item, days: int) -> bool:
    """Whether a reminder still makes sense: not after the due date, not for what is charged by itself, nor for an invoice that just came.

    >>> item = Item("a", date(2026, 3, 10), Decimal(50), since=date(2026, 3, 7))
    >>> is_timely(Step(1, -5), item, -2), is_timely(Step(1, -1), item, -1), is_timely(Step(1, -1), item, 1), is_timely(Step(1, 1), item, 1)
    (False, True, False, True)
    """
    if step.offset > 0:
        return True
    if days > 0 or item.charged:
        return False
    return item.since is None or item.since < item.due + timedelta(days=step.offset)


def is_prepared(step: Step, item: Item, steps: Iterable[Step], day: date) -> bool:
    """Whether the step it requires was done for the item, long enough ago. A notice counts also when it was given in an earlier cycle.

    >>> steps = (Step("notice", 15), Step("block", 30, requires="notice"))
    >>> given = Item("a", date(2026, 3, 10), Decimal(50), cycle=1, records=(Record("notice", (15, 0), date(2026, 3, 25)),))
    >>> is_prepared(steps[1], given, steps, date(2026, 4, 8)), is_prepared(steps[1], given, steps, date(2026, 4, 9))
    (False, True)
    """
    return step.requires is None or _prepared_since(step, item, steps, day) >= 0


def _prepared_since(step: Step, item: Item, steps: Iterable[Step], day: date) -> int:
    """For how many days a step could have been done, as far as the one before it is concerned; negative where it cannot yet."""
    before = next((other for other in steps if other.id == step.requires), None)
    gap = max(1, step.offset - before.offset) if before else 1
    given = [(day - record.day).days - gap for record in item.records if record.step == step.requires and record.state == DONE]
    return max(given, default=-1)


def lacking(item: Item, steps: Iterable[Step], days: int) -> Step | None:
    """The first step that is due by age and waits for one that was never done: only a person can help, for what is over never comes again.

    >>> steps = (Step("notice", 15), Step("block", 30, requires="notice"))
    >>> failed = Item("a", date(2026, 3, 10), Decimal(50), records=(Record("notice", (15, 0), date(2026, 3, 25), state="skipped"),))
    >>> lacking(failed, steps, 40).id, lacking(failed, steps, 20)
    ('block', None)
    """
    floor = max((record.severity for record in item.records if record.cycle == item.cycle), default=(-(10**6), 0))
    done = {record.step for record in item.records if record.state in (DONE, WAITING)}
    severities = {step.id: step.severity for step in steps}
    return next(
        (
            step
            for step in sorted(steps, key=lambda step: step.severity)
            if step.severity > floor
            and step.offset <= days
            and step.requires is not None
            and step.requires not in done
            and severities.get(step.requires, floor) <= floor
        ),
        None,
    )
