"""What of a customer's open items is really owed, once open credits and unallocated payments are taken off. RULES "Dunning".

Nobody who paid is chased: money that is there but was not allocated pays the oldest items first, those of its own currency before others.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .money import CENT, round_money

NOTHING = Decimal(0)


class Debit(NamedTuple):
    """An open receivable item.

    :param amount: what is open of it in the company's currency; ``foreign`` in its own.
    :param waits: it is contested, promised or being paid: credits go to the others first, so that none of them is chased wrongly.
    """

    key: object
    due: date
    amount: Decimal
    currency: object = None
    foreign: Decimal | None = None
    waits: bool = False


class Credit(NamedTuple):
    """Money of the customer that is there: an open credit note, a payment that was not allocated."""

    amount: Decimal
    currency: object = None
    foreign: Decimal | None = None


class Left(NamedTuple):
    """What is owed of an item after credits, in the company's currency and in its own."""

    amount: Decimal
    foreign: Decimal


def net(debits: Iterable[Debit], credits: Iterable[Credit], rounding: Decimal = CENT) -> dict:
    """What is left of each item.

    A credit of 100 pays the older item whole and 40 of the younger:

    >>> debits = [Debit("b", date(2026, 4, 10), Decimal(60)), Debit("a", date(2026, 3, 10), Decimal(60))]
    >>> {key: str(left.amount) for key, left in net(debits, [Credit(Decimal(100))]).items()}
    {'a': '0', 'b': '20.00'}

    A credit note of 100 EUR settles the invoice of 100 EUR, whatever rates they were booked at; nothing is left over to be chased, or to
    be taken off the invoice in dollars:

    >>> debits = [Debit("usd", date(2026, 3, 1), Decimal(50)), Debit("eur", date(2026, 3, 10), Decimal(110), "EUR", Decimal(100))]
    >>> {key: str(left.amount) for key, left in net(debits, [Credit(Decimal(108), "EUR", Decimal(100))]).items()}
    {'usd': '50', 'eur': '0'}

    What no item of its currency takes pays the others, at the value it has in the books:

    >>> {key: str(left.amount) for key, left in net(debits, [Credit(Decimal(130), "EUR", Decimal(125))]).items()}
    {'usd': '24.00', 'eur': '0'}
    """
    items = sorted(debits, key=lambda debit: (debit.waits, debit.due, str(debit.key)))
    left = {debit.key: Left(debit.amount, _own(debit)) for debit in items}
    over = sum((_pay_same(credit, items, left, rounding) for credit in credits), NOTHING)
    for debit in items:
        paid = min(over, left[debit.key].amount)
        if paid > 0:
            over -= paid
            left[debit.key] = _less(left[debit.key], paid, rounding)
    return left


def _own(position):
    return position.amount if position.foreign is None else position.foreign


def _pay_same(credit: Credit, items, left: dict, rounding: Decimal) -> Decimal:
    """Let a credit pay the items of its currency; gives what is over of it, in the company's currency."""
    own = _own(credit)
    for debit in items:
        if debit.currency != credit.currency or own <= 0:
            continue
        open_ = left[debit.key]
        paid = min(own, open_.foreign)
        if paid > 0:
            own -= paid
            rest = open_.foreign - paid
            amount = NOTHING if not rest else _share(open_.amount, rest, open_.foreign, rounding)
            left[debit.key] = Left(amount, rest)
    return NOTHING if own <= 0 else _share(credit.amount, own, _own(credit), rounding)


def _less(open_: Left, paid: Decimal, rounding: Decimal) -> Left:
    rest = open_.amount - paid
    return Left(rest, _share(open_.foreign, rest, open_.amount, rounding) if rest else NOTHING)


def _share(amount: Decimal, part: Decimal, whole: Decimal, rounding: Decimal) -> Decimal:
    return amount if part == whole else round_money(amount * part / whole, rounding)
