"""What a contract says of leaving it: minimum term, notice, exit fee, withdrawal.

Terms are periods ``[start, end)``; a **last day** is the last day of service, that day included, as people say it.

The consumer's right to withdraw within seven days is article 49 of the Brazilian consumer code (CDC, Lei 8.078/1990), counted without the
first day and with the last (article 132 of the Código Civil); both quoted from secondary sources. Source of the rules: RULES
"Subscription terms" (minimum term, notice) and PRODUCT A7, A13.
"""

from collections.abc import Hashable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .lineages import Lineage
from .money import CENT, round_money
from .periods import Interval, Period, boundary, check_interval, iter_periods, period_at

ANY_DAY, PERIOD_END, TERM_END = "day", "period", "term"
NO_FEE, PERCENT, FIXED, FALLING = "none", "percent", "fixed", "falling"
DAY = timedelta(days=1)
HUNDRED = 100


class Contract(NamedTuple):
    """What was agreed about staying and leaving.

    :param start: the first day of the minimum term: the first paid day, or the first day of what was agreed anew.
    :param anchor: of the billing schedule, as ``interval``.
    :param term: how long the customer commits to stay; None: not at all.
    :param renews: after the minimum term another term of the same length begins.
    :param notice_days: how many days ahead a cancellation is announced.
    :param ends: on which days service may end: ``ANY_DAY``, ``PERIOD_END``, ``TERM_END``.
    """

    start: date
    anchor: date
    interval: Interval
    term: Interval | None = None
    renews: bool = False
    notice_days: int = 0
    ends: str = ANY_DAY


class ExitFee(NamedTuple):
    """What leaving within the minimum term costs.

    :param kind: ``NO_FEE``; ``PERCENT`` of what would still have been billed; ``FIXED``; ``FALLING`` with the time served.
    :param value: percent, or an amount.
    """

    kind: str = NO_FEE
    value: Decimal = Decimal(0)


class ImaginedEnds(dict):
    """By lineage, the first day without service, were it to end then: for previews.

    A class of its own, so that no caller from outside can send one.

    >>> from .lineages import Segment
    >>> gym = Segment("A", "gym", date(2026, 1, 1), None, None)
    >>> str(ImaginedEnds(gym=date(2026, 3, 10)).cut(gym).end)
    '2026-03-10'
    >>> ImaginedEnds(gym=date(2026, 1, 1)).cut(gym) is None
    True
    """

    def cut(self, segment):
        """A segment as it would be; None where nothing is left of it."""
        end = self.get(segment.lineage)
        if end is None or (segment.end is not None and segment.end <= end):
            return segment
        return segment._replace(end=end) if end > segment.start else None


def minimum_term(contract: Contract) -> Period | None:
    """The days the customer has committed to stay, or None.

    >>> year = Contract(date(2026, 1, 31), date(2026, 1, 31), Interval(1, "month"), term=Interval(12, "month"))
    >>> minimum_term(year).last_day
    datetime.date(2027, 1, 30)
    >>> minimum_term(year._replace(term=None)) is None
    True
    """
    if not contract.term:
        return None
    return Period(contract.start, boundary(contract.start, check_interval(contract.term), 1))


def running_term(contract: Contract, day: date) -> Period | None:
    """The term that runs on a day: the minimum term, and where the contract renews, each that follows; None where none runs.

    Before the first day it is the minimum term. Terms are counted from the first day, never from the term before.

    >>> half_year = Contract(date(2026, 1, 1), date(2026, 1, 1), Interval(1, "month"), term=Interval(6, "month"), renews=True)
    >>> running_term(half_year, date(2026, 7, 1)).last_day
    datetime.date(2026, 12, 31)
    >>> running_term(half_year._replace(renews=False), date(2026, 7, 1)) is None
    True
    """
    first = minimum_term(contract)
    if not first or day < first.end:
        return first
    return period_at(contract.start, contract.term, day) if contract.renews else None


def notice_last_day(contract: Contract, today: date) -> date:
    """The earliest last day that keeps the notice, were it given today; without notice, yesterday: service ends at once.

    >>> monthly = Contract(date(2026, 1, 1), date(2026, 1, 1), Interval(1, "month"), notice_days=30)
    >>> notice_last_day(monthly, date(2026, 3, 10))
    datetime.date(2026, 4, 9)
    >>> notice_last_day(monthly._replace(notice_days=0), date(2026, 3, 10))
    datetime.date(2026, 3, 9)
    """
    return today + timedelta(days=contract.notice_days) if contract.notice_days else today - DAY


