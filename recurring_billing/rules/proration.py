"""Which share of a full period a covered part of it is.

Every policy is a weight per day of the full period; a share is the sum of the weights of the covered days. So a period cut into
parts always costs what it costs whole, and amounts depend on the segments alone, never on when something was recorded or billed.

=========  ==========================================================================================================
``actual``  a day weighs 1 / days of the full period (28-31, 365/366)
``thirty``  a day weighs 1 / 30 per month of the interval, at most 1 in all; where the lineage covers the whole full
            period, its last day takes what is missing to exactly 1. Days and weeks are ``actual``
``full``    the leading stub costs a whole period, spread evenly over its own days; every other cut is ``actual``
``none``    the leading stub is free; every other cut is ``actual``
=========  ==========================================================================================================
"""

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction

from .periods import Interval, Period

ACTUAL, THIRTY, FULL, NONE = "actual", "thirty", "full", "none"
POLICIES = (ACTUAL, THIRTY, FULL, NONE)
DAYS_PER_MONTH = 30


def share(
    covered: Sequence[Period],
    full: Period,
    interval: Interval,
    policy: str = ACTUAL,
    *,
    lineage: Sequence[Period] | None = None,
    leading_stub: Period | None = None,
) -> Fraction:
    """The share of the full period that the covered ranges are, between 0 and 1.

    :param covered: ranges inside the full period that do not overlap.
    :param lineage: every range of the full period that the lineage wants, in date order; default: what is covered.
        Only ``thirty`` looks at it.
    :param leading_stub: the lineage's leading stub when it lies in this full period: from the lineage's start to the end of the full
        period. Only ``full`` and ``none`` look at it.
    :raises ValueError: for an unknown policy.

    1 February to 13 February of a period that runs from 13 January to 13 February (31 days):

    >>> from datetime import date
    >>> january = Period(date(2011, 1, 13), date(2011, 2, 13))
    >>> stub = Period(date(2011, 2, 1), date(2011, 2, 13))
    >>> monthly = Interval(1, "month")
    >>> share([stub], january, monthly)
    Fraction(12, 31)
    >>> share([stub], january, monthly, THIRTY)
    Fraction(2, 5)
    >>> share([stub], january, monthly, FULL, leading_stub=stub)
    Fraction(1, 1)
    >>> share([january], january, monthly, THIRTY)
    Fraction(1, 1)
    """
    if policy not in POLICIES:
        raise ValueError(f"unknown proration policy {policy!r}, expected one of {', '.join(POLICIES)}")
    if policy == THIRTY and interval.months:
        return _share_of_thirty(covered, full, interval.months * DAYS_PER_MONTH, lineage or covered)
    if policy in (FULL, NONE) and leading_stub:
        if policy == NONE:
            return Fraction(0)
        return Fraction(_days_inside(covered, leading_stub), leading_stub.days)
    return Fraction(sum(part.days for part in covered), full.days)


def leading_stub(lineage_start, full: Period, follows: bool) -> Period | None:
    """The part of the full period after the lineage's start, when the lineage starts inside it and follows no other.

    >>> from datetime import date
    >>> april = Period(date(2026, 4, 1), date(2026, 5, 1))
    >>> leading_stub(date(2026, 4, 20), april, follows=False).days
    11
    >>> leading_stub(date(2026, 4, 1), april, follows=False) is None
    True
    """
    if follows or not full.start < lineage_start < full.end:
        return None
    return Period(lineage_start, full.end)


def _days_inside(parts: Sequence[Period], whole: Period) -> int:
    return sum(found.days for part in parts if (found := part.intersection(whole)))


def _share_of_thirty(covered: Sequence[Period], full: Period, base: int, lineage: Sequence[Period]) -> Fraction:
    """Weights run along the days the lineage wants, so that the last of them takes the remainder.

    >>> from datetime import date
    >>> february = Period(date(2023, 2, 1), date(2023, 3, 1))
    >>> first, second = Period(date(2023, 2, 1), date(2023, 2, 11)), Period(date(2023, 2, 11), date(2023, 3, 1))
    >>> _share_of_thirty([first], february, 30, [first, second]), _share_of_thirty([second], february, 30, [first, second])
    (Fraction(1, 3), Fraction(2, 3))
    """
    wanted = sorted(lineage)
    starts = [part.start for part in wanted]

    def wanted_before(day):
        n = bisect_right(starts, day)
        return sum((min(part.end, day) - part.start).days for part in wanted[:n])

    def cumulated(days):
        return Fraction(1) if days == full.days else min(Fraction(1), Fraction(days, base))

    return sum((cumulated(wanted_before(part.end)) - cumulated(wanted_before(part.start)) for part in covered), Fraction(0))
