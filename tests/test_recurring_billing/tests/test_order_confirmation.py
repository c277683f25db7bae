from datetime import date

from odoo import Command
from odoo.exceptions import UserError

from .selling import OrderCommon


class TestOrderPreparation(OrderCommon):
    def test_one_subscription_per_plan(self):
        order = self.order(self.gym, self.bottle, {"product_id": self.gym.id, "recurring_plan_id": self.yearly.id}, self.gym)
        monthly, yearly = order._recurring_prepare_subscriptions()
        self.assertEqual((monthly["plan_id"], yearly["plan_id"]), (self.monthly.id, self.yearly.id))
        self.assertEqual((len(monthly["line_ids"]), len(yearly["line_ids"])), (2, 1))


class TestOrderConfirmation(OrderCommon):
    def test_monthly_yearly_and_once_each_go_where_they_belong(self):
        """Order of 15 March 2024: gym 2 × 50.00 monthly with 10 % off, locker 120.00 yearly, bottle 8.00 once."""
        locker = self.make_product(120.0, name="Locker", recurring_ok=True)
        order = self.order(
            {"product_id": self.gym.id, "product_uom_qty": 2, "discount": 10.0, "name": "Gym for two"},
            {"product_id": locker.id, "recurring_plan_id": self.yearly.id},
            self.bottle,
            client_order_ref="PO-7",
        )
        self.confirm("2024-03-15", order)
        gym, locked = order.subscription_ids.sorted("id")
        self.assertEqual((gym.plan_id, locked.plan_id), (self.monthly, self.yearly))
        self.assertEqual(
            {(sub.state, str(sub.start_date), sub.client_order_ref) for sub in gym | locked}, {("active", "2024-03-15", "PO-7")}
        )
        self.assertEqual(gym.line_ids.sale_line_id, order.order_line[0])
        self.run_cron("2024-04-15")
        self.assertEqual(self.billed(gym), [("2024-04-15", 90.0), ("2024-04-15", 90.0)])
        self.assertEqual(self.billed(locked), [("2024-04-15", 120.0)])
        once = self.invoice_order(order)
        self.assertEqual((once.state, once.amount_total, once.invoice_line_ids.product_id), ("posted", 8.0, self.bottle))
        self.assertEqual(order.invoice_ids, once)

    def test_what_the_order_says_is_on_the_subscription_and_its_invoice(self):
        eur = self.env["product.pricelist"].create({"name": "Euro", "currency_id": self.currency_eur.id})
        self.make_rate(self.currency_eur, "2024-03-14", 0.5)
        partner = self.make_partner(child_ids=[Command.create({"name": "Invoices", "type": "invoice"})])
        journal = self.env["account.journal"].create({"name": "Memberships", "code": "MEM", "type": "sale"})
        term = self.env.ref("account.account_payment_term_15days")
        tag = self.env["crm.tag"].create({"name": "Fair"})
        source = self.env["utm.source"].create({"name": "Leaflet"})
        order = self.order(
            {"product_id": self.gym.id, "price_unit": 33.0, "tax_ids": [Command.set(self.tax.ids)]},
            partner_id=partner.id,
            pricelist_id=eur.id,
            journal_id=journal.id,
            payment_term_id=term.id,
            tag_ids=tag.ids,
            source_id=source.id,
            note="Bring a towel",
            user_id=self.responsible.id,
        )
        self.confirm("2024-03-15", order)
        subscription = order.subscription_ids
        self.assertEqual((subscription.user_id, subscription.tag_ids, subscription.source_id), (self.responsible, tag, source))
        self.bill("2024-03-15", subscription)
        invoice = self.invoices(subscription)
        self.assertEqual((invoice.currency_id, invoice.journal_id, invoice.invoice_payment_term_id), (self.currency_eur, journal, term))
        self.assertEqual((invoice.partner_id, invoice.amount_untaxed, invoice.amount_total), (partner.child_ids, 33.0, 37.95))
        self.assertEqual((invoice.source_id, invoice.invoice_user_id), (source, self.responsible))
        self.assertIn("Bring a towel", invoice.narration)

    def test_an_order_of_another_company_makes_subscriptions_there(self):
        order = (
            self.env["sale.order"]
            .with_company(self.company_eur)
            .with_context(allowed_company_ids=(self.company_eur | self.company).ids)
            .create(
                {
                    "partner_id": self.make_partner().id,
                    "company_id": self.company_eur.id,
                    "recurring_plan_id": self.monthly.id,
                    "order_line": [Command.create({"product_id": self.gym.id, "price_unit": 10.0})],
                }
            )
        )
        self.confirm("2024-03-15", order, companies=self.company | self.company_eur)
        subscription = order.subscription_ids
        self.assertEqual((subscription.company_id, subscription.currency_id), (self.company_eur, self.currency_eur))

    def test_starting_on_a_date(self):
        order = self.order(self.gym, recurring_start="date", recurring_start_date="2024-04-10")
        self.confirm("2024-03-15", order)
        self.run_cron("2024-04-09")
        self.assertEqual(self.billed(order.subscription_ids), [])
        self.run_cron("2024-04-10")
        self.assertEqual(self.periods(order.subscription_ids), [("2024-04-10", "2024-05-09", 50.0)])

    def test_a_date_to_start_on_is_needed(self):
        order = self.order(self.gym, recurring_start="date")
        with self.assertRaisesRegex(UserError, "first day of service"):
            self.confirm("2024-03-15", order)

    def test_waiting_until_it_is_activated(self):
        order = self.order(self.gym, recurring_start="activation")
        self.confirm("2024-03-15", order)
        subscription = order.subscription_ids
        self.assertEqual(subscription.state, "waiting")
        self.run_cron("2024-04-20")
        self.assertFalse(self.invoices(subscription))
        self.press("2024-04-21", subscription, "action_activate")
        self.run_cron("2024-04-21")
        self.assertEqual(self.periods(subscription), [("2024-04-21", "2024-05-20", 50.0)])

    def test_another_program_activates_for_a_day(self):
        order = self.order(self.gym, recurring_start="activation")
        self.confirm("2024-03-15", order)
        self.press("2024-04-21", order.subscription_ids, "action_activate", "2024-05-01")
        self.run_cron("2024-05-01")
        self.assertEqual(self.periods(order.subscription_ids), [("2024-05-01", "2024-05-31", 50.0)])

    def test_today_is_that_of_the_company(self):
        self.company.partner_id.tz = "America/Sao_Paulo"
        order = self.order(self.gym)
        with self.frozen("2024-03-16 01:30:00"):
            order.action_confirm()
        self.assertEqual(str(order.subscription_ids.start_date), "2024-03-15")

    def test_a_copy_has_no_subscription(self):
        order = self.order(self.gym, recurring_start="date", recurring_start_date="2024-04-10")
        self.confirm("2024-03-15", order)
        copy = order.copy()
        self.assertFalse(copy.subscription_ids or copy.order_line.subscription_line_ids)
        self.assertEqual((copy.recurring_purpose, copy.subscription_count, order.subscription_count), ("new", 0, 1))
        twin = order.subscription_ids.copy()
        self.assertFalse(twin.order_id or twin.line_ids.sale_line_id)

    def test_a_salesperson_without_a_role_in_billing_confirms(self):
        seller = self.make_user("sam", "sales_team.group_sale_salesman")
        order = self.order(self.gym, user_id=seller.id)
        self.confirm("2024-03-15", order, user=seller)
        self.assertEqual((order.subscription_ids.state, order.subscription_ids.user_id), ("active", seller))
        self.assertEqual(order.with_user(seller).subscription_count, 0)
        other = self.make_user("olga", "recurring_billing.group_user")
        self.assertEqual(order.with_user(self.responsible).subscription_count, 1)
        self.assertFalse(self.env["recurring.subscription"].with_user(other).search([("id", "in", order.subscription_ids.ids)]))

    def test_only_services_link_a_subscription_to_an_order(self):
        order = self.order(self.gym)
        subscription = self.subscribe("2024-03-01")
        with self.assertRaisesRegex(Exception, "kept by billing itself"):
            subscription.with_user(self.responsible).order_id = order


