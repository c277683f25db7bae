"""Coupons: a code on the quotation that becomes a discount of the subscription, counted once per order."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .test_plan_prices import PlanPrices


@tagged("post_install", "-at_install")
class TestCoupons(PlanPrices):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bottle = cls.make_product(9.0, "Bottle")
        cls.pool = cls.make_product(80.0, "Pool", recurring_ok=True)
        cls.welcome = cls.coupon("WELCOME", percent=20.0, periods=2)

    @classmethod
    def coupon(cls, code, **values):
        return cls.env["recurring.coupon"].create({"code": code, "name": "Welcome", **values})

    def quotation(self, code="WELCOME", *products, plan=None, **values):
        lines = [Command.create({"product_id": product.id}) for product in products or (self.gym,)]
        return self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "recurring_plan_id": (plan or self.monthly).id,
                "recurring_coupon_code": code,
                "order_line": lines,
                **values,
            }
        )

    def confirm(self, order, day="2024-03-01"):
        self.press(day, order, "action_confirm")
        return order.subscription_ids

    def test_the_discount_is_on_the_invoices_of_its_periods(self):
        order = self.quotation("welcome ", self.gym, self.bottle)
        self.assertEqual(order.recurring_coupon_id, self.welcome)
        self.assertEqual(order.recurring_coupon_terms, "20% for 2 periods off Gym")
        subscription = self.confirm(order)
        self.assertEqual(self.welcome.use_count, 1)
        self.assertEqual(self.welcome.use_ids.order_id, order)
        for day in ("2024-03-01", "2024-04-01", "2024-05-01"):
            self.bill(day, subscription)
        self.assertEqual(self.invoices(subscription).mapped("amount_untaxed"), [40.0, 40.0, 50.0])
        self.assertEqual(set(self.invoices(subscription).mapped("state")), {"posted"})

    def test_an_amount_is_taken_off_once_off_the_first_lines_as_far_as_their_price_goes(self):
        self.coupon("SIXTY", amount=60.0, periods=1)
        subscription = self.confirm(self.quotation("SIXTY", self.gym, self.pool))
        for day in ("2024-03-01", "2024-04-01"):
            self.bill(day, subscription)
        # 50.00 + 80.00 less 50.00 and 10.00
        self.assertEqual(self.invoices(subscription).mapped("amount_untaxed"), [70.0, 130.0])

    def test_between_dates(self):
        self.coupon("APRIL", percent=50.0, date_start="2024-04-01", date_end="2024-04-30")
        subscription = self.confirm(self.quotation("APRIL"))
        for day in ("2024-03-01", "2024-04-01", "2024-05-01"):
            self.bill(day, subscription)
        self.assertEqual(self.invoices(subscription).mapped("amount_untaxed"), [50.0, 25.0, 50.0])

    def test_only_the_plans_and_products_it_is_for(self):
        self.coupon("POOL", percent=50.0, product_tmpl_ids=[Command.set(self.pool.product_tmpl_id.ids)])
        self.coupon("YEAR", percent=50.0, plan_ids=[Command.set(self.yearly.ids)])
        subscription = self.confirm(self.quotation("POOL", self.gym, self.pool))
        self.bill("2024-03-01", subscription)
        self.assertEqual(self.invoices(subscription).amount_untaxed, 90.0)  # 50.00 + the half of 80.00
        refused = self.quotation("YEAR")
        self.assertEqual(refused.recurring_coupon_terms, "Takes nothing off the lines of this order.")
        with self.assertRaisesRegex(UserError, "takes nothing off"):
            self.press("2024-03-01", refused, "action_confirm")
        refused.recurring_plan_id = self.yearly
        self.assertEqual(self.confirm(refused).line_ids.discount_ids.percent, 50.0)

    def test_an_unknown_code_is_refused(self):
        with self.assertRaisesRegex(ValidationError, 'There is no coupon "NOPE"'):
            self.quotation("NOPE")
        with self.assertRaisesRegex(ValidationError, "There is no coupon"):
            self.quotation("%")

    def test_the_form_warns_at_once(self):
        form = Form(self.quotation(False))
        with self.assertLogs("odoo.tests.form.onchange", level="WARNING") as logs:
            form.recurring_coupon_code = "NOPE"
        self.assertIn("There is no coupon", logs.output[0])
        form.recurring_coupon_code = "WELCOME"
        self.assertEqual(form.recurring_coupon_terms, "20% for 2 periods off Gym")

    def test_after_its_last_day_it_is_not_valid_when_the_order_is_confirmed(self):
        self.coupon("SOON", percent=10.0, valid_until="2024-03-15")
        with self.committing("2024-03-10") as env:
            order = env["sale.order"].browse(self.quotation(False).ids)
            order.recurring_coupon_code = "SOON"
        order = self.env["sale.order"].browse(order.id)
        with self.assertRaisesRegex(UserError, "SOON is not valid any more"):
            self.press("2024-03-16", order, "action_confirm")
        self.assertEqual(len(self.confirm(order, "2024-03-15")), 1)

    def test_the_most_uses_count_orders_once_and_a_cancelled_one_gives_back(self):
        self.coupon("ONE", percent=10.0, max_uses=1, once_per_customer=False)
        first, second = self.quotation("ONE"), self.quotation("ONE")
        self.confirm(first)
        with self.assertRaisesRegex(UserError, "ONE is used up"):
            self.press("2024-03-01", second, "action_confirm")
        self.assertEqual(second.state, "draft")
        self.press("2024-03-01", first, "_action_cancel")
        self.confirm(second)
        self.press("2024-03-01", first, "action_draft")
        with self.assertRaisesRegex(UserError, "ONE is used up"):
            self.press("2024-03-01", first, "action_confirm")

    def test_confirmed_again_it_counts_once(self):
        order = self.quotation()
        self.confirm(order)
        for method in ("_action_cancel", "action_draft", "action_confirm"):
            self.press("2024-03-02", order, method)
        self.assertEqual(self.welcome.use_count, 1)

    def test_a_customer_uses_it_once_whatever_the_contact(self):
        contact = self.make_partner("Contact", parent_id=self.partner.id)
        self.confirm(self.quotation())
        with self.assertRaisesRegex(ValidationError, "has used the coupon WELCOME already"):
            self.quotation(partner_id=contact.id)
        self.assertTrue(self.quotation(partner_id=self.make_partner("Ben").id))

    def test_an_amount_in_another_currency_is_refused(self):
        self.coupon("EURO", amount=5.0, currency_id=self.currency_eur.id)
        with self.assertRaisesRegex(ValidationError, "is for orders in EUR"):
            self.quotation("EURO")

    def test_the_code_of_a_confirmed_order_stays(self):
        order = self.quotation()
        self.confirm(order)
        with self.assertRaisesRegex(UserError, "its coupon stays"):
            order.recurring_coupon_code = False

    def test_a_coupon_takes_off_a_percentage_or_an_amount(self):
        for code, values in (("NONE", {}), ("BOTH", {"percent": 5.0, "amount": 5.0})):
            with self.assertRaisesRegex(ValidationError, "either a percentage or an amount"):
                self.coupon(code, **values)

    def test_a_salesperson_uses_coupons_and_a_manager_makes_them(self):
        seller = self.make_user("sal", "recurring_billing.group_user")
        with self.assertRaises(AccessError):
            self.welcome.with_user(seller).percent = 90.0
        order = self.quotation(user_id=seller.id)
        self.press("2024-03-01", order, "action_confirm", user=seller)
        self.assertEqual(self.welcome.use_count, 1)
        self.welcome.with_user(self.responsible).percent = 30.0
        with self.assertRaises(AccessError):
            self.welcome.use_ids.with_user(self.responsible).unlink()

    def test_a_coupon_of_another_company_does_not_exist_here(self):
        coupon = self.coupon("PORTO", percent=10.0, company_id=self.company_brl.id)
        with self.assertRaisesRegex(ValidationError, "There is no coupon"):
            self.quotation("PORTO")
        seller = self.make_user("far", "recurring_billing.group_user", companies=self.company)
        self.assertFalse(self.env["recurring.coupon"].with_user(seller).search([("id", "=", coupon.id)]))
