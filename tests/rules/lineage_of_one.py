"""Short ways to say a subscription, its ledger and its charges in the examples."""

from datetime import date
from decimal import Decimal

from rules.charges import Charge, Row, Segment, Terms
from rules.money import Price
from rules.periods import Interval, Period


def day(text: str) -> date:
    return date.fromisoformat(text)


def period(start: str, end: str) -> Period:
    return Period(day(start), day(end))


def monthly(anchor: str, **terms) -> Terms:
    return Terms(day(anchor), Interval(1, "month"), **terms)


def price(amount: str, quantity: str = "1", discount: str = "0") -> Price:
    return Price(Decimal(amount), Decimal(quantity), Decimal(discount))


def segment(amount: str | Price, start: str, end: str | None = None, lineage: str = "A", **fields) -> Segment:
    each = amount if isinstance(amount, Price) else price(amount)
    return Segment(f"{lineage} from {start}", lineage, day(start), end and day(end), each, **fields)


def row(full: Period, covered: Period, amount: str, charged: str | Price | None, lineage: str = "A") -> Row:
    each = price(charged) if isinstance(charged, str) else charged
    return Row(lineage, full, covered, each, Decimal(amount))


def told(charges: list[Charge]) -> list[tuple[str, str, str]]:
    """Each charge as a person reads it: from, to, amount."""
    return [(str(charge.covered.start), str(charge.covered.end), str(charge.amount)) for charge in charges]
