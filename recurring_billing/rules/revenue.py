"""Monthly recurring revenue (RULES §6): what a line is worth a month, what is booked of it as it changes, and what each movement is called.

A customer's amounts per period are normalised to a month of 365.25 / 12 days. What is **booked** of a line is its monthly amount in company
currency, rounded to the cent; a movement is the difference of two booked amounts, so that opening + movements = closing at any time::

    amount    0 ......| 500 a year |  625 a year  |(paused)| 625 a year |...... 0
    booked       0    |   41.67    |    52.08     |   0    |   52.08    |    0
    movement       +41.67       +10.41        −52.08    +52.08       −52.08
                     new        expansion     churn   reactivation    churn
"""

from collections.abc import Callable, Hashable, Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .money import CENT, round_money
from .periods import Interval

DAYS_PER_MONTH = Fraction(36525, 1200)

NEW, EXPANSION, CONTRACTION, CHURN, REACTIVATION = "new", "expansion", "contraction", "churn", "reactivation"
KINDS = (NEW, EXPANSION, CONTRACTION, CHURN, REACTIVATION)

START, PRICE, PAUSE, RESUME, END, REPLACE = "start", "price", "pause", "resume", "end", "replace"


def per_month(amount: Fraction, interval: Interval) -> Fraction:
    """Monthly recurring revenue of an amount per period: a year counts 12 months, a week 7 days.

    >>> per_month(Fraction(2000), Interval(1, "year"))
    Fraction(500, 3)
    >>> per_month(Fraction(90), Interval(3, "month"))
    Fraction(30, 1)
    >>> round(float(per_month(Fraction(7), Interval(1, "week"))), 4)
    30.4375
    """
    if interval.months:
        return Fraction(amount) / interval.months
    return Fraction(amount) * DAYS_PER_MONTH / interval.days


class Stretch(NamedTuple):
    """A part of a line at one amount, ``[start, end)``; open-ended where ``end`` is None.

    :param monthly: the untaxed amount after discounts, per month, in the line's currency.
    :param pauses: it ends with a pause.
    """

    line: Hashable
    start: date
    end: date | None
    monthly: Fraction
    pauses: bool = False


class Step(NamedTuple):
    """What is booked (or, negative, released) of a line on a day.

    :param paused: it comes from a pause, or takes one back.
    :param reason: what happened to the line: ``START``, ``PRICE``, ``PAUSE``, ``RESUME``, ``END`` or ``REPLACE``.
    """

    line: Hashable
    on: date
    amount: Decimal
    paused: bool
    reason: str


Rate = Callable[[Hashable, date], Fraction]
"""Units of company currency for one of the line's, on a day."""


def _no_rate(_line: Hashable, _day: date) -> Fraction:
    return Fraction(1)


def booked_steps(stretches: Iterable[Stretch], until: date, rate: Rate = _no_rate, rounding: Decimal = CENT) -> list[Step]:
    """What is booked and released along one thread (a lineage and what replaces it), up to and including a day.

    The rate is that of the day an amount starts: more is booked at the rate of its day, less releases what was booked in proportion, and
    the last stretch releases all the rest. A resume takes back exactly what its pause released.

    :param stretches: in date order, not overlapping.
    :raises ValueError: when they overlap.

    500 a year from January, 625 from March, paused in May, resumed in June at 750:

    >>> yearly = [Fraction(500, 12), Fraction(625, 12), Fraction(750, 12)]
    >>> days = [date(2026, month, 1) for month in (1, 3, 5, 6)]
    >>> thread = [
    ...     Stretch("a", days[0], days[1], yearly[0]),
    ...     Stretch("b", days[1], days[2], yearly[1], pauses=True),
    ...     Stretch("c", days[3], None, yearly[2]),
    ... ]
    >>> for step in booked_steps(thread, date(2026, 12, 31)):
    ...     print(step.on, step.line, step.amount, step.paused, step.reason)
    2026-01-01 a 41.67 False start
    2026-03-01 a -41.67 False price
    2026-03-01 b 52.08 False price
    2026-05-01 b -52.08 True pause
    2026-06-01 c 52.08 True resume
    2026-06-01 c 10.42 False price

    100 euros booked at 1.10, raised to 150 when a euro costs 1.20, halved when it costs 1.50:

    >>> rates = {days[0]: Fraction("1.1"), days[1]: Fraction("1.2"), days[2]: Fraction("1.5")}
    >>> euros = [Stretch("a", days[0], days[1], Fraction(100)), Stretch("a", days[1], days[2], Fraction(150))]
    >>> euros.append(Stretch("a", days[2], days[3], Fraction(75)))
    >>> [str(step.amount) for step in booked_steps(euros, date(2026, 12, 31), lambda _line, day: rates[day])]
    ['110.00', '60.00', '-85.00', '-85.00']
    """
    book = _Book(until, rate, rounding)
    for stretch in stretches:
        book.begin(stretch)
    book.close()
    return book.steps


