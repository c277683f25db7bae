"""Figures of receivables: default rate, recovery, days sales outstanding, promises kept. RULES "Revenue"."""

from decimal import Decimal
from fractions import Fraction

WINDOW_DAYS = 90
HUNDRED = 100


def default_rate(overdue: Decimal, written_off: Decimal, invoiced: Decimal) -> Decimal | None:
    """The part, in percent, of what fell due in the window that is late still; what was written off stays in.

    :param invoiced: what fell due in the window, credit notes taken off.
    :return: with one decimal; None where nothing fell due.

    120.00 late and 30.00 written off of 2 000.00:

    >>> default_rate(Decimal(120), Decimal(30), Decimal(2000))
    Decimal('7.5')
    >>> default_rate(Decimal(0), Decimal(0), Decimal(0)) is None
    True
    """
    return percent(overdue + written_off, invoiced)


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """A part of a whole in percent, with one decimal, half up; between 0 and 100; None of nothing.

    >>> percent(Decimal(1), Decimal(3)), percent(Decimal(5), Decimal(4)), percent(Decimal(1), Decimal(0))
    (Decimal('33.3'), Decimal('100.0'), None)
    """
    if whole <= 0:
        return None
    share = min(max(Fraction(part) / Fraction(whole), Fraction(0)), Fraction(1))
    return Decimal(int(share * HUNDRED * 10 + Fraction(1, 2))).scaleb(-1)


def days_sales_outstanding(still_open: Decimal, invoiced: Decimal, days: int = WINDOW_DAYS) -> int | None:
    """How many days of sales are waiting to be paid: open ÷ invoiced in the window × its days.

    1 500.00 open, 4 500.00 invoiced in 90 days:

    >>> days_sales_outstanding(Decimal(1500), Decimal(4500))
    30
    >>> days_sales_outstanding(Decimal(10), Decimal(0)) is None
    True
    """
    if invoiced <= 0:
        return None
    return int(Fraction(max(still_open, Decimal(0))) / Fraction(invoiced) * days + Fraction(1, 2))
