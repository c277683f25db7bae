"""MRR movements, told by date: what is booked when a subscription starts, changes, pauses and ends, and what each movement is called."""

from odoo import Command, fields
from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class RevenueCommon(RecurringCommon):
    """Movements of customers as (day, kind, amount), and time that passes."""

    def sell(self, day, price, partner=None, **values):
        """A subscription told on a day, as a request of its own."""
        plan = values.pop("plan", None) or self.make_plan()
        line = {"product_id": self.make_product(price).id, "price_unit": price, **values.pop("line", {})}
        told = {"partner_id": (partner or self.make_partner()).id, "plan_id": plan.id, "start_date": day, "user_id": False, **values}
        with self.committing(day) as env:
            subscription = env["recurring.subscription"].create({**told, "line_ids": [Command.create(line)]})
            subscription.action_activate()
        return self.env["recurring.subscription"].browse(subscription.ids)

    def pass_day(self, day):
        """The daily job of a day."""
        self.press(day, self.env["recurring.subscription.line"], "_refresh_current")

    def change(self, day, method, *arguments):
        """A change of the service, told on a day."""
        with self.committing(day) as env:
            told = [env[each._name].browse(each.ids) if hasattr(each, "ids") else each for each in arguments]
            getattr(env["recurring.subscription.change"], method)(*told)

    def events(self, *domain):
        return self.env["recurring.revenue.event"].search(list(domain), order="effective_date, id")

    def movements(self, records):
        """Per day and kind what came of all movements; what nets to nothing is left out."""
        totals = {}
        field = {"recurring.subscription": "subscription_id", "res.partner": "partner_id"}[records._name]
        for event in self.events((field, "in", records.ids)):
            key = (str(event.effective_date), event.kind)
            totals[key] = round(totals.get(key, 0.0) + event.amount, 2)
        return [(*key, amount) for key, amount in totals.items() if amount]

    def assertCloses(self):
        self.assertFalse(self.env["recurring.revenue.recording"].differences())


@tagged("post_install", "-at_install")
class TestRevenueMovements(RevenueCommon):
    def test_the_life_of_a_subscription(self):
        """60 from January, 75 from March, paused in May, resumed in June, ended on 31 July, a new one in September."""
        subscription = self.sell("2026-01-10", 60.0)
        partner = subscription.partner_id
        self.change("2026-03-10", "reprice", subscription.line_ids, fields.Date.to_date("2026-03-10"), {"price_unit": 75.0})
        self.change("2026-05-10", "pause", subscription.line_ids, fields.Date.to_date("2026-05-10"))
        self.change("2026-06-10", "resume", subscription.line_ids, fields.Date.to_date("2026-06-10"))
        self.change("2026-07-31", "end", subscription.line_ids, fields.Date.to_date("2026-08-01"))
        self.pass_day("2026-08-01")
        self.sell("2026-09-01", 40.0, partner)
        self.assertEqual(
            self.movements(partner),
            [
                ("2026-01-10", "new", 60.0),
                ("2026-03-10", "expansion", 15.0),
                ("2026-05-10", "churn", -75.0),
                ("2026-06-10", "reactivation", 75.0),
                ("2026-08-01", "churn", -75.0),
                ("2026-09-01", "reactivation", 40.0),
            ],
        )
        paused = self.events(("partner_id", "=", partner.id), ("paused", "=", True))
        self.assertEqual([(str(event.effective_date), event.amount) for event in paused], [("2026-05-10", -75.0), ("2026-06-10", 75.0)])
        self.assertEqual(
            self.env["recurring.subscription"].search([("partner_id", "=", partner.id)], order="id").mapped("mrr"), [0.0, 40.0]
        )
        self.assertCloses()
