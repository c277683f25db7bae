"""A person works on the records that a run is billing at that moment."""

from datetime import timedelta
from functools import partial

from processes import run, start
from world import World

COUNT = 12
NEW_PRICE = 500.0


def _as_a_person(world: World, model: str, ids: list[int], act):
    """The work of a person who acts on one record after the other, each in a request of its own, tried again on a conflict as Odoo does."""

    def work(env):
        from odoo.service.model import retrying

        for number in ids:
            record = env[model].browse(number)
            retrying(partial(lambda record: record.exists() and act(record), record), env)
            env.cr.commit()
        return len(ids)

    return world.work(work)


def _bill_what_is_left(world: World, ids: list[int]) -> None:
    """The next run: what somebody was editing stays due and is billed now; after that nothing is left."""
    run(world.billing(ids))
    assert run(world.billing(ids))["invoices"] == 0


def test_prices_edited_while_billing_runs(world):
    """Each month is billed once, at the price before or after the edit, as ledger and invoice agree; the next month has the new price."""
    ids = world.make(COUNT)
    first = world.month
    run(world.billing(ids))
    world.next_month()
    lines = [number for (number,) in world.sql("SELECT id FROM recurring_subscription_line WHERE subscription_id IN %s", tuple(ids))]
    edit = _as_a_person(world, "recurring.subscription.line", lines, lambda line: line.write({"price_unit": NEW_PRICE}))
    for child in start(edit, world.billing(ids)):
        child.result()
    _bill_what_is_left(world, ids)
    world.check_billed_once(ids, first)
    amounts = dict(world.sql("SELECT subscription_id, amount FROM recurring_period WHERE start = %s", world.month))
    prices = {number: {20.0 + place, NEW_PRICE} for place, number in enumerate(ids)}
    assert all(float(amounts[number]) in prices[number] for number in ids)
    world.next_month()
    run(world.billing(ids))
    world.check_billed_once(ids, first)
    query = "SELECT DISTINCT amount FROM recurring_period WHERE subscription_id IN %s AND start = %s"
    assert [float(amount) for (amount,) in world.sql(query, tuple(ids), world.month)] == [NEW_PRICE]


def test_drafts_deleted_while_billing_runs(world):
    """A deleted draft frees its month, which is billed anew; the run at work bills the next month; nothing is lost or double."""
    ids = world.make(COUNT, invoice_mode="draft")
    first = world.month
    run(world.billing(ids))
    query = "SELECT DISTINCT move_id FROM account_move_line WHERE recurring_subscription_id IN %s"
    drafts = [number for (number,) in world.sql(query, tuple(ids))]
    assert len(drafts) == COUNT
    world.next_month()
    delete = _as_a_person(world, "account.move", drafts, lambda move: move.unlink())
    for child in start(delete, world.billing(ids)):
        child.result()
    assert world.sql("SELECT count(*) FROM account_move WHERE id IN %s", tuple(drafts)) == [(0,)]
    _bill_what_is_left(world, ids)
    world.check_billed_once(ids, first)
    voided = "SELECT count(*) FROM recurring_period WHERE subscription_id IN %s AND voided AND start = %s"
    assert world.sql(voided, tuple(ids), first) == [(COUNT,)]


def test_subscriptions_closed_while_billing_runs(world):
    """Billed or closed, one of the two comes first; what was billed beyond the last day is credited, so all pay 28 days."""
    ids = world.make(COUNT)
    run(world.billing(ids))
    last_day = world.month.replace(day=28)
    world.next_month()

    def close(subscription):
        subscription.line_ids.write({"date_end": str(last_day)})

    for child in start(_as_a_person(world, "recurring.subscription", ids, close), world.billing(ids)):
        child.result()
    _bill_what_is_left(world, ids)
    assert world.issues(ids) == []
    query = """
        SELECT l.date_end, max(p.live_end) FILTER (WHERE p.start < p.live_end AND p.kind = 'charge'),
               sum(p.amount) - round(28 * l.price_unit * l.quantity / (min(p.full_end) - min(p.full_start)), 2)
          FROM recurring_subscription_line l JOIN recurring_period p ON p.line_id = l.id
         WHERE l.subscription_id IN %s AND p.voided IS NOT TRUE GROUP BY l.id
    """
    found = world.sql(query, tuple(ids))
    assert len(found) == len(ids)
    assert {tuple(each) for each in found} == {(last_day, last_day + timedelta(days=1), 0)}
    world.check_numbers()
