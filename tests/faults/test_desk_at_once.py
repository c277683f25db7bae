"""A bank file read or booked by two people at once, and the counter at the moment the bank's money is booked."""

import base64
from functools import partial

from processes import start
from world import World

INVOICES = 4


def _prepare(world: World) -> list[tuple]:
    """A debt of 100.00 each of four customers, who are told by their tax numbers: (invoice, customer, tax number)."""

    def create(env):
        plan = env["recurring.plan"].create({"name": "Monthly", "company_id": world.company_id})
        product = env["product.product"].create({"name": "Cable", "type": "service", "taxes_id": False})
        found = []
        for number in range(INVOICES):
            partner = env["res.partner"].create({"name": f"Payer {number}", "ref": f"TAX{world.month:%Y%m}{number:04d}"})
            values = {"partner_id": partner.id, "plan_id": plan.id, "start_date": world.month}
            line = {"product_id": product.id, "price_unit": 100.0}
            subscription = env["recurring.subscription"].create({**values, "line_ids": [(0, 0, line)]})
            subscription.action_activate()
            env["recurring.invoice.generation"].with_context(recurring_one_transaction=True).bill(subscription)
            move = env["account.move.line"].search([("recurring_subscription_id", "=", subscription.id)]).move_id
            found.append((move.id, partner.id, move.recurring_txid))
        return found

    return world.work(create)()


def _new_file(world: World, debts) -> int:
    def create(env):
        journal = env["account.journal"].search([("company_id", "=", world.company_id), ("type", "=", "bank")], limit=1)
        rows = "".join(
            f"<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>{world.month:%Y%m%d}<TRNAMT>100.00<FITID>{move}<MEMO>PIX {txid}</STMTTRN>"
            for move, _partner, txid in debts
        )
        content = f"OFXHEADER:100\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><BANKTRANLIST>{rows}</BANKTRANLIST></STMTRS></STMTTRNRS></OFX>"
        values = {"name": "a.ofx", "journal_id": journal.id, "content": base64.b64encode(content.encode())}
        return env["recurring.bank.file"].create(values).id

    return world.work(create)()


def _press(world: World, model: str, number: int, method: str):
    """Press a button, tried again on a conflict as Odoo does; whether it was refused."""

    def work(env):
        from odoo.exceptions import UserError
        from odoo.service.model import retrying

        try:
            retrying(partial(lambda: getattr(env[model].browse(number), method)() and None), env)
        except UserError:
            return False
        return True

    return world.work(work)


def _money(world: World, debts) -> tuple:
    """What is open of the debts, and how much was paid by their customers."""
    [(left,)] = world.sql("SELECT sum(amount_residual) FROM account_move WHERE id IN %s", tuple(move for move, _p, _t in debts))
    [(paid,)] = world.sql(
        "SELECT coalesce(sum(amount), 0) FROM account_payment WHERE partner_id IN %s AND state IN ('in_process', 'paid')",
        tuple(partner for _m, partner, _t in debts),
    )
    return float(left), float(paid)


def test_a_file_two_people_read_and_book_at_once_counts_once(world):
    world.next_month()
    debts = _prepare(world)
    first, second = _new_file(world, debts), _new_file(world, debts)
    for child in start(*(_press(world, "recurring.bank.file", number, "action_read") for number in (first, second))):
        child.result()
    [(rows,)] = world.sql("SELECT count(*) FROM recurring_bank_row WHERE file_id IN %s", (first, second))
    assert rows == INVOICES
    [(read,)] = world.sql("SELECT DISTINCT file_id FROM recurring_bank_row WHERE file_id IN %s", (first, second))
    pressed = [child.result() for child in start(*[_press(world, "recurring.bank.file", read, "action_book_certain")] * 2)]
    assert sorted(pressed) == [False, True]
    assert _money(world, debts) == (0.0, 100.0 * INVOICES)


def test_the_counter_and_the_bank_take_one_debt_once(world):
    """The clerk receives what the bank's file pays, at the same moment: one of the two finds it paid."""
    world.next_month()
    debts = _prepare(world)
    file = _new_file(world, debts)
    world.work(lambda env: env["recurring.bank.file"].browse(file).action_read() and None)()
    for move, partner, _txid in debts:
        [(row,)] = world.sql(
            "SELECT row.id FROM recurring_bank_row row JOIN account_move_recurring_bank_row_rel rel ON rel.recurring_bank_row_id = row.id "
            "WHERE rel.account_move_id = %s",
            move,
        )

        def open_counter(env, partner=partner):
            journal = env["account.journal"].search([("company_id", "=", world.company_id), ("type", "in", ("bank", "cash"))], limit=1)
            return env["recurring.counter"].create({"partner_id": partner, "way": "card", "journal_id": journal.id}).id

        def book(env, row=row):
            from odoo.service.model import retrying

            retrying(partial(lambda: env["recurring.bank.booking"].book_certain(env["recurring.bank.row"].browse(row)) and None), env)

        counter = world.work(open_counter)()
        for child in start(_press(world, "recurring.counter", counter, "action_receive"), world.work(book)):
            child.result()
    assert _money(world, debts) == (0.0, 100.0 * INVOICES)
