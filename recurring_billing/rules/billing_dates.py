"""Invoice date, due date, business days, and the guard against billing old work silently.

Four dates, four rules: the *service period* follows the schedule, the *invoice date* is the day of the run (or the day the period became
due), the *accounting date* is the ledger's own business, the *due date* is the payment term's or the customer's chosen day.
"""

from collections.abc import Container, Iterable
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from dateutil.relativedelta import relativedelta

RUN_DATE, PERIOD_DATE = "run", "period"
CATCH_UP_DAYS = 31
GUARD_FACTOR = 3
GUARD_RUNS = 3
PEAK_MARGIN = Decimal("1.5")
SATURDAY = 5


def invoice_date(policy: str, today: date, due_on: date) -> date:
    """The day of the run, or the day the period became due, never later than today.

    >>> invoice_date(PERIOD_DATE, date(2024, 5, 25), date(2024, 6, 1))
    datetime.date(2024, 5, 25)
    >>> invoice_date(PERIOD_DATE, date(2024, 6, 3), date(2024, 6, 1))
    datetime.date(2024, 6, 1)
    """
    return min(today, due_on) if policy == PERIOD_DATE else today


def day_on_or_after(day: int, earliest: date) -> date:
    """The first such day of a month (31 is the last) on or after a date.

    "June, issued 25 May, due 10 June": the earliest moment is 1 June.

    >>> day_on_or_after(10, date(2024, 6, 1))
    datetime.date(2024, 6, 10)
    >>> day_on_or_after(10, date(2024, 6, 11))
    datetime.date(2024, 7, 10)
    >>> day_on_or_after(31, date(2024, 2, 10))
    datetime.date(2024, 2, 29)
    """
    found = earliest + relativedelta(day=day)
    return found if found >= earliest else earliest + relativedelta(months=1, day=day)


def next_business_day(day: date, holidays: Container[date] = ()) -> date:
    """The day itself, or the first day after it that is neither a Saturday, a Sunday nor a public holiday.

    >>> next_business_day(date(2024, 6, 1))
    datetime.date(2024, 6, 3)
    >>> next_business_day(date(2024, 12, 25), {date(2024, 12, 25)})
    datetime.date(2024, 12, 26)
    """
    while day.weekday() >= SATURDAY or day in holidays:
        day += timedelta(days=1)
    return day


def needs_confirmation(
    due_days: Iterable[date], today: date, *, limit_days: int = CATCH_UP_DAYS, confirmed_until: date | None = None
) -> bool:
    """Whether any of the work became due so long ago that a person must confirm it.

    :param due_days: the due moments of the service; lead days do not count, else a new line billed a month ahead would wait.
    :param confirmed_until: a person has agreed to bill everything due up to this day.

    >>> needs_confirmation([date(2024, 1, 1)], date(2024, 2, 1))
    False
    >>> needs_confirmation([date(2024, 1, 1)], date(2024, 2, 2))
    True
    >>> needs_confirmation([date(2024, 1, 1)], date(2024, 2, 2), confirmed_until=date(2024, 1, 31))
    False
    """
    oldest = today - timedelta(days=limit_days)
    return any(day < oldest and not (confirmed_until and day <= confirmed_until) for day in due_days)


def exceeds_usual(total: Decimal, previous: Iterable[Decimal], factor: Decimal | int = GUARD_FACTOR, *, peak: Decimal | int = 0) -> bool:
    """Whether a run's total is more than ``factor`` times the median of the runs before it; a factor of 0 never holds a run.

    :param peak: the largest total of the past year. A firm that bills most customers on one day of the month has small runs on all
        the others: a total at most half above the peak is usual too, else the guard would cry wolf every month.

    >>> usual = [Decimal(100), Decimal(110), Decimal(90)]
    >>> exceeds_usual(Decimal(300), usual), exceeds_usual(Decimal("300.01"), usual)
    (False, True)
    >>> exceeds_usual(Decimal(10000), usual[:2])
    False
    >>> exceeds_usual(Decimal(5200), usual, peak=Decimal(5000)), exceeds_usual(Decimal(7501), usual, peak=Decimal(5000))
    (False, True)
    """
    totals = [amount for amount in previous if amount]
    return bool(factor) and len(totals) >= GUARD_RUNS and total > max(median(totals) * factor, peak * PEAK_MARGIN)
