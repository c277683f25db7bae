"""Stories of the conformance cases: events translated to the immutable segments of the rules.

An event says what holds from its effective date on, for ever, whatever was said before of those days: that a line runs, is paused or has
ended, or another price, quantity or discount. So a pause recorded late cuts every later segment, and a price recorded late
leaves the pauses that lie after it as they were::

    on 1 April   start 90.00           [---- 90.00 ---------------------- ...
    on 11 April  reprice 120.00        [---- 90.00 --|-- 120.00 --------- ...
    on 15 April  pause from 6 April    [- 90.00 -|
    on 20 April  resume                [- 90.00 -|        [-- 120.00 ---- ...

>>> words = {"line": "A", "price": "90.00", "interval": {"count": 1, "unit": "month"}}
>>> events = [{"on": "2026-04-01", "start": words}, {"on": "2026-04-11", "pause": "A", "effective": "2026-04-06"}]
>>> lines = []
>>> for event in read_events({"story": events}):
...     lines = tell(lines, event)
>>> [(str(segment.start), str(segment.end), str(segment.price.unit_price)) for segment in lines[0].segments()]
[('2026-04-01', '2026-04-06', '90.00')]
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from rules.charges import ADVANCE, ARREARS, Segment, Terms
from rules.money import Price
from rules.periods import Interval, check_interval
from rules.proration import ACTUAL, POLICIES

RUNNING, PAUSED, ENDED = "running", "paused", "ended"
WORDS = ("start", "change", "reprice", "pause", "resume", "end", "reopen")
PRICE_WORDS = ("price", "quantity", "discount")
TERMS_WORDS = ("interval", "anchor", "billing", "proration")

Steps = tuple[tuple[date, Any], ...]
"""What holds from each day on, in date order."""


class Refused(Exception):
    """Odoo does not do what a story says; the text says what it answered."""


class Line(NamedTuple):
    """A lineage as told so far.

    :param label: what the story calls it; a line that is started anew is another lineage of the same label.
    :param follows: it continues another lineage (a change).
    """

    key: int
    label: str
    terms: Terms
    start: date
    follows: bool
    states: Steps
    prices: Steps
    quantities: Steps
    discounts: Steps

    def segments(self) -> list[Segment]:
        """The stretches in which it runs at one price, in date order."""
        layers = (self.states, self.prices, self.quantities, self.discounts)
        days = sorted({day for steps in layers for day, _value in steps})
        found = []
        for day, end in zip(days, [*days[1:], None], strict=True):
            if value_on(self.states, day) != RUNNING:
                continue
            price = Price(*(value_on(steps, day) for steps in layers[1:]))
            before = found[-1] if found else None
            if before and (before.end, before.price) == (day, price):
                found[-1] = before._replace(end=end)
            else:
                found.append(Segment((self.key, day), self.key, day, end, price, self.follows))
        return found


class Event(NamedTuple):
    """One event of a story, read and checked.

    :param to: what a start, change or price event says of the line.
    :param run: whether what is due is billed after it.
    """

    word: str
    label: str
    on: date
    effective: date
    to: dict
    run: bool


# Reading


def read_events(case: dict) -> Iterator[Event]:
    """The events of a story, each checked by itself and against the one before it."""
    if not isinstance(case["story"], list):
        raise ValueError("a story is a list of events")
    before = date.min
    for number, said in enumerate(case["story"], 1):
        event = _event(number, said)
        if event.on < before:
            raise ValueError(f"event {number} is recorded on {event.on}, before the one it follows; a story is told in date order")
        before = event.on
        yield event


def _event(number: int, said: dict) -> Event:
    if not isinstance(said, dict):
        raise ValueError(f"event {number} is not an object")
    words = [word for word in WORDS if word in said]
    if len(words) != 1:
        raise ValueError(f"event {number} must say one of {', '.join(WORDS)}; it says {' and '.join(words) or 'none of them'}")
    (word,) = words
    on = day_of(said["on"])
    to = said["start"] if word == "start" else said["to"] if word in ("change", "reprice") else {}
    if not isinstance(to, dict):
        raise ValueError(f"event {number} ({word}) must say what the line is to be in an object, not {to!r}")
    label = to["line"] if word == "start" else said[word]
    if not isinstance(label, str):
        raise ValueError(f"event {number} ({word}) must name a line, not {label!r}")
    return Event(word, label, on, day_of(said.get("effective", said["on"])), to, not said.get("no_run"))


def day_of(text: str) -> date:
    """A day as a case writes it."""
    return date.fromisoformat(text)


def number_of(value, what: str) -> Decimal:
    """An amount, quantity or percentage as a case writes it."""
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise ValueError(f"a {what} is a number, not {value!r}")
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"a {what} is a number, not {value!r}")
    return number


# Telling


def tell(lines: list[Line], event: Event) -> list[Line]:
    """The lines after an event; those given stay as they are.

    :raises ValueError: where the event cannot happen, as a pause inside a pause.
    """
    if event.word == "start":
        return [*lines, _started(lines, event)]
    line = _named(lines, event)
    if event.word == "change":
        _check(line, event)
        return [*_replaced(lines, _with_state(line, event, ENDED)), _changed(lines, line, event)]
    if event.word == "reprice":
        return _replaced(lines, _repriced(line, event))
    _check(line, event)
    state = {"pause": PAUSED, "end": ENDED}.get(event.word, RUNNING)
    return _replaced(lines, _with_state(line, event, state))


def _named(lines: list[Line], event: Event) -> Line:
    """The line an event speaks of: the last one of that label."""
    for line in reversed(lines):
        if line.label == event.label:
            return line
    raise ValueError(f"on {event.on} there is no line {event.label!r} to {event.word}")


def _replaced(lines: list[Line], line: Line) -> list[Line]:
    return [line if each.key == line.key else each for each in lines]


def _started(lines: list[Line], event: Event) -> Line:
    if any(line.label == event.label and line.states[-1][1] != ENDED for line in lines):
        raise ValueError(f"the line {event.label!r} is started on {event.on} though it runs already")
    since, to = event.effective, event.to
    terms = _terms({"anchor": str(since), "billing": ADVANCE, "proration": ACTUAL, **to})
    values = {"price": "0", "quantity": 1, "discount": 0, **to}
    steps = [((since, number_of(values[word], word)),) for word in PRICE_WORDS]
    return Line(len(lines), event.label, terms, since, False, ((since, RUNNING),), *steps)


def _changed(lines: list[Line], line: Line, event: Event) -> Line:
    """The new lineage: what the event does not say is as it was on the line it follows."""
    since, to, terms = event.effective, event.to, line.terms
    label = to.get("line", line.label)
    if label != line.label and any(each.label == label and each.states[-1][1] != ENDED for each in lines):
        raise ValueError(f"the line {line.label!r} changes on {event.on} to {label!r}, which runs already")
    before = {"interval": terms.interval._asdict(), "anchor": str(terms.anchor), "billing": terms.billing, "proration": terms.proration}
    steps = []
    for word, old in zip(PRICE_WORDS, line[-3:], strict=True):
        steps.append(((since, number_of(to[word], word) if word in to else value_on(old, since)),))
    return Line(len(lines), label, _terms({**before, **to}), since, True, ((since, RUNNING),), *steps)


def _terms(words: dict) -> Terms:
    billing, proration = words["billing"], words["proration"]
    if billing not in (ADVANCE, ARREARS):
        raise ValueError(f"billing is {ADVANCE} or {ARREARS}, not {billing!r}")
    if proration not in POLICIES:
        raise ValueError(f"unknown proration policy {proration!r}, expected one of {', '.join(POLICIES)}")
    interval = check_interval(Interval(words["interval"]["count"], words["interval"]["unit"]))
    return Terms(day_of(words["anchor"]), interval, billing, proration)


def _repriced(line: Line, event: Event) -> Line:
    """The same lineage; terms of billing belong to a lineage for good."""
    other = [word for word in (*TERMS_WORDS, "line") if word in event.to and event.to[word] != line.label]
    if other or not any(word in event.to for word in PRICE_WORDS):
        what = f"not {' and '.join(other)}, which is a change" if other else "which it does not"
        raise ValueError(f"the event of {event.on} that reprices {line.label!r} must say a price, quantity or discount, {what}")
    since = max(event.effective, line.start)
    steps = [
        _from(steps, since, number_of(event.to[word], word)) if word in event.to else steps
        for word, steps in zip(PRICE_WORDS, line[-3:], strict=True)
    ]
    return line._replace(prices=steps[0], quantities=steps[1], discounts=steps[2])


def _check(line: Line, event: Event) -> None:
    """Refuse what says nothing new: a pause inside a pause, an end after the end, a resume of what was not paused."""
    since, last = line.states[-1]
    wanted = {"resume": PAUSED, "reopen": ENDED}.get(event.word)
    if wanted:
        refused = wanted not in (last, value_on(line.states, max(event.effective, line.start)))
    else:
        refused = event.effective >= since and (last == ENDED or (last, event.word) == (PAUSED, "pause"))
    if refused:
        now = {RUNNING: "runs", PAUSED: "is paused", ENDED: "has ended"}[last]
        raise ValueError(f"the line {line.label!r} {now} since {since}: on {event.on} there is nothing to {event.word}")


def _with_state(line: Line, event: Event, state: str) -> Line:
    return line._replace(states=_from(line.states, max(event.effective, line.start), state))


# Steps


def _from(steps: Steps, since: date, value) -> Steps:
    """The steps with another value from a day on, for ever."""
    return (*((day, each) for day, each in steps if day < since), (since, value))


def value_on(steps: Steps, day: date):
    """What holds on a day; before the first step, what the first one says."""
    return next((value for since, value in reversed(steps) if since <= day), steps[0][1])
