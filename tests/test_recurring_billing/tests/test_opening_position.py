"""Subscriptions that come from elsewhere: "already billed until", and what is billed from there on."""

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestOpeningPosition(RecurringCommon):
    def move_in(self, until, amount=0.0, start="2023-01-01", **values):
        line = {"opening_until": until, "opening_amount": amount}
        return self.subscribe(start, 30.0, line=line, plan=values.pop("plan", None), **values)

    def test_billing_goes_on_the_day_after(self):
        subscription = self.move_in("2024-03-31", 30.0)
        self.assertEqual(str(subscription.next_invoice_date), "2024-04-01")
        self.assertNothingBilled(self.bill("2024-03-31", subscription))
        self.assertBilled(self.bill("2024-04-01", subscription), 1, 1, 30.0)

    def test_the_ledger_holds_the_past_and_the_running_period(self):
        subscription = self.move_in("2024-03-31", 30.0)
        self.assertEqual(set(subscription.period_ids.mapped("kind")), {"opening"})
        self.assertEqual(self.periods(subscription), [("2023-01-01", "2024-02-29", 0.0), ("2024-03-01", "2024-03-31", 30.0)])

    def test_billed_until_the_middle_of_a_month_bills_the_rest_of_it(self):
        subscription = self.move_in("2024-04-10", 10.0)
        self.bill("2024-04-11", subscription)
        self.assertEqual(self.periods(subscription)[-1], ("2024-04-11", "2024-04-30", 20.0))
        self.assertEqual(str(subscription.next_invoice_date), "2024-05-01")

    def test_nothing_is_recorded_before_activation(self):
        line = {"opening_until": "2024-03-31"}
        subscription = self.subscribe("2023-01-01", line=line, activate=False)
        self.assertFalse(subscription.period_ids)
        subscription.action_activate()
        self.assertTrue(subscription.period_ids)

    def test_it_can_be_corrected_until_something_is_billed(self):
        subscription = self.move_in("2024-03-31", 30.0)
        subscription.line_ids.opening_until = "2024-04-30"
        self.assertEqual(str(subscription.next_invoice_date), "2024-05-01")
        self.assertEqual([period[1] for period in self.periods(subscription)], ["2024-03-31", "2024-04-30"])
        self.bill("2024-05-01", subscription)
        with self.assertRaisesRegex(UserError, "Billed Until"):
            subscription.line_ids.opening_until = "2024-05-31"

    def test_clearing_it_gives_the_time_back(self):
        subscription = self.move_in("2024-03-31", 30.0, start="2024-03-01")
        subscription.line_ids.opening_until = False
        self.assertEqual(self.periods(subscription), [])
        self.assertEqual(str(subscription.next_invoice_date), "2024-03-01")

    def test_back_to_draft_takes_it_out_of_the_ledger_until_the_next_activation(self):
        subscription = self.move_in("2024-03-31", 30.0, start="2024-03-01")
        subscription.action_back_to_draft()
        self.assertEqual(self.periods(subscription), [])
        subscription.start_date = "2024-02-01"
        subscription.line_ids.date_start = "2024-02-01"
        subscription.action_activate()
        self.assertEqual([period[0] for period in self.periods(subscription)], ["2024-02-01", "2024-03-01"])

    def test_until_beyond_the_end_covers_up_to_the_end(self):
        subscription = self.move_in("2024-12-31", 0.0, start="2024-01-01", end_date="2024-06-30")
        self.assertEqual(self.periods(subscription)[-1][1], "2024-06-30")
        self.assertFalse(subscription.next_invoice_date)

    def test_a_date_before_the_start_means_nothing_was_billed(self):
        subscription = self.move_in("2023-12-31", 0.0, start="2024-01-01")
        self.assertFalse(subscription.period_ids)
        self.assertEqual(str(subscription.next_invoice_date), "2024-01-01")

    def test_in_arrears_the_running_month_is_due_at_its_end(self):
        subscription = self.move_in("2024-04-10", 10.0, plan=self.make_plan(timing="arrears"))
        self.assertEqual(str(subscription.next_invoice_date), "2024-05-01")
        self.bill("2024-05-01", subscription)
        self.assertEqual(self.periods(subscription)[-1], ("2024-04-11", "2024-04-30", 20.0))

    def test_a_credit_of_it_is_given_once_though_the_subscription_is_paused_and_resumed(self):
        subscription = self.subscribe("2026-01-01", 30.0, line={"opening_until": "2026-04-30", "opening_amount": 30.0})
        change = self.env["recurring.subscription.change"]
        change.pause(subscription.line_ids, date(2026, 4, 11))
        self.bill("2026-04-11", subscription)
        change.resume(subscription.line_ids, date(2026, 4, 21))
        self.bill("2026-04-21", subscription)
        # 20 of 30 days go back, 10 days are billed again
        self.assertEqual(
            subscription.period_ids.filtered(lambda row: not row.voided).sorted("id").mapped("amount"), [0.0, 30.0, -20.0, 10.0]
        )

    def test_a_credit_of_it_is_given_once_though_the_subscription_is_closed_afterwards(self):
        subscription = self.subscribe("2026-01-01", 30.0, line={"opening_until": "2026-04-30", "opening_amount": 30.0})
        subscription.end_date = "2026-04-10"
        self.bill("2026-04-11", subscription)
        self.at("2026-04-12")["recurring.subscription.line"]._refresh_current()
        self.assertEqual((subscription.state, subscription.next_invoice_date), ("closed", False))
        self.assertNothingBilled(self.bill("2026-04-12", subscription))

    def test_it_is_not_corrected_after_it_was_credited(self):
        subscription = self.subscribe("2026-01-01", 30.0, line={"opening_until": "2026-04-30", "opening_amount": 30.0})
        subscription.line_ids.date_end = "2026-04-10"
        self.bill("2026-04-11", subscription)
        with self.assertRaisesRegex(UserError, "is credited already"):
            subscription.line_ids.opening_until = "2026-04-20"
