"""Changes are recorded, and taken back: stories by date that end in posted invoices."""

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestChangeRecord(RecurringCommon):
    def service(self, day):
        return self.at(day)["recurring.subscription.change"]

    def net(self, subscription):
        """What was billed in all: credit notes negative."""
        lines = self.env["account.move.line"].search([("recurring_subscription_id", "=", subscription.id)])
        self.assertEqual(set(lines.mapped("parent_state")), {"posted"})
        signed = [line.price_subtotal * (-1 if line.move_id.move_type == "out_refund" else 1) for line in lines]
        return round(sum(signed), 2)

    def test_a_price_of_the_11th_is_recorded_with_its_money(self):
        subscription = self.subscribe("2026-04-01", 90.0)
        self.bill("2026-04-01", subscription)
        change = self.service("2026-04-11").reprice(
            subscription.line_ids, date(2026, 4, 11), {"price_unit": 120.0}, reason="Agreed by phone"
        )
        self.assertEqual((change.kind, change.state, str(change.date)), ("price", "applied", "2026-04-11"))
        self.assertEqual((change.mrr_before, change.mrr_after, change.mrr_difference), (90.0, 120.0, 30.0))
        self.assertEqual(change.amount_due, 20.0)  # 20 of 30 days at 30.00 more
        self.assertEqual(change.reason, "Agreed by phone")
        self.assertEqual(change.description.replace("\N{NO-BREAK SPACE}", " "), "Gym: $ 90.00 → $ 120.00")

    def test_a_planned_change_withdrawn_before_its_day_leaves_no_trace(self):
        subscription = self.subscribe("2026-04-01", 90.0)
        self.bill("2026-04-01", subscription)
        change = self.service("2026-04-11").reprice(subscription.line_ids, date(2026, 5, 1), {"price_unit": 120.0})
        self.assertEqual(change.state, "planned")
        change.with_env(self.at("2026-04-12")).action_withdraw()
        self.assertEqual(change.state, "withdrawn")
        self.assertEqual(len(subscription.lineage_ids.line_ids), 1)
        self.bill("2026-05-01", subscription)
        self.assertEqual(self.net(subscription), 180.0)

    def test_an_upgrade_that_is_billed_is_given_back_to_the_cent(self):
        subscription = self.subscribe("2026-04-01", 99.99)
        self.bill("2026-04-01", subscription)
        change = self.service("2026-04-11").reprice(subscription.line_ids, date(2026, 4, 11), {"price_unit": 120.0})
        self.bill("2026-04-11", subscription)
        change.with_env(self.at("2026-04-20")).withdraw()
        self.bill("2026-04-20", subscription)
        self.bill("2026-05-01", subscription)
        self.assertEqual(self.net(subscription), 199.98)
        self.assertNothingBilled(self.bill("2026-05-02", subscription))

    def test_a_planned_end_is_taken_back(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        change = self.service("2026-04-10").end(subscription.line_ids, date(2026, 4, 21))
        self.assertEqual((str(subscription.end_date), change.mrr_after), ("2026-04-20", 0.0))
        change.with_env(self.at("2026-04-12")).withdraw()
        self.assertEqual((subscription.state, subscription.end_date), ("active", False))
        self.bill("2026-05-01", subscription)
        self.assertEqual(self.net(subscription), 60.0)

    def test_an_end_that_closed_and_was_credited_is_taken_back(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        change = self.service("2026-04-16").end(subscription.line_ids, date(2026, 4, 16))
        self.bill("2026-04-16", subscription)
        self.assertEqual((subscription.state, self.net(subscription)), ("closed", 15.0))
        change.with_env(self.at("2026-04-20")).withdraw()
        self.assertEqual((subscription.state, subscription.closed_on), ("active", False))
        self.bill("2026-04-20", subscription)
        self.assertEqual(self.net(subscription), 30.0)

    def test_a_pause_is_taken_back_as_if_it_had_never_been(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        change = self.service("2026-04-11").pause(subscription.line_ids, date(2026, 4, 11))
        self.bill("2026-04-11", subscription)
        self.assertEqual((subscription.state, self.net(subscription)), ("paused", 10.0))
        change.with_env(self.at("2026-04-15")).withdraw()
        self.assertEqual(subscription.state, "active")
        self.bill("2026-05-01", subscription)
        self.assertEqual(self.net(subscription), 60.0)

    def test_a_change_under_a_later_one_is_refused_by_name_until_that_is_withdrawn(self):
        subscription = self.subscribe("2026-04-01", 90.0)
        self.bill("2026-04-01", subscription)
        first = self.service("2026-04-11").reprice(subscription.line_ids, date(2026, 4, 11), {"price_unit": 120.0})
        self.bill("2026-04-11", subscription)
        line = subscription.line_ids.sorted("date_start")[-1]
        second = self.service("2026-04-16").pause(line, date(2026, 4, 16))
        self.bill("2026-04-16", subscription)
        env = self.at("2026-04-20")
        with self.assertRaisesRegex(UserError, "because “Pause from 04/16/2026.* came after it. Withdraw that one first"):
            first.with_env(env).withdraw()
        second.with_env(env).withdraw()
        first.with_env(env).withdraw()
        self.bill("2026-05-01", subscription)
        self.assertEqual(self.net(subscription), 180.0)

    def test_both_at_once_are_taken_back_in_the_right_order(self):
        subscription = self.subscribe("2026-04-01", 90.0)
        self.bill("2026-04-01", subscription)
        first = self.service("2026-04-11").reprice(subscription.line_ids, date(2026, 4, 11), {"price_unit": 120.0})
        second = self.service("2026-04-11").reprice(subscription.line_ids[-1], date(2026, 4, 21), {"quantity": 2})
        self.bill("2026-04-21", subscription)
        (first | second).with_env(self.at("2026-04-25")).withdraw()
        self.bill("2026-05-01", subscription)
        self.assertEqual(self.net(subscription), 180.0)

    def test_a_removed_product_comes_back_and_an_added_one_goes(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        service = self.service("2026-04-16")
        added = service.add(subscription, date(2026, 4, 16), {"product_id": self.make_product(60.0, "Sauna").id, "price_unit": 60.0})
        self.bill("2026-04-16", subscription)
        self.assertEqual(self.net(subscription), 60.0)  # 30.00 and 15 of 30 days of 60.00
        add = self.env["recurring.change"].search([("line_ids", "in", added.ids)])
        self.assertEqual((add.kind, add.amount_due, add.mrr_difference), ("add", 30.0, 60.0))
        removed = service.remove(added, date(2026, 5, 1))
        self.assertEqual((removed.kind, removed.state), ("remove", "planned"))
        (removed | add).with_env(self.at("2026-04-20")).withdraw()
        self.bill("2026-05-01", subscription)
        self.assertEqual(self.net(subscription), 60.0)

    def test_a_replaced_product_comes_back(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        new = self.service("2026-04-16").replace(
            subscription.line_ids, date(2026, 4, 16), {"product_id": self.make_product(90.0, "Big").id, "price_unit": 90.0}
        )
        change = subscription.change_ids
        self.assertEqual((change.kind, change.line_ids, change.amount_due), ("upgrade", new, 30.0))
        self.bill("2026-04-16", subscription)
        change.with_env(self.at("2026-04-21")).withdraw()
        self.bill("2026-05-01", subscription)
        self.assertEqual(self.net(subscription), 60.0)
        self.assertEqual(subscription.mrr, 30.0)
