"""Another plan: the subscription goes on as a linked successor whose first invoice takes the credit. Told by date, in posted invoices."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestPlanSwitch(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly = cls.make_plan()
        cls.yearly = cls.make_plan(name="Yearly", interval_unit="year")
        cls.gym = cls.make_product(30.0, "Gym", recurring_ok=True)
        cls.make_price(cls.yearly, 300.0)
        cls.make_price(cls.monthly, 30.0)

    @classmethod
    def make_price(cls, plan, price):
        template = cls.gym.product_tmpl_id
        cls.env["recurring.price"].create({"product_tmpl_id": template.id, "plan_id": plan.id, "price": price})

    def running(self, start="2026-04-01", price=30.0, plan=None, **values):
        plan = plan or self.monthly
        return self.subscribe(start, plan=plan, lines=[{"product_id": self.gym.id, "price_unit": price}], **values)

    def switch(self, day, subscription, since=None, plan=None, **values):
        change = self.at(day)["recurring.subscription.change"]
        subscription = subscription.with_env(change.env)
        return change.switch(subscription, plan or self.yearly, date.fromisoformat(since or day), **values).with_env(self.env)

    def pay(self, move):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids).create({})
        wizard.action_create_payments()

    def told(self, subscriptions):
        """(kind, lines' amounts) of the documents, oldest first."""
        lines = self.env["account.move.line"].search([("recurring_subscription_id", "in", subscriptions.ids)])
        self.assertEqual(set(lines.mapped("parent_state")), {"posted"})
        return [(move.move_type[4:], move.invoice_line_ids.mapped("price_subtotal")) for move in lines.move_id.sorted("id")]

    def test_the_first_yearly_invoice_takes_the_credit_of_the_month(self):
        old = self.running()
        self.bill("2026-04-01", old)
        self.pay(self.invoices(old))
        change = self.switch("2026-04-16", old)
        new = change.successor_id
        self.assertEqual((old.state, str(old.end_date), old.successor_id, new.predecessor_id), ("closed", "2026-04-15", new, old))
        self.assertEqual((new.state, str(new.start_date), str(new.anchor_date)), ("active", "2026-04-16", "2026-04-16"))
        self.assertEqual((change.mrr_before, change.mrr_after, change.amount_due), (30.0, 25.0, 285.0))
        self.run_cron("2026-04-16")
        self.assertEqual(self.told(old | new), [("invoice", [30.0]), ("invoice", [300.0, -15.0])])
        invoice = self.invoices(new)
        self.assertEqual((invoice.amount_untaxed, invoice.state), (285.0, "posted"))
        self.assertFalse(old.next_invoice_date)
        self.assertEqual(str(new.next_invoice_date), "2027-04-16")
        self.assertNothingBilled(self.bill("2026-04-17", old | new))
        # A credit copies taxes and account of the invoice line it reduces.
        credit, origin = invoice.invoice_line_ids[1], self.invoices(old).sorted("id")[0].invoice_line_ids
        self.assertEqual((credit.account_id, credit.product_id), (origin.account_id, origin.product_id))
        self.assertEqual(credit.recurring_subscription_id, old)

    def test_billing_the_new_one_alone_brings_the_credit_along(self):
        old = self.running()
        self.bill("2026-04-01", old)
        self.pay(self.invoices(old))
        new = self.switch("2026-04-16", old).successor_id
        self.bill("2026-04-16", new)
        self.assertEqual(self.told(old | new), [("invoice", [30.0]), ("invoice", [300.0, -15.0])])
        self.assertNothingBilled(self.bill("2026-04-16", old | new))

    def test_billing_the_old_one_alone_the_credit_waits_for_the_new_one(self):
        old = self.running()
        self.bill("2026-04-01", old)
        self.pay(self.invoices(old))
        new = self.switch("2026-04-16", old).successor_id
        self.assertNothingBilled(self.bill("2026-04-16", old))
        self.assertEqual(str(old.next_invoice_date), "2026-04-16")
        self.run_cron("2026-04-16")
        self.assertEqual(self.told(old | new), [("invoice", [30.0]), ("invoice", [300.0, -15.0])])

    def test_an_open_invoice_is_reduced_first(self):
        old = self.running()
        self.bill("2026-04-01", old)
        new = self.switch("2026-04-16", old).successor_id
        self.run_cron("2026-04-16")
        self.assertEqual(sorted(self.told(old | new)), [("invoice", [30.0]), ("invoice", [300.0]), ("refund", [15.0])])
        self.assertEqual(self.invoices(old).filtered(lambda move: move.move_type == "out_invoice").amount_residual, 15.0)

    def test_a_credit_larger_than_the_first_invoice_is_a_credit_note_that_settles_it(self):
        old = self.running(price=300.0, plan=self.yearly)
        self.bill("2026-04-01", old)
        self.pay(self.invoices(old))
        new = self.switch("2026-10-01", old, plan=self.monthly).successor_id
        self.run_cron("2026-10-01")
        first, credit = self.invoices(new), self.invoices(old).sorted("id")[-1]
        # 182 of 365 days of 300.00 are not used.
        self.assertEqual((first.amount_untaxed, credit.amount_untaxed, credit.move_type), (30.0, 149.59, "out_refund"))
        self.assertEqual((first.amount_residual, credit.amount_residual), (0.0, 119.59))
        self.run_cron("2026-11-01")
        self.assertEqual(len(self.invoices(new)), 2)

    def test_at_the_next_boundary_nothing_is_credited(self):
        old = self.running()
        self.bill("2026-04-01", old)
        change = self.switch("2026-04-16", old, "2026-05-01")
        new = change.successor_id
        self.assertEqual((change.state, old.state, str(new.next_invoice_date)), ("planned", "active", "2026-05-01"))
        self.run_cron("2026-05-01")
        self.assertEqual(self.told(old | new), [("invoice", [30.0]), ("invoice", [300.0])])
        with self.frozen("2026-05-01 12:00:00"):
            self.env["recurring.subscription.line"]._refresh_current()
        self.assertEqual((old.state, old.mrr, new.mrr, change.state), ("closed", 0.0, 25.0, "applied"))

    def test_withdrawn_before_its_day_the_successor_is_gone(self):
        old = self.running()
        self.bill("2026-04-01", old)
        change = self.switch("2026-04-16", old, "2026-05-01")
        new = change.successor_id
        change.with_env(self.at("2026-04-20")).action_withdraw()
        self.assertFalse(new.exists())
        self.assertEqual((old.state, old.end_date, old.successor_id.id), ("active", False, False))
        self.run_cron("2026-05-01")
        self.assertEqual(self.told(old), [("invoice", [30.0]), ("invoice", [30.0])])

    def test_withdrawn_after_it_was_billed_everything_is_given_back(self):
        old = self.running()
        self.bill("2026-04-01", old)
        self.pay(self.invoices(old))
        change = self.switch("2026-04-16", old)
        new = change.successor_id
        self.run_cron("2026-04-16")
        change.with_env(self.at("2026-04-20")).action_withdraw()
        self.assertEqual((old.state, new.state), ("active", "closed"))
        self.run_cron("2026-04-20")
        self.run_cron("2026-05-01")
        lines = self.env["account.move.line"].search([("recurring_subscription_id", "in", (old | new).ids)])
        signed = sum(line.price_subtotal * (-1 if line.move_id.move_type == "out_refund" else 1) for line in lines)
        self.assertEqual(round(signed, 2), 60.0)
        self.assertNothingBilled(self.bill("2026-05-02", old | new))

    def test_an_agreed_price_stays_worth_what_it_was_and_the_person_may_say_otherwise(self):
        old = self.running(price=28.0)
        self.assertTrue(old.line_ids.price_manual)
        service = self.at("2026-04-16")["recurring.plan.switch"]
        (offer,) = service.offer(old.with_env(service.env), self.yearly, date(2026, 4, 16))
        self.assertEqual((offer["listed"], offer["kept"], offer["price"]), (300.0, 336.0, 336.0))
        new = self.switch("2026-04-16", old, prices={old.line_ids.id: 310.0}).successor_id
        self.assertEqual((new.line_ids.price_unit, new.line_ids.price_manual), (310.0, True))

    def test_the_same_interval_keeps_the_schedule_and_makes_no_leading_stub(self):
        old = self.running()
        self.bill("2026-04-01", old)
        self.pay(self.invoices(old))
        gold = self.make_plan(name="Gold", proration="full")
        self.make_price(gold, 60.0)
        new = self.switch("2026-04-16", old, plan=gold).successor_id
        self.assertEqual(str(new.anchor_date), "2026-04-01")
        self.run_cron("2026-04-16")
        # 15 of 30 days of each, though the plan lets a partial first period cost a whole one.
        self.assertEqual(self.told(old | new)[1:], [("invoice", [30.0, -15.0])])
        self.assertEqual(str(new.next_invoice_date), "2026-05-01")

    def test_an_aligned_plan_has_its_own_periods(self):
        old = self.running("2026-04-10")
        self.bill("2026-04-10", old)
        self.pay(self.invoices(old))
        first = self.make_plan(name="First", alignment="fixed_day", anchor_day=1)
        self.make_price(first, 31.0)
        new = self.switch("2026-05-10", old, plan=first).successor_id
        self.assertEqual(str(new.anchor_date), "2026-05-01")
        self.run_cron("2026-05-10")
        self.assertEqual(self.told(new), [("invoice", [22.0])])  # 22 of 31 days

    def test_there_is_no_second_trial(self):
        old = self.running()
        self.bill("2026-04-01", old)
        trial = self.make_plan(name="With trial", interval_unit="year", trial_count=1, trial_unit="month")
        self.make_price(trial, 300.0)
        new = self.switch("2026-05-01", old, plan=trial).successor_id
        self.assertEqual(str(new.trial_end_date), "2026-05-01")
        self.run_cron("2026-05-01")
        self.assertEqual(self.told(new), [("invoice", [300.0])])

    def test_what_is_paused_or_continued_already_is_refused_in_words(self):
        old = self.running()
        self.bill("2026-04-01", old)
        env = self.at("2026-04-11")
        pause = env["recurring.subscription.change"].pause(old.line_ids, date(2026, 4, 11))
        with self.assertRaisesRegex(UserError, "Nothing of SUB.* runs on|is paused"):
            self.switch("2026-04-16", old)
        pause.with_env(env).withdraw()
        self.switch("2026-04-16", old, "2026-05-01")
        with self.assertRaisesRegex(UserError, "goes on as SUB.* already"):
            self.switch("2026-04-17", old, "2026-06-01")

    def test_the_outlook_shows_the_credit_on_the_invoice_of_the_new_one(self):
        old = self.running()
        self.bill("2026-04-01", old)
        self.pay(self.invoices(old))
        new = self.switch("2026-04-10", old, "2026-04-16").successor_id
        env = self.at("2026-04-10")
        expected, problems = env["recurring.billing.outlook"].expected(new.with_env(env), date(2026, 6, 1))
        self.assertFalse(problems)
        self.assertEqual([(str(each.run_day), each.untaxed) for each in expected], [("2026-04-16", 285.0)])
        alone, _problems = env["recurring.billing.outlook"].expected(old.with_env(env), date(2026, 6, 1))
        self.assertFalse(alone)

    def test_a_salesperson_switches_own_subscriptions_and_no_others(self):
        seller = self.make_user("sara", "recurring_billing.group_user", companies=self.company)
        mine, other = self.running(user_id=seller.id), self.running(user_id=self.responsible.id)
        service = self.at("2026-04-16")["recurring.subscription.change"].with_user(seller)
        change = service.switch(mine.with_env(service.env), self.yearly.with_env(service.env), date(2026, 4, 16))
        self.assertEqual(change.successor_id.user_id, seller)
        change.with_user(seller).with_context(recurring_today=date(2026, 4, 16)).action_withdraw()
        self.assertEqual(mine.state, "active")
        with self.assertRaises(AccessError):
            service.switch(other.with_env(service.env), self.yearly.with_env(service.env), date(2026, 4, 16))
