"""Whose money a bank row is: sure only where it says so itself and the amount agrees."""

from datetime import date
from decimal import Decimal

import pytest

from rules import bank_matching as bank
from rules.bank_book import Book, Item, Payer
from rules.bank_matching import CERTAIN, DOUBTFUL, NONE, Cost, Reason, Row, match_rows
from rules.bank_text import same_name

DAY = date(2024, 3, 25)
ANA = Payer("ana", ("Ana Cláudia Souza Lima",), ("529.982.247-25",))
BIA = Payer("bia", ("Beatriz Nogueira",), ("111.444.777-35",))
CLUB = Payer("club", ("Clube Aurora Ltda",), ("12.ABC.345/01DE-35",))


def money(text):
    return Decimal(text)


def match(rows, items, payers=(ANA, BIA, CLUB), settled=()):
    """Items as (id, payer, due day of March, residual, total today, references)."""
    book = Book([Item(i, payer, date(2024, 3, due), tuple(refs)) for i, payer, due, _r, _t, *refs in items], payers, settled)
    costs = {(i, DAY): Cost(money(residual), money(total)) for i, _p, _d, residual, total, *_refs in items}
    found = match_rows([Row(n, DAY, money(amount), text, *rest) for n, (amount, text, *rest) in enumerate(rows)], book, costs)
    return [found[n] for n in range(len(rows))]


def codes(found):
    return [reason.code for reason in found.reasons]


MARCH = (1, "ana", 10, "1000.00", "1025.00", "INV/2024/00012", "TX7K2M9Q4B")


@pytest.mark.parametrize(
    ("amount", "text", "expected"),
    [
        ("1025.00", "PIX RECEBIDO TX7K2M9Q4B", (CERTAIN, ["reference", "amount"])),
        ("1000.00", "PIX RECEBIDO tx7k2m9q4b", (CERTAIN, ["reference", "amount_without_fees"])),
        ("1025.00", "Pagto INV/2024/00012 obrigada", (CERTAIN, ["reference", "amount"])),
        ("1025.00", "Pagto INV 2024 00012", (CERTAIN, ["reference", "amount"])),
        ("1020.00", "Pagto INV/2024/00012", (DOUBTFUL, ["reference", "amount_less"])),
        ("1030.00", "Pagto INV/2024/00012", (DOUBTFUL, ["reference", "amount_more"])),
        ("1025.00", "TED 52998224725 ANA C S LIMA", (CERTAIN, ["document", "amount"])),
        ("1025.00", "TED CPF 529.982.247-25", (CERTAIN, ["document", "amount"])),
        ("1025.00", "TED 00052998224725", (CERTAIN, ["document", "amount"])),
        ("900.00", "TED CPF 529.982.247-25", (DOUBTFUL, ["document", "amount_less"])),
        ("1025.00", "PIX ***.982.247-** ANA CLAUDIA SOUZA LIMA", (CERTAIN, ["masked_document", "amount"])),
        ("1025.00", "PIX ***.982.247-** A LIMA", (DOUBTFUL, ["masked_document", "amount"])),
        ("1025.00", "DEPOSITO EM DINHEIRO", (DOUBTFUL, ["only_amount"])),
        ("77.00", "DEPOSITO EM DINHEIRO", (NONE, ["unknown"])),
        # A number that only looks like the reference, or a CPF with one digit wrong, is neither.
        ("1025.00", "Pagto INV/2024/000123", (DOUBTFUL, ["only_amount"])),
        ("1025.00", "Pagto INV/2024/00012 3x", (CERTAIN, ["reference", "amount"])),
        ("1025.00", "TED 52998224726", (DOUBTFUL, ["only_amount"])),
    ],
)
def test_a_row_is_as_sure_as_what_it_says(amount, text, expected):
    (found,) = match([(amount, text)], [MARCH])
    assert (found.verdict, codes(found)) == expected
    if found.verdict != NONE:
        assert (found.items, found.payer) == ((1,), "ana")


def test_a_name_alone_is_never_sure():
    (found,) = match([("1025.00", "PIX", "ANA CLAUDIA SOUZA LIMA")], [MARCH])
    assert (found.verdict, codes(found), found.items) == (DOUBTFUL, ["name", "amount"], (1,))


def test_a_name_two_customers_share_proposes_nobody():
    other = Payer("other", ANA.names)
    items = [MARCH, (2, "other", 10, "1000.00", "1025.00")]
    (found,) = match([("1025.00", "PIX", "ANA CLAUDIA SOUZA LIMA")], items, (ANA, other))
    assert (found.verdict, codes(found), found.items) == (NONE, ["amount_shared"], ())


def test_of_equal_invoices_the_oldest_is_paid_and_each_once():
    items = [(n, "bia", n, "99.90", "99.90") for n in (1, 2, 3)]
    found = match([("99.90", "PIX 11144477735")] * 4, items)
    assert [each.items for each in found] == [(1,), (2,), (3,), ()]
    assert [each.verdict for each in found] == [CERTAIN] * 3 + [DOUBTFUL]
    assert codes(found[0]) == ["document", "amount", "oldest"] and codes(found[3]) == ["document", "nothing_open"]


