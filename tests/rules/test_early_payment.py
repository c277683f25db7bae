"""Discounts for paying early: until when, of what, and no more than three."""

from datetime import date
from decimal import Decimal

import pytest

from rules.early_payment import Tier, dated, discount

DUE = date(2026, 3, 31)


def off(owed, day, *tiers):
    return discount(Decimal(owed), day, dated(tiers, DUE))


def test_the_best_discount_is_the_earliest():
    tiers = (Tier(0, Decimal(1)), Tier(10, Decimal(5)), Tier(5, Decimal(3)))
    assert [off("200", date(2026, 3, day), *tiers) for day in (1, 21, 22, 26, 27, 31)] == [10, 10, 6, 6, 2, 2]


def test_nothing_after_the_last():
    assert off("200", date(2026, 4, 1), Tier(0, Decimal(1))) == 0


def test_money_off_is_never_more_than_what_is_owed():
    assert off("7.50", date(2026, 3, 1), Tier(5, amount=Decimal(10))) == Decimal("7.50")


def test_half_cents_go_up():
    """5 % of 0.10 = 0.005 → 0.01."""
    assert off("0.10", date(2026, 3, 1), Tier(5, Decimal(5))) == Decimal("0.01")


@pytest.mark.parametrize(
    "tiers",
    [
        [Tier(1, Decimal(1)), Tier(2, Decimal(1)), Tier(3, Decimal(1)), Tier(4, Decimal(1))],
        [Tier(-1, Decimal(1))],
        [Tier(2, Decimal(1)), Tier(2, Decimal(3))],
    ],
)
def test_what_no_offer_can_be(tiers):
    with pytest.raises(ValueError, match="iscount"):
        dated(tiers, DUE)
