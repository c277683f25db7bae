"""Late fees: a fine, once, and simple interest per day on what was still owed after the due date. RULES "Collecting".

The fees of a receivable item are a function of its history (what was owed, when it was due, what was paid when), so asking again, on any
day and after any payment, gives the same answer; what was booked already is taken off (``left``). Fees bear no fees: they are no part
of what is owed here.
"""

from collections.abc import Container, Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .billing_dates import next_business_day
from .money import CENT, round_money

MONTH_DAYS = 30
HUNDRED = 100
NOTHING = Decimal(0)


class LateTerms(NamedTuple):
    """What being late costs.

    :param fine: percent of what was owed after the due date, once.
    :param interest: percent per month of 30 days, simple, by the day.
    :param fine_limit: the highest fine in percent for this customer (2 for consumers in Brazil); None: no limit.
    :param limit: fine and interest together are at most this percent of what was owed; None: no limit.
    :param grace: days after the due date in which a payment costs nothing; who pays later pays from the due date on.
    :param business_days: a due date on a weekend or holiday counts as the next business day.
    """

    fine: Decimal = NOTHING
    interest: Decimal = NOTHING
    fine_limit: Decimal | None = None
    limit: Decimal | None = None
    grace: int = 0
    business_days: bool = True

    @property
    def fine_percent(self) -> Decimal:
        """The fine in percent, as limited for the customer.

        >>> LateTerms(fine=Decimal(10), fine_limit=Decimal(2)).fine_percent
        Decimal('2')
        """
        return self.fine if self.fine_limit is None else min(self.fine, self.fine_limit)


class Fees(NamedTuple):
    """A fine and interest, in one currency."""

    fine: Decimal = NOTHING
    interest: Decimal = NOTHING

    @property
    def total(self) -> Decimal:
        """Both together."""
        return self.fine + self.interest


def last_free_day(due: date, terms: LateTerms, holidays: Container[date] = ()) -> date:
    """The last day on which a payment costs nothing.

    5 September 2026 is a Saturday and Monday the 7th a holiday, so Tuesday is on time; two days of grace count from there:

    >>> last_free_day(date(2026, 9, 5), LateTerms(), {date(2026, 9, 7)})
    datetime.date(2026, 9, 8)
    >>> last_free_day(date(2026, 9, 5), LateTerms(grace=2), {date(2026, 9, 7)})
    datetime.date(2026, 9, 10)
    >>> last_free_day(date(2026, 9, 5), LateTerms(business_days=False))
    datetime.date(2026, 9, 5)
    """
    return _due_day(due, terms, holidays) + timedelta(days=terms.grace)


def late_fees(
    owed: Decimal | Fraction,
    due: date,
    day: date,
    terms: LateTerms,
    payments: Iterable[tuple[date, Decimal | Fraction]] = (),
    *,
    holidays: Container[date] = (),
    rounding: Decimal = CENT,
) -> Fees:
    """The fees of a receivable item as of a day, whatever of them was booked already.

    :param owed: the amount of the item, credit notes for it taken off; without fees.
    :param due: its due date.
    :param payments: day and amount of what was paid of it; payments after ``day`` count not yet.
    :param rounding: of the currency; fine and interest are rounded once each, half up.

    1 000.00 due 10 March, paid 25 March, fine 2 %, 1 % a month: 20.00 and 1000 × 1 % × 15/30 = 5.00.

    >>> terms = LateTerms(fine=Decimal(2), interest=Decimal(1))
    >>> late_fees(Decimal(1000), date(2026, 3, 10), date(2026, 3, 25), terms)
    Fees(fine=Decimal('20.00'), interest=Decimal('5.00'))

    400.00 paid on 20 March: the fine is on all that was late; interest is 10 days of 1 000.00 and 5 of 600.00 (3.33… + 1.00):

    >>> late_fees(Decimal(1000), date(2026, 3, 10), date(2026, 3, 25), terms, [(date(2026, 3, 20), Decimal(400))])
    Fees(fine=Decimal('20.00'), interest=Decimal('4.33'))

    What was paid in time is no part of either, and who pays in time pays nothing:

    >>> late_fees(Decimal(1000), date(2026, 3, 10), date(2026, 3, 25), terms, [(date(2026, 3, 10), Decimal(400))])
    Fees(fine=Decimal('12.00'), interest=Decimal('3.00'))
    >>> late_fees(Decimal(1000), date(2026, 3, 10), date(2026, 3, 10), terms)
    Fees(fine=Decimal('0'), interest=Decimal('0'))

    A limit of 2.2 % for both together leaves 2.00 of interest:

    >>> late_fees(Decimal(1000), date(2026, 3, 10), date(2026, 3, 25), terms._replace(limit=Decimal("2.2")))
    Fees(fine=Decimal('20.00'), interest=Decimal('2.00'))
    """
    free_until = last_free_day(due, terms, holidays)
    paid = sorted((when, Fraction(amount)) for when, amount in payments if when <= day)
    late = Fraction(owed) - sum(amount for when, amount in paid if when <= free_until)
    if day <= free_until or late <= 0:
        return Fees()
    fine = round_money(late * Fraction(terms.fine_percent) / HUNDRED, rounding)
    start = _due_day(due, terms, holidays)
    money_days = _money_days(late, start, day, [payment for payment in paid if payment[0] > free_until])
    interest = round_money(money_days * Fraction(terms.interest) / (HUNDRED * MONTH_DAYS), rounding)
    if terms.limit is None:
        return Fees(fine, interest)
    most = round_money(late * Fraction(terms.limit) / HUNDRED, rounding)
    fine = min(fine, most)
    return Fees(fine, min(interest, most - fine))


def left(fees: Fees, booked: Iterable[Fees]) -> Fees:
    """What is still to be booked of fees; what was booked too much is not given back.

    >>> left(Fees(Decimal(20), Decimal(5)), [Fees(Decimal(20), Decimal(2))])
    Fees(fine=Decimal('0'), interest=Decimal('3'))
    >>> left(Fees(Decimal(20), Decimal(5)), [Fees(Decimal(20), Decimal(2)), Fees(Decimal(0), Decimal(4))])
    Fees(fine=Decimal('0'), interest=Decimal('0'))
    """
    known = list(booked)
    return Fees(
        max(NOTHING, fees.fine - sum((each.fine for each in known), NOTHING)),
        max(NOTHING, fees.interest - sum((each.interest for each in known), NOTHING)),
    )


def _due_day(due: date, terms: LateTerms, holidays: Container[date]) -> date:
    return next_business_day(due, holidays) if terms.business_days else due


def _money_days(late: Fraction, start: date, day: date, payments: list[tuple[date, Fraction]]) -> Fraction:
    """Σ of what was owed each day after the due date: money times days."""
    total, owed, since = Fraction(0), late, start
    for when, amount in [*payments, (day, Fraction(0))]:
        total += owed * (when - since).days
        owed, since = max(Fraction(0), owed - amount), when
    return total
