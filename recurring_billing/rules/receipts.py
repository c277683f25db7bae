"""What money that came is for: debts by their age, each with its fees, discounts for who pays all in time. RULES "Collecting"."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

NOTHING = Decimal(0)


class Owed(NamedTuple):
    """An open item on the day money came.

    :param residual: what is open of the debt itself.
    :param fine: and ``interest``: the fees of the day that were not booked yet.
    :param discount: for who pays it now, all of it.
    :param waive_below: fees left unpaid of a settled debt are waived when they are less than this.
    :param is_later: its fees are asked for later: they take only money that no debt and no other fee needs.
    """

    key: object
    residual: Decimal
    fine: Decimal = NOTHING
    interest: Decimal = NOTHING
    discount: Decimal = NOTHING
    waive_below: Decimal = NOTHING
    is_later: bool = False

    @property
    def total(self) -> Decimal:
        """What settles it on that day."""
        return self.residual + self.fine + self.interest - self.discount


class Paid(NamedTuple):
    """What money does to an item: it settles ``debt`` (with the ``discount``) and pays ``fine`` and ``interest``; the others are waived."""

    key: object
    debt: Decimal
    fine: Decimal = NOTHING
    interest: Decimal = NOTHING
    discount: Decimal = NOTHING
    waived_fine: Decimal = NOTHING
    waived_interest: Decimal = NOTHING


def split(amount: Decimal, items: Iterable[Owed]) -> tuple[list[Paid], Decimal]:
    """Divide money among items in their order, and what is left of it.

    An item takes its debt first, then its fine, then its interest; the next one gets what is left. Money that is exactly the debts without
    their fees settles the debts. Discounts are given unless the money pays all without them, and only to who pays all of an item.

    1 025.00 pays 1 000.00, the fine and the interest; of 1 024.50 a half is missing, which is less than 1.00 and waived:

    >>> debt = Owed("March", Decimal(1000), Decimal(20), Decimal(5), waive_below=Decimal(1))
    >>> split(Decimal(1025), [debt])[0]
    [Paid(key='March', debt=Decimal('1000'), fine=Decimal('20'), interest=Decimal('5'), discount=Decimal('0'), \
waived_fine=Decimal('0'), waived_interest=Decimal('0'))]
    >>> [paid] = split(Decimal("1024.50"), [debt])[0]
    >>> str(paid.interest), str(paid.waived_interest)
    ('4.50', '0.50')

    A part of a debt leaves the rest, and its fees; too much is left over:

    >>> paid, over = split(Decimal(400), [debt])
    >>> str(paid[0].debt), str(paid[0].fine), str(over)
    ('400', '0', '0')
    >>> str(split(Decimal(1100), [debt])[1])
    '75'

    Fees that are asked for later leave the money to the debts, of which the second has a discount of 5.00:

    >>> both = [debt._replace(is_later=True), Owed("April", Decimal(100), discount=Decimal(5))]
    >>> [(str(paid.debt), str(paid.fine), str(paid.discount)) for paid in split(Decimal(1095), both)[0]]
    [('1000', '0', '0'), ('100', '0', '5')]
    """
    items = list(items)
    later = sum((item.fine + item.interest for item in items if item.is_later), NOTHING)
    asked = sum((item.total for item in items), NOTHING) - later
    spare = max(NOTHING, amount - asked)
    without = sum((item.residual + item.fine + item.interest for item in items), NOTHING)
    only_debts = amount == sum((item.residual for item in items), NOTHING)
    shares, money = [], amount
    for item in items:
        if money <= 0:
            break
        if amount >= without or only_debts:
            item = item._replace(discount=NOTHING)
        fees = NOTHING if only_debts else min(spare, money) if item.is_later else money
        share, money = _pay(item, money, fees)
        if item.is_later:
            spare -= share.fine + share.interest
        shares.append(share)
    return shares, money


def _pay(item: Owed, money: Decimal, fees: Decimal) -> tuple[Paid, Decimal]:
    """What money does to an item, and the rest.

    :param fees: the most of it that its fees may take.
    """
    net = item.residual - item.discount
    if money < net:
        return Paid(item.key, money), NOTHING
    money -= net
    fees = min(fees, money)
    fine = min(item.fine, fees)
    interest = min(item.interest, fees - fine)
    missing = item.fine + item.interest - fine - interest
    waived = missing < item.waive_below
    paid = Paid(
        item.key,
        item.residual,
        fine,
        interest,
        item.discount,
        item.fine - fine if waived else NOTHING,
        item.interest - interest if waived else NOTHING,
    )
    return paid, money - fine - interest
