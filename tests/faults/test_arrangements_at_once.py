"""Agreements, promises, claims and write-offs while the bank books the same debts, or the night looks at them, or a process dies."""

import datetime

import pytest
from overtaking import meanwhile, overtaken
from processes import kill_at_every_commit, start

SHORT, LONG = 4, 24
"""Customers."""
OWED = 50.0


def _sign(world, move_id, days=(10, 40)):
    """Sign an agreement in equal instalments, so many days from today: a function of an environment."""

    def sign(env):
        from odoo.addons.recurring_billing.services.agreement_signing import Terms

        instalments = [(world.month + datetime.timedelta(days=number), OWED / len(days)) for number in days]
        terms = Terms(world.lines(env, move_id), instalments, 0.0)
        return env["recurring.agreement.signing"].sign(world.case(env, move_id), terms).id

    return sign


def _check_agreed(world, move_id) -> tuple[str, list[float]]:
    """An agreement is whole, or not there: its instalments are the open items of its invoice; gives how it stands, and what is open."""
    agreements = world.sql(
        "SELECT a.id, a.state FROM recurring_agreement a WHERE a.state <> 'cancelled' AND EXISTS (SELECT 1 FROM recurring_agreement_part p "
        "JOIN account_move_line l ON l.id = p.source_line_id WHERE p.agreement_id = a.id AND l.move_id = %s)",
        move_id,
    )
    assert len(agreements) <= 1, "one debt is in two agreements"
    items = world.sql(
        "SELECT l.id, l.balance, l.amount_residual FROM account_move_line l JOIN account_account a ON a.id = l.account_id "
        "WHERE l.move_id = %s AND a.account_type = 'asset_receivable' ORDER BY l.date_maturity, l.id",
        move_id,
    )
    assert sum(float(balance) for _id, balance, _left in items) == OWED
    [(state, left)] = world.sql("SELECT payment_state, amount_residual FROM account_move WHERE id = %s", move_id)
    assert float(left) == sum(float(residual) for _id, _balance, residual in items)
    assert (state in ("paid", "in_payment")) == (not left)
    for agreement_id, _state in agreements:
        parts = world.sql("SELECT line_id, amount FROM recurring_agreement_part WHERE agreement_id = %s ORDER BY id", agreement_id)
        assert sorted(line_id for line_id, _amount in parts) == sorted(line_id for line_id, _balance, _left in items), "half an agreement"
        assert sum(float(amount) for _line, amount in parts) == OWED
    return agreements[0][1] if agreements else "none", [float(residual) for _id, _balance, residual in items]


# Agreements


def test_signed_while_the_bank_books_the_debt(debts):
    [move_id] = debts.owe(1)
    assert "are paid" in overtaken(debts, _sign(debts, move_id), by=debts.paying([move_id]))
    assert _check_agreed(debts, move_id) == ("none", [0.0])


def test_booked_while_the_agreement_is_signed(debts):
    """The money pays the instalments, and the agreement is kept."""
    [move_id] = debts.owe(1)
    assert not overtaken(debts, debts.pay(move_id), by=debts.work(_sign(debts, move_id)))
    assert _check_agreed(debts, move_id) == ("kept", [0.0, 0.0])


@pytest.mark.parametrize("days", [(10, 40), (0,)], ids=["in two", "in one, on the day it is due anyway"])
def test_two_people_sign_for_one_debt(debts, days):
    [move_id] = debts.owe(1)
    debts.work(lambda env: debts.case(env, move_id) and None)()
    said = overtaken(debts, _sign(debts, move_id, days), by=debts.work(_sign(debts, move_id, days)))
    assert "is part of the agreement" in said
    assert _check_agreed(debts, move_id)[0] == "running"


def test_signed_while_the_night_reminds(debts):
    """The night began before: its reminder is made, and does not leave."""
    [move_id] = debts.owe(1)
    debts.day(1)
    with meanwhile(debts, "recurring.dunning.run", "plans", debts.work(_sign(debts, move_id))):
        debts.scheduled("recurring.dunning.run")()
    debts.let_leave()()
    debts.check_contacts([move_id])
    assert debts.mailed() == []
    assert _check_agreed(debts, move_id) == ("running", [OWED / 2] * 2)