def earliest_last_day(contract: Contract, today: date, *, bound: bool = True) -> date:
    """The earliest last day the contract allows, were notice given today.

    :param bound: the minimum term must be kept; False where leaving it costs an exit fee instead.

    Thirty days of notice given on 10 March 2026 of a contract of a year from 1 January 2026: after the year; once it is over, on the
    thirtieth day; where service ends with a period or a term, at the end of that one.

    >>> year = Contract(date(2026, 1, 1), date(2026, 1, 1), Interval(1, "month"), term=Interval(1, "year"), notice_days=30)
    >>> earliest_last_day(year, date(2026, 3, 10))
    datetime.date(2026, 12, 31)
    >>> earliest_last_day(year, date(2026, 3, 10), bound=False)
    datetime.date(2026, 4, 9)
    >>> earliest_last_day(year, date(2027, 3, 10))
    datetime.date(2027, 4, 9)
    >>> earliest_last_day(year._replace(ends=PERIOD_END), date(2027, 3, 10))
    datetime.date(2027, 4, 30)
    >>> earliest_last_day(year._replace(ends=TERM_END, renews=True), date(2027, 3, 10))
    datetime.date(2027, 12, 31)
    """
    day = notice_last_day(contract, today)
    first = minimum_term(contract)
    if bound and first:
        day = max(day, first.last_day)
    if contract.ends == TERM_END:
        term = running_term(contract, day)
        if term and (bound or term != first):
            day = term.last_day
    elif contract.ends == PERIOD_END:
        day = period_at(contract.anchor, contract.interval, day).last_day
    return day


def remaining_amount(lineages: list[Lineage], since: date, until: date, factors: Mapping[Hashable, Fraction] | None = None) -> Fraction:
    """What the days ``[since, until)`` would cost, at the price and discounts of each period, exact.

    :param factors: by segment key, what counts of one unit of money of its price: without the taxes included in it, say. Default: all.

    50.00 a month from 16 April to 1 July 2026: half of April, May and June.

    >>> from .lineages import Ledger, Segment, Terms, by_lineage
    >>> from .money import Price
    >>> terms = Terms(date(2026, 1, 1), Interval(1, "month"))
    >>> gym = Segment("A", "A", date(2026, 1, 1), None, Price(Decimal("50")))
    >>> remaining_amount(by_lineage(terms, [gym], Ledger()), date(2026, 4, 16), date(2026, 7, 1))
    Fraction(125, 1)
    """
    return sum((_remaining_of(lineage, since, until, factors or {}) for lineage in lineages), Fraction(0))


def _remaining_of(lineage: Lineage, since: date, until: date, factors: Mapping[Hashable, Fraction]) -> Fraction:
    total = Fraction(0)
    if since >= until or not lineage.segments:
        return total
    asked = Period(since, until)
    for full in iter_periods(lineage.terms.anchor, lineage.terms.interval, since):
        if full.start >= until:
            return total
        for wanted in lineage.wanted(full):
            piece = wanted.piece.intersection(asked)
            if piece:
                total += wanted.price.per_period * factors.get(wanted.segment.key, 1) * piece.days / full.days
    return total


def exit_fee(fee: ExitFee, term: Period | None, day: date, remaining: Fraction = Fraction(0), rounding: Decimal = CENT) -> Decimal:
    """What it costs to leave, with ``day`` as the first day without service; nothing once the minimum term is over.

    :param term: the minimum term, None where there is none.
    :param remaining: what would still have been billed until the end of the minimum term: ``remaining_amount``.

    A year from 1 January 2026 that is left after 30 June, with 184 of 365 days to go, of 50.00 a month:

    >>> year, leaving = Period(date(2026, 1, 1), date(2027, 1, 1)), date(2026, 7, 1)
    >>> exit_fee(ExitFee(PERCENT, Decimal("30")), year, leaving, Fraction(300))
    Decimal('90.00')
    >>> exit_fee(ExitFee(FIXED, Decimal("120.00")), year, leaving)
    Decimal('120.00')
    >>> exit_fee(ExitFee(FALLING, Decimal("600.00")), year, leaving)
    Decimal('302.47')
    >>> exit_fee(ExitFee(FALLING, Decimal("600.00")), year, date(2027, 1, 1))
    Decimal('0')

    Half a cent counts as one: 25 % of 0.10 more is 0.03.

    >>> exit_fee(ExitFee(PERCENT, Decimal("25")), year, leaving, Fraction(1, 10))
    Decimal('0.03')
    """
    if fee.kind not in (NO_FEE, PERCENT, FIXED, FALLING):
        raise ValueError(f"unknown kind of exit fee {fee.kind!r}")
    if fee.kind == NO_FEE or not term or day >= term.end:
        return Decimal(0)
    if fee.kind == PERCENT:
        return round_money(max(remaining, Fraction(0)) * Fraction(fee.value) / HUNDRED, rounding)
    if fee.kind == FALLING:
        left = (term.end - max(day, term.start)).days
        return round_money(Fraction(fee.value) * left / term.days, rounding)
    return round_money(fee.value, rounding)


def withdrawal_deadline(since: date, days: int) -> date | None:
    """The last day on which a customer may withdraw and get everything back; None where nobody may.

    :param since: the day of the signature, or the first day of service where that is later; it does not count itself.

    >>> withdrawal_deadline(date(2026, 3, 1), 7)
    datetime.date(2026, 3, 8)
    >>> withdrawal_deadline(date(2026, 3, 1), 0) is None
    True
    """
    return since + timedelta(days=days) if days > 0 else None
