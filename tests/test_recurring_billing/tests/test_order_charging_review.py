from odoo import Command, fields
from odoo.tests import tagged

from .test_order_payment import PaidOrderCommon


@tagged("post_install", "-at_install")
class TestOrderChargingReview(PaidOrderCommon):
    """What was paid with the order is not charged to its card as well."""

    def setUp(self):
        super().setUp()
        self.company.write({"recurring_charge": True, "recurring_charge_from": "2024-01-01"})
        self.monthly.save_card = True

    def card(self, order):
        return self.env["payment.token"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "partner_id": order.partner_id.id,
                "payment_details": "4242",
                "provider_ref": "card",
            }
        )

    def collect(self, day):
        self.trigger("cron_charge", day)

    def test_an_order_paid_online_whose_plan_charges_first(self):
        self.monthly.invoice_mode = "charge_post"
        order = self.paid_order(1.0, self.gym)
        self.pay("2024-03-01", order, token_id=self.card(order).id)
        self.collect("2024-03-01")
        invoice = self.invoices(order.order_line.subscription_line_ids.subscription_id)
        self.assertEqual(self.totals(invoice), [(57.5, 0.0)])
        self.assertFalse(invoice.recurring_attempt_ids)

    def test_an_order_whose_payment_is_pending_is_not_charged_meanwhile(self):
        self.monthly.invoice_mode = "post_charge"
        order = self.paid_order(1.0, self.gym)
        transaction = self.pay("2024-03-01", order, amount=0.5)
        values = {"amount": 57.0, "reference": "late", "payment_id": False, "is_post_processed": False}
        transaction = transaction.copy({**values, "sale_order_ids": [Command.set(order.ids)]})
        transaction._set_pending()
        self.press("2024-03-01", order, "action_confirm")
        subscription = order.order_line.subscription_line_ids.subscription_id
        subscription.payment_token_id = self.card(order)
        self.bill("2024-03-01", subscription)
        invoice = self.invoices(subscription)
        self.collect("2024-03-01")
        self.assertFalse(invoice.recurring_attempt_ids)
        transaction._set_done()
        self.press("2024-03-01", transaction, "_post_process")
        self.collect("2024-03-01")
        self.assertFalse(invoice.recurring_attempt_ids)
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_a_pending_payment_of_the_order_is_told_and_keeps_the_card_from_being_charged_for_days_only(self):
        """Begun on 1 March and never heard of again: the invoice says until when it waits; on the 17th the card is charged."""
        self.company.write({"recurring_charge": True, "recurring_charge_from": "2024-03-01"})
        self.monthly.invoice_mode = "post_charge"
        order = self.paid_order(1.0, self.gym)
        transaction = self.pay("2024-03-01", order, amount=0.5)
        values = {"amount": 57.0, "reference": "late", "payment_id": False, "is_post_processed": False}
        transaction = transaction.copy({**values, "sale_order_ids": [Command.set(order.ids)]})
        transaction._set_pending()
        transaction.last_state_change = "2024-03-01 12:00:00"
        self.press("2024-03-01", order, "action_confirm")
        subscription = order.order_line.subscription_line_ids.subscription_id
        subscription.payment_token_id = self.card(order)
        self.bill("2024-03-01", subscription)
        invoice = self.invoices(subscription)
        self.collect("2024-03-16")
        self.assertFalse(invoice.recurring_attempt_ids)
        env = self.at("2024-03-05")
        rows = env["recurring.dunning.facts"]._open_rows(self.company.with_env(env), order.partner_id.ids)
        waits = env["recurring.dunning.waits"].of(rows, self.company.with_env(env), fields.Date.to_date("2024-03-05"))
        self.assertEqual({wait.code for wait in waits.values()}, {"paying"}, "nobody is reminded of what is being paid")
        hint = invoice.with_env(self.at("2024-03-10")).recurring_charge_hint
        self.assertIn("late", hint)
        self.assertIn("03/16/2024", hint)
        self.collect("2024-03-17")
        self.assertEqual(len(invoice.recurring_attempt_ids), 1)