def test_reminded_while_the_agreement_is_signed(debts):
    [move_id] = debts.owe(1)
    debts.day(1)
    assert not overtaken(debts, _sign(debts, move_id), by=debts.scheduled("recurring.dunning.run"))
    debts.let_leave()()
    debts.check_contacts([move_id])
    assert debts.mailed() == []
    assert _check_agreed(debts, move_id) == ("running", [OWED / 2] * 2)


def test_a_process_that_dies_while_signing_leaves_nothing_of_it(debts):
    [move_id] = debts.owe(1)
    assert kill_at_every_commit(debts, debts.work(_sign(debts, move_id))) == 1
    assert _check_agreed(debts, move_id) == ("running", [OWED / 2] * 2)


def _agreed_and_late(world, count: int = 1) -> list[int]:
    """Invoices whose agreement is broken by the look of today: its first instalment was due yesterday."""
    moves = world.owe(count)
    for move_id in moves:
        world.work(_sign(world, move_id, (1, 25)))()
    world.work(lambda env: env["res.company"].browse(world.company_id).write({"recurring_agreement_grace_days": 0}) and None)()
    world.day(3)
    return moves


def test_an_instalment_is_paid_while_the_night_finds_the_agreement_broken(debts):
    """The payment was first: the agreement goes on, in the same night."""
    [move_id] = _agreed_and_late(debts)
    with meanwhile(debts, "recurring.arrangement.watch", "_is_due", debts.paying([move_id], OWED / 2)):
        debts.scheduled("recurring.arrangement.watch")()
    assert _check_agreed(debts, move_id) == ("running", [0.0, OWED / 2])


def test_broken_while_its_instalment_is_being_paid(debts):
    [move_id] = _agreed_and_late(debts)
    assert not overtaken(debts, debts.pay(move_id, OWED / 2), by=debts.scheduled("recurring.arrangement.watch"))
    assert _check_agreed(debts, move_id) == ("broken", [0.0, OWED / 2])


def test_the_look_of_the_night_goes_on_with_the_others_and_where_it_was_killed(debts):
    moves = _agreed_and_late(debts, SHORT)
    assert kill_at_every_commit(debts, debts.scheduled("recurring.arrangement.watch")) >= SHORT
    assert {_check_agreed(debts, move_id)[0] for move_id in moves} == {"broken"}
    cases = "SELECT id FROM recurring_dunning_case WHERE state = 'open'"
    told = f"SELECT count(*) FROM mail_activity WHERE res_model = 'recurring.dunning.case' AND res_id IN ({cases})"
    assert debts.sql(told) == [(SHORT,)], "each is told once"


# Promises


def _promise(world, move_id):
    def promise(env):
        case, lines = world.case(env, move_id), world.lines(env, move_id)
        return env["recurring.promise.keeping"].make(case, world.month, OWED, lines).id

    return promise


def _promised(world, move_id) -> list[tuple]:
    query = (
        "SELECT state, coalesce(paid, 0) FROM recurring_promise WHERE id IN (SELECT recurring_promise_id FROM {table} WHERE {line} IN %s)"
    )
    relation = world.registry["recurring.promise"]._fields["line_ids"]
    query = query.format(table=relation.relation, line=relation.column2)
    lines = tuple(number for (number,) in world.sql("SELECT id FROM account_move_line WHERE move_id = %s", move_id))
    return [(state, float(paid)) for state, paid in world.sql(query, lines)]


def test_a_promise_is_judged_while_its_money_is_booked(debts):
    """Whoever is first, in the end it is known that the money came, and nobody is told that it did not."""
    first, second = debts.owe(2)
    for move_id in (first, second):
        debts.work(_promise(debts, move_id))()
    debts.day(8)
    with meanwhile(debts, "recurring.arrangement.watch", "_is_due", debts.paying([first])):
        debts.scheduled("recurring.arrangement.watch")()
    assert _promised(debts, first) == [("kept", OWED)]
    assert _promised(debts, second) == [("broken", 0.0)]


