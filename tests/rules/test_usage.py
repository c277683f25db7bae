"""What a metered quantity costs: boundaries, allowance and flat fee, packages, and what holds for any quantity."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.usage import (
    BAD_SIZE,
    FLAT,
    GRADUATED,
    MODELS,
    NEGATIVE_ALLOWANCE,
    NEGATIVE_FEE,
    NEGATIVE_PRICE,
    NO_TIER,
    NOT_ASCENDING,
    NOT_OPEN,
    ONE_TIER,
    OPEN_TOO_EARLY,
    PACKAGE,
    PROBLEMS,
    VOLUME,
    Tier,
    UsagePrice,
    check_price,
    price_problem,
    usage_amount,
    usage_parts,
)


def tier(up_to, unit_price, size=1):
    return Tier(None if up_to is None else Decimal(up_to), Decimal(unit_price), Decimal(size))


def price(model, *tiers, flat_fee=0, allowance=0, discount=0):
    return UsagePrice(model, tiers, Decimal(flat_fee), Decimal(allowance), Decimal(discount))


def cost(found, quantity):
    return usage_amount(found, Decimal(quantity))


CALLS = (tier(1000, "1.50"), tier(None, "2.00"))
THREE = (tier(10, "5"), tier(100, "4"), tier(None, "1"))


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [("0", "0"), ("1", "1.50"), ("999", "1498.50"), ("1000", "1500.00"), ("1000.5", "1501.00"), ("1001", "1502.00"), ("1200", "1900.00")],
)
def test_graduated_prices_each_unit_in_its_own_tier_the_limit_included(quantity, expected):
    assert cost(price(GRADUATED, *CALLS), quantity) == Decimal(expected)


@pytest.mark.parametrize(
    ("quantity", "expected"), [("0", "0"), ("10", "50"), ("11", "44"), ("100", "400"), ("100.01", "100.01"), ("101", "101")]
)
def test_volume_prices_every_unit_in_the_tier_the_whole_quantity_reaches(quantity, expected):
    assert cost(price(VOLUME, *THREE), quantity) == Decimal(expected)


def test_graduated_goes_through_every_tier():
    """10 × 5 + 90 × 4 + 50 × 1."""
    assert cost(price(GRADUATED, *THREE), 150) == 460


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [("0", "0"), ("0.5", "2.95"), ("100", "2.95"), ("101", "5.90"), ("199", "5.90"), ("200", "5.90"), ("201", "8.85")],
)
def test_a_begun_package_is_paid_whole(quantity, expected):
    assert cost(price(PACKAGE, tier(None, "2.95", 100)), quantity) == Decimal(expected)


def test_packages_may_get_cheaper_with_the_quantity():
    """250 units: two packages of 100 at 10.00 up to 200, then a begun one of 25 at 2.00, and another."""
    packages = price(PACKAGE, tier(200, "10", 100), tier(None, "2", 25))
    assert cost(packages, 200) == 20
    assert cost(packages, 201) == 22
    assert cost(packages, 250) == 24


def test_the_flat_fee_is_due_at_any_quantity_zero_included():
    for model in (GRADUATED, VOLUME):
        found = price(model, *CALLS, flat_fee="30.00")
        assert cost(found, 0) == 30
        assert cost(found, 1) == Decimal("31.50")


def test_the_allowance_is_free_and_the_tiers_begin_after_it():
    """1,200 with 100 free: 1,000 × 1.50 + 100 × 2.00."""
    found = price(GRADUATED, *CALLS, allowance=100)
    assert [cost(found, quantity) for quantity in (0, 99, 100, 101, 1200)] == [0, 0, 0, Decimal("1.50"), 1700]


def test_volume_looks_for_its_tier_after_the_allowance():
    """60 with 50 free are 10 in the first tier, not 60 in the second."""
    assert cost(price(VOLUME, *THREE, allowance=50), 60) == 50


def test_the_allowance_comes_before_packages():
    """250 with 50 free are two packages of 100."""
    assert cost(price(PACKAGE, tier(None, "2.95", 100), allowance=50), 250) == Decimal("5.90")


def test_a_discount_is_of_everything():
    """10 % of 30.00 + 100 × 1.50."""
    assert cost(price(GRADUATED, *CALLS, flat_fee=30, discount=10), 100) == Decimal("162.00")


def test_only_the_total_is_rounded_half_up():
    """Three tiers of a third of a cent each would vanish one by one: 1 × 0.003 + 1 × 0.003 + 1 × 0.003 is a cent."""
    thirds = price(GRADUATED, tier(1, "0.003"), tier(2, "0.003"), tier(None, "0.003"))
    assert cost(thirds, 3) == Decimal("0.01")
    assert cost(price(FLAT, tier(None, "0.005")), 1) == Decimal("0.01")
    assert usage_amount(price(FLAT, tier(None, "0.5")), Decimal(1), rounding=Decimal("1")) == 1


@pytest.mark.parametrize("model", MODELS)
def test_the_parts_tell_what_the_amount_is_made_of(model):
    found = price(model, *(THREE if model in (GRADUATED, VOLUME) else [tier(None, "2.95", 10)]), flat_fee=7)
    for quantity in (0, 1, 10, 11, 250):
        assert sum((part.amount for part in usage_parts(found, Decimal(quantity))), Fraction(7)) == Fraction(cost(found, quantity))


def test_a_negative_quantity_has_no_price():
    with pytest.raises(ValueError, match="not negative: -1"):
        cost(price(FLAT, tier(None, 1)), -1)


def test_a_quantity_beyond_the_last_tier_has_no_price():
    assert cost(price(GRADUATED, tier(10, 1)), 10) == 10
    for model in (GRADUATED, VOLUME):
        with pytest.raises(ValueError, match="no tier says what 11 units cost"):
            cost(price(model, tier(10, 1)), 11)


def test_an_unknown_model_is_named():
    for function in (lambda found: cost(found, 1), check_price):
        with pytest.raises(ValueError, match="unknown usage model 'stairs', expected one of flat, graduated, volume, package"):
            function(price("stairs", tier(None, 1)))


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (price(FLAT), NO_TIER),
        (price(FLAT, tier(10, 1)), ONE_TIER),
        (price(FLAT, tier(10, 1), tier(None, 1)), ONE_TIER),
        (price(GRADUATED, tier(None, 1), tier(10, 1)), OPEN_TOO_EARLY),
        (price(GRADUATED, tier(None, 1), tier(None, 1)), OPEN_TOO_EARLY),
        (price(GRADUATED, tier(10, 1), tier(9, 1), tier(None, 1)), NOT_ASCENDING),
        (price(GRADUATED, tier(10, 1), tier(10, 1), tier(None, 1)), NOT_ASCENDING),
        (price(GRADUATED, tier(0, 1), tier(None, 1)), NOT_ASCENDING),
        (price(VOLUME, tier(10, 1)), NOT_OPEN),
        (price(PACKAGE, tier(None, 1, 0)), BAD_SIZE),
        (price(PACKAGE, tier(None, 1, -5)), BAD_SIZE),
        (price(GRADUATED, tier(10, 1), tier(None, -1)), NEGATIVE_PRICE),
        (price(GRADUATED, *CALLS, flat_fee=-1), NEGATIVE_FEE),
        (price(GRADUATED, *CALLS, allowance=-1), NEGATIVE_ALLOWANCE),
    ],
)
def test_what_is_wrong_with_a_price_is_said_in_words(found, problem):
    assert price_problem(found) == problem
    with pytest.raises(ValueError, match=PROBLEMS[problem]):
        check_price(found)


def test_a_good_price_has_no_problem():
    for found in (
        price(FLAT, tier(None, 0)),
        price(VOLUME, *THREE),
        price(PACKAGE, tier(None, 3, 100)),
        price(GRADUATED, tier(None, 1, 0)),
    ):
        assert check_price(found) is found


unit_prices = st.decimals(min_value=0, max_value=500, places=4)
quantities = st.decimals(min_value=0, max_value=5000, places=2)
allowed = st.sampled_from([Decimal(0), Decimal(3), Decimal("250.5")])


@st.composite
def usage_prices(draw, models=MODELS, allowances=allowed):
    """Any price that can be used."""
    model = draw(st.sampled_from(models))
    limits = [] if model == FLAT else sorted(draw(st.sets(st.integers(1, 4000), max_size=4)))
    sizes = st.sampled_from([Decimal(1), Decimal(7), Decimal(100), Decimal("2.5")])
    tiers = tuple(Tier(None if limit is None else Decimal(limit), draw(unit_prices), draw(sizes)) for limit in [*limits, None])
    return check_price(UsagePrice(model, tiers, draw(st.decimals(0, 99, places=2)), draw(allowances)))


@given(usage_prices((FLAT, GRADUATED, PACKAGE)), quantities, quantities)
def test_more_never_costs_less(found, one, other):
    """Not so with ``volume``: reaching a cheaper tier makes every unit cheaper."""
    assert usage_amount(found, min(one, other)) <= usage_amount(found, max(one, other))


@given(usage_prices(), quantities)
def test_the_allowance_moves_the_quantity(found, quantity):
    without = found._replace(allowance=Decimal(0))
    assert usage_amount(found, quantity + found.allowance) == usage_amount(without, quantity)
    assert usage_amount(found, min(quantity, found.allowance)) == usage_amount(without, Decimal(0))


@given(usage_prices(), quantities)
def test_nothing_is_cheaper_than_the_flat_fee(found, quantity):
    assert usage_amount(found, quantity) >= found.flat_fee == usage_amount(found, Decimal(0))


@given(usage_prices((GRADUATED,), st.just(Decimal(0))), st.integers(0, 5000))
def test_graduated_is_the_sum_of_every_unit_at_the_price_of_its_tier(found, quantity):
    def of_unit(n):
        return next(Fraction(each.unit_price) for each in found.tiers if each.up_to is None or n <= each.up_to)

    total = sum((of_unit(n) for n in range(1, quantity + 1)), Fraction(found.flat_fee))
    assert abs(Fraction(usage_amount(found, Decimal(quantity))) - total) <= Fraction(1, 200)


@given(usage_prices((VOLUME, GRADUATED), st.just(Decimal(0))))
def test_the_limit_of_a_tier_belongs_to_it(found):
    """At the limit itself the next tier's price is not met: making it absurd changes nothing; just above it does."""
    for n, each in enumerate(found.tiers[:-1]):
        absurd = found._replace(
            tiers=(*found.tiers[: n + 1], *(later._replace(unit_price=Decimal(10**6)) for later in found.tiers[n + 1 :]))
        )
        assert usage_amount(absurd, each.up_to) == usage_amount(found, each.up_to)
        assert usage_amount(absurd, each.up_to + 1) > usage_amount(found, each.up_to + 1)


@given(usage_prices((VOLUME,), st.just(Decimal(0))), quantities)
def test_volume_costs_what_one_price_for_all_costs(found, quantity):
    reached = next(each for each in found.tiers if each.up_to is None or quantity <= each.up_to)
    one_price = UsagePrice(FLAT, (Tier(None, reached.unit_price),), found.flat_fee)
    assert usage_amount(found, quantity) == usage_amount(one_price, quantity)
