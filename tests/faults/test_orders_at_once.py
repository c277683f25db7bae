"""Two people confirm one order at the same moment."""

from functools import partial

from processes import run, start
from world import World

ORDERS = 6


def _make_orders(world: World) -> list[int]:
    def create(env):
        plan = env["recurring.plan"].create({"name": "Monthly", "company_id": world.company_id})
        product = env["product.product"].create({"name": "Cable", "type": "service", "taxes_id": False, "recurring_ok": True})
        partner = env["res.partner"].create({"name": "Two at once"})
        line = {"product_id": product.id, "price_unit": 20.0}
        values = {"partner_id": partner.id, "recurring_plan_id": plan.id, "order_line": [(0, 0, line)]}
        return env["sale.order"].create([values] * ORDERS).ids

    return world.work(create)()


def _confirm(world: World, ids: list[int]):
    """Confirm one order after the other, each in a request of its own, tried again on a conflict as Odoo does; gives how many it did."""

    def work(env):
        from odoo.exceptions import UserError
        from odoo.service.model import retrying

        done = 0
        for number in ids:
            order = env["sale.order"].browse(number)
            try:
                retrying(partial(lambda order: order.action_confirm(), order), env)
                env.cr.commit()
                done += 1
            except UserError:
                env.cr.rollback()  # the other was first
        return done

    return world.work(work)


def test_an_order_confirmed_twice_at_once_makes_one_subscription(world):
    ids = _make_orders(world)
    confirmed = sum(child.result() for child in start(_confirm(world, ids), _confirm(world, ids)))
    assert confirmed == ORDERS
    made = world.sql("SELECT order_id, count(*) FROM recurring_subscription WHERE order_id IN %s GROUP BY order_id", tuple(ids))
    assert sorted(made) == [(number, 1) for number in sorted(ids)]
    subscriptions = [number for (number,) in world.sql("SELECT id FROM recurring_subscription WHERE order_id IN %s", tuple(ids))]
    assert run(world.billing(subscriptions))["invoices"] == ORDERS


def test_an_order_confirmed_and_cancelled_at_once_leaves_nothing_half_done(world):
    ids = _make_orders(world)
    run(_confirm(world, ids))
    subscriptions = [number for (number,) in world.sql("SELECT id FROM recurring_subscription WHERE order_id IN %s", tuple(ids))]

    def cancel(env):
        from odoo.exceptions import UserError
        from odoo.service.model import retrying

        for number in ids:
            order = env["sale.order"].browse(number)
            try:
                retrying(partial(lambda order: order.action_cancel(), order), env)
                env.cr.commit()
            except UserError:
                env.cr.rollback()  # billed before

    for child in start(world.work(cancel), world.billing(subscriptions)):
        child.result()
    query = """
        SELECT o.state, s.state, count(p.id) FILTER (WHERE NOT p.voided)
          FROM sale_order o JOIN recurring_subscription s ON s.order_id = o.id LEFT JOIN recurring_period p ON p.subscription_id = s.id
         WHERE o.id IN %s GROUP BY o.id, o.state, s.id, s.state
    """
    found = set(world.sql(query, tuple(ids)))
    assert found <= {("sale", "active", 1), ("sale", "active", 0), ("cancel", "draft", 0)}
