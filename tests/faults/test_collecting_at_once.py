"""The night's run, messages that wait for approval, statements and the self-check by several at once, and by processes that die."""

from unittest.mock import patch

import pytest
from overtaking import overtaken
from processes import kill_at_every_commit, run, start

SHORT, LONG = 5, 40
"""Customers."""
MANY_KILLS = 10
"""Each process comes one commit further than the one before, so that their number grows slower than the work."""


@pytest.fixture
def small_batches():
    """The run takes two customers at a time, so that few make many batches."""
    with patch("odoo.addons.recurring_billing.services.dunning_run.BATCH", 2):
        yield


# The run


def _actions(world, moves) -> int:
    query = "SELECT count(*) FROM recurring_dunning_action WHERE line_id IN (SELECT id FROM account_move_line WHERE move_id IN %s)"
    return world.sql(query, tuple(moves))[0][0]


def _story(world, count: int) -> None:
    """Each customer owes two invoices; three steps on three days, by processes that die and by two at once, while some pay."""
    pairs = world.subscribe(count)
    partners = world.sql("SELECT id, commercial_partner_id FROM account_move WHERE id IN %s", tuple(move for _number, move in pairs))
    moves = [move for _number, move in pairs] + [world.owe(1, partner_id=partner_id)[0] for _move, partner_id in sorted(partners)]
    world.day(1)
    night = world.scheduled("recurring.dunning.run")
    assert kill_at_every_commit(world, night) >= min(count / 2, MANY_KILLS), "hardly any process died, so this proves little"
    assert world.check_contacts(moves) == {"queued": count}
    assert _actions(world, moves) == len(moves)
    assert kill_at_every_commit(world, world.let_leave()) >= 2
    states = world.check_contacts(moves)
    assert set(states) <= {"sent", "unknown"}
    assert sum(states.values()) == count
    world.day(3)
    night = world.scheduled("recurring.dunning.run")
    for child in start(night, night):
        child.result()
    run(night)
    assert _actions(world, moves) == 2 * len(moves)
    for child in start(world.let_leave(), world.let_leave()):
        child.result()
    world.check_contacts(moves)
    world.day(5)
    night = world.scheduled("recurring.dunning.run")
    paid = [move for place, move in enumerate(moves) if place % count == 0]
    for child in start(night, night, world.paying(paid)):
        child.result()
    run(night)
    world.scheduled("recurring.service.state")()
    world.let_leave()()
    world.check_contacts(moves)
    assert world.check_services(pairs) == {"paid": 1, "blocked": count - 1}
    told = [to for to, _subject in world.mailed()]
    [(address,)] = world.sql(
        "SELECT email FROM res_partner WHERE id = (SELECT commercial_partner_id FROM account_move WHERE id = %s)", paid[0]
    )
    assert address not in told, "who paid is not told of the block"
    assert len(told) == count - 1


def test_each_step_is_done_once_and_tells_each_customer_once_a_day(debts, small_batches):
    _story(debts, SHORT)


@pytest.mark.long
def test_the_steps_of_many_customers_are_done_once(debts, small_batches):
    _story(debts, LONG)


# Approval


def _waiting(world, count=1) -> tuple[list[int], list[int]]:
    """Invoices whose reminders wait for approval, and those reminders."""
    moves = world.owe(count)
    world.day(1)
    world.sql("UPDATE recurring_dunning_policy SET approve = TRUE WHERE id = %s", world.policy_id)
    world.work(lambda env: env.registry.clear_cache())()
    world.scheduled("recurring.dunning.run")()
    world.sql("UPDATE recurring_dunning_policy SET approve = FALSE WHERE id = %s", world.policy_id)
    query = "SELECT id FROM recurring_dunning_message WHERE state = 'to_approve' ORDER BY id"
    messages = [number for (number,) in world.sql(query)]
    assert len(messages) == count
    return moves, messages


def _press(messages, method):
    return lambda env: getattr(env["recurring.dunning.message"].browse(messages), method)()


def _pressing(world, messages, method):
    """The work of a person who presses a button, and may find that somebody else was first."""

    def work(env):
        from odoo.exceptions import UserError
        from odoo.service.model import retrying

        try:
            retrying(lambda: _press(messages, method)(env) and None, env)
        except UserError:
            env.cr.rollback()

    return world.work(work)


def test_two_people_approve_one_message(debts):
    moves, messages = _waiting(debts)
    said = overtaken(debts, _press(messages, "action_approve"), by=debts.work(_press(messages, "action_approve")))
    assert said == "Choose messages that wait for approval."
    debts.let_leave()()
    assert debts.check_contacts(moves) == {"sent": 1}


def test_approved_by_one_and_refused_by_another(debts):
    moves, messages = _waiting(debts)
    said = overtaken(debts, _press(messages, "action_approve"), by=debts.work(_press(messages, "action_refuse")))
    assert said == "Choose messages that wait for approval."
    debts.let_leave()()
    assert debts.check_contacts(moves) == {"cancelled": 1}
    assert debts.mailed() == []


def test_refused_when_it_had_left_is_told(debts):
    moves, messages = _waiting(debts)
    said = overtaken(debts, _press(messages, "action_refuse"), by=debts.work(_press(messages, "action_send_now")))
    assert said == "It has left already, or was taken back: look at it again."
    assert debts.check_contacts(moves) == {"sent": 1}


def test_two_people_send_the_same_messages_at_once(debts):
    moves, messages = _waiting(debts, SHORT)
    for child in start(*[_pressing(debts, messages, "action_send_now")] * 2, debts.let_leave()):
        child.result()
    debts.let_leave()()
    assert debts.check_contacts(moves) == {"sent": SHORT}
    assert len(debts.mailed()) == SHORT


