"""The days of service on invoice lines: kept by billing, copied to credit notes, refused to everybody else."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestServiceDates(RecurringCommon):
    def setUp(self):
        super().setUp()
        self.accountant = self.make_user("dates_accountant", "account.group_account_invoice")
        self.subscription = self.subscribe("2024-03-10", 50.0, plan=self.make_plan(alignment="fixed_day", anchor_day=1))
        self.bill("2024-03-10", self.subscription)
        self.invoice = self.invoices(self.subscription)

    def dates(self, move):
        return [(str(line.recurring_start), str(line.recurring_last_day)) for line in move.invoice_line_ids]

    def reverse(self, modify=False):
        wizard = self.env["account.move.reversal"].with_user(self.accountant).with_context(active_model="account.move")
        wizard = wizard.with_context(active_ids=self.invoice.ids).create({"journal_id": self.invoice.journal_id.id})
        moves = self.env["account.move"].browse((wizard.modify_moves() if modify else wizard.refund_moves())["res_id"])
        return moves.sudo()

    def test_an_invoice_line_tells_the_days_it_charges(self):
        self.assertEqual(self.dates(self.invoice), [("2024-03-10", "2024-03-31")])
        self.bill("2024-04-01", self.subscription)
        self.assertEqual(self.dates(self.invoices(self.subscription)[-1]), [("2024-04-01", "2024-04-30")])

    def test_only_product_lines_have_service_dates(self):
        other = self.invoice.line_ids - self.invoice.invoice_line_ids
        self.assertTrue(other)
        self.assertFalse(any(other.mapped("recurring_start")))

    def test_a_credit_note_is_about_the_same_days(self):
        self.assertEqual(self.dates(self.reverse()), [("2024-03-10", "2024-03-31")])

    def test_the_invoice_that_replaces_a_reversed_one_is_about_the_same_days(self):
        self.assertEqual(self.dates(self.reverse(modify=True)), [("2024-03-10", "2024-03-31")])

    def test_a_copy_of_an_invoice_charges_no_service(self):
        self.assertEqual(self.dates(self.invoice.copy()), [("False", "False")])

    def test_nobody_writes_service_dates(self):
        line = self.invoice.invoice_line_ids.with_user(self.accountant)
        for name in ("recurring_start", "recurring_last_day"):
            with self.assertRaisesRegex(AccessError, "kept by billing itself"):
                line.write({name: "2024-01-01"})

    def test_nobody_creates_a_line_with_service_dates(self):
        values = {
            "move_type": "out_invoice",
            "partner_id": self.subscription.partner_id.id,
            "invoice_line_ids": [Command.create({"recurring_start": "2024-01-01", "recurring_last_day": date(2024, 1, 31)})],
        }
        with self.assertRaisesRegex(AccessError, "kept by billing itself"):
            self.env["account.move"].with_user(self.accountant).create(values)
