"""When revenue is earned: by the days of its service, whatever the day it was invoiced.

At the end of any day, of an amount ``total`` for the service ``[start, end)`` that was booked on an accounting date::

    earned   = round(total × days of service up to that day / all days)
    booked   = total from the accounting date on, 0 before
    deferred = booked, not earned yet          (invoiced ahead of the service)
    accrued  = earned, not booked yet          (service ahead of the invoice)

so that ``booked − deferred + accrued = earned``. Rounding is cumulative: what a month earns is the difference of two rounded totals, so
months add up to the amount exactly. Credits are negative amounts of the same computation.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .money import CENT, round_money
from .periods import Period


class Schedule(NamedTuple):
    """An amount at the end of a day.

    :param earned: of the service rendered up to that day, that day included.
    """

    total: Decimal
    earned: Decimal
    deferred: Decimal
    accrued: Decimal


class Month(NamedTuple):
    """What one calendar month earns of an amount; its two parts lie before and after the end of the day looked at.

    :param first_day: of the calendar month.
    """

    first_day: date
    amount: Decimal
    deferred: Decimal
    accrued: Decimal


def earned(total: Decimal, service: Period, day: date, rounding: Decimal = CENT) -> Decimal:
    """What is earned at the end of a day.

    120.00 for the year 2024 (366 days), at the end of January (31 days): 120 × 31 / 366 = 10.163...

    >>> earned(Decimal("120.00"), Period(date(2024, 1, 1), date(2025, 1, 1)), date(2024, 1, 31))
    Decimal('10.16')
    >>> earned(Decimal("-120.00"), Period(date(2024, 1, 1), date(2025, 1, 1)), date(2025, 6, 30))
    Decimal('-120.00')
    """
    days = min(max((day - service.start).days + 1, 0), service.days)
    if days == service.days:
        return total
    return round_money(Fraction(total) * Fraction(days, service.days), rounding)


def schedule(total: Decimal, service: Period, booked_on: date, day: date, rounding: Decimal = CENT) -> Schedule:
    """What of an amount is deferred or accrued at the end of a day.

    A year of 366 days from 1 October 2023, 366.00, invoiced on its first day, at the end of 2023 (92 days of it are over):

    >>> year = Period(date(2023, 10, 1), date(2024, 10, 1))
    >>> schedule(Decimal("366.00"), year, date(2023, 10, 1), date(2023, 12, 31))
    Schedule(total=Decimal('366.00'), earned=Decimal('92.00'), deferred=Decimal('274.00'), accrued=Decimal('0.00'))

    The same in arrears, invoiced at its end:

    >>> schedule(Decimal("366.00"), year, date(2024, 10, 1), date(2023, 12, 31))
    Schedule(total=Decimal('366.00'), earned=Decimal('92.00'), deferred=Decimal('0.00'), accrued=Decimal('92.00'))
    """
    so_far = earned(total, service, day, rounding)
    nothing = total - total
    if booked_on <= day:
        return Schedule(total, so_far, total - so_far, nothing)
    return Schedule(total, so_far, nothing, so_far)


def by_month(total: Decimal, service: Period, booked_on: date, day: date, rounding: Decimal = CENT) -> list[Month]:
    """The amount by the calendar month that earns it, and what of each month is deferred or accrued at the end of a day.

    100.00 for 16 January to 15 March 2023 (59 days: 16, 28 and 15), invoiced on 16 January, seen at the end of 10 February:

    >>> for month in by_month(Decimal("100.00"), Period(date(2023, 1, 16), date(2023, 3, 16)), date(2023, 1, 16), date(2023, 2, 10)):
    ...     print(month.first_day, month.amount, month.deferred)
    2023-01-01 27.12 0.00
    2023-02-01 47.46 30.51
    2023-03-01 25.42 25.42
    """
    nothing = total - total
    booked = booked_on <= day
    months, before, seen = [], nothing, nothing
    for first_day, last_day in _months(service):
        after = earned(total, service, last_day, rounding)
        so_far = earned(total, service, min(day, last_day), rounding)
        amount, earned_of_it = after - before, so_far - seen
        months.append(Month(first_day, amount, amount - earned_of_it if booked else nothing, nothing if booked else earned_of_it))
        before, seen = after, so_far
    return months


def _months(service: Period) -> Iterator[tuple[date, date]]:
    """The calendar months the service touches: first and last day of each.

    >>> [str(last) for _first, last in _months(Period(date(2023, 12, 31), date(2024, 2, 2)))]
    ['2023-12-31', '2024-01-31', '2024-02-29']
    """
    first = service.start.replace(day=1)
    while first < service.end:
        following = (first + timedelta(days=31)).replace(day=1)
        yield first, following - timedelta(days=1)
        first = following
