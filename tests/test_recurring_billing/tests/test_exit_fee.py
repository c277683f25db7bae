"""What leaving within the minimum term costs, by each formula, worked out by hand, to the posted invoice."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_closing import ClosingCommon


@tagged("post_install", "-at_install")
class TestExitFee(ClosingCommon):
    """A year of 50.00 a month from 1 January 2026, left after 30 June: 184 of 365 days, or 300.00, to go."""

    def leave(self, kind, day="2026-07-01", user=None, **values):
        amount = {"percent": {"exit_fee_percent": 30}, "fixed": {"exit_fee_amount": 120}, "falling": {"exit_fee_amount": 600}}[kind]
        plan = self.make_plan(term_count=12, exit_fee_kind=kind, **amount)
        subscription = self.subscribe("2026-01-01", 50.0, plan=plan, line={"opening_until": "2026-05-31"})
        self.bill("2026-06-01", subscription)
        self.close(day, subscription, user, when="now", **values)
        self.bill(day, subscription)
        return subscription

    def test_a_percentage_of_what_remains(self):
        subscription = self.leave("percent")
        self.assertEqual(self.documents(subscription), [("out_invoice", 50.0), ("out_invoice", 90.0)])
        fee = self.invoices(subscription)[-1].invoice_line_ids
        self.assertEqual((fee.product_id, fee.quantity), (self.fee_product, 1.0))
        self.assertIn("Exit fee: $ 90.00", " ".join(subscription.message_ids.mapped("body")).replace("&nbsp;", " "))

    def test_a_fixed_amount(self):
        self.assertEqual(self.documents(self.leave("fixed")), [("out_invoice", 50.0), ("out_invoice", 120.0)])

    def test_an_amount_that_falls_with_the_time_served(self):
        self.assertEqual(self.documents(self.leave("falling")), [("out_invoice", 50.0), ("out_invoice", 302.47)])

    def test_after_the_minimum_term_there_is_none(self):
        plan = self.make_plan(term_count=3, exit_fee_kind="fixed", exit_fee_amount=120)
        subscription = self.subscribe("2026-01-01", 50.0, plan=plan)
        for day in ("2026-01-01", "2026-02-01", "2026-03-01"):
            self.bill(day, subscription)
        self.close("2026-04-01", subscription, when="now")
        self.bill("2026-04-01", subscription)
        self.assertEqual((subscription.state, self.documents(subscription)), ("closed", [("out_invoice", 50.0)] * 3))

    def test_waived_by_a_manager_and_told(self):
        subscription = self.leave("fixed", user=self.responsible, waive_fee=True, exception_reason="We were late")
        self.assertEqual(self.documents(subscription), [("out_invoice", 50.0)])
        told = " ".join(subscription.message_ids.mapped("body")).replace("&nbsp;", " ")
        self.assertIn("The exit fee of $ 120.00 was waived. Decided by Rita Responsible: We were late", told)

    def test_not_waived_by_a_salesperson(self):
        plan = self.make_plan(term_count=12, exit_fee_kind="fixed", exit_fee_amount=120)
        subscription = self.subscribe("2026-01-01", 50.0, plan=plan)
        seller = self.make_user("sue", "recurring_billing.group_user_all")
        values = {"subscription_ids": subscription.ids, "reason_id": self.reason.id, "when": "now"}
        env = self.at("2026-07-01")
        with self.assertRaisesRegex(AccessError, "Only managers waive"):
            env["recurring.close"].with_user(seller).create({**values, "waive_fee": True, "exception_reason": "x"}).action_close()
        self.assertEqual(subscription.state, "active")

    def test_the_refund_and_the_fee_are_one_invoice(self):
        plan = self.make_plan(term_count=12, exit_fee_kind="fixed", exit_fee_amount=120)
        subscription = self.subscribe("2026-04-01", 30.0, plan=plan)
        self.bill("2026-04-01", subscription)
        self.pay(self.invoices(subscription))
        self.close("2026-04-21", subscription, when="now")
        self.bill("2026-04-21", subscription)
        self.assertEqual(self.documents(subscription), [("out_invoice", 30.0), ("out_invoice", 110.0)])

    def pay(self, moves):
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=moves.ids).create({})._create_payments()

    def test_a_fee_of_an_end_that_is_taken_back_is_not_charged(self):
        plan = self.make_plan(term_count=12, exit_fee_kind="fixed", exit_fee_amount=120)
        subscription = self.subscribe("2026-04-01", 30.0, plan=plan)
        self.bill("2026-04-01", subscription)
        self.close("2026-04-21", subscription)
        fee = self.env["recurring.one.off"].search([("subscription_id", "=", subscription.id)])
        self.assertEqual((fee.amount, fee.state, str(fee.date)), (120.0, "waiting", "2026-05-01"))
        self.press("2026-04-22", subscription, "action_keep")
        self.assertEqual(fee.state, "withdrawn")
        self.bill("2026-05-01", subscription)
        self.assertEqual(self.documents(subscription), [("out_invoice", 30.0), ("out_invoice", 30.0)])

    def reactivate(self, day, subscription):
        self.at(day)["recurring.reactivate"].create({"subscription_ids": subscription.ids}).action_reactivate()

    def test_who_comes_back_before_the_fee_is_invoiced_does_not_pay_it(self):
        plan = self.make_plan(term_count=12, exit_fee_kind="fixed", exit_fee_amount=120)
        subscription = self.subscribe("2026-01-01", 50.0, plan=plan, line={"opening_until": "2026-05-31"})
        self.bill("2026-06-01", subscription)
        self.close("2026-07-01", subscription, when="now")
        self.reactivate("2026-07-01", subscription)
        self.bill("2026-07-01", subscription)
        self.assertEqual(self.documents(subscription), [("out_invoice", 50.0), ("out_invoice", 50.0)])

    def test_who_comes_back_after_the_fee_was_invoiced_has_paid_for_leaving(self):
        subscription = self.leave("fixed")
        self.reactivate("2026-07-01", subscription)
        self.bill("2026-07-01", subscription)
        self.assertEqual(self.documents(subscription), [("out_invoice", 50.0), ("out_invoice", 120.0), ("out_invoice", 50.0)])
        self.assertIn("to give it back, undo it", " ".join(subscription.message_ids.mapped("body")))
