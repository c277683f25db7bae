"""Usage: what a metered quantity of one period costs.

=============  ==========================================================================================
``flat``       every unit costs the same
``graduated``  each unit costs what its own tier says: the first 1,000 at 1.50, those above at 2.00
``volume``     every unit costs what the tier says that the whole quantity reaches
``package``    begun packages are paid whole: 199 in packages of 100 are two
=============  ==========================================================================================

The **allowance** is free: only what goes beyond it enters the tiers. The **flat fee** is due for every period at any quantity, zero
included. Everything is exact until the one final rounding.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from .money import CENT, HUNDRED, round_money

FLAT, GRADUATED, VOLUME, PACKAGE = "flat", "graduated", "volume", "package"
MODELS = (FLAT, GRADUATED, VOLUME, PACKAGE)
ZERO = Decimal(0)

NO_TIER, ONE_TIER, NOT_ASCENDING, OPEN_TOO_EARLY, NOT_OPEN, BAD_SIZE, NEGATIVE_PRICE, NEGATIVE_FEE, NEGATIVE_ALLOWANCE = (
    "no_tier",
    "one_tier",
    "not_ascending",
    "open_too_early",
    "not_open",
    "bad_size",
    "negative_price",
    "negative_fee",
    "negative_allowance",
)
PROBLEMS = {
    NO_TIER: "there is no tier: say what a unit costs",
    ONE_TIER: "a flat price has one tier, without a limit",
    NOT_ASCENDING: "the limit of each tier is above the one before it, and above zero",
    OPEN_TOO_EARLY: "only the last tier has no limit",
    NOT_OPEN: "the last tier has no limit, so that every quantity has a price",
    BAD_SIZE: "a package holds more than zero units",
    NEGATIVE_PRICE: "a price is not negative",
    NEGATIVE_FEE: "the flat fee is not negative",
    NEGATIVE_ALLOWANCE: "the allowance is not negative",
}
"""What can be wrong with a price, in words."""


class Tier(NamedTuple):
    """A stretch of quantity and its price.

    :param up_to: the last quantity that belongs to the tier, that quantity included; None for no limit.
    :param unit_price: of one unit, or of one package.
    :param package_size: how many units a package holds; only ``package`` looks at it.
    """

    up_to: Decimal | None
    unit_price: Decimal
    package_size: Decimal = Decimal(1)


class UsagePrice(NamedTuple):
    """How a metered quantity is priced.

    :param flat_fee: due for every period, at any quantity.
    :param allowance: the quantity of a period that is free.
    :param discount: percent, 0 to 100, of everything, the flat fee included.
    """

    model: str
    tiers: tuple[Tier, ...]
    flat_fee: Decimal = ZERO
    allowance: Decimal = ZERO
    discount: Decimal = ZERO


class Part(NamedTuple):
    """What one tier contributes: so many units or packages at one price.

    :param count: units, or packages where the price is per package.
    """

    count: Decimal
    unit_price: Decimal

    @property
    def amount(self) -> Fraction:
        return Fraction(self.count) * Fraction(self.unit_price)


def usage_amount(price: UsagePrice, quantity: Decimal, *, rounding: Decimal = CENT) -> Decimal:
    """What the whole quantity of a period costs.

    :raises ValueError: for a negative quantity, an unknown model, or a quantity beyond the last tier.

    1,200 units, the first 1,000 at 1.50, those above at 2.00, and a flat fee of 30.00:

    >>> tiers = (Tier(Decimal(1000), Decimal("1.50")), Tier(None, Decimal("2.00")))
    >>> usage_amount(UsagePrice(GRADUATED, tiers, flat_fee=Decimal("30.00")), Decimal(1200))
    Decimal('1930.00')
    >>> usage_amount(UsagePrice(VOLUME, tiers, flat_fee=Decimal("30.00")), Decimal(1200))
    Decimal('2430.00')

    199 units in packages of 100 at 2.95:

    >>> usage_amount(UsagePrice(PACKAGE, (Tier(None, Decimal("2.95"), Decimal(100)),)), Decimal(199))
    Decimal('5.90')

    Nothing was used, or not more than the allowance:

    >>> basic = UsagePrice(FLAT, (Tier(None, Decimal("0.10")),), Decimal("5.00"), allowance=Decimal(100))
    >>> usage_amount(basic, Decimal(0)), usage_amount(basic, Decimal(100)), usage_amount(basic, Decimal(101))
    (Decimal('5.00'), Decimal('5.00'), Decimal('5.10'))
    """
    total = Fraction(price.flat_fee) + sum((part.amount for part in usage_parts(price, quantity)), Fraction(0))
    return round_money(total * (1 - Fraction(price.discount) / HUNDRED), rounding)


def usage_parts(price: UsagePrice, quantity: Decimal) -> list[Part]:
    """What each tier contributes to the quantity beyond the allowance, tiers without a share left out.

    :raises ValueError: see ``usage_amount``.

    >>> tiers = (Tier(Decimal(1000), Decimal("1.50")), Tier(None, Decimal("2.00")))
    >>> [(str(part.count), str(part.unit_price)) for part in usage_parts(UsagePrice(GRADUATED, tiers), Decimal(1200))]
    [('1000', '1.50'), ('200', '2.00')]
    >>> [(str(part.count), str(part.unit_price)) for part in usage_parts(UsagePrice(VOLUME, tiers), Decimal(1000))]
    [('1000', '1.50')]
    """
    if price.model not in MODELS:
        raise ValueError(f"unknown usage model {price.model!r}, expected one of {', '.join(MODELS)}")
    if quantity < 0:
        raise ValueError(f"a quantity used is not negative: {quantity}")
    billable = max(quantity - price.allowance, ZERO)
    if not billable:
        return []
    if price.model == VOLUME:
        return [Part(billable, _tier_of(price.tiers, billable).unit_price)]
    parts = []
    for tier, inside in _by_tier(price.tiers, billable):
        count = Decimal(ceil(Fraction(inside) / Fraction(tier.package_size))) if price.model == PACKAGE else inside
        parts.append(Part(count, tier.unit_price))
    return parts


def price_problem(price: UsagePrice) -> str | None:
    """The first thing that is wrong with a price, a key of ``PROBLEMS``; None for a price that can be used.

    >>> price_problem(UsagePrice(GRADUATED, (Tier(Decimal(10), Decimal(2)), Tier(None, Decimal(1)))))
    >>> price_problem(UsagePrice(GRADUATED, (Tier(Decimal(10), Decimal(2)), Tier(Decimal(10), Decimal(1)), Tier(None, Decimal(1)))))
    'not_ascending'
    >>> price_problem(UsagePrice(PACKAGE, (Tier(None, Decimal(2), Decimal(0)),)))
    'bad_size'
    """
    if price.flat_fee < 0:
        return NEGATIVE_FEE
    if price.allowance < 0:
        return NEGATIVE_ALLOWANCE
    return _tiers_problem(price.model, price.tiers)


def check_price(price: UsagePrice) -> UsagePrice:
    """Return the price, or raise ValueError saying in words what is wrong with it.

    >>> check_price(UsagePrice(VOLUME, (Tier(Decimal(10), Decimal(2)),)))
    Traceback (most recent call last):
    ValueError: the last tier has no limit, so that every quantity has a price
    """
    if price.model not in MODELS:
        raise ValueError(f"unknown usage model {price.model!r}, expected one of {', '.join(MODELS)}")
    problem = price_problem(price)
    if problem:
        raise ValueError(PROBLEMS[problem])
    return price


def _tiers_problem(model: str, tiers: Sequence[Tier]) -> str | None:
    if not tiers:
        return NO_TIER
    limits = [tier.up_to for tier in tiers]
    if model == FLAT and limits != [None]:
        return ONE_TIER
    if None in limits[:-1]:
        return OPEN_TOO_EARLY
    bounded = [limit for limit in limits if limit is not None]
    if any(limit <= before for before, limit in zip([ZERO, *bounded], bounded, strict=False)):
        return NOT_ASCENDING
    if limits[-1] is not None:
        return NOT_OPEN
    if model == PACKAGE and any(tier.package_size <= 0 for tier in tiers):
        return BAD_SIZE
    return NEGATIVE_PRICE if any(tier.unit_price < 0 for tier in tiers) else None


def _tier_of(tiers: Sequence[Tier], quantity: Decimal) -> Tier:
    for tier in tiers:
        if tier.up_to is None or quantity <= tier.up_to:
            return tier
    raise ValueError(f"no tier says what {quantity} units cost")


def _by_tier(tiers: Sequence[Tier], quantity: Decimal) -> list[tuple[Tier, Decimal]]:
    """How much of the quantity lies in each tier."""
    _tier_of(tiers, quantity)
    found, below = [], ZERO
    for tier in tiers:
        inside = (quantity if tier.up_to is None else min(quantity, tier.up_to)) - below
        if inside > 0:
            found.append((tier, inside))
            below += inside
    return found
