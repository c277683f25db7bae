from odoo.tests import tagged

from .collecting import CollectingCommon


@tagged("post_install", "-at_install")
class TestChargingRetries(CollectingCommon):
    """When a card is charged, when again, and when never again."""

    def test_a_posted_invoice_is_charged_on_its_due_date_and_paid(self):
        subscription, token = self.charged("2024-03-01", 57.5, "ok")
        invoice = self.invoices(subscription)
        self.assertEqual((invoice.state, invoice.recurring_stage), ("posted", "to_charge"))
        self.collect("2024-03-01")
        self.assertEqual(self.captured(token), ["57.50"])
        self.assertEqual(self.tries(subscription), [("2024-03-01", "done", "")])
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertFalse(invoice.recurring_charge_state)
        self.collect("2024-03-02")
        self.assertEqual(self.captured(token), ["57.50"])

    def test_it_fails_twice_the_customer_pays_in_the_portal_on_the_fourth_and_nothing_is_tried_again(self):
        subscription, token = self.charged("2024-03-01", 57.5, "soft", "soft", "ok")
        invoice = self.invoices(subscription)
        self.collect("2024-03-01")
        self.collect("2024-03-01")
        self.collect("2024-03-02")
        self.collect("2024-03-03")
        self.assertEqual(self.tries(subscription), [("2024-03-01", "declined_soft", "2024-03-02"), ("2024-03-02", "declined_soft", "2024-03-04")])
        self.pay(invoice, "2024-03-04")
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertFalse(invoice.recurring_charge_state)
        for day in ("2024-03-04", "2024-03-06", "2024-03-08"):
            self.collect(day)
        self.assertEqual(len(self.tries(subscription)), 2)
        self.assertEqual(self.captured(token), [])
