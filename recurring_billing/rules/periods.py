"""Intervals, anchors and the boundaries of a billing schedule.

The boundaries of a schedule are ``anchor + n × interval`` for every integer *n*, each computed **from the anchor** and
never from the boundary before it, so that a schedule anchored on the 31st returns to the 31st::

    anchor        n=1           n=2           n=3
    |-------------|-------------|-------------|
    31 Jan        29 Feb        31 Mar        30 Apr

Periods are half-open, ``[start, end)``: the end of one is the start of the next.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

DAY, WEEK, MONTH, YEAR = "day", "week", "month", "year"
UNITS = (DAY, WEEK, MONTH, YEAR)
LAST_DAY = 31
LONGEST_YEARS = 100
# A schedule has met every month it ever meets after at most twelve periods, and one that meets February alone has met 29 February,
# if it ever does, after at most eight of them (across a skipped century leap year).
LONGEST_CALENDAR_CYCLE = 12


class Interval(NamedTuple):
    """A count of days, weeks, months or years: the length of one full period.

    >>> Interval(3, MONTH).months
    3
    >>> Interval(2, YEAR).months
    24
    >>> Interval(2, WEEK).days
    14
    """

    count: int
    unit: str

    @property
    def months(self) -> int:
        """The interval in whole months; 0 where it is counted in days or weeks."""
        return self.count * {MONTH: 1, YEAR: 12}.get(self.unit, 0)

    @property
    def days(self) -> int:
        """The interval in days; 0 where it is counted in months or years."""
        return self.count * {DAY: 1, WEEK: 7}.get(self.unit, 0)


class Period(NamedTuple):
    """A half-open range of days ``[start, end)``.

    >>> may = Period(date(2024, 5, 1), date(2024, 6, 1))
    >>> may.days, may.last_day
    (31, datetime.date(2024, 5, 31))
    """

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """The last day inside the period, as people say it ("until 31 May")."""
        return self.end - timedelta(days=1)

    def intersection(self, other: "Period") -> "Period | None":
        """The days in both periods, or None.

        >>> Period(date(2024, 1, 1), date(2024, 2, 1)).intersection(Period(date(2024, 1, 20), date(2024, 3, 1)))
        Period(start=datetime.date(2024, 1, 20), end=datetime.date(2024, 2, 1))
        """
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None


def check_interval(interval: Interval) -> Interval:
    """Return the interval, or raise ValueError when no schedule can be made of it.

    >>> check_interval(Interval(0, MONTH))
    Traceback (most recent call last):
    ValueError: an interval needs a count of at least 1, not 0
    """
    if interval.unit not in UNITS:
        raise ValueError(f"unknown interval unit {interval.unit!r}, expected one of {', '.join(UNITS)}")
    if interval.count < 1:
        raise ValueError(f"an interval needs a count of at least 1, not {interval.count}")
    if max(interval.months / 12, interval.days / 366) > LONGEST_YEARS:
        raise ValueError(f"an interval is at most {LONGEST_YEARS} years, not {interval.count} {interval.unit}s")
    return interval


def boundary(anchor: date, interval: Interval, n: int) -> date:
    """The n-th boundary of a schedule, computed from the anchor and clamped to the month.

    >>> boundary(date(2024, 1, 31), Interval(1, MONTH), 1)
    datetime.date(2024, 2, 29)
    >>> boundary(date(2024, 1, 31), Interval(1, MONTH), 2)
    datetime.date(2024, 3, 31)
    >>> boundary(date(2024, 2, 29), Interval(1, YEAR), -1)
    datetime.date(2023, 2, 28)
    """
    if interval.days:
        return anchor + timedelta(days=interval.days * n)
    return anchor + relativedelta(months=interval.months * n)


def index_at(anchor: date, interval: Interval, day: date) -> int:
    """The number *n* of the period that contains the day: ``boundary(n) <= day < boundary(n + 1)``.

    >>> index_at(date(2024, 1, 31), Interval(1, MONTH), date(2024, 2, 29))
    1
    >>> index_at(date(2024, 1, 31), Interval(1, MONTH), date(2024, 2, 28))
    0
    """
    check_interval(interval)
    if interval.days:
        return (day - anchor).days // interval.days
    months = (day.year - anchor.year) * 12 + day.month - anchor.month
    n = months // interval.months
    # The month arithmetic ignores the day, so it is at most one boundary too far.
    return n if boundary(anchor, interval, n) <= day else n - 1


def period_at(anchor: date, interval: Interval, day: date) -> Period:
    """The full period of the schedule that contains the day.

    >>> period_at(date(2018, 1, 1), Interval(3, MONTH), date(2018, 1, 15))
    Period(start=datetime.date(2018, 1, 1), end=datetime.date(2018, 4, 1))
    """
    n = index_at(anchor, interval, day)
    return Period(boundary(anchor, interval, n), boundary(anchor, interval, n + 1))


def iter_periods(anchor: date, interval: Interval, since: date) -> Iterator[Period]:
    """Every full period from the one that contains ``since``, without end.

    >>> periods = iter_periods(date(2024, 1, 31), Interval(1, MONTH), date(2024, 3, 5))
    >>> next(periods).start.isoformat(), next(periods).start.isoformat()
    ('2024-02-29', '2024-03-31')
    """
    n = index_at(anchor, interval, since)
    start = boundary(anchor, interval, n)
    while True:
        n += 1
        end = boundary(anchor, interval, n)
        yield Period(start, end)
        start = end


def periods_between(anchor: date, interval: Interval, since: date, until: date) -> list[Period]:
    """Every full period that overlaps ``[since, until)``.

    >>> [p.end.isoformat() for p in periods_between(date(2024, 1, 31), Interval(1, MONTH), date(2024, 1, 31), date(2024, 4, 30))]
    ['2024-02-29', '2024-03-31', '2024-04-30']
    """
    found = []
    if since >= until:
        return found
    for period in iter_periods(anchor, interval, since):
        if period.start >= until:
            return found
        found.append(period)


def aligned_anchor(start: date, interval: Interval, day: int, month: int = 0) -> date:
    """The anchor of an aligned plan: a fixed day of the month (31 is the last), for quarters and years also a fixed month.

    The anchor lies on or before the start where the calendar allows it, and always in a month long enough to hold the wanted
    day, because the boundaries are clamped from it.

    :param day: 1 to 31; a month without it uses its last day.
    :param month: 1 to 12, or 0 where any month will do.
    :raises ValueError: for an interval counted in days or weeks, which has no fixed day of the month.

    >>> aligned_anchor(date(2024, 4, 20), Interval(1, MONTH), 5)
    datetime.date(2024, 4, 5)
    >>> aligned_anchor(date(2024, 4, 20), Interval(1, MONTH), LAST_DAY)
    datetime.date(2024, 3, 31)
    >>> aligned_anchor(date(2024, 5, 20), Interval(3, MONTH), 1, month=1)
    datetime.date(2024, 4, 1)
    >>> aligned_anchor(date(2023, 5, 20), Interval(1, YEAR), LAST_DAY, month=2)
    datetime.date(2020, 2, 29)
    """
    step = check_interval(interval).months
    if not step:
        raise ValueError("only intervals of months or years can be aligned to a day of the month")
    candidate = start.replace(day=1)
    if month:
        candidate -= relativedelta(months=(candidate.month - month) % min(step, 12))
    if candidate + relativedelta(day=day) > start:
        candidate -= relativedelta(months=min(step, 12) if month else 1)
    best = candidate + relativedelta(day=day)
    for n in range(1, LONGEST_CALENDAR_CYCLE + 1):
        if best.day == day:
            break
        earlier = candidate - relativedelta(months=n * step) + relativedelta(day=day)
        best = max(best, earlier, key=lambda found: (found.day, found))
    return best


def trial_end(start: date, trial: Interval | None) -> date:
    """The day a trial ends and the paid schedule starts; without a trial, the start itself.

    >>> trial_end(date(2024, 1, 31), Interval(1, MONTH))
    datetime.date(2024, 2, 29)
    >>> trial_end(date(2024, 1, 31), Interval(14, DAY))
    datetime.date(2024, 2, 14)
    """
    return boundary(start, check_interval(trial), 1) if trial and trial.count else start
