"""A renegotiated debt: equal instalments, and which part of which debt each of them pays. RULES "Dunning"."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from .money import round_money
from .periods import MONTH, Interval, boundary

NOTHING = Decimal(0)


class Debt(NamedTuple):
    """An open debt and the fees that are part of the agreement, in one currency."""

    key: object
    residual: Decimal
    fine: Decimal = NOTHING
    interest: Decimal = NOTHING

    @property
    def total(self) -> Decimal:
        return self.residual + self.fine + self.interest


class Part(NamedTuple):
    """What an instalment (its place in the list) pays of a debt."""

    instalment: int
    key: object
    residual: Decimal
    fine: Decimal = NOTHING
    interest: Decimal = NOTHING


def schedule(first: date, count: int, unit: str = MONTH, every: int = 1) -> list[date]:
    """The due dates of instalments, each computed from the first.

    >>> [str(day) for day in schedule(date(2026, 1, 31), 3)]
    ['2026-01-31', '2026-02-28', '2026-03-31']
    >>> [str(day) for day in schedule(date(2026, 1, 31), 3, "week", 2)]
    ['2026-01-31', '2026-02-14', '2026-02-28']
    """
    return [boundary(first, Interval(every, unit), number) for number in range(count)]


def equal_parts(total: Decimal, count: int, rounding: Decimal = Decimal("0.01"), first: Decimal | None = None) -> list[Decimal]:
    """Equal instalments; the last one takes what rounding leaves.

    :param first: the amount of the first one, where another one was agreed (a down payment).

    >>> [str(part) for part in equal_parts(Decimal("1000.00"), 3)]
    ['333.33', '333.33', '333.34']
    >>> [str(part) for part in equal_parts(Decimal("1000.00"), 3, first=Decimal("500.00"))]
    ['500.00', '250.00', '250.00']
    """
    if first is not None and count > 1:
        return [first, *equal_parts(total - first, count - 1, rounding)]
    each = round_money(total / count, rounding)
    if each * (count - 1) >= total:
        # So many instalments that rounding up would leave nothing for the last one.
        each -= rounding
    return [each] * (count - 1) + [total - each * (count - 1)]


def allocate(debts: Iterable[Debt], instalments: Sequence[Decimal], rounding: Decimal = Decimal("0.01")) -> list[Part]:
    """Which part of which debt each instalment pays: the first debts first, so that few are divided.

    The fees of a debt follow its parts in proportion; every part has something of the debt itself, for fees are paid with a debt.

    :raises ValueError: when the instalments are not exactly the debts with their fees.

    Two debts of 300.00 and 200.00 in two instalments: the second instalment takes the rest of the first debt.

    >>> parts = allocate([Debt("May", Decimal("300.00")), Debt("June", Decimal("200.00"))], [Decimal("250.00"), Decimal("250.00")])
    >>> [(part.instalment, part.key, str(part.residual)) for part in parts]
    [(0, 'May', '250.00'), (1, 'May', '50.00'), (1, 'June', '200.00')]

    1 000.00 with 20.00 of fine and 5.00 of interest in two:

    >>> debt = Debt("March", Decimal("1000.00"), Decimal("20.00"), Decimal("5.00"))
    >>> for part in allocate([debt], [Decimal("512.50"), Decimal("512.50")]):
    ...     print(part.instalment, part.residual, part.fine, part.interest)
    0 500.00 10.00 2.50
    1 500.00 10.00 2.50
    """
    debts = list(debts)
    if sum((debt.total for debt in debts), NOTHING) != sum(instalments, NOTHING):
        raise ValueError("the instalments do not add up to the debts")
    parts, number = [], 0
    room = instalments[0] if instalments else NOTHING
    for debt in debts:
        left = debt
        while left.total > 0:
            while room <= 0:
                number += 1
                room = instalments[number]
            part = _part(debt, left, min(room, left.total), number, rounding)
            parts.append(part)
            room -= part.residual + part.fine + part.interest
            left = Debt(debt.key, left.residual - part.residual, left.fine - part.fine, left.interest - part.interest)
    return parts


def _part(debt: Debt, left: Debt, amount: Decimal, number: int, rounding: Decimal) -> Part:
    """The part of a debt that an amount pays: the debt and its fees in proportion."""
    if amount == left.total:
        return Part(number, debt.key, left.residual, left.fine, left.interest)
    residual = round_money(amount * debt.residual / debt.total, rounding)
    # Something of the debt in each part and something left for the last one, where there is that much of it.
    residual = min(max(residual, rounding), left.residual - rounding)
    residual = min(max(residual, NOTHING, amount - left.fine - left.interest), left.residual, amount)
    fees = amount - residual
    fine = min(left.fine, round_money(fees * debt.fine / (debt.fine + debt.interest), rounding)) if fees else NOTHING
    fine = max(fine, fees - left.interest)
    return Part(number, debt.key, residual, fine, fees - fine)


def waive(debts: Iterable[Debt], agreed: Decimal, rounding: Decimal = Decimal("0.01")) -> list[Debt]:
    """The same debts with less fees: what was agreed of all fees together, in proportion.

    :raises ValueError: for more than the fees.

    Of 20.00 and 5.00 a half is agreed:

    >>> [debt] = waive([Debt("March", Decimal(1000), Decimal(20), Decimal(5))], Decimal("12.50"))
    >>> str(debt.fine), str(debt.interest)
    ('10.00', '2.50')
    """
    debts = list(debts)
    total = sum((debt.fine + debt.interest for debt in debts), NOTHING)
    if not NOTHING <= agreed <= total:
        raise ValueError("more than the fees")
    if not total or agreed == total:
        return debts
    parts = iter(spread(agreed, (amount for debt in debts for amount in (debt.fine, debt.interest)), rounding))
    return [debt._replace(fine=next(parts), interest=next(parts)) for debt in debts]


def spread(total: Decimal, weights: Iterable[Decimal], rounding: Decimal = Decimal("0.01")) -> list[Decimal]:
    """An amount divided in proportion, exactly.

    >>> [str(part) for part in spread(Decimal("20.00"), [Decimal(333), Decimal(333), Decimal(334)])]
    ['6.66', '6.66', '6.68']
    """
    weights = list(weights)
    whole, upto, given, found = sum(weights, NOTHING), NOTHING, NOTHING, []
    for weight in weights:
        upto += weight
        # Rounded as a running sum, so that the parts are exactly the amount.
        share = round_money(total * upto / whole, rounding) - given
        given += share
        found.append(share)
    return found


def is_broken(instalments: Iterable[tuple[date, bool]], day: date, grace_days: int) -> bool:
    """Whether an agreement is not kept: an instalment is not paid more than some days after its date.

    :param instalments: date, and whether it is paid.

    >>> is_broken([(date(2026, 3, 10), True), (date(2026, 4, 10), False)], date(2026, 4, 20), 10)
    False
    >>> is_broken([(date(2026, 3, 10), True), (date(2026, 4, 10), False)], date(2026, 4, 21), 10)
    True
    """
    return any(not paid and day > due + timedelta(days=grace_days) for due, paid in instalments)
