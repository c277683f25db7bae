"""What money is for: debts first, their fees, the next debt; nothing appears and nothing is lost."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rules.receipts import Owed, split

D = Decimal
MARCH = Owed("March", D(1000), D(20), D(5), waive_below=D(1))
APRIL = Owed("April", D(500))


def shown(amount, *items):
    shares, over = split(D(amount), items)
    return [(each.key, str(each.debt), str(each.fine), str(each.interest)) for each in shares], str(over)


def test_the_older_debt_takes_its_fees_before_the_next_takes_anything():
    assert shown("1100", MARCH, APRIL) == ([("March", "1000", "20", "5"), ("April", "75", "0", "0")], "0")


def test_money_without_the_fees_settles_the_debts():
    assert shown("1500", MARCH, APRIL) == ([("March", "1000", "0", "0"), ("April", "500", "0", "0")], "0")


def test_the_fine_comes_before_interest():
    assert shown("1022", MARCH) == ([("March", "1000", "20", "2")], "0")


def test_little_that_is_missing_is_waived_and_more_is_not():
    [paid] = split(D("1024.01"), [MARCH])[0]
    assert (str(paid.interest), str(paid.waived_interest)) == ("4.01", "0.99")
    [paid] = split(D("1024.00"), [MARCH])[0]
    assert (paid.interest, paid.waived_interest) == (4, 0)


def test_a_part_of_the_debt_waives_nothing():
    [paid] = split(D("999.99"), [MARCH])[0]
    assert (paid.debt, paid.waived_fine, paid.waived_interest) == (D("999.99"), 0, 0)


EARLY = [Owed("a", D(100), discount=D(5)), Owed("b", D(100), discount=D(5))]


def test_discounts_of_all_that_is_paid():
    shares, over = split(D(190), EARLY)
    assert [(each.debt, each.discount) for each in shares] == [(100, 5), (100, 5)]
    assert over == 0


def test_a_part_has_no_discount():
    shares, _over = split(D(150), EARLY)
    assert [(each.debt, each.discount) for each in shares] == [(100, 5), (55, 0)]


def test_who_pays_everything_anyway_needs_no_discount():
    shares, over = split(D(200), EARLY)
    assert ([(each.debt, each.discount) for each in shares], over) == ([(100, 0), (100, 0)], 0)


cents = st.integers(0, 20_000).map(lambda n: D(n) / 100)
items = st.builds(
    lambda residual, fine, interest, part, waive: Owed(object(), residual, fine, interest, min(part, residual), waive),
    cents.filter(bool),
    cents,
    cents,
    cents,
    cents,
)


@given(amount=cents.filter(bool), owed=st.lists(items, max_size=4))
def test_all_money_is_somewhere(amount, owed):
    shares, over = split(amount, owed)
    spent = sum((each.debt - each.discount + each.fine + each.interest for each in shares), D(0))
    assert spent + over == amount
    assert over >= 0
    by_key = {each.key: each for each in owed}
    for each in shares:
        item = by_key[each.key]
        assert 0 <= each.debt <= item.residual
        assert each.fine + each.waived_fine <= item.fine
        assert each.interest + each.waived_interest <= item.interest
        if each.discount or each.fine or each.interest or each.waived_fine or each.waived_interest:
            assert each.debt == item.residual


@given(owed=st.lists(items, min_size=1, max_size=4))
def test_the_amount_of_the_day_settles_everything(owed):
    total = sum((item.total for item in owed), D(0))
    shares, over = split(total, owed)
    if total:
        assert [each.debt for each in shares] == [item.residual for item in owed][: len(shares)]
        assert over == 0
