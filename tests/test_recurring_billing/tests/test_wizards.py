"""Bill now, close, and "name, price, interval"."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import RecurringCommon

DAY = "2024-03-01"


@tagged("post_install", "-at_install")
class TestBillNow(RecurringCommon):
    def mixed(self):
        """Two to bill, one of them for two months; one that will be parked; one free; one not due."""
        good, two_months = self.subscribe(DAY, 40.0), self.subscribe("2024-02-01", 30.0)
        bad = self.subscribe(DAY, 20.0)
        bad.line_ids.product_id.active = False
        free = self.subscribe(DAY, 31.0, plan=self.make_plan(alignment="fixed_day", anchor_day=13, proration="none"))
        return good | two_months | bad | free | self.subscribe("2024-03-02", 99.0)

    def wizard(self, env, subscriptions, **values):
        return env["recurring.bill.now"].create({"subscription_ids": [(6, 0, subscriptions.ids)], **values})

    def test_the_dry_count_equals_what_the_run_then_does(self):
        subscriptions = self.mixed()
        with self.committing(DAY) as env:
            wizard = self.wizard(env, subscriptions)
            counted = wizard.count_ids.read(["subscription_count", "invoice_count", "parked_count", "amount"])
            self.assertFalse(env["account.move.line"].search([("recurring_subscription_id", "in", subscriptions.ids)]))
            action = wizard.action_bill()
        run = self.env["recurring.billing.run"].browse(action["res_id"])
        (count,) = counted
        self.assertEqual((count["invoice_count"], count["parked_count"], count["amount"]), (3, 1, 100.0))
        self.assertEqual((run.invoice_count, run.parked_count, run.amount_untaxed), (3, 1, 100.0))
        self.assertEqual(count["subscription_count"], 2)

    def test_the_run_counts_the_subscriptions_it_invoiced(self):
        subscriptions = self.mixed()
        run = self.bill(DAY, subscriptions)
        billed = run.move_ids.line_ids.recurring_subscription_id
        self.assertEqual(run.subscription_count, len(billed))

    def test_a_broken_record_does_not_stop_the_dry_count(self):
        good, broken = self.subscribe(DAY, 40.0), self.subscribe(DAY, 50.0)
        self.env.flush_all()
        self.env.cr.execute("UPDATE recurring_subscription_line SET price_unit = 'NaN' WHERE subscription_id = %s", [broken.id])
        self.env.invalidate_all()
        with self.committing(DAY) as env:
            count = self.wizard(env, good | broken).count_ids
            self.assertEqual((count.invoice_count, count.parked_count), (1, 1))

    def test_a_later_day_bills_ahead(self):
        subscription = self.subscribe(DAY, 40.0)
        with self.committing(DAY) as env:
            wizard = self.wizard(env, subscription, horizon="2024-05-01")
            self.assertEqual(wizard.count_ids.invoice_count, 3)
            wizard.action_bill()
        self.assertEqual(len(self.invoices(subscription)), 3)

    def test_an_earlier_day_bills_no_more_than_what_was_due_by_then(self):
        subscription = self.subscribe("2024-02-01", 40.0)
        with self.committing(DAY) as env:
            wizard = self.wizard(env, subscription, horizon="2024-02-29")
            self.assertEqual(wizard.count_ids.invoice_count, 1)
            wizard.action_bill()
        self.assertEqual(self.periods(subscription), [("2024-02-01", "2024-02-29", 40.0)])

    def test_the_count_has_a_line_per_currency(self):
        self.make_rate(self.currency_eur, "2024-02-25", 0.8)
        both = self.subscribe(DAY, 40.0) | self.subscribe(DAY, 50.0, currency_id=self.currency_eur.id)
        with self.committing(DAY) as env:
            counts = self.wizard(env, both).count_ids
            self.assertEqual({(count.currency_id.name, count.amount) for count in counts}, {("USD", 40.0), ("EUR", 50.0)})
            self.assertEqual(sum(counts.mapped("invoice_count")), 2)

    def test_with_nothing_due_it_says_so(self):
        subscription = self.subscribe("2024-03-02")
        with self.committing(DAY) as env:
            wizard = self.wizard(env, subscription)
            self.assertTrue(wizard.is_empty)
            with self.assertRaisesRegex(UserError, "Nothing is due up to .*Choose a later day"):
                wizard.action_bill()

    def test_much_is_billed_in_the_background(self):
        subscription = self.subscribe(DAY, 40.0)
        with self.committing(DAY) as env:
            mine = env["recurring.subscription"].browse(subscription.ids)
            run = env["recurring.invoice.generation"].bill_in_background(mine, mine.start_date)
            self.assertEqual((run.state, run.invoice_count), ("queued", 0))
            run_id = run.id
        self.run_cron(DAY)
        self.assertBilled(self.env["recurring.billing.run"].browse(run_id), 1, 1, 40.0)

    def test_collections_and_auditors_cannot_open_it(self):
        for group in ("recurring_billing.group_collections", "recurring_billing.group_auditor"):
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.env["recurring.bill.now"].with_user(self.make_user(group.split("_")[-1], group)).create({})


@tagged("post_install", "-at_install")
class TestClose(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env.ref("recurring_billing.reason_moved")

    def close(self, subscription, day=DAY, **values):
        env = self.at(day)
        return (
            env["recurring.close"]
            .create({"subscription_ids": [(6, 0, subscription.ids)], "reason_id": self.reason.id, **values})
            .action_close()
        )

    def test_at_the_end_of_what_is_billed_nothing_more_is_billed(self):
        subscription = self.subscribe(DAY, 40.0)
        self.bill(DAY, subscription)
        self.close(subscription, "2024-03-10")
        # Service goes on to the last day that is paid.
        self.assertEqual((subscription.state, str(subscription.end_date)), ("active", "2024-03-31"))
        self.assertEqual(subscription.close_reason_id, self.reason)
        self.assertFalse(subscription.next_invoice_date)
        self.assertEqual(subscription.mrr, 40.0)  # its service goes on to the last day
        for day in ("2024-04-01", "2024-05-01"):
            self.assertNothingBilled(self.bill(day, subscription))
            self.press(day, subscription.line_ids, "_refresh_current")
            self.assertEqual((subscription.state, str(subscription.closed_on)), ("closed", "2024-04-01"))
            self.assertEqual(subscription.mrr, 0.0)

    def test_on_a_later_date_what_is_due_until_then_is_billed_and_no_more(self):
        subscription = self.subscribe(DAY, 30.0)
        self.bill(DAY, subscription)
        self.close(subscription, "2024-03-10", when="date", date="2024-04-10")
        self.bill("2024-04-01", subscription)
        self.bill("2024-05-01", subscription)
        self.assertEqual(self.periods(subscription), [("2024-03-01", "2024-03-31", 30.0), ("2024-04-01", "2024-04-10", 10.0)])

    def test_in_arrears_the_used_days_are_billed_after_closing(self):
        subscription = self.subscribe(DAY, 31.0, plan=self.make_plan(timing="arrears"))
        self.close(subscription, "2024-03-10", when="date", date="2024-03-10")
        self.bill("2024-03-11", subscription)
        self.assertEqual(self.periods(subscription), [("2024-03-01", "2024-03-10", 10.0)])

    def test_without_anything_billed_nothing_ever_is(self):
        subscription = self.subscribe(DAY, 40.0)
        self.close(subscription)
        self.assertEqual((subscription.state, subscription.next_invoice_date), ("closed", False))
        self.assertNothingBilled(self.bill("2024-04-01", subscription))

    def test_before_the_end_of_what_is_billed_the_rest_is_credited(self):
        subscription = self.subscribe("2024-03-01", 31.0)
        self.bill("2024-03-01", subscription)
        self.close(subscription, "2024-03-10", when="date", date="2024-03-15")
        self.assertEqual((subscription.state, str(subscription.next_invoice_date)), ("active", "2024-03-16"))
        self.bill("2024-03-16", subscription)
        self.assertEqual(self.invoices(subscription).mapped("amount_untaxed"), [31.0, 16.0])
        self.assertFalse(subscription.next_invoice_date)
        self.press("2024-03-16", subscription.line_ids, "_refresh_current")
        self.assertEqual(subscription.state, "closed")

    def test_a_date_is_needed_and_twice_is_refused(self):
        subscription = self.subscribe(DAY, 40.0)
        with self.assertRaisesRegex(UserError, "Choose the last day"):
            self.close(subscription, when="date")
        self.close(subscription)
        with self.assertRaisesRegex(UserError, "closed already"):
            self.close(subscription)

    def test_the_wizard_says_the_last_day(self):
        subscription = self.subscribe(DAY, 40.0)
        self.bill(DAY, subscription)
        action = subscription.action_close()
        with Form(self.env["recurring.close"].with_context(**action["context"])) as form:
            form.reason_id = self.reason
            self.assertIn("03/31/2024", form.preview)

    def test_a_closed_subscription_cannot_be_activated_again_by_the_button(self):
        subscription = self.subscribe(DAY, 40.0)
        self.close(subscription)
        with self.assertRaisesRegex(UserError, "already running or closed"):
            subscription.action_activate()

    def test_a_salesperson_closes_own_subscriptions(self):
        seller = self.make_user("sara", "recurring_billing.group_user", companies=self.company)
        subscription = self.subscribe(DAY, 40.0, user_id=seller.id)
        self.bill(DAY, subscription)
        wizard = self.at("2024-03-10")["recurring.close"].with_user(seller)
        wizard.create({"subscription_ids": [(6, 0, subscription.ids)], "reason_id": self.reason.id, "when": "now"}).action_close()
        self.assertEqual(subscription.state, "closed")

    def test_several_close_at_once(self):
        both = self.subscribe(DAY, 40.0) | self.subscribe(DAY, 50.0)
        self.bill(DAY, both)
        self.close(both, "2024-03-10", when="now")
        self.assertEqual(set(both.mapped("state")), {"closed"})


@tagged("post_install", "-at_install")
class TestQuickOffer(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manager", "recurring_billing.group_manager", companies=cls.company)

    def offer(self, **values):
        with Form(self.env["recurring.quick.offer"].with_user(self.manager)) as form:
            for name, value in {"name": "Yoga", "price": 79.0, **values}.items():
                form[name] = value
        return form.record

    def test_name_price_and_interval_make_a_product_and_a_plan(self):
        wizard = self.offer(interval_count=5, interval_unit="week")
        action = wizard.action_create()
        product = self.env["product.template"].browse(action["res_id"])
        plan = self.env["recurring.plan"].search([("name", "=", "Yoga")])
        self.assertEqual((product.name, product.list_price, product.type), ("Yoga", 79.0, "service"))
        self.assertEqual((plan.interval_count, plan.interval_unit), (5, "week"))

    def test_a_plan_of_that_interval_is_used_again(self):
        before = self.env["recurring.plan"].search_count([])
        self.offer(interval_count=1, interval_unit="month").action_create()
        self.assertEqual(self.env["recurring.plan"].search_count([]), before)

    def test_it_is_sold_at_once(self):
        action = self.offer(interval_count=5, interval_unit="week").action_create_and_sell()
        with Form(self.env["recurring.subscription"].with_user(self.manager).with_context(**action["context"])) as form:
            form.partner_id = self.make_partner()
            form.start_date = DAY
        subscription = form.record
        self.assertEqual((subscription.plan_id.name, subscription.line_ids.price_unit), ("Yoga", 79.0))
        subscription.action_activate()
        self.assertBilled(self.bill(DAY, subscription), 1, 1, 79.0)

    def test_a_salesperson_makes_no_offers(self):
        seller = self.make_user("sara", "recurring_billing.group_user", companies=self.company)
        with self.assertRaises(AccessError):
            self.env["recurring.quick.offer"].with_user(seller).create({"name": "Yoga", "price": 1})
