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

    @staticmethod
    def date(day):
        return fields.Date.to_date(day)

    def assertCloses(self):
        self.assertFalse(self.env["recurring.revenue.recording"].differences())


@tagged("post_install", "-at_install")
class TestRevenueMovements(RevenueCommon):
    def test_the_life_of_a_subscription(self):
        """60 from January, 75 from March, paused in May, resumed in June, ended on 31 July, a new one in September."""
        subscription = self.sell("2026-01-10", 60.0)
        partner = subscription.partner_id
        self.change("2026-03-10", "reprice", subscription.line_ids, self.date("2026-03-10"), {"price_unit": 75.0})
        self.change("2026-05-10", "pause", subscription.line_ids, self.date("2026-05-10"))
        self.change("2026-06-10", "resume", subscription.line_ids, self.date("2026-06-10"))
        self.change("2026-07-31", "end", subscription.line_ids, self.date("2026-08-01"))
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

    def test_what_happens_to_a_customer_on_one_day_nets(self):
        """A smaller line takes the place of a bigger one, and another is added: 60 → 45 + 10 is a contraction of 5."""
        subscription = self.sell("2026-01-01", 60.0)
        with self.committing("2026-02-01") as env:
            mine = env["recurring.subscription"].browse(subscription.id)
            product = self.make_product(45.0, "Light").id
            env["recurring.subscription.change"].replace(
                mine.line_ids, self.date("2026-02-01"), {"product_id": product, "price_unit": 45.0}
            )
            mine.write({"line_ids": [Command.create({"product_id": product, "price_unit": 10.0, "date_start": "2026-02-01"})]})
        self.assertEqual(self.movements(subscription), [("2026-01-01", "new", 60.0), ("2026-02-01", "contraction", -5.0)])
        stored = self.events(("subscription_id", "=", subscription.id), ("effective_date", "=", "2026-02-01"))
        self.assertEqual(sorted(stored.mapped("amount")), [-60.0, 10.0, 45.0])
        self.assertCloses()

    def test_a_plan_switch_of_a_customer_nets_over_its_two_subscriptions(self):
        """A monthly subscription of 60 ends on 31 January, a yearly one of 600 (50 a month) takes its place."""
        monthly = self.sell("2026-01-01", 60.0)
        self.change("2026-01-31", "end", monthly.line_ids, self.date("2026-02-01"))
        yearly = self.sell("2026-02-01", 600.0, monthly.partner_id, plan=self.make_plan(interval_unit="year"))
        self.pass_day("2026-02-01")
        self.assertEqual(self.movements(monthly.partner_id), [("2026-01-01", "new", 60.0), ("2026-02-01", "contraction", -10.0)])
        self.assertEqual((monthly.mrr, yearly.mrr), (0.0, 50.0))

    def test_an_end_told_late_counts_on_its_own_day_and_says_when_it_was_told(self):
        subscription = self.sell("2026-01-01", 60.0)
        self.change("2026-03-15", "end", subscription.line_ids, self.date("2026-02-11"))
        churn = self.events(("subscription_id", "=", subscription.id), ("kind", "=", "churn"))
        self.assertEqual((str(churn.effective_date), str(churn.recorded_on.date()), churn.amount), ("2026-02-11", "2026-03-15", -60.0))

    def test_an_end_told_ahead_is_no_movement_before_its_day(self):
        subscription = self.sell("2026-01-01", 60.0)
        self.change("2026-01-20", "end", subscription.line_ids, self.date("2026-03-01"))
        self.pass_day("2026-02-28")
        self.assertEqual((self.movements(subscription), subscription.mrr), ([("2026-01-01", "new", 60.0)], 60.0))
        self.pass_day("2026-03-01")
        self.assertEqual(self.movements(subscription)[1:], [("2026-03-01", "churn", -60.0)])
        self.assertEqual(subscription.mrr, 0.0)

    def test_an_earlier_subscription_told_later_is_the_new_one(self):
        """Imported after the other, with a start before it: what was called new becomes an expansion."""
        first = self.sell("2026-03-01", 60.0)
        partner = first.partner_id
        with self.committing("2026-04-01") as env:
            line = {"product_id": self.make_product(20.0).id, "price_unit": 20.0, "opening_until": "2026-03-31", "opening_amount": 20.0}
            told = {"partner_id": partner.id, "plan_id": self.make_plan().id, "start_date": "2025-06-01", "state": "active"}
            env["recurring.subscription"].create({**told, "user_id": False, "line_ids": [Command.create(line)]})
        self.assertEqual(self.movements(partner), [("2025-06-01", "new", 20.0), ("2026-03-01", "expansion", 60.0)])

    def test_a_trial_counts_from_its_end(self):
        subscription = self.sell("2026-01-01", 60.0, plan=self.make_plan(trial_count=14))
        self.assertEqual((self.movements(subscription), subscription.mrr), ([], 0.0))
        self.pass_day("2026-01-14")
        self.assertFalse(self.movements(subscription))
        self.pass_day("2026-01-15")
        self.assertEqual(self.movements(subscription), [("2026-01-15", "new", 60.0)])
        self.assertEqual(subscription.mrr, 60.0)

    def test_a_discount_for_three_periods_ends_with_an_expansion_on_the_day_the_fourth_begins(self):
        discount = {"name": "Welcome", "percent": 50.0, "periods": 3, "date_start": "2026-01-10"}
        subscription = self.sell("2026-01-10", 60.0, line={"discount_ids": [Command.create(discount)]})
        self.pass_day("2026-04-09")
        self.assertEqual(self.movements(subscription), [("2026-01-10", "new", 30.0)])
        self.pass_day("2026-04-10")
        self.assertEqual(self.movements(subscription)[1:], [("2026-04-10", "expansion", 30.0)])
        self.assertCloses()

    def test_two_months_for_nothing_are_no_churn(self):
        subscription = self.sell("2026-01-01", 60.0)
        free = {"name": "Sorry", "percent": 100.0, "periods": 2, "date_start": "2026-03-01", "line_id": subscription.line_ids.id}
        with self.committing("2026-02-10") as env:
            env["recurring.discount"].create(free)
        for day in ("2026-03-01", "2026-05-01"):
            self.pass_day(day)
        wanted = [("2026-01-01", "new", 60.0), ("2026-03-01", "contraction", -60.0), ("2026-05-01", "expansion", 60.0)]
        self.assertEqual(self.movements(subscription), wanted)

    def test_usage_counts_not_and_taxes_count_not(self):
        tax = self.make_tax(20, price_include_override="tax_included")
        subscription = self.sell("2026-01-01", 60.0, line={"tax_ids": [Command.set(tax.ids)]})
        metered = {"product_id": self.make_product(1.0).id, "price_unit": 1.0, "billing_type": "usage", "date_start": "2026-01-01"}
        self.press("2026-01-01", subscription, "write", {"line_ids": [Command.create(metered)]})
        self.assertEqual(self.movements(subscription), [("2026-01-01", "new", 50.0)])

    def test_exchange_rates_make_no_movement_and_less_releases_what_was_booked(self):
        """100 euros at 1.10 dollars; at 1.50 a pause, a resume and a rate told later change nothing; 80 euros are four fifths of 110."""
        self.make_rate(self.currency_eur, "2025-12-01", 1 / 1.1)
        subscription = self.sell("2026-01-01", 100.0, currency_id=self.currency_eur.id)
        self.make_rate(self.currency_eur, "2026-01-15", 1 / 1.5)
        self.make_rate(self.currency_eur, "2025-12-31", 1 / 1.2)
        self.change("2026-02-01", "pause", subscription.line_ids, self.date("2026-02-01"))
        self.change("2026-03-01", "resume", subscription.line_ids, self.date("2026-03-01"))
        self.change("2026-04-01", "reprice", subscription.line_ids, self.date("2026-04-01"), {"price_unit": 80.0})
        self.assertEqual(
            self.movements(subscription),
            [
                ("2026-01-01", "new", 110.0),
                ("2026-02-01", "churn", -110.0),
                ("2026-03-01", "reactivation", 110.0),
                ("2026-04-01", "contraction", -22.0),
            ],
        )
        self.assertEqual(subscription.mrr, 88.0)
        self.assertCloses()

    def test_a_pause_that_becomes_an_end_was_a_churn(self):
        """Ended while it was paused: the pause is taken back on its day, and the customer has left on that day."""
        subscription = self.sell("2026-01-01", 60.0)
        self.change("2026-02-01", "pause", subscription.line_ids, self.date("2026-02-01"))
        self.change("2026-03-01", "end", subscription.line_ids, self.date("2026-03-01"))
        events = self.events(("subscription_id", "=", subscription.id), ("effective_date", "=", "2026-02-01"))
        self.assertEqual(
            [(event.amount, event.paused, str(event.recorded_on.date())) for event in events],
            [(-60.0, True, "2026-02-01"), (-60.0, False, "2026-03-01"), (60.0, True, "2026-03-01")],
        )
        self.assertEqual(self.movements(subscription)[1:], [("2026-02-01", "churn", -60.0)])

    def test_back_to_draft_takes_back_what_was_booked(self):
        subscription = self.sell("2026-01-01", 60.0)
        self.press("2026-01-02", subscription, "action_back_to_draft")
        self.assertEqual((self.movements(subscription), subscription.mrr), ([], 0.0))
        self.press("2026-01-02", subscription, "unlink")
        self.assertCloses()

    def test_another_customer_takes_over(self):
        subscription = self.sell("2026-01-01", 60.0)
        ana, bea = subscription.partner_id, self.make_partner("Bea")
        self.press("2026-02-01", subscription, "write", {"partner_id": bea.id})
        self.assertEqual(self.movements(ana), [("2026-01-01", "new", 60.0), ("2026-02-01", "churn", -60.0)])
        self.assertEqual(self.movements(bea), [("2026-02-01", "new", 60.0)])

    def test_what_ran_before_there_were_movements_is_recorded_once(self):
        subscription = self.sell("2026-01-10", 60.0)
        self.change("2026-03-10", "reprice", subscription.line_ids, self.date("2026-03-10"), {"price_unit": 75.0})
        before = self.movements(subscription)
        self.env.cr.execute("DELETE FROM recurring_revenue_event")
        self.env.invalidate_all()
        for _again in range(2):
            self.press("2026-04-01", self.env["recurring.revenue.recording"], "record_all")
            self.assertEqual(self.movements(subscription), before)
            self.assertCloses()

    def test_queries_do_not_grow_with_the_number_of_subscriptions(self):
        def queries(count):
            plan, product = self.make_plan(), self.make_product(10.0)
            partners = self.env["res.partner"].create([{"name": f"P{n}", "company_id": False} for n in range(count)])
            lines = [Command.create({"product_id": product.id, "price_unit": 10.0})]
            told = {"plan_id": plan.id, "start_date": "2026-01-01", "user_id": False, "line_ids": lines}
            with self.committing("2026-01-01") as env:
                found = env["recurring.subscription"].create([{**told, "partner_id": partner.id} for partner in partners])
                found.write({"state": "active"})
                env.flush_all()
                before = env.cr.sql_log_count
                env["recurring.revenue.recording"].record_noted(forget=True)
                env.flush_all()
                return env.cr.sql_log_count - before

        queries(2)
        few, many = queries(5), queries(80)
        self.assertLessEqual(many, few + 2)

    def test_a_billing_run_writes_no_movement_and_asks_nothing_of_them(self):
        subscription = self.sell("2026-01-01", 60.0)
        before = subscription.revenue_recorded_on
        self.bill("2026-01-01", subscription)
        self.assertEqual((subscription.revenue_recorded_on, len(subscription.revenue_event_ids)), (before, 1))
