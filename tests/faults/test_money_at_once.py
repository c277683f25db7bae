"""The same money, and money for the same invoice, received by two processes at the same moment."""

from functools import partial

from processes import start
from world import World

INVOICES = 5


def _make_invoices(world: World) -> list[int]:
    def create(env):
        policy = env["recurring.fee.policy"].create({"name": "Fees", "fine_percent": 2, "interest_percent": 1, "business_days": False})
        env.company.recurring_fee_policy_id = policy
        plan = env["recurring.plan"].create({"name": "Monthly", "company_id": world.company_id})
        product = env["product.product"].create({"name": "Cable", "type": "service", "taxes_id": False})
        moves = env["account.move"]
        for number in range(INVOICES):
            partner = env["res.partner"].create({"name": f"Payer {number}"})
            values = {"partner_id": partner.id, "plan_id": plan.id, "start_date": world.month}
            line = {"product_id": product.id, "price_unit": 1000.0}
            subscription = env["recurring.subscription"].create({**values, "line_ids": [(0, 0, line)]})
            subscription.action_activate()
            env["recurring.invoice.generation"].with_context(recurring_one_transaction=True).bill(subscription)
            moves |= env["account.move.line"].search([("recurring_subscription_id", "=", subscription.id)]).move_id
        return moves.ids

    return world.work(create)()


def _receive(world: World, ids: list[int], amount: float, reference: str):
    """Receive money for one invoice after the other, tried again on a conflict as Odoo does; gives the payments."""

    def work(env):
        from datetime import timedelta

        from odoo.service.model import retrying

        journal = env["account.journal"].search([("company_id", "=", world.company_id), ("type", "=", "bank")], limit=1)
        day, payments = world.month + timedelta(days=15), []
        for number in ids:
            move = env["account.move"].browse(number)
            receive = env["recurring.receipt"].receive
            payment = retrying(partial(receive, move, amount, journal, day, unique_ref=reference.format(number)), env)
            payments.append(payment.id)
            env.cr.commit()
        return payments

    return world.work(work)


def _paid(world: World, ids: list[int]) -> list[tuple]:
    query = """
        SELECT m.amount_residual, (SELECT count(*) FROM recurring_late_fee f WHERE f.move_id = m.id AND f.state = 'booked'),
               (SELECT sum(f.total) FROM recurring_late_fee f WHERE f.move_id = m.id AND f.state = 'booked')
          FROM account_move m WHERE m.id IN %s
    """
    return [tuple(float(value or 0) for value in row) for row in world.sql(query, tuple(ids))]


def test_the_same_money_received_twice_at_once_is_one_payment(world):
    world.next_month()
    ids = _make_invoices(world)
    first, second = start(*[_receive(world, ids, 1025.0, "pix:{}")] * 2)
    assert first.result() == second.result()
    assert _paid(world, ids) == [(0.0, 1.0, 25.0)] * INVOICES
    [(payments,)] = world.sql("SELECT count(*) FROM account_payment WHERE recurring_unique_ref LIKE %s", "pix:%")
    assert payments == INVOICES


def test_two_payments_of_one_debt_at_once_book_its_fees_once(world):
    """Both pay 1 025.00: one settles the debt with its fees, of the other everything is left over."""
    world.next_month()
    ids = _make_invoices(world)
    first, second = start(_receive(world, ids, 1025.0, "a:{}"), _receive(world, ids, 1025.0, "b:{}"))
    both = first.result() + second.result()
    assert _paid(world, ids) == [(0.0, 1.0, 25.0)] * INVOICES
    query = """
        SELECT sum(-l.amount_residual) FROM account_move_line l JOIN account_payment p ON p.move_id = l.move_id
          JOIN account_account a ON a.id = l.account_id WHERE p.id IN %s AND a.account_type = 'asset_receivable'
    """
    [(left,)] = world.sql(query, tuple(both))
    assert float(left) == 1025.0 * INVOICES