def test_found_broken_while_its_money_is_booked(debts):
    [move_id] = debts.owe(1)
    debts.work(_promise(debts, move_id))()
    debts.day(8)
    assert not overtaken(debts, debts.pay(move_id), by=debts.scheduled("recurring.arrangement.watch"))
    assert _promised(debts, move_id) == [("broken", 0.0)], "the night was first"
    debts.scheduled("recurring.dunning.run")()
    debts.let_leave()()
    assert debts.mailed() == []


def test_promised_while_the_money_is_booked(debts):
    [move_id] = debts.owe(1)
    assert not overtaken(debts, debts.pay(move_id), by=debts.work(_promise(debts, move_id)))
    assert _promised(debts, move_id) == [("kept", OWED)]
    [move_id] = debts.owe(1)
    assert "are paid" in overtaken(debts, _promise(debts, move_id), by=debts.paying([move_id]))
    assert _promised(debts, move_id) == []


# "I already paid"


def _claim(world, move_id):
    def claim(env):
        move = env["account.move"].browse(move_id)
        return env["recurring.payment.claims"].take(move.commercial_partner_id, move.company_id, world.lines(env, move_id)).id

    return claim


def _decide(world, claim_id, verb):
    return lambda env: getattr(env["recurring.payment.claims"], verb)(env["recurring.payment.claim"].browse(claim_id))


def _claimed(world, move_id) -> list[tuple[str, bool]]:
    """State of the claims about an invoice, and whether somebody is still asked to look for the money."""
    query = """
        SELECT c.state,
               EXISTS (SELECT 1 FROM mail_activity t WHERE t.res_model = 'recurring.payment.claim' AND t.res_id = c.id AND t.active)
          FROM recurring_payment_claim c JOIN account_move_line_recurring_payment_claim_rel r ON r.recurring_payment_claim_id = c.id
          JOIN account_move_line l ON l.id = r.account_move_line_id WHERE l.move_id = %s ORDER BY c.id
    """
    return world.sql(query, move_id)


@pytest.mark.parametrize("verb", ["accept", "reject"])
def test_decided_by_a_person_while_the_payment_is_booked(debts, verb):
    """The payment decides it; the person reads that it is decided, and no customer who paid is told that the money was not found."""
    [move_id] = debts.owe(1)
    claim_id = debts.work(_claim(debts, move_id))()
    assert overtaken(debts, _decide(debts, claim_id, verb), by=debts.paying([move_id])) == "This was decided already."
    assert _claimed(debts, move_id) == [("accepted", False)]
    [move_id] = debts.owe(1)
    claim_id = debts.work(_claim(debts, move_id))()
    assert not overtaken(debts, debts.pay(move_id), by=debts.work(lambda env: _decide(debts, claim_id, verb)(env)))
    assert _claimed(debts, move_id) == [(f"{verb}ed", False)]


def test_two_people_decide_one_claim(debts):
    [move_id] = debts.owe(1)
    claim_id = debts.work(_claim(debts, move_id))()
    said = overtaken(debts, _decide(debts, claim_id, "reject"), by=debts.work(_decide(debts, claim_id, "accept")))
    assert said == "This was decided already."
    assert _claimed(debts, move_id) == [("accepted", False)]


def test_the_customer_says_so_while_the_payment_is_booked(debts):
    """Nobody is sent to look for money that is in the books."""
    first, second = debts.owe(2)
    assert not overtaken(debts, debts.pay(first), by=debts.work(_claim(debts, first)))
    assert _claimed(debts, first) == [("accepted", False)]
    assert "open any more" in overtaken(debts, _claim(debts, second), by=debts.paying([second]))
    assert _claimed(debts, second) == []


# Write-offs


def _write_off(world, move_id):
    def write_off(env):
        company = env["res.company"].browse(world.company_id)
        case, lines = world.case(env, move_id), world.lines(env, move_id)
        account = company.recurring_write_off_account_id
        return env["recurring.write.off.booking"].book(case, lines, account, world.month, "Gone").id

    return write_off


