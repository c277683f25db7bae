from odoo.exceptions import UserError
from odoo.tests import tagged

from .collecting import CollectingCommon


@tagged("post_install", "-at_install")
class TestChargingFirst(CollectingCommon):
    """Charge, then post: the draft is frozen from the first try on."""

    def test_success_posts_the_invoice(self):
        subscription, token = self.charged("2024-03-01", 57.5, "ok", mode="charge_post")
        invoice = self.invoices(subscription)
        self.assertEqual((invoice.state, invoice.recurring_stage), ("draft", "to_charge"))
        self.collect("2024-03-01")
        self.assertEqual((invoice.state, invoice.amount_total), ("posted", 57.5))
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(self.captured(token), ["57.50"])
        self.assertFalse(invoice.recurring_frozen)

    def test_the_first_decline_posts_it_as_an_open_debt_and_tries_go_on(self):
        subscription, token = self.charged("2024-03-01", 57.5, "soft", "ok", mode="charge_post")
        self.collect("2024-03-01")
        invoice = self.invoices(subscription)
        self.assertEqual((invoice.state, invoice.payment_state), ("posted", "not_paid"))
        self.assertEqual(str(invoice.recurring_next_charge_date), "2024-03-02")
        self.assertIn("Next try on", invoice.recurring_stage_hint)
        self.collect("2024-03-02")
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(self.captured(token), ["57.50"])

    def test_without_a_usable_card_it_is_posted_at_once(self):
        subscription = self.subscribe("2024-03-01", 57.5, plan=self.plan_charge_post)
        self.bill("2024-03-01", subscription)
        invoice = self.invoices(subscription)
        self.assertEqual(invoice.state, "posted")
        self.collect("2024-03-01")
        self.assertEqual((invoice.recurring_charge_state, invoice.recurring_charge_stop), ("stopped", "no_card"))

    def test_a_card_that_goes_before_the_charge_leaves_an_open_debt(self):
        subscription, token = self.charged("2024-03-01", 57.5, mode="charge_post")
        token.active = False
        self.collect("2024-03-01")
        self.assertEqual(self.invoices(subscription).state, "posted")
        self.assertEqual(self.captured(token), [])

    def test_while_nobody_knows_the_draft_stays_as_it_is(self):
        subscription, _token = self.charged("2024-03-01", 57.5, "ok/500", mode="charge_post")
        self.collect("2024-03-01")
        invoice = self.invoices(subscription)
        self.assertEqual((invoice.state, invoice.recurring_frozen), ("draft", True))
        line = invoice.invoice_line_ids[0]
        for change in (
            lambda: line.write({"price_unit": 1.0}),
            lambda: invoice.write({"invoice_line_ids": [(5,)]}),
            invoice.unlink,
            invoice.button_cancel,
            line.unlink,
        ):
            with self.assertRaises(UserError):
                change()
        with self.assertRaises(UserError):
            self.press("2024-03-01", invoice, "action_post", user=self.responsible)
        self.press("2024-03-02", invoice.recurring_attempt_ids, "action_paid")
        self.assertEqual((invoice.state, invoice.amount_total), ("posted", 57.5))
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))

    def test_switching_charging_off_posts_what_waits(self):
        subscription, _token = self.charged("2024-03-01", 57.5, mode="charge_post")
        self.company.recurring_charge = False
        self.collect("2024-03-01")
        self.assertEqual(self.invoices(subscription).state, "posted")
