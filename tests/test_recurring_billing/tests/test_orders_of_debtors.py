"""New orders of customers who owe: taken with a warning, refused, allowed by who collects, taken again once it is paid."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .withholding import WithholdingCommon


@tagged("post_install", "-at_install")
class TestOrdersOfDebtors(WithholdingCommon):
    def setUp(self):
        super().setUp()
        self.step_warn = self.make_step("Warn", 25, channel="none", block_orders="warn")
        self.step_refuse = self.make_step("Refuse", 35, channel="none", block_orders="refuse")
        self.subscription, self.line = self.owing("2026-03-02")
        self.seller = self.make_user("seller", "sales_team.group_sale_salesman_all_leads", "recurring_billing.group_user_all", name="Tom")

    def order(self, partner=None):
        product = self.make_product(10.0, "Bottle")
        return self.env["sale.order"].create(
            {
                "partner_id": (partner or self.line.partner_id).id,
                "user_id": self.seller.id,
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 1, "price_unit": 10.0})],
            }
        )

    def test_taken_with_a_warning(self):
        order = self.order()
        self.assertEqual(order.recurring_debt_effect, "none")
        said = self.step("2026-03-27", self.step_warn, self.line)
        self.assertEqual(said, "New orders are taken with a warning since 03/27/2026.")
        order = self.order()
        self.assertEqual(order.recurring_debt_effect, "warn")
        self.press("2026-03-28", order, "action_confirm", user=self.seller)
        self.assertEqual(order.state, "sale")

    def test_refused_until_it_is_paid(self):
        self.step("2026-04-06", self.step_refuse, self.line)
        order, other = self.order(), self.order(self.make_partner("Bruno"))
        with self.assertRaisesRegex(UserError, "debts that are late"):
            self.press("2026-04-07", order, "action_confirm", user=self.seller)
        self.press("2026-04-07", other, "action_confirm", user=self.seller)
        self.assertEqual((order.state, other.state), ("draft", "sale"))
        self.pay(self.line.move_id, "2026-04-08")
        self.assertEqual(order.recurring_debt_effect, "none")
        self.press("2026-04-08", order, "action_confirm", user=self.seller)
        self.assertEqual(order.state, "sale")

    def test_who_collects_may_allow_it(self):
        self.step("2026-04-06", self.step_refuse, self.line)
        order = self.order()
        with self.assertRaisesRegex(AccessError, "Collections, Manager and Billing"):
            self.press("2026-04-07", order, "action_recurring_allow_debts", user=self.seller)
        with self.assertRaises(AccessError):
            order.with_user(self.seller).recurring_debt_allowed = True
        nina = self.make_user("collector", "recurring_billing.group_collections", "sales_team.group_sale_salesman_all_leads", name="Nina")
        self.press("2026-04-07", order, "action_recurring_allow_debts", user=nina)
        self.press("2026-04-07", order, "action_confirm", user=self.seller)
        self.assertEqual(order.state, "sale")
        self.assertIn("Nina allows this order", "".join(order.message_ids.mapped("body")))

    def test_what_a_customer_signs_waits_for_the_seller(self):
        self.step("2026-04-06", self.step_refuse, self.line)
        order = self.order()
        order.sudo()._validate_order()
        self.assertEqual(order.state, "draft")
        self.assertEqual((order.activity_ids.summary, order.activity_ids.user_id), ("Signed, but not confirmed", self.seller))

    def test_of_warning_and_refusal_the_graver_counts(self):
        self.step("2026-04-06", self.step_refuse, self.line)
        self.step("2026-04-07", self.step_warn, self.line)
        self.assertEqual(self.order().recurring_debt_effect, "refuse")

    def test_another_company_takes_orders(self):
        self.step("2026-04-06", self.step_refuse, self.line)
        order = self.env["sale.order"].with_company(self.company_eur).create({"partner_id": self.line.partner_id.id})
        self.assertEqual(order.recurring_debt_effect, "none")
