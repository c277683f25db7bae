"""Reversed invoices of usage: its records are billed again, or the money alone goes back."""

from odoo.tests import tagged

from .ledger_checks import LedgerChecks
from .test_usage import UsageCommon

JANUARY = ("2024-01-01", "2024-02-01")


@tagged("post_install", "-at_install")
class TestUsageReversal(LedgerChecks, UsageCommon):
    def used(self):
        """1,200 calls in January, billed on 1 February: 30.00 + 1,000 × 1.50 + 200 × 2.00 = 1,930.00."""
        subscription = self.subscribe_metered()
        usage = self.use(subscription, "2024-01-05", 1200)
        self.bill("2024-02-01", subscription)
        return subscription, self.invoices(subscription), usage

    def test_usage_is_billed_again_with_the_next_run(self):
        subscription, invoice, usage = self.used()
        self.post("2024-02-02", self.reverse("2024-02-02", invoice, "free"))
        self.assertEqual((self.rows(subscription), usage.state), ([("credit", "2024-02-01", "2024-02-01", 0.0)], "to_bill"))
        self.assertBilled(self.bill("2024-02-03", subscription), 1, 1, 1930.0)
        self.assertEqual((self.booked(subscription), usage.state), (1930.0, "billed"))
        self.assertNothingBilled(self.bill("2024-02-04", subscription))

    def test_usage_stays_billed_and_the_money_goes_back(self):
        subscription, invoice, usage = self.used()
        credit = self.reverse("2024-02-02", invoice, "keep")
        credit.invoice_line_ids.price_unit = 430.0
        self.post("2024-02-02", credit)
        self.assertEqual((self.booked(subscription), usage.state), (1500.0, "billed"))
        self.assertInOrder(subscription)
        self.assertNothingBilled(self.bill("2024-02-03", subscription))
        second = self.reverse("2024-02-04", invoice, "free")
        self.assertEqual(self.said(second), [(1, 1500.0)])
        self.post("2024-02-04", second)
        self.assertEqual(self.booked(subscription), 0.0)
        self.assertBilled(self.bill("2024-02-05", subscription), 1, 1, 1930.0)
        self.assertEqual(self.booked(subscription), 1930.0)

    def test_nothing_is_left_for_a_second_reversal(self):
        _subscription, invoice, _usage = self.used()
        self.post("2024-02-02", self.reverse("2024-02-02", invoice, "free"))
        with self.refused("Nothing of .* is left to give back"):
            self.reverse("2024-02-03", invoice, "free")

    def test_a_cancelled_reversal_bills_the_usage_again(self):
        subscription, invoice, usage = self.used()
        credit = self.reverse("2024-02-02", invoice, "free")
        self.post("2024-02-02", credit)
        credit.button_cancel()
        self.assertEqual((self.rows(subscription), usage.state), ([("usage", *JANUARY, 1930.0)], "billed"))
        self.assertNothingBilled(self.bill("2024-02-03", subscription))

    def test_a_reversal_is_not_cancelled_once_the_usage_was_billed_again(self):
        subscription, invoice, _usage = self.used()
        credit = self.reverse("2024-02-02", invoice, "free")
        self.post("2024-02-02", credit)
        self.bill("2024-02-03", subscription)
        again = self.invoices(subscription)[-1]
        with self.refused(f"is billed by {again.name} .*meanwhile"):
            credit.button_cancel()

    def test_the_new_invoice_bills_the_usage(self):
        subscription, invoice, usage = self.used()
        draft = self.reverse("2024-02-02", invoice, create=True)
        self.assertEqual((self.booked(subscription), usage.period_id), (1930.0, draft.invoice_line_ids.recurring_period_id))
        self.assertNothingBilled(self.bill("2024-02-03", subscription))
        draft.unlink()
        self.assertEqual(usage.state, "to_bill")
        self.assertBilled(self.bill("2024-02-04", subscription), 1, 1, 1930.0)

    def test_usage_on_a_draft_changed_by_hand(self):
        subscription = self.subscribe_metered(invoice_mode="draft")
        self.use(subscription, "2024-01-05", 1200)
        self.bill("2024-02-01", subscription)
        draft = self.invoices(subscription)
        draft.invoice_line_ids.price_unit = 1900.0
        self.post("2024-02-02", draft)
        self.assertEqual(self.booked(subscription), 1900.0)
        self.assertInOrder(subscription)
        self.assertNothingBilled(self.bill("2024-02-03", subscription))
