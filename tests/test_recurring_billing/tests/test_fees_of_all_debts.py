"""Late fees of debts that no subscription billed: plain invoices and opening balances, where the company says so."""

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .fees import FeeCase


class DebtCase(FeeCase):
    """The company of ``FeeCase`` lets all debts due from 1 January 2026 on bear fees."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"recurring_fee_scope": "debt", "recurring_fee_from": "2026-01-01"})
        cls.carla = cls.make_partner("Carla")

    def plain(self, amount=1000.0, due="2026-03-10", partner=None, **values):
        """A posted invoice with nothing of ours, due on a day."""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or self.carla).id,
                "invoice_date": due,
                "invoice_date_due": due,
                "invoice_line_ids": [Command.create({"name": "Ball", "quantity": 1, "price_unit": amount, "tax_ids": []})],
                **values,
            }
        )
        invoice.action_post()
        return invoice

    def opening(self, amount=1000.0, due="2026-03-10", partner=None, name="Invoice 4711 of the old system"):
        """What a customer owed when the books were opened: the receivable item of an entry."""
        partner = partner or self.carla
        account = partner.with_company(self.company).property_account_receivable_id
        journal = self.env["account.journal"].search([("company_id", "=", self.company.id), ("type", "=", "general")], limit=1)
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": journal.id,
                "date": due,
                "line_ids": [
                    Command.create(
                        {"name": name, "account_id": account.id, "partner_id": partner.id, "debit": amount, "date_maturity": due}
                    ),
                    Command.create({"name": "Opening", "account_id": self.income.id, "credit": amount}),
                ],
            }
        )
        entry.action_post()
        return entry.line_ids.filtered("debit")

    def to_pay(self, lines, day):
        """Residual, fine and interest of receivable items on a day."""
        found = self.env["recurring.amount.due"].of_lines(lines, fields.Date.to_date(day))
        return [(float(item.residual), float(item.fees.fine), float(item.fees.interest)) for item in found.values()]


@tagged("post_install", "-at_install")
class TestFeesOfAllDebts(DebtCase):
    def test_a_plain_invoice_bears_fees(self):
        """1 000.00 due 10 March, on the 25th: 20.00 and 1000 × 1 % × 15/30 = 5.00."""
        self.assertEqual(self.due(self.plain(), "2026-03-25"), (1000.0, 20.0, 5.0, 0.0, 1025.0))

    def test_an_opening_balance_bears_fees(self):
        self.assertEqual(self.to_pay(self.opening(), "2026-03-25"), [(1000.0, 20.0, 5.0)])

    def test_each_scope_ends_where_it_says(self):
        invoice, opening = self.plain(), self.opening()
        for scope, of_invoice, of_opening in (("debt", 20.0, 20.0), ("invoice", 20.0, 0.0), ("subscription", 0.0, 0.0)):
            with self.subTest(scope):
                self.company.recurring_fee_scope = scope
                self.assertEqual(self.due(invoice, "2026-03-25")[1], of_invoice)
                self.assertEqual(self.to_pay(opening, "2026-03-25")[0][1], of_opening)

    def test_what_was_due_earlier_than_the_first_day_bears_none(self):
        """Debts due 10 March, fees for debts due from the 11th on; subscriptions keep theirs."""
        self.company.recurring_fee_from = "2026-03-11"
        self.assertEqual(self.due(self.plain(), "2026-03-25")[1:3], (0.0, 0.0))
        self.assertEqual(self.due(self.plain(due="2026-03-11"), "2026-03-25")[1], 20.0)
        self.assertEqual(self.due(self.owe(), "2026-03-25")[1], 20.0)

    def test_switching_it_on_charges_nobody_for_the_past(self):
        company = self.company.with_env(self.at("2026-04-01"))
        company.write({"recurring_fee_scope": "subscription", "recurring_fee_from": False})
        company.recurring_fee_scope = "debt"
        self.assertEqual(str(company.recurring_fee_from), "2026-04-01")

    def test_the_settings_say_what_bears_fees(self):
        settings = Form(self.env["res.config.settings"])
        settings.recurring_fee_scope = "invoice"
        settings.save().execute()
        self.assertEqual(self.company.recurring_fee_scope, "invoice")

    def test_discounts_for_paying_early_stay_with_subscriptions(self):
        self.policy.tier_ids = [Command.create({"days": 5, "percent": 5.0})]
        self.assertEqual(self.due(self.plain(), "2026-03-01")[3], 0.0)
        self.assertEqual(self.due(self.owe(), "2026-03-01")[3], 50.0)

    def test_money_for_an_opening_balance_is_divided(self):
        """1 025.00 on 25 March: the debt, 20.00 and 5.00 on their accounts."""
        opening = self.opening()
        receipt = self.env["recurring.receipt"].with_env(self.at("2026-03-25"))
        payment = receipt.receive(self.env["account.move"], 1025.0, self.bank, fields.Date.to_date("2026-03-25"), lines=opening)
        self.assertTrue(opening.reconciled)
        self.assertEqual(self.entries(payment), sorted([(opening.account_id.code, -1000.0), ("400901", -20.0), ("400902", -5.0)]))
        self.assertEqual((payment.partner_id, payment.memo), (self.carla, "Invoice 4711 of the old system"))
        self.assertEqual(self.to_pay(opening, "2026-03-30"), [])

    def test_one_payment_has_one_payer(self):
        lines = self.opening() | self.opening(partner=self.make_partner("Otto"))
        with self.assertRaisesRegex(UserError, "several customers"):
            self.env["recurring.receipt"].receive(self.env["account.move"], 10.0, self.bank, fields.Date.to_date("2026-03-25"), lines=lines)

    def test_an_opening_balance_paid_late_without_fees_waits_for_a_decision(self):
        """1 000.00 by a plain payment on 25 March: 25.00 wait."""
        opening = self.opening()
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.carla.id,
                "amount": 1000.0,
                "date": "2026-03-25",
                "journal_id": self.bank.id,
            }
        )
        payment.with_context(force_payment_move=True).action_post()
        (payment.move_id.line_ids.filtered(lambda line: line.account_id == opening.account_id) | opening).reconcile()
        self.env.cr.flush()
        fee = self.env["recurring.late.fee"].search([("move_line_id", "=", opening.id)])
        self.assertEqual((fee.state, fee.fine, fee.interest, str(fee.date)), ("open", 20.0, 5.0, "2026-03-25"))

    def test_fees_of_a_paid_plain_invoice_become_a_document(self):
        self.policy.booking = "document"
        invoice = self.plain()
        self.register(invoice, 1000.0, "2026-03-25")
        self.env.cr.flush()
        fee = self.fees_of(invoice)
        self.env["recurring.late.fee.charging"].with_env(self.at("2026-03-26")).charge(fee)
        self.assertEqual((fee.state, fee.entry_id.state, fee.entry_id.amount_untaxed), ("booked", "posted", 25.0))
        self.assertEqual(fee.entry_id.partner_id, self.carla)

    def test_on_the_next_invoice_of_what_the_payer_has_running(self):
        """Carla's gym bill of 1 April carries the 25.00 of her ball."""
        self.policy.booking = "next_invoice"
        invoice = self.plain()
        subscription = self.subscribe("2026-03-01", 50.0, partner=self.carla)
        self.bill("2026-03-01", subscription)
        self.register(invoice, 1000.0, "2026-03-25")
        self.env.cr.flush()
        fee = self.fees_of(invoice)
        self.env["recurring.late.fee.charging"].with_env(self.at("2026-03-26")).charge(fee)
        self.bill("2026-04-01", subscription)
        april = self.invoices(subscription)[-1]
        self.assertEqual((april.state, april.amount_untaxed), ("posted", 75.0))
        self.assertEqual(fee.state, "booked")

    def test_an_opening_balance_without_subscription_gets_a_sales_document(self):
        self.policy.booking = "next_invoice"
        opening = self.opening()
        receipt = self.env["recurring.receipt"].with_env(self.at("2026-03-25"))
        receipt.receive(self.env["account.move"], 1000.0, self.bank, fields.Date.to_date("2026-03-25"), lines=opening)
        self.env.cr.flush()
        fee = self.env["recurring.late.fee"].search([("move_line_id", "=", opening.id)])
        self.env["recurring.late.fee.charging"].with_env(self.at("2026-03-26")).charge(fee)
        self.assertEqual((fee.entry_id.journal_id.type, fee.entry_id.amount_untaxed), ("sale", 25.0))
        self.assertIn("Invoice 4711 of the old system", fee.entry_id.invoice_line_ids[0].name)

    def test_fees_charged_while_the_debt_is_open_are_not_asked_for_twice(self):
        """On 25 March 25.00 by a document; on 30 March only 5 more days are new: 1.67."""
        invoice = self.plain()
        line = invoice.line_ids.filtered(lambda each: each.display_type == "payment_term")
        charging = self.env["recurring.late.fee.charging"].with_env(self.at("2026-03-25"))
        fee = charging.charge_open(line, fields.Date.to_date("2026-03-25"))
        self.assertEqual((fee.state, fee.entry_id.state, fee.entry_id.amount_untaxed), ("booked", "posted", 25.0))
        self.assertFalse(charging.charge_open(line, fields.Date.to_date("2026-03-25")))
        self.assertEqual(self.to_pay(line, "2026-03-30"), [(1000.0, 0.0, 1.67)])
        self.assertEqual(self.due(fee.entry_id, "2026-04-25")[1:3], (0.0, 0.0))  # fees bear no fees

    def test_many_debts_cost_no_more_queries(self):
        lines = self.env["account.move.line"]
        for number in range(8):
            lines |= self.opening(partner=self.make_partner(f"Payer {number}"))
            lines |= self.plain(partner=self.make_partner(f"Buyer {number}")).line_ids.filtered(
                lambda line: line.display_type == "payment_term"
            )

        def queries(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["recurring.amount.due"].of_lines(self.env["account.move.line"].browse(some.ids), fields.Date.to_date("2026-04-20"))
            return self.env.cr.sql_log_count - before

        queries(lines)
        self.assertLessEqual(queries(lines), queries(lines[:4]) + 2)
