"""Reminders sent by processes killed at any moment, through a mail server that breaks off: nobody gets one twice, none is forgotten."""

import random
from collections import Counter

import mail_server
import pytest
from processes import kill_somewhere, run, start

SEED = 20261122
SHORT, LONG = (16, 4), (200, 40)
"""Customers, and kills."""
STEPS = 5
"""Half of those that a message takes, so that every process has something left to do when it dies."""
MOMENT_S = 0.02
"""Half of the processes die some time after a step, wherever they are then."""
RERUNS = 3


def _owe(world, count: int) -> None:
    """Messages wait for as many customers, one each."""
    moves = world.owe(count)

    def wait(env):
        company = env["res.company"].browse(world.company_id)
        cases = env["recurring.dunning.case"]._of(env["account.move"].browse(moves).partner_id, company)
        env["recurring.message.dispatch"]._enqueue_all(
            [
                {"case": case, "kind": "dunning", "text_kind": "today", "unique_ref": f"{world.month}:{partner.id}"}
                for partner, case in cases.items()
            ]
        )

    world.work(wait)()


def _due_again(world) -> None:
    """What waits for later is due now."""
    world.sql("UPDATE recurring_dunning_message SET not_before = NULL WHERE state = 'queued'")


def _check(world) -> tuple[dict[str, str], Counter]:
    """Nobody got two; who is told to have got one, did. Gives address → state of the messages of this month, and what came."""
    states = dict(
        world.sql(
            "SELECT p.email, m.state FROM recurring_dunning_message m JOIN res_partner p ON p.id = m.partner_id "
            "WHERE m.day = %s AND m.channel = 'email' AND m.company_id = %s",
            world.month,
            world.company_id,
        )
    )
    got = Counter(address for address, _subject in world.mailed())
    assert not [address for address, number in got.items() if number > 1], "somebody was written to twice"
    for address, state in states.items():
        if state in ("sent", "delivered"):
            assert got[address] == 1, f"{address} is said to have a message and has none"
        if state in ("queued", "failed", "cancelled"):
            assert not got[address], f"{address} has a message that is said not to have left"
    return states, got


def _story(world, count: int, kills: int) -> None:
    chance = random.Random(SEED)
    _owe(world, count)
    for kill in range(kills):
        world.server.faults[:] = [chance.choice([None, None, mail_server.BEFORE, mail_server.AFTER, mail_server.REFUSE]) for _n in range(2)]
        kill_somewhere(world.let_leave(), chance, STEPS * count // kills, MOMENT_S * (kill % 2))
        _check(world)
        _due_again(world)
    world.server.faults.clear()
    for _again in range(RERUNS):
        run(world.let_leave())
        _due_again(world)
    states, got = _check(world)
    counts = Counter(states.values())
    print(f"\n{count} messages, {kills} kills: {dict(counts)}; e-mails the server took: {sum(got.values())}")
    assert set(counts) <= {"sent", "unknown", "failed"}, "a message is neither sent nor listed"
    assert counts["sent"] + counts["unknown"] + counts["failed"] == count
    assert counts["sent"] >= count - 3 * kills


def test_killed_processes_send_each_message_once_or_list_it(debts):
    _story(debts, *SHORT)


@pytest.mark.long
def test_forty_killed_processes_send_two_hundred_messages_once_or_list_them(debts):
    _story(debts, *LONG)


def test_two_processes_send_each_message_once(debts):
    world = debts
    _owe(world, SHORT[0])
    for child in start(world.let_leave(), world.let_leave()):
        child.result()
    states, got = _check(world)
    assert (set(states.values()), sum(got.values())) == ({"sent"}, SHORT[0])
