"""A billing process killed at any moment: whole batches or nothing, and a rerun makes up for it."""

import random
import time

import pytest
from processes import COMMIT, dies, run
from world import BATCH, World

COUNT = 12
SHORT, LONG = 4, 50
SEED = 20260101


def _kill_somewhere(world: World, work, ids: list[int], batches: int, delay: float) -> int:
    """Kill the work `delay` seconds after it has billed so many batches; gives how many subscriptions it had billed."""

    def is_time(_number, kind, is_done):
        return kind == COMMIT and is_done and world.billed(ids) >= batches * BATCH

    assert dies(work, is_time, delay)
    world.wait_until_alone()
    return world.billed(ids)


def _check_whole_batches(world: World, ids: list[int], done: int) -> None:
    """What is there after the kill is whole: ledger row, posted invoice and next date belong together, and so do a batch's."""
    assert done % BATCH == 0
    rows = world.rows(ids)
    assert len(rows) == done
    states = "SELECT count(*) FROM recurring_subscription WHERE id IN %s AND next_invoice_date > %s"
    assert world.sql(states, tuple(ids), world.month)[0][0] == done
    loose = """
        SELECT count(*) FROM account_move m WHERE m.company_id = %s AND m.invoice_date = %s
           AND (m.state <> 'posted' OR NOT EXISTS (SELECT 1 FROM account_move_line l WHERE l.move_id = m.id AND l.recurring_period_id > 0))
    """
    assert world.sql(loose, world.company_id, world.month)[0][0] == 0


def _check_figures(world: World) -> int:
    """Every run of the month says exactly what its invoices say; gives the invoices of all."""
    query = """
        SELECT r.id, coalesce(r.invoice_count, 0), coalesce(r.amount_untaxed, 0), count(m.id), coalesce(sum(m.amount_untaxed), 0)
          FROM recurring_billing_run r
          LEFT JOIN account_move m ON m.recurring_run_id = r.id WHERE r.company_id = %s AND r.date = %s GROUP BY r.id
    """
    runs = world.sql(query, world.company_id, world.month)
    for number, said, untaxed_said, made, untaxed in runs:
        assert (said, untaxed_said) == (made, untaxed), f"run {number}"
    return sum(made for *_said, made, _untaxed in runs)


def _story(world: World, kills: int, scheduled: bool) -> None:
    """Month after month: one process is killed, the next finishes; twins billed in peace must look the same to the last value."""
    ids, twins = world.make(COUNT), world.make(COUNT)
    chance, half_way = random.Random(SEED + scheduled), 0
    first, began = world.month, time.monotonic()
    run(world.billing(ids + twins))
    batch_s = (time.monotonic() - began) / (2 * COUNT / BATCH)
    for kill in range(kills):
        world.next_month()
        # The twins are billed first: they must not be due when the scheduled action runs.
        run(world.billing(twins))
        work = world.scheduled_billing() if scheduled else world.billing(ids)
        delay = chance.uniform(0, batch_s) if kill % 3 == 2 else 0  # the others die where they commit
        done = _kill_somewhere(world, work, ids, kill % (COUNT // BATCH), delay)
        half_way += 0 < done < COUNT
        _check_whole_batches(world, ids + twins, done + COUNT)
        last = run(work)
        assert (last["state"], last["parked"]) == ("done", 0)
        assert last["invoices"] == (COUNT if scheduled else COUNT - done)
        assert world.rows(ids) == world.rows(twins)
        assert _check_figures(world) == 2 * COUNT
    world.check_billed_once(ids + twins, first)
    assert half_way >= kills / 4, "hardly any kill came in the middle, so this proves little"
    assert run(work)["invoices"] == (COUNT if scheduled else 0)
    assert _check_figures(world) == 2 * COUNT


@pytest.mark.parametrize("scheduled", [False, True], ids=["button", "scheduled action"])
def test_a_killed_run_is_finished_by_the_next(world, scheduled):
    _story(world, SHORT, scheduled)


@pytest.mark.long
@pytest.mark.parametrize("scheduled", [False, True], ids=["button", "scheduled action"])
def test_a_hundred_killed_runs_are_finished_by_the_next(world, scheduled):
    _story(world, LONG, scheduled)