class TestOrderAgain(OrderCommon):
    """Cancelled, reset, changed and confirmed again: never a second subscription, never one without its order."""

    def setUp(self):
        super().setUp()
        self.sold = self.order({"product_id": self.gym.id, "product_uom_qty": 1}, self.bottle)
        self.confirm("2024-03-15", self.sold)
        self.subscription = self.sold.subscription_ids

    def again(self, day):
        self.press(day, self.sold, "action_draft")
        self.confirm(day, self.sold)

    def test_cancelling_an_order_puts_what_was_not_billed_back_to_draft(self):
        self.press("2024-03-16", self.sold, "action_cancel")
        self.assertEqual((self.subscription.state, self.subscription.order_id), ("draft", self.sold))
        self.run_cron("2024-03-16")
        self.assertFalse(self.invoices(self.subscription))

    def test_confirming_again_finds_the_subscription(self):
        self.press("2024-03-16", self.sold, "action_cancel")
        self.again("2024-03-20")
        self.assertEqual(self.sold.subscription_ids, self.subscription)
        self.assertEqual(self.env["recurring.subscription"].search([("partner_id", "=", self.sold.partner_id.id)]), self.subscription)
        self.run_cron("2024-03-20")
        self.assertEqual(self.periods(self.subscription), [("2024-03-20", "2024-04-19", 50.0)])

    def test_changed_lines_are_taken_over(self):
        locker = self.make_product(20.0, name="Locker", recurring_ok=True)
        self.press("2024-03-16", self.sold, "action_cancel")
        self.press("2024-03-16", self.sold, "action_draft")
        self.sold.order_line[0].write({"product_uom_qty": 3, "price_unit": 40.0})
        self.sold.order_line = [Command.create({"product_id": locker.id})]
        self.confirm("2024-03-20", self.sold)
        self.assertEqual(len(self.subscription.line_ids), 2)
        self.run_cron("2024-03-20")
        self.assertEqual(self.billed(self.subscription), [("2024-03-20", 140.0)])

    def test_a_line_taken_away_before_confirming_again_is_gone(self):
        self.sold.order_line = [Command.create({"product_id": self.make_product(20.0, name="Locker", recurring_ok=True).id})]
        self.assertEqual(len(self.subscription.line_ids), 2)
        self.press("2024-03-16", self.sold, "action_cancel")
        self.press("2024-03-16", self.sold, "action_draft")
        self.sold.order_line[0].unlink()
        self.confirm("2024-03-20", self.sold)
        self.run_cron("2024-03-20")
        self.assertEqual(self.billed(self.subscription), [("2024-03-20", 20.0)])

    def test_a_plan_that_ends_after_its_term_begins_it_anew(self):
        self.monthly.write({"renewal": "end", "term_count": 2, "term_unit": "month"})
        self.press("2024-03-16", self.sold, "action_cancel")
        self.again("2024-06-20")
        self.assertEqual(str(self.subscription.end_date), "2024-08-19")

    def test_what_was_billed_must_be_closed_first(self):
        self.run_cron("2024-03-15")
        with self.assertRaisesRegex(UserError, "Close the subscription first"):
            self.press("2024-03-16", self.sold, "action_cancel")
        self.assertEqual((self.sold.state, self.subscription.state), ("sale", "active"))
        close = self.env["recurring.close"].create(
            {
                "subscription_ids": self.subscription.ids,
                "reason_id": self.env["recurring.close.reason"].search([], limit=1).id,
                "when": "now",
            }
        )
        close.with_context(recurring_today=date(2024, 3, 16)).action_close()
        self.press("2024-03-16", self.sold, "action_cancel")
        self.assertEqual((self.sold.state, self.subscription.state), ("cancel", "closed"))
        with self.assertRaisesRegex(UserError, "make that subscription active again|Make that subscription active again"):
            self.again("2024-03-20")

    def test_a_draft_invoice_is_cancelled_with_the_order(self):
        self.monthly.invoice_mode = "draft"
        self.run_cron("2024-03-15")
        self.assertEqual(self.invoices(self.subscription).state, "draft")
        self.press("2024-03-16", self.sold, "action_cancel")
        self.assertEqual((self.invoices(self.subscription).state, self.subscription.state), ("cancel", "draft"))
        self.again("2024-03-20")
        self.run_cron("2024-03-20")
        self.assertEqual(self.periods(self.subscription), [("2024-03-20", "2024-04-19", 50.0)])

    def test_deleting_a_cancelled_order_takes_what_was_never_billed_with_it(self):
        self.press("2024-03-16", self.sold, "action_cancel")
        self.sold.unlink()
        self.assertFalse(self.subscription.exists())

    def test_an_order_whose_subscription_was_billed_stays(self):
        self.monthly.invoice_mode = "draft"
        self.run_cron("2024-03-15")
        self.press("2024-03-16", self.sold, "action_cancel")
        with self.assertRaisesRegex(UserError, "the order must stay"):
            self.sold.unlink()

    def test_a_confirmed_order_that_changes_before_it_is_billed(self):
        self.sold.order_line[0].product_uom_qty = 2
        self.run_cron("2024-03-16")
        self.assertEqual(self.periods(self.subscription), [("2024-03-15", "2024-04-14", 100.0)])

    def test_a_confirmed_order_that_changes_after_it_was_billed(self):
        self.run_cron("2024-03-16")
        with self.assertRaisesRegex(UserError, "use Change"):
            self.sold.order_line[0].product_uom_qty = 2
        with self.assertRaisesRegex(UserError, "use Change"):
            self.sold.order_line[0].product_uom_qty = 0

    def test_a_line_added_to_a_confirmed_order_is_billed_from_then_on(self):
        """16 days of the 31 from 15 March: 31.00 × 16/31 = 16.00."""
        self.run_cron("2024-03-15")
        locker = self.make_product(31.0, name="Locker", recurring_ok=True)
        self.sold.with_env(self.at("2024-03-30")).order_line = [Command.create({"product_id": locker.id})]
        self.assertEqual(self.sold.subscription_ids, self.subscription)
        self.run_cron("2024-03-30")
        self.assertEqual(self.billed(self.subscription), [("2024-03-15", 50.0), ("2024-03-30", 16.0)])


