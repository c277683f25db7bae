from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .fees import FeeCase


@tagged("post_install", "-at_install")
class TestCounter(FeeCase):
    """Ana owes 1 000.00 due on Tuesday 10 March 2026; on the 25th that is 1 025.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.till = cls.env["account.journal"].create({"name": "Till", "type": "cash", "code": "TIL", "company_id": cls.company.id})
        cls.company.recurring_cash_journal_id = cls.till
        cls.clerk = cls.make_user("clerk", "recurring_billing.group_collections")
        cls.ana = cls.make_partner("Ana Souza Lima", vat="529.982.247-25", phone="+1 (206) 555-0147")

    def counter(self, day="2026-03-25", partner=None, user=None):
        """The counter as the form has it, with a payer."""
        form = Form(self.at(day)(user=(user or self.clerk).id)["recurring.counter"])
        form.partner_id = partner or self.ana
        return form

    def find(self, words, user=None):
        found = self.env["res.partner"].with_user(user or self.clerk).with_context(recurring_find_payer=True).name_search(words)
        return [partner_id for partner_id, _name in found]

    def test_a_late_debt_is_paid_in_cash_with_change(self):
        invoice = self.owe(partner=self.ana)
        form = self.counter()
        self.assertEqual((form.due_total, form.amount, form.journal_id), (1025.0, 1025.0, self.till))
        form.cash_given = 1050.0
        self.assertEqual(form.change, 25.0)
        counter = form.save()
        receipt = counter.action_receive()
        self.assertEqual(receipt["report_name"], "recurring_billing.report_recurring_receipt")
        payment = counter.payment_id
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("paid", 0.0))
        self.assertEqual(
            (payment.amount, payment.recurring_way, payment.recurring_cash_given, payment.recurring_change), (1025, "cash", 1050, 25)
        )
        (line,) = payment._recurring_receipt_lines()
        self.assertEqual((line.move, line.principal, line.fine, line.interest), (invoice, 1000.0, 20.0, 5.0))
        self.assertEqual(payment._recurring_receipt_rest([line]), 0.0)
        receivable = invoice.line_ids.filtered(lambda each: each.display_type == "payment_term").account_id.code
        self.assertEqual(self.entries(payment), sorted([(receivable, -1000.0), ("400901", -20.0), ("400902", -5.0)]))

    def test_a_second_press_takes_nothing_again(self):
        self.owe(partner=self.ana)
        counter = self.counter().save()
        counter.action_receive()
        with self.assertRaisesRegex(UserError, "received already"):
            counter.action_receive()
        self.assertEqual(self.env["account.payment"].search_count([("partner_id", "=", self.ana.id)]), 1)

    def test_a_part_payment_goes_to_the_oldest_and_leaves_the_rest(self):
        """500.00 due on 2 March, 300.00 on the 10th and 200.00 on the 30th; on the 10th she pays 600.00 of 805.00."""
        self.company.recurring_fee_policy_id = False
        old, new = self.owe("2026-03-02", 500.0, partner=self.ana), self.owe("2026-03-10", 300.0, partner=self.ana)
        later = self.owe("2026-03-30", 200.0, partner=self.ana)
        form = self.counter("2026-03-10")
        self.assertEqual((form.due_total, form.amount), (800.0, 800.0))  # what is due; the third can be added
        form.amount = 600.0
        form.way = "card"
        counter = form.save()
        counter.action_receive()
        self.assertEqual((old.amount_residual, new.amount_residual, later.amount_residual), (0.0, 200.0, 200.0))
        self.assertEqual([(line.move, line.total) for line in counter.payment_id._recurring_receipt_lines()], [(old, 500.0), (new, 100.0)])
        self.assertEqual((counter.payment_id.journal_id.type, counter.payment_id.recurring_cash_given), ("bank", 0.0))

    def test_invoices_can_be_left_out_and_paid_ahead(self):
        self.company.recurring_fee_policy_id = False
        due, later = self.owe("2026-03-10", 300.0, partner=self.ana), self.owe("2026-03-30", 200.0, partner=self.ana)
        form = self.counter("2026-03-10")
        for place in (0, 1):
            with form.line_ids.edit(place) as line:
                line.is_chosen = line.move_id == later
        self.assertEqual(form.amount, 200.0)
        form.save().action_receive()
        self.assertEqual((due.amount_residual, later.amount_residual), (300.0, 0.0))

    def test_who_owes_nothing_pays_on_account(self):
        form = self.counter()
        self.assertEqual((len(form.line_ids), form.amount), (0, 0.0))
        form.amount = 80.0
        counter = form.save()
        counter.action_receive()
        line = counter.payment_id.move_id.line_ids.filtered(lambda each: each.account_id.account_type == "asset_receivable")
        self.assertEqual((line.amount_residual, counter.payment_id._recurring_receipt_lines()), (-80.0, []))

    def test_money_that_came_meanwhile_is_not_taken_again(self):
        """While the clerk counts, the bank's money settles the invoice."""
        invoice = self.owe(partner=self.ana)
        counter = self.counter().save()
        self.receive(invoice, 1025.0, "2026-03-25")
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "changed meanwhile"):
            counter.action_receive()

    def test_an_online_payment_under_way_stops_the_counter(self):
        invoice = self.owe(partner=self.ana)
        provider = self.env["payment.provider"].search([("code", "!=", "none")], limit=1) or self.env["payment.provider"].search(
            [], limit=1
        )
        self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env["payment.method"].search([], limit=1).id,
                "reference": "TX-UNDER-WAY",
                "amount": 1025.0,
                "currency_id": invoice.currency_id.id,
                "partner_id": self.ana.id,
                "invoice_ids": [fields.Command.set(invoice.ids)],
                "state": "pending",
            }
        )
        form = self.counter()
        self.assertIn("under way", form.warning)
        with self.assertRaisesRegex(UserError, "under way"):
            form.save().action_receive()

    def test_figures_that_cannot_be_are_refused(self):
        self.owe(partner=self.ana)
        cases = [
            ({"amount": 1025.01}, "more than the invoices cost"),
            ({"amount": 0.0}, "more than 0"),
            ({"cash_given": 1000.0}, "gives less"),
        ]
        for values, message in cases:
            counter = self.counter().save()
            counter.write(values)
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                counter.action_receive()
        other = self.owe(partner=self.make_partner("Bia"))
        counter = self.counter().save()
        counter.write({"line_ids": [fields.Command.create({"move_id": other.id, "is_chosen": True, "shown_total": 1025.0})]})
        with self.assertRaisesRegex(UserError, "another customer"):
            counter.action_receive()

    def test_payers_are_found_by_name_number_and_phone(self):
        subscription = self.subscribe("2026-03-10", partner=self.ana, beneficiary_id=self.make_partner("Tomás Lima").id)
        self.assertTrue(subscription)
        for words in (
            "ana sou",
            "529.982.247-25",
            "52998224725",
            "529982",
            "982.247",
            "206 555 0147",
            "(206) 555-0147",
            "5550147",
            "Tomás",
        ):
            with self.subTest(words):
                self.assertIn(self.ana.id, self.find(words))
        for words in ("999.999.999-99", "52998224726", "Zulmira"):
            with self.subTest(words):
                self.assertNotIn(self.ana.id, self.find(words))
        self.assertNotIn(self.ana.id, [each for each, _name in self.env["res.partner"].name_search("529982247")])  # elsewhere as before

    def test_the_receipt_says_what_was_paid(self):
        invoice = self.owe(partner=self.ana)
        form = self.counter()
        form.cash_given = 1100.0
        counter = form.save()
        counter.action_receive()
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("recurring_billing.report_recurring_receipt", counter.payment_id.ids)[0]
            .decode()
        )
        for words in (
            "Ana Souza Lima",
            "529.982.247-25",
            invoice.name,
            "1,025.00",
            "20.00",
            "5.00",
            "1,100.00",
            "75.00",
            counter.payment_id.name,
        ):
            self.assertIn(words, html)

    def test_who_collects_or_bills_takes_money(self):
        for user in (self.clerk, self.make_user("biller", "account.group_account_invoice")):
            invoice = self.owe(partner=self.ana)
            counter = self.counter(user=user).save()
            counter.action_receive()
            self.assertEqual(invoice.amount_residual, 0.0)
        for group in ("recurring_billing.group_user_all", "recurring_billing.group_auditor"):
            user = self.make_user(group.rpartition("_")[2], group)
            with self.assertRaises(AccessError):
                self.env["recurring.counter"].with_user(user).create({"partner_id": self.ana.id})
        with self.assertRaises(AccessError):
            self.env["account.payment"].with_user(self.make_user("biller2", "account.group_account_invoice")).create(
                {"partner_id": self.ana.id, "amount": 1.0, "recurring_way": "cash"}
            )
