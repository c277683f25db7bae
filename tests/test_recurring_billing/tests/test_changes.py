"""Changes of running subscriptions through the wizard, told by date: price, product, pauses, ends, also backdated."""

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestChanges(RecurringCommon):
    def change(self, day, subscription, kind, **values):
        """Apply the wizard on a day."""
        wizard = Form(self.at(day)["recurring.change.wizard"].with_context(default_subscription_id=subscription.id, default_kind=kind))
        for name, value in values.items():
            setattr(wizard, name, value)
        wizard.save().action_apply()

    def net(self, subscription):
        """What was billed in all, by line of the documents: credit notes negative."""
        lines = self.env["account.move.line"].search([("recurring_subscription_id", "=", subscription.id)])
        return [float(f"{line.price_subtotal * (-1 if line.move_id.move_type == 'out_refund' else 1):.2f}") for line in lines.sorted("id")]

    def test_paused_on_4_march_and_resumed_on_5_april(self):
        subscription = self.subscribe("2012-03-02", 249.95)
        self.bill("2012-03-02", subscription)
        self.change("2012-03-04", subscription, "pause")
        self.assertEqual(subscription.state, "paused")
        self.bill("2012-03-04", subscription)
        self.change("2012-04-05", subscription, "resume")
        self.assertEqual(subscription.state, "active")
        self.bill("2012-04-05", subscription)
        self.assertEqual(self.net(subscription), [249.95, -233.82, 224.96])
        self.assertEqual(str(subscription.next_invoice_date), "2012-05-02")

    def test_resumed_within_the_month_the_line_shows_the_net(self):
        subscription = self.subscribe("2026-03-02", 249.95, plan=self.make_plan(credit_way="credit_note"))
        self.bill("2026-03-02", subscription)
        self.change("2026-03-04", subscription, "pause")
        self.change("2026-03-20", subscription, "resume")
        self.bill("2026-03-20", subscription)
        self.assertEqual(self.net(subscription), [249.95, -129.01])
        self.assertNothingBilled(self.bill("2026-03-21", subscription))

    def test_a_replaced_product_starts_where_the_old_one_ends_without_a_leading_stub(self):
        plan = self.make_plan(proration="full")
        subscription = self.subscribe("2023-04-01", 10.0, plan=plan)
        self.bill("2023-04-01", subscription)
        self.change("2023-04-16", subscription, "replace", product_id=self.make_product(20.0, "Big"))
        old, new = subscription.line_ids.sorted("date_start")
        self.assertEqual((new.price_unit, new.name, new.lineage_id.follows_id), (20.0, "Big", old.lineage_id))
        self.bill("2023-04-16", subscription)
        self.assertEqual(sorted(self.net(subscription)), [-5.0, 10.0, 10.0])

    def test_a_price_of_the_11th_costs_both_prices_by_the_day(self):
        subscription = self.subscribe("2026-04-01", 90.0)
        self.bill("2026-04-01", subscription)
        self.change("2026-04-11", subscription, "reprice", price_unit=120.0)
        self.bill("2026-04-11", subscription)
        self.assertEqual(sum(self.net(subscription)), 110.0)

    def test_a_price_recorded_during_a_pause_counts_when_it_is_resumed(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        self.change("2026-04-11", subscription, "pause")
        self.change("2026-04-15", subscription, "reprice", price_unit=60.0)
        self.change("2026-04-21", subscription, "resume")
        self.bill("2026-04-21", subscription)
        self.assertEqual(sum(self.net(subscription)), 30.0)  # 10 days of 30.00 and 10 days of 60.00
        self.bill("2026-05-01", subscription)
        self.assertEqual(sum(self.net(subscription)), 90.0)

    def test_a_pause_recorded_late_keeps_the_price_that_came_after_it(self):
        subscription = self.subscribe("2026-04-01", 90.0)
        self.change("2026-04-11", subscription, "reprice", price_unit=120.0)
        self.change("2026-04-15", subscription, "pause", date="2026-04-06")
        self.change("2026-04-20", subscription, "resume")
        self.bill("2026-04-20", subscription)
        # 5 days of 90.00, 11 days of 120.00
        self.assertEqual(sum(self.net(subscription)), 59.0)

    def test_a_price_recorded_late_leaves_the_pause_after_it(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        self.change("2026-04-11", subscription, "pause")
        self.change("2026-04-21", subscription, "resume")
        self.change("2026-04-25", subscription, "reprice", date="2026-04-06", price_unit=60.0)
        self.bill("2026-04-25", subscription)
        # 5 days of 30.00, then 5 and 10 days of 60.00
        self.assertEqual(sum(self.net(subscription)), 35.0)

    def test_ended_and_reopened_costs_exactly_the_month(self):
        subscription = self.subscribe("2026-04-01", 99.99)
        self.bill("2026-04-01", subscription)
        self.change("2026-04-16", subscription, "end")
        self.assertEqual(subscription.state, "closed")
        self.bill("2026-04-16", subscription)
        self.change("2026-04-20", subscription, "reopen", date="2026-04-16")
        self.assertEqual((subscription.state, subscription.end_date), ("active", False))
        self.bill("2026-04-20", subscription)
        self.assertEqual(self.net(subscription), [99.99, -49.99, 49.99])

    def test_one_of_two_lines_is_paused_alone(self):
        product = self.make_product(30.0)
        subscription = self.subscribe(
            "2026-04-01", lines=[{"product_id": product.id, "price_unit": 30.0}, {"product_id": product.id, "price_unit": 60.0}]
        )
        first = subscription.line_ids[0]
        wizard = Form(
            self.at("2026-04-11")["recurring.change.wizard"].with_context(default_subscription_id=subscription.id, default_kind="pause")
        )
        wizard.line_ids.remove(id=(subscription.line_ids - first).id)
        wizard.save().action_apply()
        self.assertEqual(subscription.state, "active")
        self.bill("2026-04-11", subscription)
        self.assertEqual(sorted(self.net(subscription)), [10.0, 60.0])

    def test_a_pause_inside_a_pause_is_refused(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.change("2026-04-11", subscription, "pause")
        with self.assertRaisesRegex(UserError, "is paused since"):
            self.env["recurring.subscription.change"].pause(subscription.line_ids, subscription.start_date.replace(day=20))

    def test_a_plan_may_let_the_paid_period_end_first(self):
        plan = self.make_plan(early_end="boundary", pause_from="boundary")
        subscription = self.subscribe("2026-04-01", 30.0, plan=plan)
        self.bill("2026-04-01", subscription)
        self.change("2026-04-11", subscription, "end")
        self.assertEqual(str(subscription.line_ids.date_end), "2026-04-30")
        self.assertNothingBilled(self.bill("2026-05-02", subscription))

    def test_a_planned_end_survives_a_pause(self):
        subscription = self.subscribe("2026-04-01", 30.0, line={"date_end": "2026-06-10"})
        self.change("2026-04-11", subscription, "pause")
        self.change("2026-05-11", subscription, "resume")
        self.assertEqual(str(subscription.line_ids.sorted("date_start")[-1].date_end), "2026-06-10")

    def test_a_change_reaches_the_invoice_of_the_next_run_of_the_scheduled_action(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.run_cron("2026-04-01")
        self.change("2026-04-11", subscription, "reprice", quantity=2)
        self.run_cron("2026-04-11")
        self.assertEqual(sum(self.net(subscription)), 50.0)

    def test_the_preview_shows_what_the_next_run_does_and_changes_nothing(self):
        subscription = self.subscribe("2023-04-01", 10.0)
        self.bill("2023-04-01", subscription)
        wizard = Form(
            self.at("2023-04-16")["recurring.change.wizard"].with_context(default_subscription_id=subscription.id, default_kind="reprice")
        )
        wizard.price_unit = 20.0
        wizard = wizard.save()
        wizard.action_preview()
        self.assertIn("Credit note for", wizard.preview)
        self.assertIn("5.00", wizard.preview)
        self.assertIn("10.00", wizard.preview)
        self.assertEqual((len(subscription.line_ids), len(subscription.period_ids), wizard.price_unit), (1, 1, 20.0))
        wizard.action_apply()
        self.bill("2023-04-16", subscription)
        self.assertEqual(sorted(self.net(subscription)), [-5.0, 10.0, 10.0])

    def test_an_end_of_a_later_day_leaves_it_active_until_then(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.change("2026-04-10", subscription, "end", date="2026-06-16")
        self.assertEqual((subscription.state, str(subscription.end_date)), ("active", "2026-06-15"))
        self.change("2026-04-12", subscription, "reprice", date="2026-05-01", price_unit=60.0)
        self.bill("2026-04-12", subscription)
        self.change("2026-04-20", subscription, "end", date="2026-05-16")
        self.bill("2026-05-16", subscription)
        self.assertEqual(sum(self.net(subscription)), 30.0 + 29.03)  # 15 of 31 days of 60.00
        with self.frozen("2026-05-17 12:00:00"):
            self.env["recurring.subscription.line"]._refresh_current()
        self.assertEqual(subscription.state, "closed")

    def test_a_planned_end_is_withdrawn_by_reopening(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.change("2026-04-10", subscription, "end", date="2026-06-16")
        self.change("2026-04-20", subscription, "reopen")
        self.assertEqual((subscription.state, subscription.end_date), ("active", False))
        self.bill("2026-06-30", subscription)
        self.press("2026-06-30", self.issue(subscription), "action_confirm_catch_up")
        self.assertEqual(sum(self.net(subscription)), 90.0)

    def test_resuming_after_the_agreed_end_is_refused(self):
        subscription = self.subscribe("2026-04-01", 30.0, line={"date_end": "2026-06-30"})
        self.change("2026-04-11", subscription, "pause")
        with self.assertRaisesRegex(UserError, "was agreed until 06/30/2026"):
            self.change("2026-08-01", subscription, "resume")
