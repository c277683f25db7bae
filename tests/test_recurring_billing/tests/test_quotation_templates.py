"""Quotation templates carry plans, to their lines and to optional products; the quick offer makes a product with its price."""

from odoo import Command
from odoo.tests import Form, tagged

from .test_plan_prices import PlanPrices


@tagged("post_install", "-at_install")
class TestQuotationTemplates(PlanPrices):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bottle = cls.make_product(9.0, "Bottle")
        cls.pool = cls.make_product(80.0, "Pool", recurring_ok=True)
        cls.price_of(cls.pool, cls.monthly, 75.0)
        cls.price_of(cls.pool, cls.yearly, 700.0)
        cls.template = cls.env["sale.order.template"].create(
            {
                "name": "Member",
                "company_id": cls.company.id,
                "recurring_plan_id": cls.monthly.id,
                "sale_order_template_line_ids": [
                    Command.create({"product_id": cls.gym.id}),
                    Command.create({"product_id": cls.pool.id, "recurring_plan_id": cls.yearly.id}),
                    Command.create({"product_id": cls.bottle.id}),
                    Command.create({"name": "Perhaps", "display_type": "line_section", "is_optional": True}),
                    Command.create({"product_id": cls.pool.id, "product_uom_qty": 0}),
                ],
            }
        )

    def quotation(self):
        form = Form(self.env["sale.order"])
        form.partner_id = self.partner
        form.sale_order_template_id = self.template
        return form.save()

    def test_choosing_a_template_sets_the_plan_of_the_order_and_of_its_lines(self):
        order = self.quotation()
        self.assertEqual(order.recurring_plan_id, self.monthly)
        lines = order.order_line.filtered("product_id")
        self.assertEqual(
            [(line.product_id, line.recurring_plan_id, line.price_unit) for line in lines],
            [
                (self.gym, self.monthly, 50.0),
                (self.pool, self.yearly, 700.0),
                (self.bottle, self.env["recurring.plan"], 9.0),
                (self.pool, self.monthly, 75.0),
            ],
        )

    def test_an_optional_product_that_is_taken_has_the_price_of_its_plan_and_one_left_is_not_sold(self):
        order = self.quotation()
        optional = order.order_line[-1]
        self.assertTrue(optional._is_line_optional())
        sold = [command[2]["product_id"] for values in order._recurring_prepare_subscriptions() for command in values["line_ids"]]
        self.assertEqual(sold, [self.gym.id, self.pool.id])
        optional.product_uom_qty = 2  # as the customer does in the portal
        self.assertEqual((optional.price_unit, optional.recurring_plan_id), (75.0, self.monthly))
        monthly = order._recurring_prepare_subscriptions()[0]
        self.assertEqual([command[2]["quantity"] for command in monthly["line_ids"]], [1, 2])

    def test_by_rpc_the_template_gives_the_plan_as_well(self):
        order = self.env["sale.order"].create({"partner_id": self.partner.id, "sale_order_template_id": self.template.id})
        self.assertEqual(order.recurring_plan_id, self.monthly)

    def test_a_plan_given_by_hand_wins_over_that_of_the_template(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.partner.id, "sale_order_template_id": self.template.id, "recurring_plan_id": self.yearly.id}
        )
        self.assertEqual(order.recurring_plan_id, self.yearly)

    def test_a_template_without_a_plan_leaves_that_of_the_order(self):
        self.template.recurring_plan_id = False
        form = Form(self.env["sale.order"])
        form.partner_id = self.partner
        with form.order_line.new() as line:
            line.product_id = self.gym
        form.recurring_plan_id = self.yearly
        form.sale_order_template_id = self.template
        order = form.save()
        self.assertEqual((order.recurring_plan_id, order.order_line[0].price_unit), (self.yearly, 500.0))

    def test_the_plan_of_a_line_is_edited_in_the_form_of_the_template(self):
        with Form(self.template) as form, form.sale_order_template_line_ids.edit(0) as line:
            line.recurring_plan_id = self.yearly
        self.assertEqual(self.quotation().order_line[0].price_unit, 500.0)

    def test_the_quick_offer_makes_a_subscription_product_with_its_price(self):
        wizard = self.env["recurring.quick.offer"].with_user(self.responsible)
        form = Form(wizard.with_company(self.company))
        form.name, form.price, form.interval_unit = "Sauna", 30.0, "week"
        action = form.save().action_create()
        product = self.env["product.template"].browse(action["res_id"])
        self.assertTrue(product.recurring_ok)
        self.assertEqual(product.recurring_price_ids.mapped("price"), [30.0])
        self.assertEqual(product.recurring_price_ids.plan_id.interval_unit, "week")
        order = self.order(product.recurring_price_ids.plan_id, product.product_variant_id)
        self.assertEqual(order.order_line.price_unit, 30.0)
