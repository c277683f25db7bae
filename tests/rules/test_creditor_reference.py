"""References payers write: the international standard, unique, and found again however people space them."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rules.creditor_reference import (
    ALPHABET,
    DRAWN,
    LENGTH,
    LONGEST,
    _check_digits,
    creditor_reference,
    drawn_reference,
    drawn_references_in,
    references_in,
    spaced,
)

NUMBERS = st.integers(min_value=0, max_value=10**10 - 1)


def test_check_digits_are_those_of_the_standard():
    assert _check_digits("539007547034") == "18"  # the example of ISO 11649: RF18 5390 0754 7034


def test_a_pix_transaction_id_holds_it():
    assert LENGTH <= LONGEST
    assert creditor_reference(7).isalnum()


@given(NUMBERS, NUMBERS)
def test_two_numbers_have_two_references(one, other):
    assert (creditor_reference(one) == creditor_reference(other)) == (one == other)


@given(NUMBERS)
def test_a_reference_is_found_spaced_and_in_small_letters(number):
    reference = creditor_reference(number)
    assert references_in(f"Gym 12/2026 {spaced(reference).lower()} obrigado") == [reference]


@given(NUMBERS, st.integers(min_value=2, max_value=LENGTH - 1), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_is_noticed(number, place, step):
    reference = creditor_reference(number)
    wrong = f"{reference[:place]}{(int(reference[place]) + step) % 10}{reference[place + 1 :]}"
    assert references_in(wrong) == []


def test_two_swapped_digits_are_noticed():
    assert references_in("RF340000000024") == []
    assert references_in("RF340000000042") == ["RF340000000042"]


@pytest.mark.parametrize("text", ["", None, "RF34", "RF 34 0000 0000 4", "Invoice INV/2026/00042"])
def test_other_texts_carry_none(text):
    assert references_in(text) == []


@pytest.mark.parametrize("number", [-1, 10**10])
def test_a_number_too_long_is_refused(number):
    with pytest.raises(ValueError, match="a reference numbers from 0 to 9999999999"):
        creditor_reference(number)


DRAWN_TEXTS = st.text(alphabet=ALPHABET, min_size=DRAWN, max_size=DRAWN)


@given(DRAWN_TEXTS)
def test_a_drawn_reference_is_a_transaction_id_and_found_again(drawn):
    reference = drawn_reference(drawn)
    assert reference.isalnum()
    assert len(reference) <= LONGEST
    assert reference in drawn_references_in(f"PIX {reference.lower()} JOAO")
    assert reference in drawn_references_in(spaced(reference))


@given(DRAWN_TEXTS, st.integers(min_value=4, max_value=3 + DRAWN), st.sampled_from(ALPHABET))
def test_one_wrong_character_of_a_drawn_reference_is_noticed(drawn, place, character):
    """A digit for a digit, a letter for a letter; one for the other changes how long the number is, and one in 97 of those passes."""
    assume(character.isdigit() == drawn[place - 4].isdigit())
    reference = drawn_reference(drawn)
    wrong = reference[:place] + character + reference[place + 1 :]
    assert (wrong in drawn_references_in(wrong)) == (wrong == reference)


@pytest.mark.parametrize("drawn", ["", "7K2M9PQR4TXW3ZA", "7K2M9PQR4TXW3ZA0", "7k2m9pqr4txw3zab"])
def test_what_was_not_drawn_is_refused(drawn):
    with pytest.raises(ValueError, match="16 characters"):
        drawn_reference(drawn)
