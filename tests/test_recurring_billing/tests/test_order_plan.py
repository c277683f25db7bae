"""The plan of an order and of its lines: what is sold as a subscription, and how often it is billed."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestOrderPlan(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly = cls.make_plan()
        cls.yearly = cls.make_plan(name="Yearly", interval_unit="year")
        cls.gym = cls.make_product(50.0, recurring_ok=True)
        cls.bottle = cls.make_product(9.0, "Bottle")
        cls.partner = cls.make_partner()

    def order(self, *products, **values):
        lines = [Command.create({"product_id": product.id}) for product in products]
        return self.env["sale.order"].create({"partner_id": self.partner.id, "order_line": lines, **values})

    def test_a_subscription_product_takes_the_plan_of_the_order_and_another_product_none(self):
        order = self.order(self.gym, self.bottle, recurring_plan_id=self.monthly.id)
        self.assertEqual(order.order_line.mapped("recurring_plan_id"), self.monthly)
        self.assertFalse(order.order_line[1].recurring_plan_id)
        self.assertTrue(order.is_recurring)

    def test_a_line_with_a_plan_of_its_own_keeps_it_while_the_others_follow_the_order(self):
        order = self.order(self.gym, self.gym, recurring_plan_id=self.monthly.id)
        with Form(order) as form, form.order_line.edit(1) as line:
            line.recurring_plan_id = self.yearly
        weekly = self.make_plan(name="Weekly", interval_unit="week")
        with Form(order) as form:
            form.recurring_plan_id = weekly
        self.assertEqual([line.recurring_plan_id for line in order.order_line], [weekly, self.yearly])

    def test_a_line_given_a_plan_by_rpc_keeps_it(self):
        values = {"product_id": self.gym.id, "recurring_plan_id": self.yearly.id}
        order = self.order(recurring_plan_id=self.monthly.id, order_line=[Command.create(values)])
        self.assertEqual(order.order_line.recurring_plan_id, self.yearly)
        order.recurring_plan_id = self.make_plan(name="Weekly", interval_unit="week")
        self.assertEqual(order.order_line.recurring_plan_id, self.yearly)

    def test_the_form_asks_for_a_plan_only_where_a_subscription_is_sold(self):
        form = Form(self.env["sale.order"])
        form.partner_id = self.partner
        with form.order_line.new() as line:
            line.product_id = self.bottle
        self.assertFalse(form.is_recurring)
        with form.order_line.new() as line:
            line.product_id = self.gym
        self.assertTrue(form.is_recurring)
        form.recurring_plan_id = self.monthly
        order = form.save()
        self.assertEqual([line.recurring_plan_id for line in order.order_line], [self.env["recurring.plan"], self.monthly])

    def test_confirming_without_a_plan_is_refused_and_names_the_product(self):
        order = self.order(self.gym, self.bottle)
        with self.assertRaisesRegex(UserError, "Gym is sold as a subscription"):
            order.action_confirm()
        self.assertEqual(order.state, "draft")
        order.recurring_plan_id = self.monthly
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_another_product_takes_the_plan_away(self):
        order = self.order(self.gym, recurring_plan_id=self.monthly.id)
        order.order_line.product_id = self.bottle
        self.assertFalse(order.order_line.recurring_plan_id)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_a_copy_of_the_order_keeps_its_plans(self):
        order = self.order(self.gym, self.gym, recurring_plan_id=self.monthly.id)
        order.order_line[1].recurring_plan_id = self.yearly
        copy = order.copy()
        self.assertEqual([line.recurring_plan_id for line in copy.order_line], [self.monthly, self.yearly])

    def test_a_salesperson_without_rights_on_subscriptions_reads_the_plan_of_an_order(self):
        seller = self.make_user("paul", "sales_team.group_sale_salesman_all_leads")
        order = self.order(self.gym, recurring_plan_id=self.monthly.id)
        self.assertEqual(order.with_user(seller).recurring_plan_id.name, "Monthly")
        with Form(order.with_user(seller)) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 2
        self.assertEqual(order.order_line.product_uom_qty, 2)
