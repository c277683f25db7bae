"""Exact money: the price of a period, its rounding, and how an amount is put on an invoice line."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

CENT = Decimal("0.01")
HUNDRED = 100


class Price(NamedTuple):
    """What one full period of a segment costs: unit price, quantity and discount together.

    :param unit_price: in the currency and basis (tax included or not) of the line.
    :param discount: percent, 0 to 100.
    :param off: money off a full period, after the percentage; a period never costs less than nothing.

    >>> Price(Decimal("10.00"), Decimal(3), Decimal(10)).per_period
    Fraction(27, 1)
    >>> Price(Decimal("10.00"), Decimal(3), Decimal(10), off=Decimal(5)).per_period
    Fraction(22, 1)
    """

    unit_price: Decimal
    quantity: Decimal = Decimal(1)
    discount: Decimal = Decimal(0)
    off: Decimal = Decimal(0)

    @property
    def before_off(self) -> Fraction:
        """The exact price of one full period before the money off."""
        return Fraction(self.unit_price) * Fraction(self.quantity) * (1 - Fraction(self.discount) / HUNDRED)

    @property
    def per_period(self) -> Fraction:
        """The exact, unrounded price of one full period."""
        return max(Fraction(0), self.before_off - Fraction(self.off)) if self.off else self.before_off


class LinePrice(NamedTuple):
    """Quantity, unit price and discount as they are written on an invoice line."""

    quantity: Decimal
    unit_price: Decimal
    discount: Decimal


def round_money(value: Fraction | Decimal | int, rounding: Decimal = CENT) -> Decimal:
    """Round half up (away from zero) to a multiple of the currency's rounding.

    >>> round_money(Fraction(2495, 100) * Fraction(9, 31))
    Decimal('7.24')
    >>> round_money(Decimal("-2.345"))
    Decimal('-2.35')
    >>> round_money(Decimal("7.13"), Decimal("0.05"))
    Decimal('7.15')
    >>> round_money(Decimal("1234.5"), Decimal("1"))
    Decimal('1235')
    """
    steps = Fraction(value) / Fraction(rounding)
    half_up = int(abs(steps) + Fraction(1, 2))
    return (half_up if steps >= 0 else -half_up) * rounding


def line_price(
    price: Price,
    amount: Decimal,
    *,
    rounding: Decimal = CENT,
    unit: Decimal = CENT,
    percent: Decimal = CENT,
    included: bool = False,
) -> LinePrice:
    """How an invoice line shows an amount so that quantity × unit price − discount gives exactly that amount.

    A whole period keeps the line's own quantity, price and discount, as long as the percentage to the invoice's precision gives the same
    amount. A part of one keeps the quantity where the amount divides by it to the precision of unit prices, else it becomes one piece
    at the amount.

    :param price: without money off, which has a line of its own: ``split_off``.
    :param unit: the precision of unit prices on invoices.
    :param percent: the precision of percentages on invoices.
    :param included: whether taxes are included: they are taken out of the unrounded amount, and what is left of 224.955 and its tax may
        add up to 224.95, so that only an exact amount keeps its price and percentage.

    >>> line_price(Price(Decimal("10.00"), Decimal(3), Decimal(10)), Decimal("27.00"))
    LinePrice(quantity=Decimal('3'), unit_price=Decimal('10.00'), discount=Decimal('10'))
    >>> line_price(Price(Decimal("10.00"), Decimal(3)), Decimal("15.00"))
    LinePrice(quantity=Decimal('3'), unit_price=Decimal('5.00'), discount=Decimal('0'))
    >>> line_price(Price(Decimal("24.95"), Decimal(2)), Decimal("14.49"))
    LinePrice(quantity=Decimal('1'), unit_price=Decimal('14.49'), discount=Decimal('0'))
    >>> line_price(Price(Decimal("100000"), Decimal(1), Decimal("55.551111")), Decimal("44448.89"))
    LinePrice(quantity=Decimal('1'), unit_price=Decimal('44448.89'), discount=Decimal('0'))
    >>> line_price(Price(Decimal("249.95"), discount=Decimal(10)), Decimal("224.96"), included=True)
    LinePrice(quantity=Decimal('1'), unit_price=Decimal('224.96'), discount=Decimal('0'))
    """
    shown = price._replace(discount=to_decimal(round_money(price.discount, percent)), off=Decimal(0))
    if round_money(shown.per_period, rounding) == amount and (not included or shown.per_period == Fraction(amount)):
        return LinePrice(price.quantity, price.unit_price, shown.discount)
    each = Fraction(amount) / Fraction(price.quantity) if price.quantity else Fraction(0)
    if price.quantity and (each / Fraction(unit)).denominator == 1:
        return LinePrice(price.quantity, round_money(each, unit), Decimal(0))
    return LinePrice(Decimal(1), amount, Decimal(0))


def split_off(price: Price, amount: Decimal, share: Fraction | int = 1, *, rounding: Decimal = CENT) -> tuple[Decimal, Decimal]:
    """An amount as what it is before the money off, and the money off (negative in a charge): two lines of an invoice.

    :param share: of the full period the amount stands for; negative in a credit. It divides the amount, it never changes it.

    >>> [str(part) for part in split_off(Price(Decimal("100"), off=Decimal("15")), Decimal("85.00"))]
    ['100.00', '-15.00']
    >>> [str(part) for part in split_off(Price(Decimal("100"), off=Decimal("15")), Decimal("-28.33"), Fraction(-1, 3))]
    ['-33.33', '5.00']
    >>> [str(part) for part in split_off(Price(Decimal("100")), Decimal("33.33"), Fraction(1, 3))]
    ['33.33', '0']

    A correction, which stands for no share, is not divided:

    >>> [str(part) for part in split_off(Price(Decimal("100"), off=Decimal("15")), Decimal("-0.01"), 0)]
    ['-0.01', '0']
    """
    if not price.off or not share:
        return amount, Decimal(0)
    before = round_money(price.before_off * share, rounding)
    # Roundings of earlier rows may have taken the last cent already: then nothing is left to take off.
    reduces = before > amount if share > 0 else before < amount
    return (before, amount - before) if reduces else (amount, Decimal(0))


def to_decimal(value: float | str | Decimal, digits: int = 6) -> Decimal:
    """A stored number as an exact decimal: what a person typed, without the noise of binary fractions.

    >>> to_decimal(24.95), to_decimal(0.1 + 0.2), to_decimal(100.0)
    (Decimal('24.95'), Decimal('0.3'), Decimal('100'))
    """
    exact = Decimal(repr(float(value))) if not isinstance(value, Decimal) else value
    rounded = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    # Adding 0 writes 1E+2 as 100 again.
    return rounded.normalize() + 0
