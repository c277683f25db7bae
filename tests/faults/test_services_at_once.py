"""Services are withheld and let run again by several at once, and by processes that die: none is withheld twice, none stays withheld."""

import threading
import time
from collections import Counter
from unittest.mock import patch

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


@pytest.mark.parametrize("later", ["recurring.billing.batch", "account.move.line"])
def test_a_credit_for_the_debt_for_which_the_run_withholds(debts, later):
    """Billing holds the subscription and wants the debt, which a lower price since the third reduces; the run holds the debt and wants the
    subscription. PostgreSQL ends one of the two, as a rule who waits first, which begins anew: the credit is there, and the service is
    withheld for the rest.
    """
    [(subscription_id, move_id)] = pairs = debts.subscribe(1)
    debts.day(DAY)

    def cheaper(env):
        lines = env["recurring.subscription"].browse(subscription_id).line_ids
        env["recurring.subscription.change"].reprice(lines, debts.month.replace(day=3), {"price_unit": 20.0})

    debts.work(cheaper)()
    both, met = threading.Barrier(2, timeout=30), Counter()

    def meeting(model, method):
        """Whoever comes through it the first time waits until the other has come as far."""
        real = getattr(debts.registry[model], method)

        def meet(self, *arguments, **options):
            found = real(self, *arguments, **options)
            met[model] += 1
            if met[model] == 1:
                both.wait()
                time.sleep(0.3 if model == later else 0)
            return found

        return patch.object(debts.registry[model], method, meet)

    said = []
    works = (debts.billing([subscription_id]), debts.scheduled("recurring.dunning.run"))
    with meeting("recurring.billing.batch", "_plan"), meeting("account.move.line", "_recurring_meet_payments"):
        threads = [threading.Thread(target=lambda work=work: said.append(work())) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert len(said) == 2 and max(met.values()) > 1, f"nobody began anew, so this proves nothing: {met}"
    # What the run still held was skipped: the next one bills it.
    debts.billing([subscription_id])()
    [(residual,)] = debts.sql("SELECT amount_residual FROM account_move WHERE id = %s", move_id)
    assert 0 < residual < 50, "there is no credit"
    assert debts.check_services(pairs) == {"blocked": 1}


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
