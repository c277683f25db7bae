"""Amounts split among payers: to the cent, and never a cent lost or made."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from .money import CENT


def split(total: Decimal, weights: Sequence[Decimal | int], rounding: Decimal = CENT) -> list[Decimal]:
    """An amount in parts by weights (percentages, or what each paid before), by the largest remainder: every part is rounded towards zero
    and the units that are left go to the largest remainders, the first payer first. RULES "Invoicing modes", split payers.

    :param total: in the currency of the document; negative for a credit, which is split as its opposite would be.
    :param weights: none negative; equal parts where all are 0.
    :param rounding: the smallest amount of the currency.
    :raises ValueError: for a negative weight.

    99.99 by 60 and 40 percent is 59.994 and 39.996: 59.99 and 39.99 are sure, and the cent that is left goes to the larger remainder.

    >>> [str(part) for part in split(Decimal("99.99"), [60, 40])]
    ['59.99', '40.00']

    100.00 in 33.33, 33.33 and 33.34 percent:

    >>> [str(part) for part in split(Decimal("100.00"), [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")])]
    ['33.33', '33.33', '33.34']

    A cent among three, and its credit:

    >>> [str(part) for part in split(Decimal("10.00"), [1, 1, 1])]
    ['3.34', '3.33', '3.33']
    >>> [str(part) for part in split(Decimal("-10.00"), [1, 1, 1])]
    ['-3.34', '-3.33', '-3.33']
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("A share of an amount is not negative.")
    whole = sum(Fraction(weight) for weight in weights)
    if not whole:
        weights, whole = [1] * len(weights), Fraction(len(weights))
    sign = -1 if total < 0 else 1
    exact = [Fraction(abs(total)) * Fraction(weight) / whole / Fraction(rounding) for weight in weights]
    units = [each.numerator // each.denominator for each in exact]
    left = int(Fraction(abs(total)) / Fraction(rounding)) - sum(units)
    by_remainder = sorted(range(len(exact)), key=lambda n: (units[n] - exact[n], n))
    for n in by_remainder[:left]:
        units[n] += 1
    return [(sign * unit * rounding).quantize(rounding) for unit in units]
