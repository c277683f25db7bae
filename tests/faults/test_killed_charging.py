"""The run that charges saved cards, killed at any moment: a card is charged once, or somebody is asked to clarify; nothing is lost.

Cards decline, time out, answer 500 or nothing; the gateway's notices come twice, late, in the wrong order, before the answer, or never.
"""

import itertools
import random

import pytest
from charging_world import ChargingWorld
from gateway import running
from processes import ASKED, dies, in_step, run, start

from tools import databases

SEED = 20260301
LATENCY_S = 0.15
NOTICES = {"never": 30, "prompt": 25, "twice": 15, "early": 10, "late": 15, "reversed": 15}
SHORT, LONG = (20, 3), (200, 40)
"""Cards, and kills."""
AIMED = 3
"""Two kills of three are aimed at the moment when the gateway has done its part; the others come at any moment."""
TOGETHER = 12
STEPS = 6
"""Fewer than a charge takes."""
CARD_S = 0.3
"""Half as long as a charge takes, all in all."""
RETRY_DAYS = (1, 2, 2, 2)
"""From one try to the next, as the first retry plan says."""


@pytest.fixture(scope="module")
def charging(gateway_template):
    """The company, its gateway, and Odoo's server for the gateway's notices."""
    with running(latency=LATENCY_S, seed=SEED, notices=NOTICES) as gateway, databases.temporary(gateway_template, "charging") as name:
        world = ChargingWorld(name, gateway)
        with world.listening():
            yield world
        world.close()


def _finish(world: ChargingWorld) -> None:
    """Run until nothing is left to do today, as the scheduled action does hour by hour."""
    for _hour in range(10):
        if not run(world.charging()):
            return
    raise AssertionError("the scheduled action never comes to an end")


