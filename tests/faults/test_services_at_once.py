"""Services are withheld and let run again by several at once, and by processes that die: none is withheld twice, none stays withheld."""

import pytest
from overtaking import meanwhile, overtaken
from processes import kill_at_every_commit, start

SHORT, LONG = 4, 24
"""Customers."""
DAY = 5
"""Days after the due date on which services are withheld."""


def _ask(world, pairs, day=DAY) -> None:
    """Blocks are asked for that wait for their day, which is today."""
    world.day(day)

    def ask(env):
        service, step = env["recurring.service.state"], env["recurring.dunning.step"].browse(world.block_id)
        for subscription_id, move_id in pairs:
            case = world.case(env, move_id)
            values = {
                "partner_id": case.partner_id.id,
                "case_id": case.id,
                "step_id": step.id,
                "policy_id": world.policy_id,
                "effect": "blocked",
                "billing": "none",
                "asked_on": world.month,
            }
            service._ask_for(env["recurring.subscription"].browse(subscription_id), values, world.lines(env, move_id))

    world.work(ask)()


def _begin(world, pairs) -> None:
    _ask(world, pairs)
    world.scheduled("recurring.service.state")()
    assert world.check_services(pairs) == {"blocked": len(pairs)}


def _blocks(env, subscription_id, *, is_charge=False):
    blocks = env["recurring.service.block"].search([("subscription_id", "=", subscription_id), ("state", "in", ("waiting", "in_force"))])
    return blocks.filtered(lambda block: block.is_charge == is_charge)


def test_paid_while_the_block_is_being_decided(debts):
    """The scheduled action has found the debt open; before it writes, the payment is in the books."""
    pairs = debts.subscribe(1)
    _ask(debts, pairs)
    with meanwhile(debts, "recurring.service.debts", "pressing", debts.paying([pairs[0][1]])):
        debts.scheduled("recurring.service.state")()
    assert debts.check_services(pairs) == {"paid": 1}


def test_withheld_while_the_payment_is_being_booked(debts):
    pairs = debts.subscribe(1)
    _ask(debts, pairs)
    assert not overtaken(debts, debts.pay(pairs[0][1]), by=debts.scheduled("recurring.service.state"))
    assert debts.check_services(pairs) == {"paid": 1}


def test_the_night_withholds_what_is_being_paid(debts):
    """The run makes the block itself, which whoever books the payment cannot see."""
    pairs = debts.subscribe(1)
    debts.day(DAY)
    assert not overtaken(debts, debts.pay(pairs[0][1]), by=debts.scheduled("recurring.dunning.run"))
    assert debts.check_services(pairs) == {"paid": 1}
    pairs = debts.subscribe(1)
    debts.day(2 * DAY)
    with meanwhile(debts, "recurring.dunning.run", "plans", debts.paying([pairs[0][1]])):
        debts.scheduled("recurring.dunning.run")()
    debts.let_leave()()
    assert debts.check_services(pairs) == {"paid": 1}
    assert debts.mailed() == []


def _two_blocks(world):
    """One subscription, withheld for a debt and because its card cannot be charged."""
    [(subscription_id, move_id)] = pairs = world.subscribe(1)
    _begin(world, pairs)
    world.work(lambda env: env["recurring.service.state"].block_for_charge(env["account.move"].browse(move_id), world.month))()
    return subscription_id, move_id


def _end(subscription_id, is_charge):
    return lambda env: env["recurring.service.state"].end_by_hand(_blocks(env, subscription_id, is_charge=is_charge))


def _state(world, subscription_id) -> str:
    [(state,)] = world.sql("SELECT service_state FROM recurring_subscription WHERE id = %s", subscription_id)
    return state


def test_two_people_end_the_two_blocks_of_a_service_at_once(debts):
    """Each sees the other's block still in force: whoever is second must see that none is left."""
    subscription_id, _move_id = _two_blocks(debts)
    assert not overtaken(debts, _end(subscription_id, False), by=debts.work(_end(subscription_id, True)))
    assert _state(debts, subscription_id) == "running"


def test_one_block_begins_while_the_other_is_ended(debts):
    [(subscription_id, move_id)] = pairs = debts.subscribe(1)
    _begin(debts, pairs)

    def charge(env):
        env["recurring.service.state"].block_for_charge(env["account.move"].browse(move_id), debts.month)

    assert not overtaken(debts, _end(subscription_id, False), by=debts.work(charge))
    assert _state(debts, subscription_id) == "blocked"


def test_trusted_while_the_block_is_ended(debts):
    [(_subscription_id, move_id)] = pairs = debts.subscribe(1)
    _begin(debts, pairs)

    def trust(env):
        move = env["account.move"].browse(move_id)
        env["recurring.service.state"].trust(move.commercial_partner_id, move.company_id)

    assert overtaken(debts, trust, by=debts.paying([move_id])).endswith("is withheld right now.")
    assert debts.check_services(pairs) == {"paid": 1}


def _story(world, count: int) -> None:
    """Withheld by processes that die and by two at once; half of the customers pay meanwhile, the others later."""
    pairs = world.subscribe(count)
    _ask(world, pairs)
    killed = kill_at_every_commit(world, world.scheduled("recurring.service.state"))
    assert killed >= 2, "hardly any process died, so this proves little"
    assert world.check_services(pairs) == {"blocked": count}
    moves = [move_id for _subscription, move_id in pairs]
    look = world.scheduled("recurring.service.state")
    for child in start(world.paying(moves[::2]), look, look):
        child.result()
    assert world.check_services(pairs) == {"paid": (count + 1) // 2, "blocked": count // 2}
    for child in start(*(world.paying([move_id]) for move_id in moves[1::2]), look):
        child.result()
    assert world.check_services(pairs) == {"paid": count}
    told = "SELECT count(*) FROM recurring_service_block WHERE subscription_id IN %s"
    assert world.sql(told, tuple(number for number, _move in pairs)) == [(count,)], "a block of its own for each, and no more"


def test_each_service_is_withheld_once_and_runs_again(debts):
    _story(debts, SHORT)


@pytest.mark.long
def test_many_services_are_withheld_once_and_run_again(debts):
    _story(debts, LONG)
