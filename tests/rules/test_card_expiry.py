"""Until when a card can be charged, in the answers of providers as their documentation shows them."""

from datetime import date

import pytest

from rules.card_expiry import expiry_in, last_day


@pytest.mark.parametrize(
    "answer",
    [
        {"payment_method": {"card": {"brand": "visa", "exp_month": 2, "exp_year": 2028, "last4": "4242"}}},
        {"additionalData": {"expiryDate": "2/2028", "cardSummary": "4242"}},
        {"card": {"expiration_month": "02", "expiration_year": "2028"}},
        {"payment": {"cardPaymentMethodSpecificOutput": {"card": {"expiryDate": "0228"}}}},
        {"data": [{"card": {"expiry": "02/28"}}]},
    ],
)
def test_each_provider_names_it_differently(answer):
    assert expiry_in(answer) == date(2028, 2, 29)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        [],
        "02/28",
        {"exp_month": None, "exp_year": None},
        {"expiry": "soon"},
        {"expiryDate": "1328"},
        {"expiry_date": "2028-02-29T00:00:00"},
    ],
)
def test_what_says_nothing_gives_nothing(answer):
    assert expiry_in(answer) is None


def test_an_answer_that_goes_deep_is_not_followed_for_ever():
    answer = {"exp_month": 1, "exp_year": 2030}
    for _n in range(50):
        answer = {"more": answer}
    assert expiry_in(answer) is None


def test_a_card_lives_until_the_end_of_its_month():
    assert [last_day(month, 2027) for month in (1, 4, 12)] == [date(2027, 1, 31), date(2027, 4, 30), date(2027, 12, 31)]
