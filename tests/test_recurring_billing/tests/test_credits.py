"""Where credits go: while the invoice is open to a credit note for it, else to the next invoice, else to a credit note of its own."""

from datetime import date

from odoo import Command
from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestCredits(RecurringCommon):
    def running(self, price=99.99, *, paid=False, **values):
        """April 2026 billed at its start."""
        subscription = self.subscribe("2026-04-01", price, **values)
        self.bill("2026-04-01", subscription)
        if paid:
            self.pay(self.invoices(subscription))
        return subscription

    def pay(self, move):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids).create({})
        wizard.action_create_payments()

    def told(self, move):
        """The lines of a document as they post: quantity × price, discount, subtotal."""
        return [(line.quantity, line.price_unit, line.price_subtotal) for line in move.invoice_line_ids]

    def test_an_open_invoice_is_reduced_by_a_credit_note_at_once(self):
        subscription = self.running()
        invoice = self.invoices(subscription)
        subscription.line_ids.date_end = "2026-04-15"
        self.bill("2026-04-16", subscription)
        credit = self.invoices(subscription) - invoice
        self.assertEqual((credit.move_type, credit.state, credit.reversed_entry_id), ("out_refund", "posted", invoice))
        self.assertEqual(self.told(credit), [(1, 49.99, 49.99)])
        self.assertEqual((invoice.amount_residual, credit.amount_residual), (50.0, 0.0))
        self.assertIn("04/16/2026 to 04/30/2026 (15 of 30 days)", credit.invoice_line_ids.name)
        self.assertFalse(subscription.next_invoice_date)
        self.assertNothingBilled(self.bill("2026-04-17", subscription))

    def test_of_a_paid_invoice_the_credit_waits_for_the_next_one(self):
        subscription = self.running(30.0, paid=True, line={"quantity": 2})
        line = subscription.line_ids
        line.date_end = "2026-04-15"
        self.env["recurring.subscription.line"].create(
            {
                "subscription_id": subscription.id,
                "product_id": line.product_id.id,
                "lineage_id": line.lineage_id.id,
                "date_start": "2026-05-01",
                "quantity": 2,
                "price_unit": 30.0,
            }
        )
        self.assertNothingBilled(self.bill("2026-04-16", subscription))
        self.assertEqual(str(subscription.next_invoice_date), "2026-05-01")
        self.bill("2026-05-01", subscription)
        second = self.invoices(subscription)[1]
        self.assertEqual(second.move_type, "out_invoice")
        self.assertEqual(sorted(self.told(second)), [(-2, 15.0, -30.0), (2, 30.0, 60.0)])

    def test_of_a_paid_invoice_without_another_to_come_a_credit_note_settles_the_oldest_debt(self):
        partner = self.make_partner("Bea")
        other = self.subscribe("2026-03-01", 40.0, partner=partner)
        self.bill("2026-03-01", other)
        subscription = self.running(30.0, paid=True, partner=partner)
        subscription.line_ids.date_end = "2026-04-10"
        self.bill("2026-04-11", subscription)
        credit = self.invoices(subscription)[1]
        self.assertEqual((credit.move_type, credit.amount_total, credit.amount_residual), ("out_refund", 20.0, 0.0))
        self.assertEqual(self.invoices(other).amount_residual, 20.0)

    def test_a_credit_copies_account_taxes_and_analytic_of_the_line_it_reduces(self):
        subscription = self.running(100.0, line={"tax_ids": [Command.set(self.tax.ids)]})
        invoice = self.invoices(subscription)
        subscription.line_ids.product_id.property_account_income_id = self.income
        subscription.line_ids.tax_ids = False
        subscription.line_ids.date_end = "2026-04-15"
        self.bill("2026-04-16", subscription)
        credit = self.invoices(subscription) - invoice
        self.assertEqual(credit.invoice_line_ids.account_id, invoice.invoice_line_ids.account_id)
        self.assertEqual(credit.invoice_line_ids.tax_ids, self.tax)
        self.assertEqual((credit.amount_untaxed, credit.amount_total), (50.0, 57.5))

    def test_a_draft_is_never_credited_but_made_again(self):
        plan = self.make_plan(invoice_mode="draft")
        subscription = self.running(30.0, plan=plan)
        draft = self.invoices(subscription)
        subscription.line_ids.date_end = "2026-04-10"
        self.bill("2026-04-02", subscription)
        self.assertEqual(self.invoices(subscription), draft)
        self.bill("2026-04-11", subscription)
        self.assertFalse(draft.exists())
        again = self.invoices(subscription)
        self.assertEqual((again.state, self.told(again)), ("draft", [(1, 10.0, 10.0)]))
        self.assertEqual(self.periods(subscription), [("2026-04-01", "2026-04-10", 10.0)])

    def test_a_draft_changed_by_hand_keeps_its_amount_and_waits_for_a_person(self):
        plan = self.make_plan(invoice_mode="draft")
        subscription = self.running(30.0, plan=plan)
        draft = self.invoices(subscription)
        draft.invoice_line_ids.price_unit = 25.0
        subscription.line_ids.date_end = "2026-04-10"
        self.bill("2026-04-11", subscription)
        self.assertEqual((draft.state, draft.amount_untaxed), ("draft", 25.0))
        issue = self.issue(subscription)
        self.assertEqual(issue.kind, "draft")
        draft.unlink()
        self.press("2026-04-11", issue, "action_retry")
        self.assertEqual((issue.state, self.told(self.invoices(subscription))), ("solved", [(1, 10.0, 10.0)]))

    def test_an_opening_of_unknown_amount_needs_a_person_to_credit_it(self):
        subscription = self.subscribe("2026-01-01", 30.0, line={"opening_until": "2026-04-30"})
        subscription.line_ids.date_end = "2026-04-10"
        self.bill("2026-04-11", subscription)
        self.assertEqual(self.issue(subscription).kind, "opening")
        subscription.line_ids.opening_amount = 30.0
        self.press("2026-04-11", self.issue(subscription), "action_retry")
        credit = self.invoices(subscription)
        self.assertEqual((credit.move_type, self.told(credit)), ("out_refund", [(1, 20.0, 20.0)]))

    def test_deleting_the_draft_of_a_credit_gives_the_time_back(self):
        subscription = self.running(30.0)
        subscription.invoice_mode = "draft"
        subscription.line_ids.date_end = "2026-04-10"
        self.bill("2026-04-11", subscription)
        credit = self.invoices(subscription)[1]
        self.assertEqual((credit.state, credit.amount_untaxed), ("draft", 20.0))
        charge = subscription.period_ids.filtered(lambda period: period.kind == "charge")
        self.assertEqual(str(charge.live_end), "2026-04-11")
        credit.unlink()
        self.assertEqual(str(charge.live_end), "2026-05-01")
        self.bill("2026-04-12", subscription)
        self.assertEqual(self.invoices(subscription)[1].amount_untaxed, 20.0)

    def test_a_charge_that_was_credited_is_not_cancelled_under_its_credit(self):
        subscription = self.running(30.0)
        invoice = self.invoices(subscription)
        subscription.line_ids.date_end = "2026-04-10"
        self.bill("2026-04-11", subscription)
        invoice.button_draft()
        with self.assertRaisesRegex(Exception, "was credited by"):
            invoice.button_cancel()

    def test_a_price_that_includes_tax_is_credited_in_its_own_basis(self):
        tax = self.make_tax(19, price_include_override="tax_included")
        subscription = self.running(119.0, line={"tax_ids": [Command.set(tax.ids)]})
        subscription.line_ids.date_end = "2026-04-10"
        self.bill("2026-04-11", subscription)
        invoice, credit = self.invoices(subscription)
        self.assertEqual((invoice.amount_total, invoice.amount_untaxed), (119.0, 100.0))
        # 119.00 × 10/30 = 39.67 stays, 79.33 with tax goes back
        self.assertEqual((credit.amount_total, credit.amount_untaxed), (79.33, 66.66))
        self.assertEqual(invoice.amount_residual, 39.67)

    def test_credits_of_foreign_currency_are_in_that_currency_at_the_rate_of_the_credit_note(self):
        self.make_rate(self.currency_eur, "2026-04-01", 0.5)
        self.make_rate(self.currency_eur, "2026-04-10", 0.8)
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": self.currency_eur.id})
        subscription = self.running(30.0, pricelist_id=pricelist.id)
        subscription.line_ids.date_end = "2026-04-10"
        self.bill("2026-04-11", subscription)
        invoice, credit = self.invoices(subscription)
        self.assertEqual((invoice.currency_id, invoice.amount_untaxed_signed), (self.currency_eur, 60.0))
        self.assertEqual((credit.currency_id, credit.amount_untaxed, credit.amount_untaxed_signed), (self.currency_eur, 20.0, -25.0))

    def test_cash_rounding_is_as_native(self):
        self.env.user.group_ids += self.env.ref("account.group_cash_rounding")
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "0.05",
                "rounding": 0.05,
                "strategy": "add_invoice_line",
                "profit_account_id": self.income.id,
                "loss_account_id": self.income.id,
            }
        )
        subscription = self.running(30.02, cash_rounding_id=rounding.id)
        self.assertEqual(self.invoices(subscription).amount_total, 30.0)
        subscription.line_ids.date_end = "2026-04-15"
        self.bill("2026-04-16", subscription)
        self.assertEqual(self.invoices(subscription)[1].amount_total, 15.0)

    def test_an_instalment_invoice_that_is_open_is_reduced_whatever_its_dates(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Two parts",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 30}),
                ],
            }
        )
        subscription = self.running(60.0, payment_term_id=term.id)
        subscription.line_ids.date_end = "2026-04-10"
        self.bill("2026-04-11", subscription)
        self.assertEqual(self.invoices(subscription)[0].amount_residual, 20.0)

    def test_a_credit_larger_than_what_is_open_settles_it_and_leaves_the_rest_to_the_customer(self):
        subscription = self.running(30.0)
        invoice = self.invoices(subscription)
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard.create({"amount": 25.0}).action_create_payments()
        subscription.line_ids.date_end = "2026-04-10"
        self.bill("2026-04-11", subscription)
        credit = self.invoices(subscription)[1]
        self.assertEqual((invoice.amount_residual, credit.amount_total, credit.amount_residual), (0.0, 20.0, 15.0))

    def test_a_second_credit_reaches_the_open_invoice_though_a_credit_note_shows_what_it_reduces(self):
        subscription = self.running(30.0)
        invoice = self.invoices(subscription)
        change = self.env["recurring.subscription.change"]
        change.pause(subscription.line_ids, date(2026, 4, 4))
        change.resume(subscription.line_ids, date(2026, 4, 8))
        self.bill("2026-04-08", subscription)
        change.pause(subscription.line_ids, date(2026, 4, 20))
        self.bill("2026-04-20", subscription)
        self.assertEqual((self.invoices(subscription) - invoice).reversed_entry_id, invoice)
        self.assertEqual(invoice.amount_residual, 15.0)  # 3 and 12 days of 1.00

    def test_a_reduction_that_is_due_alone_is_a_credit_note(self):
        subscription = self.running(30.0)
        product = subscription.line_ids.product_id
        self.env["recurring.subscription.line"].create(
            {"subscription_id": subscription.id, "product_id": product.id, "price_unit": -9.0, "date_start": "2026-04-11"}
        )
        self.bill("2026-04-11", subscription)
        invoice, credit = self.invoices(subscription)
        self.assertEqual((credit.move_type, self.told(credit)), ("out_refund", [(1, 6.0, 6.0)]))
        self.assertEqual(invoice.amount_residual, 24.0)
        self.bill("2026-05-01", subscription)
        self.assertEqual(self.invoices(subscription)[2].amount_untaxed, 21.0)

    def test_a_waiting_credit_does_not_delay_the_credit_of_an_open_invoice(self):
        product = self.make_product(30.0)
        lines = [{"product_id": product.id, "price_unit": price} for price in (30.0, 100.0)]
        subscription = self.subscribe("2026-04-01", lines=lines)
        self.bill("2026-04-01", subscription)
        self.pay(self.invoices(subscription))
        first = subscription.line_ids.filtered(lambda line: line.price_unit == 30.0)
        late = self.env["recurring.subscription.line"].create(
            {"subscription_id": subscription.id, "product_id": product.id, "price_unit": 60.0, "date_start": "2026-04-05"}
        )
        self.bill("2026-04-05", subscription)
        unpaid = self.invoices(subscription)[1]
        self.assertEqual(unpaid.amount_residual, 52.0)
        late.date_end = "2026-04-20"
        first.date_end = "2026-04-10"
        self.bill("2026-04-11", subscription)
        self.assertEqual(str(subscription.next_invoice_date), "2026-04-21")
        self.bill("2026-04-21", subscription)
        self.assertEqual(unpaid.amount_residual, 32.0)
        self.assertEqual(str(subscription.next_invoice_date), "2026-05-01")
        self.bill("2026-05-01", subscription)
        self.assertEqual(self.invoices(subscription)[-1].amount_untaxed, 80.0)
