"""Messages leave by WhatsApp through processes killed at any moment, at a service that fails, and tells twice, late, early or never."""

import random

import pytest
from processes import kill_somewhere, run, start, wait_until
from whatsapp_world import LEFT, WhatsappWorld, whatsapp_server

SEED = 20260312
SHORT, LONG = (30, 6), (200, 40)
"""Messages, and kills."""
STEPS = 5
"""Half of those that a message takes, so that every process has something left to do when it dies."""
MOMENT_S = 0.02
"""Half of the processes die some time after a step, wherever they are then."""
RERUNS = 4


@pytest.fixture(scope="module")
def chat(database):
    with whatsapp_server.running() as meta:
        yield WhatsappWorld(database, meta)


def _story(world: WhatsappWorld, count: int, kills: int) -> None:
    chance = random.Random(SEED)
    ids = world.owe(count)
    with world.listening("mixed"):
        for kill in range(kills):
            for _fault in range(2):
                world.trouble(chance)
            kill_somewhere(world.sending(), chance, STEPS * count // kills, MOMENT_S * (kill % 2))
            if kill % 2:
                kill_somewhere(world.hearing(), chance, STEPS)
            world.check(ids)
        world.meta.calm()
        for _again in range(RERUNS):
            world.try_again_now()
            world.check(ids)
        counts = world.check(ids)
        print(f"\n{count} messages, {kills} kills: {counts}; taken {sum(1 for each in world.meta.ledger() if each['callback'])}")
        assert not counts.get("queued"), counts
        assert not counts.get("sending"), counts
        world.meta.release_late()
        world.meta.wait_for_notices()
        for _again in range(2):
            run(world.hearing())
    told = world.check(ids)
    print(f"after what WhatsApp told: {told}; notifications {world.meta.notices()}")
    left, unclear = sum(told.get(state, 0) for state in LEFT), told.get("unknown", 0)
    assert left + told.get("failed", 0) + unclear == count
    assert unclear <= counts.get("unknown", 0)
    assert told.get("read", 0) + told.get("delivered", 0) > 0


def test_no_message_leaves_twice_and_none_is_forgotten_by_killed_processes(chat):
    _story(chat, *SHORT)


@pytest.mark.long
def test_two_hundred_messages_through_forty_killed_processes(chat):
    _story(chat, *LONG)


def test_two_processes_at_once_send_each_message_once(chat):
    ids = chat.owe(SHORT[0])
    chat.meta.calm()
    with chat.listening("once"):
        for child in start(chat.sending(), chat.sending(), chat.hearing()):
            child.result()
        run(chat.sending())
        chat.meta.wait_for_notices()
        for child in start(chat.hearing(), chat.hearing()):
            child.result()
        run(chat.hearing())
    counts = chat.check(ids)
    assert sum(counts.get(state, 0) for state in LEFT) == len(ids), counts


def test_a_reply_told_while_messages_leave_loses_neither(chat):
    """Who answers while their message leaves is heard, and the message is known to have left; who answered before is not written to yet."""
    ids = chat.owe(10)
    numbers = chat.numbers(ids)
    chat.meta.calm()
    with chat.listening("early"):

        def answer(number: str) -> None:
            chat.meta.reply("".join(filter(str.isdigit, number)), "oi", manner="twice")
            run(chat.hearing())

        early = ids[-2:]
        for message_id in early:
            answer(numbers.pop(message_id))
        (child,) = start(chat.sending())
        for number in numbers.values():
            answer(number)
        child.result()
        for _again in range(3):
            run(chat.hearing())
            chat.try_again_now()
    chat.check(ids)
    for message in chat.messages(ids):
        assert message["state"] in LEFT or message["is_paused"], message
        assert message["id"] not in early or message["is_paused"], message
    replies = """
        SELECT count(*) FROM recurring_dunning_message
         WHERE direction = 'in' AND company_id = %s AND partner_id IN (SELECT partner_id FROM recurring_dunning_message WHERE id IN %s)
    """
    assert chat.sql(replies, chat.company_id, tuple(ids))[0][0] == len(ids)


def test_who_works_on_the_case_while_its_message_leaves_does_not_make_it_unclear(chat):
    """The case is written, and committed, between the request to WhatsApp and its answer, which updates it too."""
    ids = chat.owe(1)
    chat.meta.calm()
    chat.meta.tell_at("http://127.0.0.1:1/nobody", "never")
    chat.meta.fault("wait")
    (child,) = start(chat.sending())
    wait_until(lambda: chat.meta.waiting() == 1, "the message to be leaving")
    cases = "SELECT case_id FROM recurring_dunning_message WHERE id IN %s"
    chat.sql(f"UPDATE recurring_dunning_case SET days_late = days_late + 1 WHERE id IN ({cases})", tuple(ids))
    assert chat.counts(ids) == {"sending": 1}
    chat.meta.go_on()
    child.result()
    assert chat.check(ids) == {"sent": 1}