class TestOrderExtends(OrderCommon):
    """An order that adds to a subscription that runs."""

    def setUp(self):
        super().setUp()
        self.first = self.order(self.gym)
        self.confirm("2024-03-01", self.first)
        self.subscription = self.first.subscription_ids
        self.locker = self.make_product(31.0, name="Locker", recurring_ok=True)
        self.run_cron("2024-03-01")

    def extension(self, *lines, **values):
        values = {"partner_id": self.first.partner_id.id, "recurring_extends_id": self.subscription.id, **values}
        return self.order(*lines or (self.locker,), **values)

    def test_lines_are_added_from_the_day_of_confirmation(self):
        """11 March to 31 March: 21 of 31 days, 21.00; then 50.00 + 31.00."""
        order = self.extension()
        self.assertEqual(order.recurring_purpose, "extend")
        self.confirm("2024-03-11", order)
        self.assertFalse(order.subscription_ids)
        self.assertEqual(order._recurring_subscriptions(), self.subscription)
        self.assertEqual(order.subscription_count, 1)
        self.run_cron("2024-03-11")
        self.run_cron("2024-04-01")
        self.assertEqual(self.billed(self.subscription), [("2024-03-01", 50.0), ("2024-03-11", 21.0), ("2024-04-01", 81.0)])
        self.assertEqual(self.subscription.order_count, 2)

    def test_lines_are_added_from_a_date(self):
        self.confirm("2024-03-11", self.extension(recurring_start="date", recurring_start_date="2024-04-01"))
        self.run_cron("2024-03-11")
        self.run_cron("2024-04-01")
        self.assertEqual(self.billed(self.subscription), [("2024-03-01", 50.0), ("2024-04-01", 81.0)])

    def test_lines_of_another_plan_become_a_subscription_of_their_own(self):
        order = self.extension(self.locker, {"product_id": self.gym.id, "recurring_plan_id": self.yearly.id})
        self.confirm("2024-03-11", order)
        self.assertEqual(order.subscription_ids.plan_id, self.yearly)
        self.assertEqual(order.subscription_count, 2)

    def test_an_order_of_another_plan_alone_is_refused(self):
        with self.assertRaisesRegex(UserError, "billed by the plan Monthly"):
            self.confirm("2024-03-11", self.extension(recurring_plan_id=self.yearly.id))

    def test_an_order_in_another_currency_is_refused(self):
        euro = self.env["product.pricelist"].create({"name": "Euro", "currency_id": self.currency_eur.id})
        with self.assertRaisesRegex(UserError, "billed in USD"):
            self.confirm("2024-03-11", self.extension(pricelist_id=euro.id))

    def test_a_subscription_of_another_customer_is_refused(self):
        with self.assertRaisesRegex(UserError, "another customer"):
            self.confirm("2024-03-11", self.extension(partner_id=self.make_partner("Bea").id))

    def test_what_runs_does_not_wait_for_an_activation(self):
        with self.assertRaisesRegex(UserError, "runs already"):
            self.confirm("2024-03-11", self.extension(recurring_start="activation"))

    def test_a_subscription_that_ends_before_is_refused(self):
        self.subscription.end_date = "2024-03-31"
        with self.assertRaisesRegex(UserError, "Take its last day away"):
            self.confirm("2024-03-11", self.extension(recurring_start="date", recurring_start_date="2024-04-01"))

    def test_cancelling_takes_the_lines_away_again(self):
        order = self.extension()
        self.confirm("2024-03-11", order)
        self.press("2024-03-11", order, "action_cancel")
        self.run_cron("2024-03-11")
        self.assertEqual(self.billed(self.subscription), [("2024-03-01", 50.0)])
        self.press("2024-03-12", order, "action_draft")
        self.confirm("2024-03-22", order)
        self.run_cron("2024-03-22")
        self.assertEqual(self.billed(self.subscription), [("2024-03-01", 50.0), ("2024-03-22", 10.0)])

    def test_cancelling_what_was_billed_is_refused(self):
        order = self.extension()
        self.confirm("2024-03-11", order)
        self.run_cron("2024-03-11")
        with self.assertRaisesRegex(UserError, "End that line first"):
            self.press("2024-03-11", order, "action_cancel")

    def test_selling_more_from_the_subscription(self):
        action = self.subscription.action_sell_more()
        values = {key.removeprefix("default_"): value for key, value in action["context"].items() if key.startswith("default_")}
        order = self.env["sale.order"].create({**values, "order_line": [Command.create({"product_id": self.locker.id})]})
        self.assertEqual((order.recurring_purpose, order.order_line.recurring_plan_id), ("extend", self.monthly))
