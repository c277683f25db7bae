"""Whether a customer is spoken to today about what is owed, about what, and why, or why not. RULES "Dunning (régua de cobrança)".

People who owe money are spoken to here. A message to somebody who paid, or a second one on the same day, is the worst fault; then a debt
that is silently forgotten. So every answer is either a contact with its reasons, or one reason why there is none, and until when.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from .dunning_steps import SILENT, SKIPPED, UNHEARD, WAITING, About, Calendar, Entry, Item, Reached, Record, Step, age, lacking, reached

NOTHING = Decimal(0)

# Why nobody is spoken to, as codes; services say them in words.
NOTHING_OPEN, NOTHING_REACHED, BALANCED = "nothing_open", "nothing_reached", "balanced"
HOLD, CONTACTED, INTERVAL, CLOSED_DAY, SMALL, LEFT_TO_PEOPLE = "hold", "contacted", "interval", "closed_day", "small", "left_to_people"
NOT_YET, ITEMS_WAIT, UNPREPARED, REPLIED, UNSENT = "not_yet", "items_wait", "unprepared", "replied", "unsent"
HELD_BACK = "held_back"

LOOK_AHEAD = 400
"""Days in which the next contact is looked for."""


class Terms(NamedTuple):
    """What a policy says.

    :param min_interval: days between two contacts of a customer, at least 1. ``min_amount``: who owes less is left alone.
    :param reply_pause: days without messages after the customer wrote.
    """

    steps: tuple
    min_interval: int = 1
    min_amount: Decimal = NOTHING
    reply_pause: int = 0
    calendar: Calendar = Calendar()
    entry: Entry | None = None


class Customer(NamedTuple):
    """What is known of a customer on a day.

    :param items: all open receivable items, credits taken off.
    :param hold_until: nobody speaks to the customer until that day, inclusive.
    :param last_contact: the day of the last contact; ``last_reply``: on which the customer last wrote.
    :param has_unsent: a message still waits for somebody's approval.
    """

    items: tuple = ()
    segment: str | None = None
    tags: frozenset = frozenset()
    is_company: bool = False
    hold_until: date | None = None
    last_contact: date | None = None
    last_reply: date | None = None
    has_unsent: bool = False


class Contact(NamedTuple):
    """To be done today: one contact, led by the most severe step that says something, about everything that is due.

    :param step: the leading step; ``reached``: what each item has reached, the leading one first.
    :param items: what the message is about: what is overdue and what has reached a step.
    :param amount: what is owed of these.
    """

    step: Step
    reached: tuple
    items: tuple
    amount: Decimal


class Silence(NamedTuple):
    """Nothing is done today.

    :param why: a code; ``until``: the last day of it, where there is one.
    :param postponed: the step that would have been done today.
    :param items: the items concerned.
    """

    why: str
    until: date | None = None
    postponed: Step | None = None
    items: tuple = ()
    amount: Decimal = NOTHING


def decide(customer: Customer, terms: Terms, day: date) -> Contact | Silence:
    """What is done about a customer on a day.

    Two invoices, of 10 March and of 24 March: on 25 March the first is at the notice, the second at its first reminder. One message.

    >>> steps = (Step("due", 0), Step("first", 1), Step("notice", 15))
    >>> first, second = Item("first", date(2026, 3, 10), Decimal(100)), Item("second", date(2026, 3, 24), Decimal(50))
    >>> found = decide(Customer((first, second)), Terms(steps), date(2026, 3, 25))
    >>> found.step.id, [(each.item.key, each.step.id) for each in found.reached], found.amount
    ('notice', [('first', 'notice'), ('second', 'first')], Decimal('150'))

    A step of which the customer hears nothing, a task for example, is done beside the reminder of another debt, and silences it not:

    >>> found = decide(Customer((first, second)), Terms((Step("first", 1), Step("orders", 15, channel="none"))), date(2026, 3, 25))
    >>> found.step.id, [each.step.id for each in found.reached]
    ('first', ['first', 'orders'])

    Whoever was spoken to today is left alone, and so is who disputes, who promised, and who has paid by a credit:

    >>> decide(Customer((first,), last_contact=date(2026, 3, 25)), Terms(steps), date(2026, 3, 25)).why
    'contacted'
    >>> decide(Customer((first._replace(waits="dispute"),)), Terms(steps), date(2026, 3, 25)).why
    'items_wait'
    >>> decide(Customer((first._replace(amount=Decimal(0)),)), Terms(steps), date(2026, 3, 25)).why
    'balanced'

    On Sunday nobody is spoken to; on Monday the step is done:

    >>> found = decide(Customer((first,)), Terms(steps), date(2026, 3, 29))
    >>> found.why, str(found.until), found.postponed.id
    ('closed_day', '2026-03-29', 'notice')
    """
    if terms.entry and day < terms.entry.day:
        return Silence(NOT_YET, terms.entry.day - timedelta(days=1))
    owed = tuple(item for item in customer.items if item.amount > 0)
    if not owed:
        return Silence(BALANCED if customer.items else NOTHING_OPEN, items=customer.items)
    free = tuple(item for item in owed if not item.waits)
    if not free:
        return _waiting(owed)
    found = _reached(free, customer, terms, day)
    if not found:
        return _not_reached(free, owed, terms, day)
    about = _spoken_of(free, found, day)
    amount = sum((item.amount for item in about), NOTHING)
    why, until = _obstacle(customer, terms, day, amount)
    if why:
        return Silence(why, until, found[0].step, about, amount)
    return Contact(found[0].step, tuple(found), about, amount)


def next_contact(customer: Customer, terms: Terms, day: date, days: int = LOOK_AHEAD) -> tuple | None:
    """The first day after a day on which the customer will be spoken to if nothing changes, and the step; None when there is none.

    >>> steps = (Step("first", 1), Step("notice", 15))
    >>> first = Item("first", date(2026, 3, 10), Decimal(100))
    >>> when, step = next_contact(Customer((first,), hold_until=date(2026, 3, 20)), Terms(steps), date(2026, 3, 10))
    >>> str(when), step.id
    ('2026-03-23', 'first')
    """
    for moment in _candidates(customer, terms, day, days):
        found = decide(customer, terms, moment)
        if isinstance(found, Contact):
            return moment, found.step
    return None


def after(customer: Customer, found: Contact, day: date) -> Customer:
    """What is known of a customer once a contact was made.

    >>> item = Item("a", date(2026, 3, 10), Decimal(100))
    >>> terms = Terms((Step("first", 1), Step("second", 3)))
    >>> found = decide(Customer((item,)), terms, date(2026, 3, 13))
    >>> later = after(Customer((item,)), found, date(2026, 3, 13))
    >>> [(record.step, record.state) for record in later.items[0].records], decide(later, terms, date(2026, 3, 16)).why
    ([('first', 'skipped'), ('second', 'done')], 'nothing_reached')
    """
    mine = {each.item.key: each for each in found.reached}
    items = tuple(_recorded(item, mine.get(item.key), day) for item in customer.items)
    return customer._replace(items=items, last_contact=customer.last_contact if found.step.channel in UNHEARD else day)


def _recorded(item: Item, found: Reached | None, day: date) -> Item:
    if not found:
        return item
    skipped = tuple(Record(step.id, step.severity, day, item.cycle, SKIPPED) for step in found.skipped)
    return item._replace(records=(*item.records, *skipped, Record(found.step.id, found.step.severity, day, item.cycle)))


def why_not_before(customer: Customer, terms: Terms, found: Contact, day: date) -> Silence | None:
    """Why what is done today was not done the day before, from what is known today; None where nothing known today forbade it.

    Due on Tuesday 10 March, the first reminder came on the 11th; the day before it was too early. What was due on Sunday came on Monday.

    >>> terms, item = Terms((Step("first", 1), Step("second", 12))), Item("a", date(2026, 3, 10), Decimal(100))
    >>> def why(item, day):
    ...     return why_not_before(Customer((item,)), terms, decide(Customer((item,)), terms, day), day).why
    >>> why(item, date(2026, 3, 11)), why(item, date(2026, 3, 23))
    ('nothing_reached', 'closed_day')
    """
    keys = {each.item.key for each in found.reached}
    before = decide(customer._replace(items=tuple(item for item in customer.items if item.key in keys)), terms, day - timedelta(days=1))
    return before if isinstance(before, Silence) else None


def _candidates(customer: Customer, terms: Terms, day: date, days: int) -> list:
    """The days on which something may change, in order: so that nobody counts through a year day by day."""
    first, last = day + timedelta(days=1), day + timedelta(days=days)
    steps, calendar, entry = terms.steps, terms.calendar, terms.entry
    found = {first}
    found |= {until + timedelta(days=1) for until in (customer.hold_until, *(item.waits_until for item in customer.items)) if until}
    if customer.last_contact:
        found.add(customer.last_contact + timedelta(days=max(1, terms.min_interval)))
    if customer.last_reply:
        found.add(customer.last_reply + timedelta(days=terms.reply_pause))
    if entry:
        found.add(entry.day)
        found |= {entry.day + timedelta(days=max(0, step.offset - (entry.offset or 0))) for step in steps}
    offsets = {step.id: step.offset for step in steps}
    for item in customer.items:
        if item.amount > 0:
            found |= {_starts(item, step, calendar) for step in steps}
            if item.cycle_from:
                found.add(item.cycle_from)
            for record in item.records:
                found |= {
                    record.day + timedelta(days=max(1, step.offset - offsets.get(record.step, step.offset)))
                    for step in steps
                    if step.requires == record.step
                }
    return sorted({calendar.first_open(moment) for moment in found if first <= moment <= last})


def _starts(item: Item, step: Step, calendar: Calendar) -> date:
    return (calendar.due_day(item.due) if step.offset > 0 else item.due) + timedelta(days=step.offset)


def _reached(items: tuple, customer: Customer, terms: Terms, day: date) -> list[Reached]:
    """What the items have reached, the one that leads first. Conditions on amounts count what is owed and due."""
    owed = sum((item.amount for item in items if item.due <= day), NOTHING)
    found = []
    for item in items:
        # A reminder before the due date is about the item itself.
        about = About(owed if item.due <= day else item.amount, customer.segment, customer.tags, customer.is_company)
        mine = reached(item, terms.steps, day, about, terms.calendar, terms.entry)
        if mine:
            found.append(mine)
    # What says nothing leads only where nothing else is due, or the customer would not hear of the other debts.
    found.sort(key=_rank, reverse=True)
    # A formal notice is never given by a call or a reminder that leads: it has its turn the next day.
    return [each for each in found if found[0].step.is_notice or not each.step.is_notice]


def _rank(found: Reached) -> tuple:
    channel = found.step.channel
    return (channel not in UNHEARD, channel != SILENT, found.step.severity, -found.item.due.toordinal())


def _spoken_of(items: tuple, found: Iterable[Reached], day: date) -> tuple:
    """Everything that is due, and what has reached a step; oldest first."""
    keys = {each.item.key for each in found}
    return tuple(sorted((item for item in items if item.due <= day or item.key in keys), key=lambda item: (item.due, str(item.key))))


def _obstacle(customer: Customer, terms: Terms, day: date, amount: Decimal) -> tuple:
    """Why the customer is not spoken to today although a step is due, and until when."""
    if customer.hold_until and day <= customer.hold_until:
        return HOLD, customer.hold_until
    if customer.last_reply and (day - customer.last_reply).days < terms.reply_pause:
        return REPLIED, customer.last_reply + timedelta(days=terms.reply_pause - 1)
    if customer.has_unsent:
        return UNSENT, None
    if amount < terms.min_amount:
        return SMALL, None
    if customer.last_contact and customer.last_contact >= day:
        return CONTACTED, day
    if customer.last_contact and (day - customer.last_contact).days < terms.min_interval:
        return INTERVAL, customer.last_contact + timedelta(days=terms.min_interval - 1)
    if not terms.calendar.is_open(day):
        return CLOSED_DAY, terms.calendar.first_open(day) - timedelta(days=1)
    return "", None


def _waiting(items: tuple) -> Silence:
    """All of them wait: the one that ends first is told."""
    soonest = min(items, key=lambda item: (item.waits_until or date.max, item.due))
    return Silence(ITEMS_WAIT, soonest.waits_until, items=items, amount=sum((item.amount for item in items), NOTHING))


def _not_reached(free: tuple, owed: tuple, terms: Terms, day: date) -> Silence:
    if all(age(item, day, terms.calendar, terms.entry) is None for item in free):
        return Silence(LEFT_TO_PEOPLE, items=free, amount=sum((item.amount for item in free), NOTHING))
    amount = sum((item.amount for item in owed if item.due < day), NOTHING)
    late = max(free, key=lambda item: (age(item, day, terms.calendar, terms.entry) or 0, -item.due.toordinal()))
    if any(record.state == WAITING and record.cycle == item.cycle for item in free for record in item.records):
        return Silence(HELD_BACK, items=owed, amount=amount)
    step = lacking(late, terms.steps, age(late, day, terms.calendar, terms.entry) or 0)
    return Silence(UNPREPARED if step else NOTHING_REACHED, postponed=step, items=owed, amount=amount)