def test_paid_while_it_is_approved(debts):
    moves, messages = _waiting(debts)
    assert not overtaken(debts, _press(messages, "action_approve"), by=debts.paying(moves))
    debts.let_leave()()
    assert debts.check_contacts(moves) == {"cancelled": 1}
    assert debts.mailed() == []


# Statements

PDF = b"%PDF-1.4 a sheet"


@pytest.fixture
def printer(debts):
    """Prints at once; every sheet is alike."""
    with (
        patch.object(debts.registry["ir.actions.report"], "_render_qweb_pdf", lambda *_arguments, **_options: (PDF, "pdf")),
        patch("odoo.addons.recurring_billing.services.statement_sending.pdf.merge_pdf", lambda sheets: b"".join(sheets)),
    ):
        yield


def _batch(world, count, way) -> int:
    world.owe(count)
    world.day(10)

    def begin(env):
        sending, company = env["recurring.statement.sending"], env["res.company"].browse(world.company_id)
        return sending.start(company, sending.payers(company, "late"), way).id

    return world.work(begin)()


def _statements(world, batch_id) -> list[tuple]:
    query = "SELECT state, message_id IS NOT NULL, attachment_id IS NOT NULL FROM recurring_statement WHERE batch_id = %s"
    return world.sql(query, batch_id)


def _bound(world, batch_id) -> int:
    """How many sheets the one file of a batch has."""
    raw = world.work(lambda env: len(env["recurring.statement.batch"].browse(batch_id).attachment_id.raw or b""))()
    return raw // len(PDF)


def _mailed(world, count: int) -> None:
    batch_id = _batch(world, count, "email")
    assert kill_at_every_commit(world, world.scheduled("recurring.statement.sending")) >= min(count, MANY_KILLS)
    assert _statements(world, batch_id) == [("done", True, True)] * count
    assert kill_at_every_commit(world, world.let_leave()) >= 2
    mine = "SELECT message_id FROM recurring_statement WHERE batch_id = %s"
    states = dict(world.sql(f"SELECT state, count(*) FROM recurring_dunning_message WHERE id IN ({mine}) GROUP BY state", batch_id))
    assert set(states) <= {"sent", "unknown"}, "each has one, or is listed as unclear"
    assert sum(states.values()) == count
    got = [to for to, _subject in world.mailed()]
    assert len(got) == len(set(got)) <= count, "nobody gets two"
    assert len(got) >= states["sent"]


def _printed(world, count: int) -> None:
    batch_id = _batch(world, count, "print")
    make = world.scheduled("recurring.statement.sending")
    assert kill_at_every_commit(world, make) >= min(count, MANY_KILLS)
    assert _statements(world, batch_id) == [("done", False, True)] * count
    assert _bound(world, batch_id) == count


def test_killed_while_statements_are_made_and_mailed(debts, printer):
    _mailed(debts, SHORT)


def test_killed_while_statements_are_printed(debts, printer):
    _printed(debts, SHORT)


@pytest.mark.long
def test_killed_while_many_statements_are_made(debts, printer):
    _mailed(debts, LONG)
    debts.begin()
    _printed(debts, LONG)


def test_two_processes_print_one_batch(debts, printer):
    """Whoever makes the last sheet sees that all are there, and binds them."""
    batch_id = _batch(debts, SHORT, "print")
    make = debts.scheduled("recurring.statement.sending")
    for child in start(make, make):
        child.result()
    run(make)
    assert _statements(debts, batch_id) == [("done", False, True)] * SHORT
    assert _bound(debts, batch_id) == SHORT


# The self-check


def test_the_self_check_by_two_at_once_tells_once(debts):
    """A message nobody knows about is found: one record of the day, one activity, one e-mail."""
    debts.owe(1)
    debts.day(1)
    debts.scheduled("recurring.dunning.run")()
    debts.sql("UPDATE recurring_dunning_message SET state = 'unknown' WHERE state = 'queued'")
    debts.sql("UPDATE res_company SET recurring_responsible_id = %s WHERE id = %s", 2, debts.company_id)

    def check():
        company = debts.company_id
        return debts.work(lambda env: env["recurring.self.check.service"]._check_apart(env["res.company"].browse(company)))

    mails = "SELECT count(*) FROM mail_mail WHERE id > %s"
    [(before,)] = debts.sql("SELECT coalesce(max(id), 0) FROM mail_mail")
    for _twice_a_day in range(2):
        for child in start(check(), check()):
            child.result()
    press = debts.work(lambda env: env["recurring.self.check"].action_check_now() and None)
    assert not overtaken(debts, lambda env: env["recurring.self.check"].action_check_now() and None, by=press)
    today = "SELECT id FROM recurring_self_check WHERE company_id = %s AND day = %s"
    [(check_id,)] = debts.sql(today, debts.company_id, debts.month)
    kinds = [kind for (kind,) in debts.sql("SELECT kind FROM recurring_self_check_finding WHERE check_id = %s", check_id)]
    assert len(kinds) == len(set(kinds))
    assert "messages" in kinds
    told = "SELECT count(*) FROM mail_activity WHERE res_model = 'recurring.self.check' AND res_id = %s"
    assert debts.sql(told, check_id) == [(1,)]
    assert debts.sql(mails, before) == [(1,)]
    debts.day(2)
    assert kill_at_every_commit(debts, check()) >= 1
    assert len(debts.sql(today, debts.company_id, debts.month)) == 1
    assert debts.sql(mails, before) == [(1,)], "told already, nothing new"
