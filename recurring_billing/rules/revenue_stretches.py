"""From what a lineage wants to what it is worth a month: its segments cut where discounts begin and end, threads of what replaces what."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .lineages import Lineage, Segment
from .money import Price
from .periods import period_at
from .pricing import next_change
from .revenue import Stretch, per_month

Untaxed = Callable[[Hashable, Fraction], Fraction]
"""What is left of a line's price per period without taxes."""


def stretches(lineage: Lineage, until: date, untaxed: Untaxed, paused: Collection[Hashable] = ()) -> Iterator[Stretch]:
    """The parts of a lineage that start by a day, each at one amount per month, in date order.

    A discount for some periods moves the amount on the boundary where it begins or ends; an agreed total counts in equal parts.

    :param untaxed: of a segment's key and a price per period, what is left of it without taxes.
    :param paused: the keys of segments that end with a pause.

    Half price for three months, then 40:

    >>> from rules.lineages import Terms
    >>> from rules.periods import Interval
    >>> from rules.pricing import Discount, Offer
    >>> january = date(2026, 1, 1)
    >>> half = Offer((Discount("Welcome", Decimal(50), Decimal(0), january, periods=3),))
    >>> line = Segment("line", "line", january, None, Price(Decimal(40)), offer=half)
    >>> lineage = Lineage("line", Terms(january, Interval(1, "month")), [line])
    >>> [(str(each.start), int(each.monthly)) for each in stretches(lineage, date(2026, 12, 31), lambda _line, amount: amount)]
    [('2026-01-01', 20), ('2026-04-01', 40)]
    """
    for segment in lineage.segments:
        if segment.start > until:
            return
        interval = lineage.terms.interval
        for start, end, price in _priced(lineage, segment, until):
            monthly = per_month(Fraction(untaxed(segment.key, price.per_period)), interval)
            yield Stretch(segment.key, start, end, monthly, end == segment.end and segment.key in paused)


def _priced(lineage: Lineage, segment: Segment, until: date) -> Iterator[tuple[date, date | None, Price]]:
    """The segment cut where its price changes."""
    offer = segment.offer
    if offer and offer.fixed:
        each = Price(Decimal(offer.fixed.total) / offer.fixed.periods)
        offer = offer._replace(fixed=None)
        segment = segment._replace(price=each, offer=offer)
    if not offer or not offer.discounts:
        yield segment.start, segment.end, segment.price
        return
    anchor, interval = lineage.terms.anchor, lineage.terms.interval
    start, price = segment.start, None
    day: date | None = segment.start
    while day is not None and day <= until and (segment.end is None or day < segment.end):
        now = lineage.price(segment, period_at(anchor, interval, day))
        if price is not None and now != price:
            yield start, day, price
            start = day
        price = now
        day = next_change(offer, anchor, interval, lineage.start, day)
    yield start, segment.end, price


def threads(parts: Mapping[Hashable, list[Stretch]], follows: Mapping[Hashable, Hashable]) -> Iterator[list[Stretch]]:
    """The stretches of lineages joined to those of the lineage they replace, so that what was booked goes on.

    :param parts: by lineage, its stretches.
    :param follows: by lineage, the one it replaces.

    >>> first, then = Stretch("a", date(2026, 1, 1), date(2026, 3, 1), Fraction(10)), Stretch("b", date(2026, 3, 1), None, Fraction(20))
    >>> [[stretch.line for stretch in thread] for thread in threads({"B": [then], "A": [first]}, {"B": "A"})]
    [['a', 'b']]
    """
    followers: dict[Hashable, list[Hashable]] = {}
    for lineage, before in follows.items():
        if lineage in parts and before in parts and before != lineage:
            followers.setdefault(before, []).append(lineage)
    joined = {lineage for found in followers.values() for lineage in found}
    waiting = [(lineage, []) for lineage in parts if lineage not in joined]
    while waiting:
        lineage, thread = waiting.pop()
        mine = parts[lineage]
        if thread and mine and not _ends_before(thread, mine[0].start):
            yield thread
            thread = []
        thread = [*thread, *mine]
        first, *others = followers.get(lineage) or [None]
        waiting += [(other, []) for other in others]
        if first is None:
            yield thread
        else:
            waiting.append((first, thread))


def _ends_before(thread: Iterable[Stretch], day: date) -> bool:
    return all(stretch.end is not None and stretch.end <= day for stretch in thread)
