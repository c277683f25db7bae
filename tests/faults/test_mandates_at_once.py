"""Debits under mandates by several at once, while the customer pays in another way, and by processes that die: no debt is debited twice."""

import datetime
from collections import Counter
from unittest.mock import patch

import pytest
from overtaking import overtaken
from processes import kill_at_every_commit, run, start

SHORT, LONG = 3, 30
"""Invoices."""
MANY_KILLS = 10
"""Each process comes one commit further than the one before, so that their number grows slower than the work."""


class Bank:
    """A bank that keeps what it is told in a file, whatever process tells it."""

    def __init__(self, file, repeats: bool):
        self.file, self.repeats = file, repeats
        file.touch()

    def tell(self, what: str, reference: str) -> None:
        with open(self.file, "a") as book:
            book.write(f"{what} {reference}\n")

    def told(self, what: str) -> Counter:
        return Counter(line.split()[1] for line in self.file.read_text().splitlines() if line.split()[0] == what)


BANKS = [
    pytest.param(False, id="a bank that takes everything"),
    pytest.param(True, id="a bank that knows references", marks=pytest.mark.long),
]


@pytest.fixture(params=BANKS)
def bank(debts, tmp_path, request):
    """A bank; its hooks stand in the place of those of a module for a real one."""
    bank, scheme = Bank(tmp_path / "bank", request.param), debts.registry["recurring.mandate.scheme"]

    def announce(_scheme, debit):
        bank.tell("announce", debit.reference)
        return "pending"

    def cancel(_scheme, debit):
        bank.tell("cancel", debit.reference)
        return True

    hooks = {
        "_debits_by_itself": lambda _scheme: True,
        "_debit_can_repeat": lambda _scheme: bank.repeats,
        "_debit_announce": announce,
        "_debit_cancel": cancel,
    }
    debts.sql("UPDATE res_company SET recurring_charge = TRUE WHERE id = %s", debts.company_id)
    debts.registry.clear_cache()
    with patch.multiple(scheme, **hooks):
        yield bank
    debts.sql("UPDATE res_company SET recurring_charge = FALSE WHERE id = %s", debts.company_id)


def _agreed(world, count: int) -> list[int]:
    """Invoices that are due in a week, of customers who agreed to be debited; gives their ids."""
    pairs = world.subscribe(count, invoice_mode="post_charge")
    ids = [number for number, _move in pairs]

    def agree(env):
        scheme = env["recurring.mandate.scheme"].search([("journal_id", "=", world.bank_id)], limit=1) or env[
            "recurring.mandate.scheme"
        ].create({"name": "Bank", "code": "by_hand", "journal_id": world.bank_id, "company_id": world.company_id})
        for subscription in env["recurring.subscription"].browse(ids):
            mandate = env["recurring.mandate"].create(
                {"scheme_id": scheme.id, "partner_id": subscription.partner_id.id, "company_id": world.company_id}
            )
            mandate.action_agreed()
            subscription.mandate_id = mandate
        due = world.month + datetime.timedelta(days=7)
        world.lines(env, [move for _number, move in pairs]).date_maturity = due

    world.work(agree)()
    return [move for _number, move in pairs]


def _collect(world):
    return world.scheduled("recurring.mandate.collection")


def _debits(world, moves) -> list[tuple[int, str, bool]]:
    query = "SELECT move_id, state, take_back FROM recurring_mandate_debit WHERE move_id IN %s ORDER BY move_id, id"
    return world.sql(query, tuple(moves))


def _story(world, bank, count: int) -> None:
    moves = _agreed(world, count)
    assert kill_at_every_commit(world, _collect(world)) >= min(count, MANY_KILLS)
    for child in start(_collect(world), _collect(world)):
        child.result()
    debits = _debits(world, moves)
    assert [move for move, _state, _back in debits] == sorted(moves), "one debit of each invoice"
    states = Counter(state for _move, state, _back in debits)
    assert set(states) <= ({"announced"} if bank.repeats else {"announced", "unknown"})
    told = bank.told("announce")
    assert len(told) <= count
    if not bank.repeats:
        assert max(told.values()) == 1, "what the bank may have is not announced again"
    assert len(told) >= states["announced"]
    learn = world.work(
        lambda env: [
            each._recurring_learn("done", day=world.month)
            for each in env["recurring.mandate.debit"].search([("move_id", "in", moves)], order="id")
        ]
    )
    run(learn)
    run(learn)
    assert world.payments(moves) == dict.fromkeys(moves, 50.0)


def test_each_invoice_is_debited_once(debts, bank):
    _story(debts, bank, SHORT)


@pytest.mark.long
def test_many_invoices_are_debited_once(debts, bank):
    _story(debts, bank, LONG)


def test_two_processes_announce_each_debit_once(debts, bank):
    moves = _agreed(debts, SHORT)
    for child in start(_collect(debts), _collect(debts)):
        child.result()
    run(_collect(debts))
    assert [state for _move, state, _back in _debits(debts, moves)] == ["announced"] * SHORT
    assert sorted(bank.told("announce").values()) == [1] * SHORT


def test_paid_in_another_way_while_the_debit_is_announced(debts, bank):
    """The payment began first and is booked last: it must see the debit, and take it back."""
    first, second = _agreed(debts, 2)
    assert not overtaken(debts, debts.pay(first), by=_collect(debts))
    assert (first, "announced", True) in _debits(debts, [first])
    _collect(debts)()
    assert _debits(debts, [first]) == [(first, "cancelled", False)]
    assert debts.payments([first, second]) == {first: 50.0}


def test_announced_and_paid_in_another_way_by_two_processes(debts, bank):
    """Whoever is first: no debit of an invoice that is paid stays with the bank."""
    moves = _agreed(debts, SHORT)
    for child in start(_collect(debts), debts.paying(moves)):
        child.result()
    run(_collect(debts))
    assert {state for _move, state, _back in _debits(debts, moves)} <= {"cancelled"}
    assert bank.told("announce") == bank.told("cancel")
    assert debts.payments(moves) == dict.fromkeys(moves, 50.0)
