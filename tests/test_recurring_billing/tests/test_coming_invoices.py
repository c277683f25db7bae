"""The time line of a subscription: the invoices of twelve months, and what ends or changes meanwhile."""

from odoo import fields
from odoo.tests import tagged

from .common import RecurringCommon

MARCH = "2024-03-01"


@tagged("post_install", "-at_install")
class TestComingInvoices(RecurringCommon):
    def months(self, day, subscription):
        return self.at(day)["recurring.coming.invoices"].months(subscription.with_env(self.at(day)))

    def entries(self, day, subscription, *, events):
        """(day, words or period, amount) of the invoices or of the events."""
        return [
            (str(entry["day"]), entry["words"] if events else entry["period"], entry["amount"])
            for month in self.months(day, subscription)["months"]
            for entry in month["entries"]
            if entry["is_event"] is events
        ]

    def words(self, day, subscription):
        return [(on, words) for on, words, _amount in self.entries(day, subscription, events=True)]

    def test_twelve_months_of_invoices_with_their_tax(self):
        subscription = self.subscribe(MARCH, 100.0, line={"tax_ids": self.tax})
        self.bill(MARCH, subscription)
        found = self.months(MARCH, subscription)
        self.assertEqual(len(found["months"]), 12)
        self.assertEqual((found["count"], found["months"][0]["label"], found["months"][-1]["label"]), (12, "April 2024", "March 2025"))
        self.assertIn("1,380.00", found["total"])
        self.assertIn("115.00", found["months"][0]["total"])
        first = self.entries(MARCH, subscription, events=False)[0]
        self.assertEqual(first, ("2024-04-01", "04/01/2024 to 04/30/2024", 115.0))

    def test_the_end_is_shown_and_nothing_after_it(self):
        subscription = self.subscribe(MARCH, end_date="2024-05-15")
        self.assertEqual([amount for _day, _period, amount in self.entries(MARCH, subscription, events=False)], [50.0, 50.0, 24.19])
        self.assertEqual(self.words(MARCH, subscription), [("2024-05-15", "Last day of the subscription")])

    def test_a_trial_that_ends(self):
        subscription = self.subscribe(MARCH, plan=self.make_plan(trial_count=14, trial_unit="day"))
        self.assertEqual(self.words(MARCH, subscription), [("2024-03-15", "The trial is over: from now on it is paid")])
        self.assertEqual(self.entries(MARCH, subscription, events=False)[0][0], "2024-03-15")

    def test_a_minimum_term_that_is_over(self):
        subscription = self.subscribe(MARCH, plan=self.make_plan(term_count=6, term_unit="month"))
        self.assertEqual(self.words(MARCH, subscription), [("2024-08-31", "The minimum term is over")])

    def test_a_discount_that_ends(self):
        subscription = self.subscribe(MARCH, 100.0)
        self.env["recurring.discount"].create({"line_id": subscription.line_ids.id, "name": "Welcome", "percent": 50, "periods": 2})
        self.assertEqual([amount for _d, _p, amount in self.entries(MARCH, subscription, events=False)[:3]], [50.0, 50.0, 100.0])
        self.assertEqual(self.words(MARCH, subscription), [("2024-04-30", "Gym: discount ends (Welcome: 50% for 2 periods)")])

    def test_a_price_that_changes(self):
        subscription = self.subscribe(MARCH)
        self.bill(MARCH, subscription)
        change = self.at(MARCH)["recurring.subscription.change"]
        change.reprice(subscription.line_ids.with_env(change.env), fields.Date.to_date("2024-06-01"), {"price_unit": 60.0})
        self.assertEqual([amount for _d, _p, amount in self.entries(MARCH, subscription, events=False)[:3]], [50.0, 50.0, 60.0])
        ((day, words),) = self.words(MARCH, subscription)
        self.assertEqual(day, "2024-06-01")
        self.assertRegex(words, r"Gym: \$.50\.00 → \$.60\.00")

    def test_a_pause_and_its_end(self):
        subscription = self.subscribe(MARCH)
        self.bill(MARCH, subscription)
        change = self.at(MARCH)["recurring.subscription.change"]
        lines = subscription.line_ids.with_env(change.env)
        change.pause(lines, fields.Date.to_date("2024-05-01"))
        change.resume(lines, fields.Date.to_date("2024-07-01"))
        self.assertEqual(self.words(MARCH, subscription), [("2024-04-30", "Gym pauses after this day"), ("2024-07-01", "Gym goes on")])
        self.assertEqual([day for day, _p, _a in self.entries(MARCH, subscription, events=False)[:2]], ["2024-04-01", "2024-07-01"])

    def test_a_line_that_begins_and_ends(self):
        subscription = self.subscribe(
            MARCH,
            lines=[
                {"product_id": self.make_product(50.0).id},
                {"product_id": self.make_product(9.0, "Sauna").id, "date_start": "2024-05-01", "date_end": "2024-06-30"},
            ],
            activate=False,
        )
        subscription.line_ids[1].write({"date_start": "2024-05-01", "date_end": "2024-06-30"})
        self.assertEqual(self.words(MARCH, subscription), [("2024-05-01", "Sauna begins"), ("2024-06-30", "Sauna ends with this day")])

    def test_a_draft_tells_what_will_happen_once_it_is_active(self):
        subscription = self.subscribe("2024-03-10", activate=False)
        found = self.months(MARCH, subscription)
        self.assertFalse(found["is_running"])
        self.assertEqual(found["count"], 12)
        self.assertIn("This is what happens once it is active.", subscription.with_env(self.at(MARCH)).coming_invoices)
        self.assertEqual(self.words(MARCH, subscription), [("2024-03-10", "The service begins")])

    def test_what_will_be_parked_is_said(self):
        subscription = self.subscribe(MARCH)
        subscription.line_ids.product_id.active = False
        self.assertIn("The product Gym is archived", subscription.with_env(self.at(MARCH)).coming_invoices)

    def test_the_form_shows_it_to_every_role_and_writes_nothing(self):
        seller = self.make_user("coming_seller", "recurring_billing.group_user", companies=self.company)
        auditor = self.make_user("coming_auditor", "recurring_billing.group_auditor", companies=self.company)
        subscription = self.subscribe(MARCH, user_id=seller.id)
        before = self.env["account.move"].search_count([]), self.env["recurring.period"].search_count([])
        for user in (seller, auditor):
            html = subscription.with_env(self.at(MARCH)(user=user)).coming_invoices
            self.assertIn("03/01/2024 to 03/31/2024", html)
            self.assertIn("13 documents", html)
        self.assertEqual((self.env["account.move"].search_count([]), self.env["recurring.period"].search_count([])), before)

    def test_a_new_subscription_has_none(self):
        self.assertFalse(self.env["recurring.subscription"].new({"plan_id": self.make_plan().id}).coming_invoices)