def _recover(world, write_off_id, amount):
    def recover(env):
        booking, journal = env["recurring.write.off.booking"], env["account.journal"].browse(world.bank_id)
        return booking.recover(env["recurring.write.off"].browse(write_off_id), amount, journal, world.month).id

    return recover


def _standing(world, move_id) -> tuple[float, float, list[tuple[str, float]]]:
    """What is open of an invoice, what was paid of it, and its write-offs: state and what is left of them."""
    [(residual,)] = world.sql("SELECT amount_residual FROM account_move WHERE id = %s", move_id)
    write_offs = world.sql(
        "SELECT state, amount - coalesce(recovered, 0) FROM recurring_write_off WHERE partner_id = "
        "(SELECT commercial_partner_id FROM account_move WHERE id = %s) ORDER BY id",
        move_id,
    )
    return float(residual), world.payments([move_id]).get(move_id, 0.0), [(state, float(left)) for state, left in write_offs]


def test_written_off_while_the_bank_books_it(debts):
    first, second = debts.owe(2)
    assert "that are open" in overtaken(debts, _write_off(debts, first), by=debts.paying([first]))
    assert _standing(debts, first) == (0.0, OWED, [])
    assert not overtaken(debts, debts.pay(second), by=debts.work(_write_off(debts, second)))
    assert _standing(debts, second) == (0.0, 0.0, [("written_off", OWED)]), "the money stands on account, a person decides"


def test_two_people_write_off_one_debt(debts):
    [move_id] = debts.owe(1)
    assert overtaken(debts, _write_off(debts, move_id), by=debts.work(_write_off(debts, move_id)))
    assert _standing(debts, move_id) == (0.0, 0.0, [("written_off", OWED)])


def test_two_people_recover_the_same_money(debts):
    [move_id] = debts.owe(1)
    write_off_id = debts.work(_write_off(debts, move_id))()
    said = overtaken(debts, _recover(debts, write_off_id, OWED), by=debts.work(_recover(debts, write_off_id, OWED)))
    assert "Enter what came" in said
    assert _standing(debts, move_id) == (0.0, OWED, [("recovered", 0.0)])


def test_taken_back_while_it_is_recovered(debts):
    [move_id] = debts.owe(1)
    write_off_id = debts.work(_write_off(debts, move_id))()

    def undo(env):
        env["recurring.write.off.booking"].undo(env["recurring.write.off"].browse(write_off_id))

    assert "recovered already" in overtaken(debts, undo, by=debts.work(_recover(debts, write_off_id, OWED / 2)))
    assert _standing(debts, move_id) == (0.0, OWED / 2, [("partly", OWED / 2)])


# All of it at once


def _story(world, count: int) -> None:
    """Each debt is signed, promised, claimed, written off and paid by processes of their own at one moment: the books agree in the end."""
    moves = world.owe(count)

    def each(act):
        def work(env):
            from odoo.exceptions import UserError
            from odoo.service.model import retrying

            for move_id in moves:
                try:
                    retrying(lambda move_id=move_id: act(world, move_id)(env), env)
                    env.cr.commit()
                except UserError:
                    env.cr.rollback()  # somebody else was first

        return world.work(work)

    for child in start(each(_sign), each(_write_off), each(_claim), world.paying(moves[::2])):
        child.result()
    for number, move_id in enumerate(moves):
        residual, paid, write_offs = _standing(world, move_id)
        agreed, items = _check_agreed(world, move_id)
        assert len(write_offs) <= 1
        assert not (write_offs and agreed == "running"), "written off, and to be paid by instalments"
        assert paid in (0.0, OWED)
        assert residual == sum(items) == (0.0 if paid or write_offs else OWED), (number, paid, write_offs, agreed)
        assert len(_claimed(world, move_id)) <= 1
        if paid:
            assert not any(waits for _state, waits in _claimed(world, move_id))
    world.scheduled("recurring.arrangement.watch")()


def test_everybody_at_once(debts):
    _story(debts, SHORT)


@pytest.mark.long
def test_everybody_at_once_about_many_debts(debts):
    _story(debts, LONG)
