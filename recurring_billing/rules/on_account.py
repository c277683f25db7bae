"""Which arrangement keeps money that came and that nobody allocated yet. RULES "Dunning"."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .money import CENT, round_money

NOTHING = Decimal(0)


class Money(NamedTuple):
    """Money on account.

    :param amount: what is left of it in the company's currency; ``foreign`` in its own.
    """

    day: date
    amount: Decimal
    currency: object = None
    foreign: Decimal | None = None


class Claim(NamedTuple):
    """What is to be paid by an arrangement: a promise, or an instalment of an agreement.

    :param due: when; the first ones get money first.
    :param since: the day of the arrangement: money that was there before was not meant for it.
    :param currency: of the amount; only money of that currency counts for it. None: the company's currency, and all money counts.
    """

    key: object
    due: date
    since: date
    amount: Decimal
    currency: object = None


def counted(claims: Iterable[Claim], money: Iterable[Money], rounding: Decimal = CENT) -> dict:
    """What each arrangement gets of money on account: every cent counts once, for what is due first.

    100 came on account, and 100 was promised for the 10th and again for the 12th:

    >>> claims = [Claim(day, date(2026, 3, day), date(2026, 3, 1), Decimal(100)) for day in (12, 10)]
    >>> {key: str(amount) for key, amount in counted(claims, [Money(date(2026, 3, 9), Decimal(100))]).items()}
    {10: '100', 12: '0'}

    An instalment of 50 EUR takes half of 100 EUR that are 110 in the books; a promise the other half, at its value in the books:

    >>> claims = [
    ...     Claim("instalment", date(2026, 3, 10), date(2026, 3, 1), Decimal(50), "EUR"),
    ...     Claim("promise", date(2026, 3, 12), date(2026, 3, 1), Decimal(80)),
    ... ]
    >>> money = [Money(date(2026, 3, 9), Decimal(110), "EUR", Decimal(100))]
    >>> {key: str(amount) for key, amount in counted(claims, money).items()}
    {'instalment': '50', 'promise': '55.00'}
    """
    left = [[each, each.amount, each.amount if each.foreign is None else each.foreign] for each in sorted(money, key=lambda each: each.day)]
    found = {}
    for claim in sorted(claims, key=lambda each: (each.due, each.since, str(each.key))):
        needed = claim.amount
        for row in left:
            each, amount, own = row
            if each.day < claim.since or (claim.currency is not None and each.currency != claim.currency):
                continue
            here = amount if claim.currency is None else own
            taken = min(needed, here)
            if taken <= 0:
                continue
            needed -= taken
            row[1] = NOTHING if taken == here else round_money(amount * (here - taken) / here, rounding)
            row[2] = NOTHING if taken == here else own * (here - taken) / here
        found[claim.key] = claim.amount - needed
    return found
