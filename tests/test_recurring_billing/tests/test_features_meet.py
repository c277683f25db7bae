"""Where one feature meets another: a switch of plans and a close, orders that change their plan, coupons of cancelled orders."""

from datetime import date

import psycopg2.errors

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .selling import OrderCommon
from .test_closing import ClosingCommon


@tagged("post_install", "-at_install")
class TestSwitchMeetsClosing(ClosingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly = cls.make_plan(withdrawal_days=14)
        cls.yearly = cls.make_plan(name="Yearly", interval_unit="year", withdrawal_days=14)

    def switched(self, day, since):
        """A month of 31.00 from 10 March 2026, billed, then a year of 365.00."""
        old = self.subscribe("2026-03-10", 31.0, plan=self.monthly)
        self.bill("2026-03-10", old)
        change = self.at(day)["recurring.subscription.change"]
        prices = {old.line_ids.id: 365.0}
        return old, change.switch(old.with_env(change.env), self.yearly, date.fromisoformat(since), prices).with_env(self.env)

    def test_what_goes_on_on_another_plan_is_not_closed_alone(self):
        old, change = self.switched("2026-03-12", "2026-04-10")
        new = change.successor_id
        for values in ({"when": "now"}, {"when": "billed"}, {"withdrawal": True}):
            with self.assertRaisesRegex(UserError, f"goes on as {new.name} from 04/10/2026. Close that one"):
                self.close("2026-03-15", old, **values)
        self.assertEqual((old.state, new.state), ("active", "active"))
        # The one that goes on is closed before it begins: nothing of it is ever billed.
        self.close("2026-03-15", new, when="now")
        self.assertEqual(new.state, "closed")
        self.daily("2026-04-10")
        self.assertEqual(old.state, "closed")
        self.assertNothingBilled(self.bill("2026-04-10", old | new))
        self.assertEqual(self.documents(old | new), [("out_invoice", 31.0)])

    def test_a_customer_who_withdraws_after_a_switch_gets_everything_back(self):
        """31.00, then 365.00 with the 29 days of the month given back: 29.00. Everything is given back: 31 + 365 − 29."""
        old, change = self.switched("2026-03-12", "2026-03-12")
        new = change.successor_id
        self.bill("2026-03-12", old | new)
        with self.assertRaisesRegex(UserError, f"Withdraw the switch of plans first, then let the customer withdraw from {old.name}"):
            self.close("2026-03-15", new, withdrawal=True)
        self.press("2026-03-15", change, "withdraw")
        self.close("2026-03-15", old, withdrawal=True)
        self.bill("2026-03-15", old | new)
        found = self.documents(old | new)
        self.assertEqual(sum(total if kind == "out_invoice" else -total for kind, total in found), 0.0)
        self.assertNothingBilled(self.bill("2026-06-01", old | new))

    def test_what_waits_on_the_new_plan_waits_on_the_old_one_when_the_switch_is_withdrawn(self):
        old, change = self.switched("2026-03-12", "2026-04-10")
        key = self.make_product(20.0, "Key")
        key.taxes_id = False
        one_off = self.env["recurring.one.off"].create(
            {"subscription_id": change.successor_id.id, "product_id": key.id, "price_unit": 20.0, "reason": "Key", "date": "2026-03-12"}
        )
        self.press("2026-03-13", change, "withdraw")
        self.assertEqual((one_off.exists().subscription_id, one_off.state), (old, "waiting"))
        self.bill("2026-04-10", old)
        self.assertEqual(self.documents(old), [("out_invoice", 31.0), ("out_invoice", 51.0)])

    def test_a_switch_is_not_withdrawn_over_what_was_sold_since(self):
        _old, change = self.switched("2026-03-12", "2026-04-10")
        locker = self.make_product(10.0, "Locker", recurring_ok=True)
        new = change.successor_id
        self.press(
            "2026-03-12", new, "write", {"line_ids": [(0, 0, {"product_id": locker.id, "date_start": "2026-04-10", "price_unit": 10.0})]}
        )
        with self.assertRaisesRegex(UserError, f"“Locker” was added to {new.name}"):
            self.press("2026-03-13", change, "withdraw")
        self.assertEqual(len(new.line_ids), 2)

    def test_a_change_is_previewed_though_something_waits_to_be_charged_once(self):
        """April 31.00 and a key of 20.00; from 10 April 62.00 and the key."""
        subscription = self.subscribe("2026-03-10", 31.0, plan=self.monthly)
        self.bill("2026-03-10", subscription)
        key = self.make_product(20.0, "Key")
        key.taxes_id = False
        values = {"subscription_id": subscription.id, "product_id": key.id, "price_unit": 20.0, "reason": "Key", "date": "2026-03-12"}
        self.env["recurring.one.off"].create(values)
        asked = {"kind": "reprice", "line_ids": subscription.line_ids.ids, "quantity": 1.0, "price_unit": 62.0, "discount": 0.0}
        preview = self.at("2026-03-15")["recurring.change.preview"]
        found = preview.compare(subscription.with_env(preview.env), asked, date(2026, 4, 10))
        self.assertEqual((found["before"][0].total, found["after"][0].total), (51.0, 82.0))

    def test_a_one_off_is_taken_back_once_and_again_where_that_was_withdrawn(self):
        subscription = self.subscribe("2026-03-10", 31.0, plan=self.monthly)
        key = self.make_product(20.0, "Key")
        key.taxes_id = False
        one_off = self.env["recurring.one.off"].create(
            {"subscription_id": subscription.id, "product_id": key.id, "price_unit": 20.0, "reason": "Key", "date": "2026-03-10"}
        )
        self.bill("2026-03-10", subscription)
        self.press("2026-03-11", one_off, "action_undo")
        with self.assertRaises(psycopg2.errors.UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            # As a second process does, which does not see the first.
            one_off.copy({"subscription_id": subscription.id, "price_unit": -20.0}).sudo().undoes_id = one_off
            self.env.flush_all()
        self.press("2026-03-11", one_off.undone_by_ids, "action_withdraw")
        self.close("2026-03-12", subscription, withdrawal=True)
        self.bill("2026-03-12", subscription)
        found = self.documents(subscription)
        self.assertEqual(found[0], ("out_invoice", 51.0))
        self.assertEqual(sum(total for kind, total in found if kind == "out_refund"), 51.0)


@tagged("post_install", "-at_install")
class TestOrderChangesItsPlan(OrderCommon):
    def setUp(self):
        super().setUp()
        self.sold = self.order(self.gym)
        self.confirm("2024-03-15", self.sold)
        self.subscription = self.sold.subscription_ids

    def test_sold_again_on_another_plan_it_leaves_nothing_behind(self):
        self.press("2024-03-16", self.sold, "action_cancel")
        self.press("2024-03-16", self.sold, "action_draft")
        self.sold.recurring_plan_id = self.yearly
        self.sold.order_line.price_unit = 500.0
        self.confirm("2024-03-16", self.sold)
        self.assertEqual(self.sold.subscription_ids.plan_id, self.yearly)
        self.assertFalse(self.subscription.exists())

    def test_a_confirmed_line_that_gets_another_plan_is_billed_once(self):
        line = self.sold.order_line.with_env(self.at("2024-03-15"))
        line.write({"recurring_plan_id": self.yearly.id, "price_unit": 500.0})
        self.run_cron("2024-03-15")
        self.assertEqual([self.billed(each) for each in self.sold.subscription_ids], [[("2024-03-15", 500.0)]])
        self.assertFalse(self.subscription.exists())

    def test_what_another_order_added_stays_when_the_first_one_changes(self):
        locker = self.make_product(10.0, name="Locker", recurring_ok=True)
        more = self.order(locker, partner_id=self.sold.partner_id.id, recurring_extends_id=self.subscription.id)
        self.confirm("2024-03-15", more)
        self.sold.with_env(self.at("2024-03-15")).order_line.product_uom_qty = 2
        self.run_cron("2024-03-15")
        self.assertEqual(self.billed(self.subscription), [("2024-03-15", 110.0)])

    def test_more_is_sold_to_the_subscription_that_goes_on(self):
        self.run_cron("2024-03-15")
        change = self.at("2024-03-16")["recurring.subscription.change"]
        switched = change.switch(self.subscription.with_env(change.env), self.yearly, date(2024, 4, 15))
        more = self.order(self.gym, partner_id=self.sold.partner_id.id, recurring_extends_id=self.subscription.id)
        with self.assertRaisesRegex(UserError, f"goes on as {switched.successor_id.name} on the plan Yearly"):
            self.confirm("2024-03-20", more)

    def test_a_coupon_that_took_off_what_is_billed_stays_used(self):
        self.env["recurring.coupon"].create({"code": "ONE", "name": "One", "percent": 50.0, "max_uses": 1})
        order = self.order(self.gym, recurring_coupon_code="ONE")
        self.confirm("2024-03-15", order)
        self.run_cron("2024-03-15")
        self.assertEqual(self.billed(order.subscription_ids), [("2024-03-15", 25.0)])
        close = self.env["recurring.close"].create(
            {
                "subscription_ids": order.subscription_ids.ids,
                "reason_id": self.env["recurring.close.reason"].search([], limit=1).id,
                "when": "billed",
            }
        )
        close.with_context(recurring_today=date(2024, 3, 16)).action_close()
        order.subscription_ids.with_env(self.at("2024-04-15")).line_ids._refresh_current()
        self.press("2024-04-15", order, "action_cancel")
        self.assertEqual(order.state, "cancel")
        with self.assertRaisesRegex(UserError, "used up"):
            self.order(self.gym, recurring_coupon_code="ONE")
