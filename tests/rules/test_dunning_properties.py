"""Whatever is owed, paid, promised, and however often the machine is down: one message a day, none to who owes nothing, no step twice."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.dunning import Contact, Customer, Silence, Terms, decide, next_contact
from rules.dunning_steps import DONE, SKIPPED, Calendar, Entry, Item, Record, Step

FIRST = date(2026, 3, 1)
HORIZON = 90
OFFSETS = (-5, -1, 0, 1, 3, 7, 10, 15, 30)
NOTICE, BLOCK = 15, 30

days = st.integers(0, HORIZON).map(lambda n: FIRST + timedelta(days=n))
items = st.lists(st.tuples(days, st.integers(1, 500), st.none() | days), min_size=1, max_size=4)
"""Debts: due day, amount, and the day they are paid on, if ever."""


@st.composite
def policies(draw):
    offsets = sorted(draw(st.sets(st.sampled_from(OFFSETS), min_size=1)))
    steps = tuple(Step(offset, offset, requires=NOTICE if offset == BLOCK and NOTICE in offsets else None) for offset in offsets)
    holidays = frozenset(draw(st.sets(days, max_size=4)))
    entry = draw(st.none() | st.builds(Entry, days, st.none() | st.sampled_from([offset for offset in OFFSETS if offset > 0])))
    calendar = Calendar(draw(st.booleans()), holidays)
    return Terms(steps, min_interval=draw(st.integers(1, 4)), calendar=calendar, entry=entry)


class Story:
    """Days on which the machine runs, one after the other, with what is recorded on the way."""

    def __init__(self, debts, terms):
        self.debts, self.terms = debts, terms
        self.records = {key: [] for key in range(len(debts))}
        self.contacts, self.last = [], None

    def customer(self, day):
        open_ones = [(key, debt) for key, debt in enumerate(self.debts) if debt[2] is None or debt[2] > day]
        found = tuple(Item(key, due, Decimal(amount), records=tuple(self.records[key])) for key, (due, amount, _paid) in open_ones)
        return Customer(found, last_contact=self.last)

    def run(self, day):
        found = decide(self.customer(day), self.terms, day)
        if isinstance(found, Contact):
            self.contacts.append((day, found))
            self.last = day
            for each in found.reached:
                mine = self.records[each.item.key]
                mine += [Record(step.id, step.severity, day, state=SKIPPED) for step in each.skipped]
                mine.append(Record(each.step.id, each.step.severity, day, state=DONE))
        return found


def told(debts, terms, up):
    """The story of the days on which the machine was up, each run twice."""
    story = Story(debts, terms)
    for n in range(HORIZON + 40):
        day = FIRST + timedelta(days=n)
        if up(n):
            story.run(day)
            assert isinstance(story.run(day), Silence)
    return story


outages = st.sets(st.integers(0, HORIZON + 39), max_size=60)


@settings(max_examples=150, deadline=None)
@given(items, policies(), outages)
def test_one_contact_a_day_with_the_interval_between_on_days_that_are_open(debts, terms, down):
    story = told(debts, terms, lambda n: n not in down)
    made = [day for day, _contact in story.contacts]
    assert all((later - earlier).days >= terms.min_interval for earlier, later in pairwise(made))
    assert all(terms.calendar.is_open(day) for day in made)


@settings(max_examples=150, deadline=None)
@given(items, policies(), outages)
def test_nobody_is_asked_for_what_is_paid_or_before_dunning_began(debts, terms, down):
    for day, contact in told(debts, terms, lambda n: n not in down).contacts:
        assert not terms.entry or day >= terms.entry.day
        for item in contact.items:
            _due, amount, paid = debts[item.key]
            assert item.amount == amount and (paid is None or paid > day)
        assert contact.amount == sum(item.amount for item in contact.items)


@settings(max_examples=150, deadline=None)
@given(items, policies(), outages)
def test_no_step_is_done_twice_or_after_a_later_one_and_each_has_an_end(debts, terms, down):
    for mine in told(debts, terms, lambda n: n not in down).records.values():
        assert len({record.step for record in mine}) == len(mine)
        done = [record.severity for record in mine if record.state == DONE]
        assert done == sorted(done)
        for record in mine:
            if record.state == SKIPPED:
                assert any(other.severity > record.severity and other.day == record.day for other in mine if other.state == DONE)


@settings(max_examples=150, deadline=None)
@given(items, policies(), outages)
def test_nobody_is_blocked_without_a_notice_as_many_days_before_as_the_policy_says(debts, terms, down):
    for mine in told(debts, terms, lambda n: n not in down).records.values():
        blocked = [record.day for record in mine if record.step == BLOCK and record.state == DONE]
        if blocked and any(step.id == BLOCK and step.requires for step in terms.steps):
            given_on = [record.day for record in mine if record.step == NOTICE and record.state == DONE]
            assert given_on and (blocked[0] - given_on[0]).days >= BLOCK - NOTICE


@settings(max_examples=100, deadline=None)
@given(items, policies())
def test_a_debt_that_stays_reaches_its_last_step(debts, terms):
    """Nothing is forgotten: without an outage every open debt that may be chased comes to the most severe step in time."""
    story = told([(due, amount, None) for due, amount, _paid in debts], terms, lambda n: True)
    last = max((step for step in terms.steps if step.offset > 0), key=lambda step: step.severity, default=None)
    end = FIRST + timedelta(days=HORIZON + 39)
    for key, (due, _amount, _paid) in enumerate(debts):
        left_to_people = terms.entry and due < terms.entry.day and terms.entry.offset is None
        starts = max(due, terms.entry.day) if terms.entry else due
        if last and not left_to_people and (end - starts).days > 30 + NOTICE + 20:
            assert any(record.step == last.id and record.state == DONE for record in story.records[key])


@settings(max_examples=100, deadline=None)
@given(items, policies(), st.integers(0, HORIZON))
def test_what_is_said_to_come_next_is_what_comes_next(debts, terms, n):
    story = Story([(due, amount, None) for due, amount, _paid in debts], terms)
    today = FIRST + timedelta(days=n)
    story.run(today)
    said = next_contact(story.customer(today), terms, today)
    for later in range(1, HORIZON):
        day = today + timedelta(days=later)
        found = decide(story.customer(day), terms, day)
        if isinstance(found, Contact):
            assert said == (day, found.step)
            return
    assert said is None or (said[0] - today).days >= HORIZON


def test_a_year_of_silence_then_one_message():
    """The server was down from the due date on; a year later one message goes out, not eight."""
    terms = Terms(tuple(Step(offset, offset) for offset in OFFSETS))
    story = Story([(date(2026, 3, 10), 100, None)], terms)
    story.run(date(2027, 3, 10))
    assert [(contact.step.id, [step.id for step in contact.reached[0].skipped]) for _day, contact in story.contacts] == [
        (30, [-5, -1, 0, 1, 3, 7, 10, 15])
    ]
    assert isinstance(story.run(date(2027, 3, 11)), Silence)
