"""The wizard "Change Subscription" as people use it: what, from when on, preview, apply or quote. Told by date, in posted invoices."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestChangeWizard(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly = cls.make_plan(term_count=12, term_unit="month")
        cls.gym = cls.make_product(30.0, "Gym", recurring_ok=True)
        cls.big = cls.make_product(90.0, "Big", recurring_ok=True)
        cls.yearly = cls.make_plan(name="Yearly", interval_unit="year")
        cls.env["recurring.price"].create({"product_tmpl_id": cls.gym.product_tmpl_id.id, "plan_id": cls.yearly.id, "price": 300.0})

    def running(self, day="2026-04-01", paid=True, **values):
        subscription = self.subscribe(day, plan=values.pop("plan", self.monthly), lines=[{"product_id": self.gym.id}], **values)
        self.bill(day, subscription)
        if paid:
            wizard = self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=self.invoices(subscription).ids
            )
            wizard.create({}).action_create_payments()
        return subscription

    def form(self, day, subscription, kind, user=None, **values):
        env = self.at(day)
        model = env["recurring.change.wizard"].with_user(user or env.user)
        wizard = Form(model.with_context(default_subscription_id=subscription.id, default_kind=kind))
        for name, value in values.items():
            setattr(wizard, name, value)
        return wizard

    def change(self, day, subscription, kind, **values):
        self.form(day, subscription, kind, **values).save().action_apply()
        return subscription.change_ids.sorted("id")[-1]

    def net(self, subscriptions):
        lines = self.env["account.move.line"].search([("recurring_subscription_id", "in", subscriptions.ids)])
        self.assertEqual(set(lines.mapped("parent_state")), {"posted"})
        return round(sum(line.price_subtotal * (-1 if line.move_id.move_type == "out_refund" else 1) for line in lines), 2)

    def text(self, html):
        return " ".join(str(html).replace("\N{NO-BREAK SPACE}", " ").replace("\ufeff", "").split())

    def test_an_upgrade_now_is_shown_beside_what_would_be_and_then_billed_so(self):
        subscription = self.running()
        wizard = self.form("2026-04-16", subscription, "replace")
        self.assertFalse(wizard.preview)
        wizard.product_id = self.big
        self.assertEqual((wizard.price_unit, wizard.quantity, str(wizard.date)), (90.0, 1.0, "2026-04-16"))
        preview = self.text(wizard.preview)
        # 15 of 30 days at 90.00 less 15 of 30 at 30.00.
        for words in (
            "Difference by today",
            "$ 30.00",
            "+$ 60.00",
            "Without the change",
            "With the change",
            "05/01/2026 · Invoice",
            "taken off",
        ):
            self.assertIn(words, preview)
        self.assertEqual((len(subscription.line_ids), len(subscription.period_ids), wizard.product_id), (1, 1, self.big))
        wizard.save().action_apply()
        self.assertEqual(subscription.change_ids.kind, "upgrade")
        self.run_cron("2026-04-16")
        self.assertEqual(self.net(subscription), 60.0)
        self.assertEqual(self.invoices(subscription)[-1].amount_untaxed, 30.0)
        self.assertIn("Upgrade from 04/16/2026", subscription.message_ids[:3].mapped("body").__str__())

    def test_a_change_in_a_far_year_imagines_no_centuries_of_invoices(self):
        """Of 274 years a month at a time only what is near is looked at: the next invoices stay as they are."""
        subscription = self.running()
        outlook, horizons = self.registry["recurring.billing.outlook"], []
        expected = outlook.expected

        def watched(service, subscriptions, horizon):
            horizons.append(horizon)
            return expected(service, subscriptions, horizon)

        with patch.object(outlook, "expected", watched):
            wizard = self.form("2026-04-16", subscription, "reprice", price_unit=45.0, date="2300-04-01")
        self.assertIn("The next invoices stay as they are.", self.text(wizard.preview))
        self.assertLess(max(horizons), date(2032, 1, 1))

    def test_a_downgrade_of_the_next_period_is_planned_and_withdrawn(self):
        subscription = self.running()
        cheap = self.make_product(10.0, "Small")
        change = self.change("2026-04-10", subscription, "replace", product_id=cheap, when="next")
        self.assertEqual(
            (change.kind, change.state, str(change.date), change.mrr_difference), ("downgrade", "planned", "2026-05-01", -20.0)
        )
        self.assertEqual(subscription.planned_change_count, 1)
        self.assertIn("Planned from 05/01/2026: Downgrade. Gym", subscription.planned_change_label)
        self.press("2026-04-20", subscription, "action_withdraw_planned")
        self.assertEqual((change.state, subscription.planned_change_label), ("withdrawn", ""))
        self.run_cron("2026-05-01")
        self.assertEqual(self.net(subscription), 60.0)

    def test_the_plan_may_let_downgrades_begin_with_the_next_period(self):
        self.monthly.downgrade_from = "boundary"
        subscription = self.running()
        wizard = self.form("2026-04-10", subscription, "reprice", price_unit=20.0)
        self.assertIn("counts from 05/01/2026", wizard.summary)
        wizard.save().action_apply()
        self.assertEqual(str(subscription.change_ids.date), "2026-05-01")
        upgrade = self.form("2026-04-10", self.running(), "reprice", price_unit=40.0)
        self.assertFalse(upgrade.summary)
        self.run_cron("2026-05-01")
        self.assertEqual(self.net(subscription), 50.0)

    def test_a_larger_quantity_now(self):
        subscription = self.running()
        change = self.change("2026-04-16", subscription, "reprice", quantity=3)
        self.assertEqual((change.kind, change.amount_due), ("quantity", 30.0))
        self.run_cron("2026-04-16")
        self.assertEqual(self.net(subscription), 60.0)

    def test_the_catalogues_price_of_a_larger_quantity_is_taken(self):
        prices = self.env["recurring.price"]
        for quantity, price in ((0, 30.0), (10, 20.0)):
            prices.create(
                {
                    "product_tmpl_id": self.gym.product_tmpl_id.id,
                    "plan_id": self.monthly.id,
                    "price": price,
                    "min_quantity": quantity,
                }
            )
        subscription = self.running()
        wizard = self.form("2026-05-01", subscription, "reprice", quantity=10)
        self.assertEqual(wizard.price_unit, 20.0)
        wizard.save().action_apply()
        self.assertFalse(subscription.line_ids.sorted("id")[-1].price_manual)
        self.run_cron("2026-05-01")
        self.assertEqual(self.net(subscription), 230.0)

    def test_a_typed_price_stays_when_the_quantity_is_typed_after_it(self):
        subscription = self.running()
        wizard = self.form("2026-04-16", subscription, "replace", product_id=self.big, price_unit=77.0, quantity=3)
        self.assertEqual(wizard.price_unit, 77.0)
        wizard.product_id = self.gym
        self.assertEqual(wizard.price_unit, 30.0, "another product brings its own")
        wizard = self.form("2026-04-16", subscription, "reprice", price_unit=25.0, quantity=2)
        wizard.save().action_apply()
        line = subscription.line_ids.sorted("id")[-1]
        self.assertEqual((line.price_unit, line.quantity, line.price_manual), (25.0, 2.0, True))

    def test_an_added_product_is_prorated_to_the_periods_of_the_subscription_and_removed_again(self):
        subscription = self.running()
        change = self.change("2026-04-16", subscription, "add", product_id=self.big, quantity=2)
        self.assertEqual((change.kind, change.amount_due), ("add", 90.0))
        self.run_cron("2026-04-16")
        self.assertEqual(self.net(subscription), 120.0)
        wizard = self.form("2026-04-20", subscription, "remove", when="next")
        self.assertFalse(wizard.line_ids[:])
        wizard.line_ids.add(change.line_ids)
        wizard.save().action_apply()
        self.run_cron("2026-05-01")
        self.assertEqual(self.net(subscription), 150.0)

    def test_when_the_term_ends(self):
        subscription = self.running()
        wizard = self.form("2026-04-10", subscription, "reprice", when="term", price_unit=60.0)
        self.assertEqual(str(wizard.date), "2027-04-01")
        wizard.save().action_apply()
        self.assertEqual((subscription.change_ids.state, str(subscription.change_ids.date)), ("planned", "2027-04-01"))

    def test_another_date_is_a_date_of_ones_own(self):
        subscription = self.running()
        wizard = self.form("2026-04-10", subscription, "reprice", when="next")
        self.assertEqual(str(wizard.date), "2026-05-01")
        wizard.date = "2026-04-05"
        self.assertEqual(wizard.when, "date")

    def test_what_is_already_so_is_refused(self):
        subscription = self.running()
        with self.assertRaisesRegex(UserError, "are what they were already"):
            self.change("2026-04-10", subscription, "reprice")

    def test_a_yearly_plan_now_with_the_price_of_the_person(self):
        subscription = self.running()
        wizard = self.form("2026-04-16", subscription, "switch")
        wizard.plan_id = self.yearly
        with wizard.price_ids.edit(0) as price:
            self.assertEqual((price.present, price.listed, price.kept, price.price), (30.0, 300.0, 360.0, 300.0))
            price.price = 330.0
        preview = self.text(wizard.preview)
        for words in ("$ 315.00", "$ -2.50", "taken off the invoice of 04/16/2026"):
            self.assertIn(words, preview)
        wizard.save().action_apply()
        successor = subscription.successor_id
        self.run_cron("2026-04-16")
        self.assertEqual(self.net(subscription | successor), 30.0 + 315.0)
        self.assertEqual(len(self.invoices(successor)), 1)

    def test_a_switch_when_the_term_ends_credits_nothing(self):
        subscription = self.running()
        wizard = self.form("2026-04-16", subscription, "switch", when="term")
        wizard.plan_id = self.yearly
        wizard.save().action_apply()
        successor = subscription.successor_id
        self.assertEqual((str(successor.start_date), subscription.state), ("2027-04-01", "active"))
        self.assertEqual(str(successor.next_invoice_date), "2027-04-01")

    def test_pause_and_resume(self):
        subscription = self.running()
        self.change("2026-04-11", subscription, "pause")
        self.assertEqual(subscription.state, "paused")
        self.change("2026-04-21", subscription, "resume")
        self.run_cron("2026-05-01")
        self.assertEqual(self.net(subscription), 50.0)

    def test_by_rpc_as_in_the_form(self):
        subscription = self.running()
        env = self.at("2026-04-16")
        values = {"subscription_id": subscription.id, "kind": "replace", "product_id": self.big.id, "when": "next"}
        env["recurring.change.wizard"].create(values).action_apply()
        change = subscription.change_ids
        self.assertEqual((change.kind, str(change.date), change.line_ids.price_unit), ("upgrade", "2026-05-01", 90.0))

    def test_a_salesperson_changes_own_subscriptions_the_auditor_none(self):
        seller = self.make_user("sara", "recurring_billing.group_user", companies=self.company)
        auditor = self.make_user("audit", "recurring_billing.group_auditor", companies=self.company)
        mine, other = self.running(user_id=seller.id), self.running(user_id=self.responsible.id)
        wizard = self.form("2026-04-16", mine, "reprice", user=seller, price_unit=60.0)
        self.assertIn("With the change", wizard.preview)
        wizard.save().action_apply()
        change = mine.change_ids
        self.assertEqual(change.user_id, seller)
        self.assertEqual(change.with_user(auditor).description, change.description)
        with self.assertRaises(AccessError):
            change.with_user(auditor).withdraw()
        with self.assertRaises(AccessError):
            change.with_user(seller).write({"mrr_after": 0.0})
        values = {"subscription_id": other.id, "kind": "reprice", "line_id": other.line_ids.id, "price_unit": 1.0}
        with self.assertRaises(AccessError):
            self.at("2026-04-16")["recurring.change.wizard"].with_user(seller).create(values).action_apply()
        self.assertFalse(self.env["recurring.change"].with_user(seller).search([("subscription_id", "=", other.id)]))

    # Quotations

    def quote(self, day, subscription, kind, **values):
        action = self.form(day, subscription, kind, **values).save().action_quote()
        return self.env["sale.order"].browse(action["res_id"])

    def confirm(self, day, order):
        order.with_env(self.at(day)).action_confirm()

    def test_a_quotation_accepted_later_than_planned_counts_from_that_day(self):
        subscription = self.running()
        order = self.quote("2026-04-10", subscription, "replace", product_id=self.big)
        self.assertEqual((order.recurring_purpose, order.partner_id), ("change", subscription.partner_id))
        self.assertFalse(order.recurring_quotation)
        product = order.order_line.filtered("product_id")
        self.assertEqual((product.product_id, product.price_unit, product.recurring_plan_id), (self.big, 90.0, self.monthly))
        change = order.recurring_change_id
        self.assertEqual((change.state, len(subscription.line_ids)), ("offered", 1))
        # From the 10th: 21 of 30 days at 90.00 less 21 of 30 at 30.00.
        told = self.text(order.order_line.filtered(lambda line: line.display_type == "line_note").name)
        self.assertIn("Invoice of 04/10/2026, when accepted by 04/10/2026: $ 42.00", told)
        before = self.env["recurring.subscription"].search_count([])
        self.confirm("2026-04-16", order)
        self.assertEqual((change.state, change.kind, str(change.date)), ("applied", "upgrade", "2026-04-16"))
        self.assertEqual(self.env["recurring.subscription"].search_count([]), before)
        self.run_cron("2026-04-16")
        self.assertEqual(self.net(subscription), 60.0)
        self.assertEqual((order.invoice_status, order.invoice_count), ("no", 0))
        with self.assertRaises(UserError):
            order._create_invoices()

    def test_a_quotation_accepted_early_counts_from_the_day_planned(self):
        subscription = self.running()
        order = self.quote("2026-04-10", subscription, "switch", plan_id=self.yearly, when="next")
        self.confirm("2026-04-12", order)
        change = order.recurring_change_id
        self.assertEqual((change.state, str(change.date), str(change.successor_id.start_date)), ("planned", "2026-05-01", "2026-05-01"))
        self.run_cron("2026-05-01")
        self.assertEqual(self.net(subscription | change.successor_id), 330.0)

    def test_cancelled_it_is_withdrawn_and_confirmed_again_it_is_made_once(self):
        subscription = self.running()
        order = self.quote("2026-04-10", subscription, "reprice", price_unit=60.0, when="next")
        self.confirm("2026-04-12", order)
        env = self.at("2026-04-13")
        order.with_env(env)._action_cancel()
        self.assertEqual((order.recurring_change_id.state, len(subscription.lineage_ids.line_ids)), ("withdrawn", 1))
        order.with_env(env).action_draft()
        self.assertEqual(order.recurring_change_id.state, "offered")
        self.confirm("2026-04-14", order)
        self.run_cron("2026-05-01")
        self.assertEqual(self.net(subscription), 90.0)

    def test_a_second_offer_while_one_is_open_is_refused(self):
        subscription = self.running()
        order = self.quote("2026-04-10", subscription, "reprice", price_unit=60.0)
        with self.assertRaisesRegex(UserError, f"{order.name} offers a change"):
            self.quote("2026-04-10", subscription, "reprice", price_unit=70.0)
        self.press("2026-04-11", order.recurring_change_id, "action_withdraw")
        self.quote("2026-04-11", subscription, "reprice", price_unit=70.0)
        self.assertEqual(str(subscription.planned_change_ids.date), str(date(2026, 4, 11)))