class _Book:
    """What is booked of a thread while its stretches are read one after the other."""

    def __init__(self, until: date, rate: Rate, rounding: Decimal):
        self.until, self.rate, self.rounding = until, rate, rounding
        self.steps: list[Step] = []
        self.last: Stretch | None = None
        self.exact = Fraction(0)
        """What is booked of the last stretch, before it is rounded."""

    def begin(self, stretch: Stretch):
        last = self.last
        if last and (last.end is None or last.end > stretch.start):
            raise ValueError(f"the stretches of {stretch.line!r} overlap on {stretch.start}")
        day, before = stretch.start, self.exact
        joins = last is not None and last.end == day
        resumes = last is not None and last.pauses and not joins
        self._set(stretch, goes_on=joins or resumes)
        if joins and last.line == stretch.line:
            self._step(stretch.line, day, self._rounded(self.exact) - self._rounded(before), PRICE)
        elif joins:
            self._step(last.line, day, -self._rounded(before), PRICE)
            self._step(stretch.line, day, self._rounded(self.exact), PRICE)
        else:
            if last:
                self._release(last, before)
            back = self._rounded(before) if resumes else Decimal(0)
            self._step(stretch.line, day, back, RESUME, paused=True)
            self._step(stretch.line, day, self._rounded(self.exact) - back, PRICE if resumes else START)

    def close(self):
        if self.last and self.last.end is not None:
            self._release(self.last, self.exact)

    def _set(self, stretch: Stretch, *, goes_on: bool):
        before = self.last.monthly if goes_on else Fraction(0)
        now = stretch.monthly
        if now != before or not goes_on:
            shrinks = before and 0 <= now / before <= 1
            if shrinks:
                self.exact = self.exact * now / before
            else:
                more = Fraction(self.rate(stretch.line, stretch.start)) * (now - before)
                self.exact = (self.exact if goes_on else Fraction(0)) + more
        self.last = stretch

    def _release(self, stretch: Stretch, exact: Fraction):
        self._step(stretch.line, stretch.end, -self._rounded(exact), PAUSE if stretch.pauses else END, paused=stretch.pauses)

    def _step(self, line, day: date, amount: Decimal, reason: str, *, paused: bool = False):
        if amount and day <= self.until:
            self.steps.append(Step(line, day, amount, paused, reason))

    def _rounded(self, exact: Fraction) -> Decimal:
        return round_money(exact, self.rounding)


class Movement(NamedTuple):
    """What happened to a customer's recurring revenue on a day, all its lines together.

    :param kind: one of ``KINDS``; where the day nets to nothing, the kind that this nothing has.
    """

    on: date
    kind: str
    amount: Decimal
    opening: Decimal

    @property
    def closing(self) -> Decimal:
        return self.opening + self.amount


def classify(days: Iterable[tuple[date, Decimal]], is_active: Callable[[date], bool] = lambda _day: False) -> list[Movement]:
    """What each day of a customer is called.

    *New* is the first paid recurring revenue, *churn* when the last active line ends, *reactivation* when a churned customer returns;
    between them more is *expansion*, less is *contraction*. What happens on one day nets.

    :param days: of each day the net of what was booked and released, in date order.
    :param is_active: whether the customer has a recurring line on a day after which nothing is booked, so one that costs nothing then.

    ChartMogul's example: 4 × 500 a year in January; 2 × 30 a month are added in March and leave in May; the year is not renewed.

    >>> year, add_on = Decimal("166.67"), Decimal(60)
    >>> days = [(date(2026, 1, 10), year), (date(2026, 3, 10), add_on), (date(2026, 5, 10), -add_on), (date(2027, 1, 10), -year)]
    >>> [(movement.kind, str(movement.amount)) for movement in classify(days)]
    [('new', '166.67'), ('expansion', '60'), ('contraction', '-60'), ('churn', '-166.67')]

    A customer who gets two months for nothing has not left:

    >>> free = [(date(2026, 1, 1), Decimal(30)), (date(2026, 2, 1), Decimal(-30)), (date(2026, 4, 1), Decimal(30))]
    >>> [movement.kind for movement in classify(free, lambda day: True)], [movement.kind for movement in classify(free)]
    (['new', 'contraction', 'expansion'], ['new', 'churn', 'reactivation'])
    """
    found, level = [], Decimal(0)
    back = NEW
    """What it is called when something is booked after nothing was."""
    for day, amount in days:
        closing = level + amount
        if not level:
            kind = back
        elif not closing:
            kind = CONTRACTION if is_active(day) else CHURN
        else:
            kind = CONTRACTION if amount < 0 else EXPANSION
        if level and not closing:
            back = EXPANSION if kind == CONTRACTION else REACTIVATION
        found.append(Movement(day, kind, amount, level))
        level = closing
    return found