def test_the_invoice_somebody_names_is_not_taken_by_a_row_before_it():
    items = [(1, "bia", 1, "99.90", "99.90", "INV/2024/00001"), (2, "bia", 2, "99.90", "99.90", "INV/2024/00002")]
    by_document, by_name = match([("99.90", "PIX 11144477735"), ("99.90", "INV/2024/00001")], items)
    assert (by_document.items, by_name.items) == ((2,), (1,))


def test_the_oldest_invoices_together_are_one_payment():
    items = [(n, "bia", n, "100.00", f"10{n}.00") for n in (1, 2, 3)]
    (found,) = match([("203.00", "PIX 11144477735")], items)
    assert (found.verdict, found.items, codes(found)) == (CERTAIN, (1, 2), ["document", "amount", "several"])


def test_two_invoices_named_in_one_row_are_one_payment():
    items = [(n, "bia", n, "100.00", "100.00", f"INV/2024/0000{n}") for n in (1, 2, 3)]
    (found,) = match([("200.00", "INV/2024/00003 e INV/2024/00001")], items)
    assert (found.verdict, found.items) == (CERTAIN, (1, 3))


def test_references_of_two_payers_are_for_a_person():
    items = [MARCH, (2, "bia", 10, "25.00", "25.00", "INV/2024/00099")]
    (found,) = match([("1050.00", "INV/2024/00012 INV/2024/00099")], items)
    assert (found.verdict, found.payer) == (DOUBTFUL, None)
    assert "references_differ" in codes(found)


def test_the_same_invoice_paid_twice_is_seen():
    twice = match([("1025.00", "TX7K2M9Q4B"), ("1025.00", "TX7K2M9Q4B")], [MARCH])
    assert [each.verdict for each in twice] == [CERTAIN, DOUBTFUL]
    assert codes(twice[1]) == ["settled_reference"] and not twice[1].items
    (settled,) = match([("50.00", "INV/2023/00777 111.444.777-35")], [MARCH], settled=["INV/2023/00777"])
    assert (settled.verdict, codes(settled), settled.payer) == (DOUBTFUL, ["settled_reference"], "bia")


def test_a_suspicion_makes_a_sure_row_doubtful():
    suspicion = Reason(bank.REGISTERED, "PAY/1")
    (found,) = match([("1025.00", "TX7K2M9Q4B", "", (suspicion,))], [MARCH])
    assert (found.verdict, found.items, found.reasons[-1]) == (DOUBTFUL, (1,), suspicion)


def test_a_doubtful_row_takes_nothing_from_a_sure_one():
    doubtful, sure = match([("1000.00", "PIX", "ANA CLAUDIA SOUZA LIMA"), ("1025.00", "529.982.247-25")], [MARCH])
    assert sure.verdict == CERTAIN and doubtful.verdict == DOUBTFUL
    assert doubtful.items == ()  # nothing is left of the invoice


def test_a_company_is_known_by_letters_in_its_number():
    (found,) = match([("10.00", "TED 12ABC34501DE35")], [(1, "club", 5, "10.00", "10.00")])
    assert (found.verdict, found.payer) == (CERTAIN, "club")


def test_less_than_the_oldest_debts_proposes_those_it_reaches():
    items = [(n, "bia", n, "100.00", "100.00") for n in (1, 2, 3)]
    (found,) = match([("150.00", "11144477735")], items)
    assert (found.verdict, found.items, found.reasons[-1]) == (DOUBTFUL, (1, 2), Reason("amount_less", money("50.00")))


@pytest.mark.parametrize(
    ("written", "known", "same"),
    [
        ("JOSE DA SILVA", "José Silva", True),
        ("MARIA APARECIDA DOS S", "Maria Aparecida dos Santos", True),
        ("MARIA APARECIDA", "Maria Aparecida dos Santos", False),
        ("", "Ana Lima", False),
    ],
)
def test_names(written, known, same):
    assert same_name(written, known) is same


def registered(days, payer="bia", amount="99.90"):
    book = Book([Item(1, "bia", DAY)], [BIA])
    costs = {(1, DAY): Cost(money("99.90"), money("99.90"))}
    payment = bank.Registered("PAY/1", payer, date.fromordinal(DAY.toordinal() - days), money(amount))
    rows = [Row(n, DAY, money("99.90"), "PIX 111.444.777-35") for n in (1, 2)]
    return match_rows(rows, book, costs, [payment])


def test_money_a_person_registered_is_not_counted_again():
    found = registered(days=3)
    assert (found[1].verdict, found[1].reasons[-1]) == (DOUBTFUL, Reason(bank.REGISTERED, "PAY/1"))
    # One payment is one row: the second row is other money.
    assert (found[2].verdict, found[2].items) == (CERTAIN, (1,))


@pytest.mark.parametrize("other", [{"days": 6}, {"days": -2}, {"days": 0, "payer": "ana"}, {"days": 0, "amount": "99.91"}])
def test_other_money_a_person_registered_raises_no_doubt(other):
    assert registered(**other)[1].verdict == CERTAIN


def test_an_amount_several_invoices_of_one_customer_have_proposes_the_oldest():
    items = [(n, "bia", n, "99.90", "99.90") for n in (2, 1)]
    (found,) = match([("99.90", "DEPOSITO")], items)
    assert (found.verdict, found.items, codes(found), found.payer) == (DOUBTFUL, (1,), ["only_amount", "oldest"], "bia")