def _kill_again_and_again(world: ChargingWorld, ids: list[int], kills: int) -> dict[str, int]:
    """Kill one process after the other: each some requests on, when the gateway has answered or at any moment; gives where each was."""
    chance = random.Random(SEED)
    found = dict.fromkeys(("between two charges", "before the money moved", "after the money moved", "after all was done"), 0)
    most = max(1, len(ids) // (2 * kills))  # so that money is left to move for every process
    for kill in range(kills):
        has_died = _die_when_asked(world, chance.randint(0, most)) if kill % AIMED else _die_anywhere(world, chance, most)
        found[_where(world) if has_died else "after all was done"] += 1
        world.check_money(ids)
    while not found["after the money moved"]:
        assert _die_when_asked(world, 0), f"no kill came when it hurts most: {found}"
        found[_where(world)] += 1
        world.check_money(ids)
    return found


def _die_when_asked(world: ChargingWorld, number: int) -> bool:
    """The worst moment: the gateway has done what it was asked to, the money may have moved, and nobody has written it down."""
    answers = itertools.count()
    return dies(world.charging(), lambda _number, kind, is_done: kind == ASKED and is_done and next(answers) == number)


def _die_anywhere(world: ChargingWorld, chance: random.Random, most: int) -> bool:
    at = chance.randint(0, STEPS * most)
    return dies(world.charging(), lambda number, _kind, _done: number == at, chance.uniform(0, CARD_S))


def _where(world: ChargingWorld) -> str:
    """Where a process was that has just been killed."""
    asked = (
        "SELECT t.reference FROM recurring_charge_attempt a JOIN payment_transaction t ON t.id = a.transaction_id WHERE a.outcome IS NULL"
    )
    begun = {reference for (reference,) in world.sql(asked)}
    taken = {reference for reference, _amount in world.gateway.moved("capture")}
    if not begun:
        return "between two charges"
    return "after the money moved" if begun & taken else "before the money moved"


def _end_what_is_pending(world: ChargingWorld) -> None:
    """The gateway ends what it called pending, and what was late arrives."""
    for charge in world.gateway.charges():
        if charge["status"] == "pending":
            world.gateway.resolve(charge["reference"], "ok")
    world.gateway.release_late()
    world.gateway.wait_for_notices()


def _story(world: ChargingWorld, cards: int, kills: int) -> None:
    """All cards of a month, charged by processes that are killed; then what is unknown is clarified, and declined cards are tried again."""
    world.begin_a_month()
    ids = world.make_payers(cards, SEED)
    run(world.billing(ids))
    found = _kill_again_and_again(world, ids, kills)
    _finish(world)
    print(f"\n{cards} cards, {sum(found.values())} kills: {found}\nafter the reruns:          {world.check_money(ids)}")
    _end_what_is_pending(world)
    _finish(world)
    print(f"late notices arrived:      {world.check_money(ids)}; notices {world.gateway.everything()['notices']}")
    clarified = run(world.clarifying())
    print(f"{clarified:3} asked the gateway:     {world.check_money(ids)}")
    for days in RETRY_DAYS:
        world.next_day(days)
        _finish(world)
        _end_what_is_pending(world)
        run(world.clarifying())
        _finish(world)
        world.check_money(ids)
    world.wait_for_weeks()
    _finish(world)
    clarified = run(world.clarifying())
    world.check_money(ids)
    print(f"{clarified:3} pending for weeks were asked for")
    print(f"after all days of retries: {world.check_money(ids)}; refused requests {world.gateway.everything()['rejected']}")
    world.check_settled(ids)


def test_every_card_is_charged_once_by_killed_processes(charging):
    _story(charging, *SHORT)


@pytest.mark.long
def test_two_hundred_cards_are_charged_once_by_forty_killed_processes(charging):
    _story(charging, *LONG)


def test_two_processes_charge_side_by_side(charging):
    """Both work, no card is charged twice, and no charge is left out."""
    world = charging
    world.begin_a_month()
    ids = world.make_payers(TOGETHER, SEED + 2)
    run(world.billing(ids))
    asked = [child.result() for child in start(*in_step(world.charging(), world.charging(), commits=4))]
    assert min(asked), f"only one of them worked: {asked}"
    _finish(world)
    counts = world.check_money(ids)
    assert counts.get("planned", 0) + counts["paid"] + counts["clarify"] + counts.get("stopped", 0) + counts.get("running", 0) == TOGETHER


def test_staff_take_cash_while_cards_are_charged(charging):
    """An invoice is paid by one of the two; where both came at one moment, a person is told that there was one too many."""
    world = charging
    world.begin_a_month()
    ids = world.make_payers(TOGETHER, SEED + 3)
    world.gateway.script({world.cards[number]: ["ok"] for number in ids})
    run(world.billing(ids))
    both = in_step(world.charging(), world.taking_payments(ids), commits=1)  # no card is charged before staff have taken cash once
    _asked, cash = (child.result() for child in start(*both))
    _finish(world)
    world.gateway.release_late()
    world.gateway.wait_for_notices()
    run(world.clarifying())  # an answer that came too late
    _finish(world)
    query = """
        SELECT s.id, count(DISTINCT p.id) FILTER (WHERE p.payment_transaction_id IS NULL),
               count(DISTINCT a.id) FILTER (WHERE a.clarify = 'twice'), bool_and(m.payment_state IN ('paid', 'in_payment'))
          FROM recurring_subscription s
          JOIN account_move_line l ON l.recurring_subscription_id = s.id
          JOIN account_move m ON m.id = l.move_id
          LEFT JOIN account_payment p ON p.partner_id = s.partner_id
          LEFT JOIN recurring_charge_attempt a ON a.move_id = m.id
         WHERE s.id IN %s GROUP BY s.id
    """
    taken, both = world.gateway.captured(), 0
    for subscription, by_hand, twice, settled in world.sql(query, tuple(ids)):
        by_card = len(taken.get(world.cards[subscription], []))
        assert settled and by_card <= 1 and by_hand <= 1, (subscription, by_card, by_hand)
        assert by_card + by_hand - 1 == twice, (subscription, by_card, by_hand, twice)
        both += twice
    print(f"\n{TOGETHER} invoices: cash for {cash}, {both} of them by card too, which are listed")
    assert cash, "staff never came first, so this proves nothing"
