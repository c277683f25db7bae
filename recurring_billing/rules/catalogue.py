"""Which of the prices of a product for a plan counts."""

from decimal import Decimal
from typing import NamedTuple


class PlanPrice(NamedTuple):
    """A price of a product for a plan.

    ``pricelist`` and ``variant`` are None where the price counts for every one; ``min_quantity`` is in the product's own unit.
    """

    key: int
    pricelist: int | None
    variant: int | None
    currency: int
    min_quantity: Decimal


def choose(prices, pricelist, variant, currency, quantity):
    """The price that counts, or None.

    The more a price was meant for the case, the sooner it counts: one of the pricelist before one of no pricelist, then one of the
    variant before one of all variants, then one in the currency before one to be converted, then the largest quantity reached; of equals
    the first given.

    :param prices: of one product and plan.
    :param quantity: in the product's own unit.

    >>> everybody = PlanPrice(1, None, None, 840, Decimal(0))
    >>> from_ten = PlanPrice(2, None, None, 840, Decimal(10))
    >>> in_euro = PlanPrice(3, None, None, 978, Decimal(0))
    >>> large = PlanPrice(4, None, 77, 840, Decimal(0))
    >>> members = PlanPrice(5, 9, None, 840, Decimal(0))
    >>> all_of_them = [everybody, from_ten, in_euro, large, members]
    >>> [choose(all_of_them, None, 70, 840, Decimal(quantity)).key for quantity in (1, 9, 10)]
    [1, 1, 2]
    >>> choose(all_of_them, None, 70, 978, Decimal(10)).key
    3
    >>> choose(all_of_them, None, 77, 978, Decimal(10)).key
    4
    >>> choose(all_of_them, 9, 77, 978, Decimal(10)).key
    5
    >>> choose([members], None, 77, 840, Decimal(10)) is None
    True
    """
    fitting = [
        price
        for price in prices
        if price.pricelist in (None, pricelist) and price.variant in (None, variant) and price.min_quantity <= quantity
    ]
    return max(
        fitting,
        key=lambda price: (price.pricelist is not None, price.variant is not None, price.currency == currency, price.min_quantity),
        default=None,
    )
