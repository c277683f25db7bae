"""Payment codes: the published example, and what is noticed when one is damaged."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import brcode

PUBLISHED = (
    "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000"
    "5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D"
)


def code(**fields):
    """A code with an amount and a transaction id, and the right check sum."""
    parts = {"00": "01", "26": "0014br.gov.bcb.pix0105a@b.c", "53": "986", "54": "1025.00", "58": "BR", "62": "0504ABCD", **fields}
    text = "".join(f"{number}{len(value):02d}{value}" for number, value in sorted(parts.items()) if value) + "6304"
    return text + brcode.crc16(text)


def test_the_check_sum_is_that_of_the_standard():
    assert brcode.crc16("123456789") == "29B1"


def test_the_published_code_is_read():
    said = brcode.read(PUBLISHED)
    assert (said.amount, said.txid, said.fields["60"]) == (None, "", "BRASILIA")


def test_amount_and_transaction_id_are_read():
    assert brcode.read(code())[:2] == (Decimal("1025.00"), "ABCD")


@given(st.integers(min_value=0, max_value=len(PUBLISHED) - 1), st.sampled_from("0123456789abcXYZ"))
def test_one_wrong_character_is_noticed(place, character):
    wrong = PUBLISHED[:place] + character + PUBLISHED[place + 1 :]
    if wrong != PUBLISHED:
        with pytest.raises(ValueError, match="code"):
            brcode.read(wrong)


@pytest.mark.parametrize("text", ["", "000201", "hello", PUBLISHED[:-1], PUBLISHED + "0", PUBLISHED[:-8]])
def test_what_is_no_code_is_refused(text):
    with pytest.raises(ValueError, match="code"):
        brcode.read(text)


def test_an_amount_that_is_none_is_refused():
    with pytest.raises(ValueError, match="is no amount"):
        brcode.read(code(**{"54": "12,50"}))
