"""Amounts of ledger rows that documents make: a reversal gives back what rows are worth, an amount given by hand is divided."""

from collections.abc import Hashable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from .charges import amount_covered
from .lineages import Ledger, Lineage, Row, Segment, Terms, by_lineage
from .money import CENT, Price, round_money
from .periods import Interval, Period  # noqa: F401  the worked examples speak of intervals


def missing_amount(
    terms: Terms,
    segments: Iterable[Segment],
    rows: Iterable[Row],
    lineage: Hashable,
    full: Period,
    price: Price,
    *,
    rounding: Decimal = CENT,
) -> Decimal:
    """What the next row of a full period and price amounts to: round(price × share covered) − what its rows add up to.

    :param rows: the ledger rows of the full period, after what is covered has changed: of a credit to be written, the charge is shorter
        already; a charge to be written is among them, with an amount of 0.

    April at 99.99, of which the second half was given back before; now the first half goes as well:

    >>> from datetime import date
    >>> monthly, price = Terms(date(2026, 4, 1), Interval(1, "month")), Price(Decimal("99.99"))
    >>> april = Period(date(2026, 4, 1), date(2026, 5, 1))
    >>> line = Segment("A", "A", april.start, date(2026, 4, 16), price)
    >>> charge = Row("A", april, Period(april.start, april.start), price, Decimal("99.99"), key=1, end=april.end)
    >>> half = Row("A", april, Period(date(2026, 4, 16), april.end), price, Decimal("-49.99"), kind="credit", credits=1)
    >>> missing_amount(monthly, [line], [charge, half], "A", april, price)
    Decimal('-50.00')

    Of a lineage without any row and any wanted day nothing is missing:

    >>> missing_amount(monthly, [], [], "A", april, price)
    Decimal('0.00')
    """
    ledger = Ledger(rows)
    nothing_wanted = Lineage(lineage, terms, [], rounding=rounding)
    found = next((each for each in by_lineage(terms, segments, ledger, None, rounding) if each.key == lineage), nothing_wanted)
    return amount_covered(found, ledger, full, price) - ledger.amount(lineage, full, price)


def divide(total: Decimal, weights: Sequence[Decimal | int], rounding: Decimal = CENT) -> list[Decimal]:
    """An amount in parts in proportion to weights, which add up to it exactly; in equal parts where all weights are 0.

    >>> [str(part) for part in divide(Decimal("10.00"), [1, 1, 1])]
    ['3.33', '3.34', '3.33']
    >>> [str(part) for part in divide(Decimal("5.00"), [0])]
    ['5.00']
    """
    whole = sum(weights)
    if not whole:
        weights, whole = [1] * len(weights), len(weights)
    parts, taken, weight = [], Decimal(0), Fraction(0)
    for each in weights:
        weight += Fraction(each)
        upto = round_money(Fraction(total) * weight / Fraction(whole), rounding)
        parts.append(upto - taken)
        taken = upto
    return parts
