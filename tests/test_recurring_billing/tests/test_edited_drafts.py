"""Drafts that a person changed and then posted: the ledger holds the person's amount."""

from odoo import Command
from odoo.tests import tagged

from .ledger_checks import LedgerChecks

APRIL = ("2026-04-01", "2026-05-01")


@tagged("post_install", "-at_install")
class TestEditedDrafts(LedgerChecks):
    def drafted(self, price=30.0, **values):
        """April 2026 on a draft."""
        subscription = self.subscribe("2026-04-01", price, invoice_mode="draft", **values)
        self.bill("2026-04-01", subscription)
        return subscription, self.invoices(subscription)

    def test_the_amount_of_a_person_is_the_amount_of_the_ledger(self):
        """30.00 made 24.00 by hand; the customer leaves on the 15th: half of 24.00."""
        subscription, draft = self.drafted()
        draft.invoice_line_ids.price_unit = 24.0
        self.assertEqual(self.rows(subscription), [("charge", *APRIL, 30.0)])
        self.post("2026-04-02", draft)
        self.assertEqual(self.rows(subscription), [("charge", *APRIL, 24.0)])
        self.assertFalse(draft.invoice_line_ids.recurring_period_id.price_known)
        self.assertInOrder(subscription)
        self.assertNothingBilled(self.bill("2026-04-03", subscription))
        self.assertEqual(str(subscription.next_invoice_date), "2026-05-01")
        subscription.line_ids.date_end = "2026-04-15"
        self.bill("2026-04-16", subscription)
        credit = self.invoices(subscription)[-1]
        self.assertEqual((credit.amount_total, credit.reversed_entry_id), (12.0, draft))
        self.post("2026-04-16", credit)
        self.assertInOrder(subscription)
        self.assertNothingBilled(self.bill("2026-04-17", subscription))

    def test_an_untouched_draft_keeps_its_row(self):
        _subscription, draft = self.drafted()
        row = draft.invoice_line_ids.recurring_period_id
        self.post("2026-04-02", draft)
        self.assertEqual((draft.invoice_line_ids.recurring_period_id, row.price_known, row.voided), (row, True, False))

    def test_other_changes_by_hand_leave_the_ledger_alone(self):
        subscription, draft = self.drafted()
        row = draft.invoice_line_ids.recurring_period_id
        draft.invoice_line_ids.name = "Gym, with our thanks"
        draft.invoice_line_ids.tax_ids = self.tax
        draft.invoice_line_ids.write({"quantity": 2, "price_unit": 15.0})
        draft.write({"invoice_line_ids": [Command.create({"name": "Towel", "price_unit": 5.0, "tax_ids": False})]})
        self.post("2026-04-02", draft)
        self.assertEqual(draft.invoice_line_ids.recurring_period_id, row)
        self.assertInOrder(subscription)

    def test_quantity_and_discount_count(self):
        """2 × 30.00 less 10 % = 54.00, quantity made 3 by hand: 81.00."""
        subscription, draft = self.drafted(line={"quantity": 2, "discount": 10})
        draft.invoice_line_ids.quantity = 3
        self.post("2026-04-02", draft)
        self.assertEqual(self.rows(subscription), [("charge", *APRIL, 81.0)])
        self.assertInOrder(subscription)

    def test_a_changed_draft_of_time_nobody_wants_any_more(self):
        """30.00 made 24.00 by hand; meanwhile the customer never came: the whole 24.00 go back."""
        subscription, draft = self.drafted()
        draft.invoice_line_ids.price_unit = 24.0
        subscription.line_ids.date_end = "2026-03-31"
        self.post("2026-04-02", draft)
        self.assertEqual(self.rows(subscription), [("charge", *APRIL, 24.0)])
        self.bill("2026-04-03", subscription)
        credit = self.invoices(subscription)[-1]
        self.assertEqual((credit.move_type, credit.amount_total), ("out_refund", 24.0))
        self.assertInOrder(subscription)

    def test_given_away_by_hand_the_time_counts_as_billed(self):
        subscription, draft = self.drafted()
        draft.invoice_line_ids.discount = 100
        self.post("2026-04-02", draft)
        self.assertEqual(self.rows(subscription), [("charge", *APRIL, 0.0)])
        self.assertNothingBilled(self.bill("2026-04-03", subscription))
        subscription.line_ids.date_end = "2026-04-15"
        self.assertNothingBilled(self.bill("2026-04-16", subscription))
        self.assertInOrder(subscription)

    def test_with_tax_included_the_ledger_keeps_the_price_s_own_basis(self):
        tax = self.make_tax(15, name="15 % included", price_include_override="tax_included")
        subscription, draft = self.drafted(115.0, line={"tax_ids": [Command.set(tax.ids)]})
        draft.invoice_line_ids.price_unit = 92.0
        self.post("2026-04-02", draft)
        self.assertEqual((draft.amount_untaxed, draft.amount_tax), (80.0, 12.0))
        self.assertEqual(self.rows(subscription), [("charge", *APRIL, 92.0)])
        self.assertInOrder(subscription)

    def test_money_off_deleted_by_hand_is_charged(self):
        """100.00 less 15.00 on a line of its own, which a person deletes: 100.00."""
        discount = Command.create({"name": "Welcome", "amount": 15.0})
        subscription, draft = self.drafted(100.0, line={"discount_ids": [discount]})
        draft.invoice_line_ids.filtered(lambda line: line.price_subtotal < 0).unlink()
        self.assertEqual(self.rows(subscription), [("charge", *APRIL, 85.0)])
        self.post("2026-04-02", draft)
        self.assertEqual(self.rows(subscription), [("charge", *APRIL, 100.0)])
        self.assertInOrder(subscription)
        self.assertNothingBilled(self.bill("2026-04-03", subscription))

    def test_an_invoice_reset_to_draft_and_changed_is_followed_too(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        invoice = self.invoices(subscription)
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 20.0
        self.post("2026-04-02", invoice)
        self.assertEqual(self.rows(subscription), [("charge", *APRIL, 20.0)])
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 30.0
        self.post("2026-04-02", invoice)
        self.assertEqual(self.rows(subscription), [("charge", *APRIL, 30.0)])
        self.assertInOrder(subscription)

    def test_a_change_after_a_credit_is_money_alone(self):
        """30.00, of which 15.00 was credited for leaving on the 15th; the invoice made 40.00 afterwards: the ledger says 25.00."""
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        invoice = self.invoices(subscription)
        subscription.line_ids.date_end = "2026-04-15"
        self.bill("2026-04-16", subscription)
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 40.0
        self.post("2026-04-17", invoice)
        self.assertEqual([amount for *_row, amount in self.rows(subscription)], [30.0, -15.0, 10.0])
        self.assertInOrder(subscription)
        self.assertNothingBilled(self.bill("2026-04-18", subscription))

    def test_a_credit_note_changed_by_hand(self):
        """15.00 to be credited for leaving on the 15th, made 20.00 by hand: the ledger ends at 10.00."""
        subscription, draft = self.drafted()
        self.post("2026-04-01", draft)
        subscription.line_ids.date_end = "2026-04-15"
        self.bill("2026-04-16", subscription)
        credit = self.invoices(subscription)[-1]
        credit.invoice_line_ids.price_unit = 20.0
        self.post("2026-04-16", credit)
        self.assertEqual([amount for *_row, amount in self.rows(subscription)], [30.0, -15.0, -5.0])
        self.assertInOrder(subscription)
        self.assertNothingBilled(self.bill("2026-04-17", subscription))

    def test_a_changed_credit_note_cancelled_and_brought_back(self):
        subscription, draft = self.drafted()
        self.post("2026-04-01", draft)
        subscription.line_ids.date_end = "2026-04-15"
        self.bill("2026-04-16", subscription)
        credit = self.invoices(subscription)[-1]
        credit.invoice_line_ids.price_unit = 20.0
        self.post("2026-04-16", credit)
        rows = self.rows(subscription)
        credit.button_cancel()
        self.assertEqual(self.rows(subscription), [("charge", *APRIL, 30.0)])
        self.assertInOrder(subscription)
        credit.button_draft()
        self.assertEqual(self.rows(subscription), rows)
        self.post("2026-04-17", credit)
        self.assertEqual(self.rows(subscription), rows)
        self.assertInOrder(subscription)

    def test_a_changed_invoice_cancelled_frees_its_time(self):
        subscription, draft = self.drafted()
        draft.invoice_line_ids.price_unit = 24.0
        self.post("2026-04-02", draft)
        draft.button_cancel()
        self.assertEqual(self.rows(subscription), [])
        draft.button_draft()
        self.assertEqual(self.rows(subscription), [("charge", *APRIL, 24.0)])
        self.assertInOrder(subscription)

    def test_a_changed_draft_that_was_posted_is_reversed_like_any_other(self):
        subscription, draft = self.drafted()
        draft.invoice_line_ids.price_unit = 24.0
        self.post("2026-04-02", draft)
        self.post("2026-04-03", self.reverse("2026-04-03", draft, "free"))
        self.assertInOrder(subscription)
        self.assertEqual(self.booked(subscription), 0.0)
        self.assertBilled(self.bill("2026-04-04", subscription), 1, 1, 30.0)
        self.assertInOrder(subscription)

    def test_a_reversal_waits_while_its_invoice_is_changed(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        invoice = self.invoices(subscription)
        credit = self.reverse("2026-04-02", invoice, "free")
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 20.0
        self.post("2026-04-03", invoice)
        credit.invoice_line_ids.price_unit = 20.0
        self.post("2026-04-04", credit)
        self.assertEqual(self.booked(subscription), 0.0)
        self.assertInOrder(subscription)
        self.assertBilled(self.bill("2026-04-05", subscription), 1, 1, 30.0)

    def test_the_chatter_says_what_was_changed(self):
        _subscription, draft = self.drafted()
        draft.invoice_line_ids.price_unit = 24.0
        self.post("2026-04-02", draft)
        told = " ".join(draft.message_ids.mapped("body"))
        self.assertRegex(told, r"04/01/2026 – 04/30/2026 was changed by hand: \$&nbsp;24\.00 instead of \$&nbsp;30\.00")
