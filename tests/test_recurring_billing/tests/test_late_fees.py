"""The amount of the day and money that comes late: fine and interest, divided to their accounts when it arrives."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .fees import FeeCase


@tagged("post_install", "-at_install")
class TestAmountOfTheDay(FeeCase):
    def test_fine_once_and_interest_by_the_day(self):
        """Due 10 March, on the 25th: 2 % of 1 000.00 and 1 % × 15/30 of it: 20.00 + 5.00."""
        invoice = self.owe()
        self.assertEqual(self.due(invoice, "2026-03-10"), (1000.0, 0.0, 0.0, 0.0, 1000.0))
        self.assertEqual(self.due(invoice, "2026-03-11"), (1000.0, 20.0, 0.33, 0.0, 1020.33))
        self.assertEqual(self.due(invoice, "2026-03-25"), (1000.0, 20.0, 5.0, 0.0, 1025.0))
        self.assertEqual(invoice.with_env(self.at("2026-03-25")).recurring_amount_today, 1025.0)


@tagged("post_install", "-at_install")
class TestReceipt(FeeCase):
    def test_late_money_is_divided_when_it_arrives(self):
        """1 025.00 on 25 March: 1 000.00 on the receivable, 20.00 and 5.00 on their accounts, dated by the bank."""
        invoice = self.owe()
        payment = self.receive(invoice, 1025.0, "2026-03-25")
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("paid", 0.0))
        receivable = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term").account_id.code
        self.assertEqual(self.entries(payment), sorted([(receivable, -1000.0), ("400901", -20.0), ("400902", -5.0)]))
        self.assertEqual((str(payment.date), str(payment.move_id.date), payment.amount), ("2026-03-25", "2026-03-25", 1025.0))
        fee = payment.recurring_late_fee_ids
        self.assertEqual((fee.fine, fee.interest, fee.total, fee.state), (20.0, 5.0, 25.0, "booked"))
        self.assertEqual(self.due(invoice, "2026-03-30"), (0.0, 0.0, 0.0, 0.0, 0.0))

    def test_the_same_money_counts_once(self):
        invoice = self.owe()
        first = self.receive(invoice, 400.0, "2026-03-12", unique_ref="pix:E1")
        again = self.receive(invoice, 400.0, "2026-03-12", unique_ref="pix:E1")
        self.assertEqual((again, invoice.amount_residual), (first, 600.0))

    def test_who_may_receive(self):
        invoice = self.owe()
        seller = self.make_user("seller", "recurring_billing.group_user_all")
        collector = self.make_user("collector", "recurring_billing.group_collections")
        with self.assertRaisesRegex(AccessError, "Collections and Billing"):
            self.env["recurring.receipt"].with_user(seller).receive(invoice, 10.0, self.bank, invoice.invoice_date)
        payment = self.env["recurring.receipt"].with_user(collector).receive(invoice, 10.0, self.bank, invoice.invoice_date)
        self.assertEqual(
            (payment.sudo().state, invoice.amount_residual),
            ("paid" if not payment.sudo().outstanding_account_id.reconcile else "in_process", 990.0),
        )

    def test_no_money_is_refused(self):
        invoice = self.owe()
        with self.assertRaisesRegex(UserError, "more than 0"):
            self.receive(invoice, 0.0, "2026-03-12")
