"""What runs follows the catalogue: a new price counts from the first period that is due after the edit, and never for what was agreed."""

from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_plan_prices import PlanPrices


@tagged("post_install", "-at_install")
class TestPriceVersions(PlanPrices):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly_price = cls.gym.recurring_price_ids.filtered(lambda price: price.plan_id == cls.monthly)
        cls.env["recurring.price.edit"].search([]).unlink()

    def member(self, start="2024-01-01", price=50.0, **values):
        return self.subscribe(start, price, plan=values.pop("plan", self.monthly), product=self.gym, **values)

    def edit(self, day, record=None, new=55.0, **values):
        """Somebody writes another price of the product on a day; it is followed within minutes."""
        self.press(day, record or self.monthly_price, "write", values or {"price": new}, user=self.responsible)
        self.follow(day)

    def follow(self, day):
        """The scheduled action runs on a day, as Odoo's scheduler does."""
        self.trigger("cron_price_versions", day)
        self.assertFalse(self.env["recurring.price.edit"].search([]))

    def prices(self, subscription):
        """First day and price of every line that counts, by date."""
        lines = subscription.line_ids.filtered(lambda line: not line.superseded).sorted("date_start")
        return [(str(line.date_start), line.price_unit) for line in lines]

    def billed(self, subscription):
        return [invoice.amount_untaxed for invoice in self.invoices(subscription)]

    # When

    def test_the_first_period_due_after_the_edit_has_the_new_price(self):
        subscription = self.member()
        for day in ("2024-01-01", "2024-02-01"):
            self.bill(day, subscription)
        self.edit("2024-02-20")
        self.assertEqual(self.prices(subscription), [("2024-01-01", 50.0), ("2024-03-01", 55.0)])
        for day in ("2024-03-01", "2024-04-01"):
            self.bill(day, subscription)
        self.assertEqual(self.billed(subscription), [50.0, 50.0, 55.0, 55.0])
        self.assertEqual(self.invoices(subscription).mapped("state"), ["posted"] * 4)

    def test_on_the_day_a_period_is_due_it_keeps_its_price_billed_or_not(self):
        subscription = self.member()
        self.bill("2024-01-01", subscription)
        self.edit("2024-02-01")
        self.assertEqual(self.prices(subscription), [("2024-01-01", 50.0), ("2024-03-01", 55.0)])

    def test_an_invoice_some_days_ahead_is_due_earlier(self):
        plan = self.make_plan(name="Ahead", lead_days=10)
        ahead = self.price_of(self.gym, plan, 50.0)
        early, late = self.member(plan=plan), self.member(plan=plan)
        for subscription in early | late:
            self.bill("2024-01-01", subscription)
        self.env["recurring.price.edit"].search([]).unlink()
        # February is due on 22 January: the edit of the 21st is in time, that of the 22nd is not.
        self.press("2024-01-22", ahead, "write", {"price": 55.0}, user=self.responsible)
        self.follow("2024-01-22")
        self.assertEqual(self.prices(late), [("2024-01-01", 50.0), ("2024-03-01", 55.0)])
        self.bill("2024-01-22", late)
        self.bill("2024-02-21", late)
        self.assertEqual(self.billed(late), [50.0, 50.0, 55.0])

    def test_an_edit_before_the_day_of_the_invoice_ahead_is_in_time(self):
        plan = self.make_plan(name="Ahead", lead_days=10)
        ahead = self.price_of(self.gym, plan, 50.0)
        subscription = self.member(plan=plan)
        self.bill("2024-01-01", subscription)
        self.edit("2024-01-21", ahead)
        self.bill("2024-01-22", subscription)
        self.assertEqual(self.billed(subscription), [50.0, 55.0])

    def test_in_arrears_the_running_period_keeps_its_price(self):
        plan = self.make_plan(name="Arrears", timing="arrears")
        price = self.price_of(self.gym, plan, 50.0)
        subscription = self.member(plan=plan)
        self.edit("2024-01-20", price)
        for day in ("2024-02-01", "2024-03-01"):
            self.bill(day, subscription)
        self.assertEqual(self.billed(subscription), [50.0, 55.0])

    def test_the_end_of_the_month_is_a_boundary_as_billing_has_it(self):
        subscription = self.member("2024-01-31")
        self.bill("2024-01-31", subscription)
        self.edit("2024-02-10")
        self.assertEqual(self.prices(subscription)[-1], ("2024-02-29", 55.0))
        self.bill("2024-02-29", subscription)
        self.assertEqual(self.billed(subscription), [50.0, 55.0])

    def test_what_was_billed_ahead_stays_as_it_was(self):
        subscription = self.member()
        self.bill("2024-01-10", subscription, horizon="2024-03-15")
        self.edit("2024-01-20")
        self.assertEqual(self.prices(subscription)[-1], ("2024-04-01", 55.0))
        self.bill("2024-04-01", subscription)
        self.assertEqual(self.billed(subscription), [50.0, 50.0, 50.0, 55.0])

    def test_a_subscription_that_starts_later_begins_at_the_price_it_was_sold_for(self):
        subscription = self.subscribe("2024-03-01", plan=self.monthly, product=self.gym, activate=False)
        self.press("2024-01-10", subscription, "action_activate")
        self.edit("2024-01-20")
        for day in ("2024-03-01", "2024-04-01"):
            self.bill(day, subscription)
        self.assertEqual(self.billed(subscription), [50.0, 55.0])

    # Whom

    def test_a_price_that_was_agreed_stays_for_ever(self):
        agreed, usual = self.member(price=44.0), self.member()
        for subscription in agreed | usual:
            self.bill("2024-01-01", subscription)
        self.edit("2024-01-20")
        for subscription in agreed | usual:
            self.bill("2024-02-01", subscription)
        self.assertEqual((self.billed(agreed), self.billed(usual)), ([44.0, 44.0], [50.0, 55.0]))

    def test_a_price_planned_by_a_person_stays_as_planned(self):
        subscription = self.member()
        self.bill("2024-01-01", subscription)
        change = self.at("2024-01-05")["recurring.subscription.change"]
        change.reprice(subscription.line_ids.with_env(change.env), date(2024, 4, 1), {"price_unit": 47.0})
        self.edit("2024-01-20")
        self.assertEqual(self.prices(subscription), [("2024-01-01", 50.0), ("2024-02-01", 55.0), ("2024-04-01", 47.0)])
        for day in ("2024-02-01", "2024-03-01", "2024-04-01"):
            self.bill(day, subscription)
        self.assertEqual(self.billed(subscription), [50.0, 55.0, 55.0, 47.0])

    def test_a_quantity_planned_by_a_person_has_the_new_price_too(self):
        subscription = self.member()
        self.bill("2024-01-01", subscription)
        change = self.at("2024-01-05")["recurring.subscription.change"]
        change.reprice(subscription.line_ids.with_env(change.env), date(2024, 3, 1), {"quantity": 2})
        self.edit("2024-01-20")
        for day in ("2024-02-01", "2024-03-01"):
            self.bill(day, subscription)
        self.assertEqual(self.billed(subscription), [50.0, 55.0, 110.0])

    def test_discounts_stay_and_an_agreed_total_keeps_its_price(self):
        discount = {"name": "Welcome", "percent": 20.0, "periods": 3}
        discounted = self.member(line={"discount_ids": [Command.create(discount)]})
        total = self.member(line={"fixed_total": 100.0, "fixed_periods": 3})
        for subscription in discounted | total:
            self.bill("2024-01-01", subscription)
        self.edit("2024-01-20")
        for day in ("2024-02-01", "2024-03-01"):
            self.bill(day, discounted | total)
        self.assertEqual(self.billed(discounted), [40.0, 44.0, 44.0])
        self.assertEqual(self.billed(total), [33.33, 33.33, 33.34])

    def test_a_draft_takes_the_new_price_at_once_and_one_agreed_does_not(self):
        drafts = [self.subscribe("2024-03-01", price, plan=self.monthly, product=self.gym, activate=False) for price in (50.0, 44.0)]
        self.edit("2024-01-20")
        self.assertEqual([draft.line_ids.price_unit for draft in drafts], [55.0, 44.0])

    def test_what_was_quoted_keeps_its_price_until_it_starts(self):
        order = self.order(self.monthly)
        draft = self.env["recurring.subscription"].sudo().create(order._recurring_prepare_subscriptions())
        draft.state = "draft"
        self.edit("2024-01-20")
        self.assertEqual(draft.line_ids.price_unit, 50.0)

    def test_what_is_paused_goes_on_at_the_new_price(self):
        subscription = self.member()
        self.bill("2024-01-01", subscription)
        change = self.at("2024-01-31")["recurring.subscription.change"]
        change.pause(subscription.line_ids.with_env(change.env), date(2024, 2, 1))
        self.edit("2024-02-10")
        change.resume(subscription.line_ids[:1].with_env(change.env), date(2024, 4, 1))
        self.bill("2024-04-01", subscription)
        self.assertEqual(self.billed(subscription), [50.0, 55.0])

    def test_what_has_ended_is_left_alone(self):
        subscription = self.member()
        self.bill("2024-01-01", subscription)
        change = self.at("2024-01-10")["recurring.subscription.change"]
        change.end(subscription.line_ids.with_env(change.env), date(2024, 2, 1))
        self.edit("2024-01-20")
        self.assertEqual(self.prices(subscription), [("2024-01-01", 50.0)])

    # Which edits

    def test_the_sales_price_counts_where_the_plan_has_none(self):
        weekly = self.make_plan(name="Weekly", interval_unit="week")
        subscription, monthly = self.subscribe("2024-01-01", 60.0, plan=weekly, product=self.gym), self.member()
        self.bill("2024-01-01", subscription)
        self.edit("2024-01-03", self.gym.product_tmpl_id, list_price=66.0)
        self.assertEqual((self.prices(subscription)[-1], self.prices(monthly)), (("2024-01-08", 66.0), [("2024-01-01", 50.0)]))

    def test_a_rule_of_the_pricelist_counts_for_whoever_has_the_pricelist_or_one_built_upon_it(self):
        members = self.make_pricelist({"percent_price": 10.0})
        students = self.make_pricelist(
            {"compute_price": "formula", "base": "pricelist", "base_pricelist_id": members.id, "price_discount": 50.0}, name="Students"
        )
        subscriptions = [self.member(price=price, pricelist_id=pricelist.id) for price, pricelist in ((45.0, members), (22.5, students))]
        subscriptions.append(self.member())
        self.env["recurring.price.edit"].search([]).unlink()
        self.edit("2024-01-20", members.item_ids, percent_price=20.0)
        found = [self.prices(each)[-1] for each in subscriptions]
        self.assertEqual(found, [("2024-02-01", 40.0), ("2024-02-01", 20.0), ("2024-01-01", 50.0)])

    def test_a_rule_that_begins_later_counts_from_the_period_it_begins_with(self):
        members = self.make_pricelist()
        subscription = self.member(pricelist_id=members.id)
        rule = {"pricelist_id": members.id, "compute_price": "percentage", "percent_price": 10.0, "date_start": "2024-04-01 00:00:00"}
        self.env["product.pricelist.item"].create({**rule, "applied_on": "3_global"})
        self.env["recurring.price.edit"].search([]).day = "2024-01-20"
        for day in ("2024-01-20", "2024-03-30"):
            self.follow(day)
            self.assertEqual(self.prices(subscription), [("2024-01-01", 50.0)])
        self.follow("2024-03-31")
        self.assertEqual(self.prices(subscription)[-1], ("2024-04-01", 45.0))

    def test_another_pricelist_of_the_subscription_counts_from_the_next_period(self):
        members = self.make_pricelist({"percent_price": 10.0})
        subscription = self.member()
        self.bill("2024-01-01", subscription)
        self.press("2024-01-20", subscription, "write", {"pricelist_id": members.id})
        self.follow("2024-01-20")
        self.bill("2024-02-01", subscription)
        self.assertEqual(self.billed(subscription), [50.0, 45.0])

    def test_a_rate_moves_no_price(self):
        self.make_rate(self.currency_eur, "2020-01-01", 2.0)
        pricelist = self.make_pricelist(currency_id=self.currency_eur.id, name="Euro")
        subscription = self.subscribe("2024-01-01", 100.0, plan=self.monthly, product=self.gym, pricelist_id=pricelist.id)
        self.env["recurring.price.edit"].search([]).unlink()
        self.make_rate(self.currency_eur, "2024-01-10", 3.0)
        self.follow("2024-01-20")
        self.assertEqual(self.prices(subscription), [("2024-01-01", 100.0)])
        self.edit("2024-01-25")
        self.assertEqual(self.prices(subscription)[-1], ("2024-02-01", 165.0))

    def test_a_price_taken_away_leaves_the_sales_price(self):
        subscription = self.member()
        self.press("2024-01-20", self.monthly_price, "unlink")
        self.follow("2024-01-20")
        self.assertEqual(self.prices(subscription)[-1], ("2024-02-01", 60.0))

    def test_two_edits_in_a_period_leave_one_version(self):
        subscription = self.member()
        self.edit("2024-01-20")
        self.edit("2024-01-21", new=57.0)
        self.bill("2024-01-25", subscription)
        self.bill("2024-02-01", subscription)
        self.assertEqual(self.billed(subscription), [50.0, 57.0])
        self.assertEqual(self.prices(subscription), [("2024-01-01", 50.0), ("2024-02-01", 57.0)])

    def test_an_edit_taken_back_before_it_counted_changes_nothing(self):
        subscription = self.member()
        self.edit("2024-01-20")
        self.edit("2024-01-21", new=50.0)
        self.bill("2024-02-01", subscription)
        self.assertEqual(self.billed(subscription)[-1], 50.0)

    def test_the_discount_that_the_quotation_showed_follows_the_pricelist(self):
        self.env.user.group_ids |= self.env.ref("sale.group_discount_per_so_line")
        members = self.make_pricelist({"percent_price": 10.0})
        subscription = self.member(pricelist_id=members.id, line={"discount": 10.0, "pricelist_discount": 10.0})
        self.env["recurring.price.edit"].search([]).unlink()
        self.bill("2024-01-01", subscription)
        self.edit("2024-01-20", members.item_ids, percent_price=20.0)
        self.bill("2024-02-01", subscription)
        self.assertEqual(self.billed(subscription), [45.0, 40.0])

    # How it is shown and how it runs

    def test_the_version_is_told_as_a_planned_change(self):
        subscription = self.member()
        self.edit("2024-01-20")
        change = self.env["recurring.change"].search([("subscription_id", "=", subscription.id)])
        self.assertEqual((change.kind, str(change.date), change.state), ("price", "2024-02-01", "planned"))
        self.assertRegex(change.description, "Gym: .*50.00 → .*55.00")

    def test_batches_go_on_where_they_stopped_and_running_again_does_nothing(self):
        members = [self.member() for _n in range(3)]
        self.patch(type(self.env["recurring.price.versions"]), "_batch_size", lambda *_: 2)
        self.edit("2024-01-20")
        self.assertEqual([self.prices(each)[-1] for each in members], [("2024-02-01", 55.0)] * 3)
        self.env["recurring.price.edit"]._note([{"product_tmpl_id": self.gym.product_tmpl_id.id}])
        self.follow("2024-01-20")
        self.assertEqual(len(members[0].line_ids), 2)

    def test_one_that_cannot_change_does_not_keep_the_others_back(self):
        good, bad = self.member(), self.member()
        service = type(self.env["recurring.subscription.change"])
        follow = service._follow_catalogue

        def refuse(change, lineage, day, known):
            if lineage.subscription_id == bad:
                raise UserError(change.env._("It is locked."))
            return follow(change, lineage, day, known)

        self.patch(service, "_follow_catalogue", refuse)
        self.edit("2024-01-20")
        self.assertEqual((self.prices(good)[-1], self.prices(bad)), (("2024-02-01", 55.0), [("2024-01-01", 50.0)]))
        self.assertIn("It is locked.", bad.message_ids[0].body)
