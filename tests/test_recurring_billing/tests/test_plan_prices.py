"""What a product costs by plan, pricelist, variant, quantity and currency: on an order and on a subscription alike."""

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class PlanPrices(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly = cls.make_plan()
        cls.yearly = cls.make_plan(name="Yearly", interval_unit="year")
        cls.gym = cls.make_product(60.0, recurring_ok=True)
        cls.partner = cls.make_partner()
        cls.price_of(cls.gym, cls.monthly, 50.0)
        cls.price_of(cls.gym, cls.yearly, 500.0)

    @classmethod
    def price_of(cls, product, plan, amount, **values):
        return cls.env["recurring.price"].create(
            {"product_tmpl_id": product.product_tmpl_id.id, "plan_id": plan.id, "price": amount, **values}
        )

    @classmethod
    def make_pricelist(cls, *rules, **values):
        items = [Command.create({"compute_price": "percentage", **rule}) for rule in rules]
        return cls.env["product.pricelist"].create(
            {"name": "Members", "currency_id": cls.company.currency_id.id, "company_id": cls.company.id, "item_ids": items, **values}
        )

    def order(self, plan, product=None, quantity=1.0, **values):
        line = {"product_id": (product or self.gym).id, "product_uom_qty": quantity, **values.pop("line", {})}
        return self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "recurring_plan_id": plan.id,
                "pricelist_id": False,
                "order_line": [Command.create(line)],
                **values,
            }
        )

    def assertPrice(self, amount, plan, product=None, quantity=1.0, **values):
        """What the order charges, what a subscription by form charges, and what one by RPC charges."""
        product = product or self.gym
        order = self.order(plan, product, quantity, **values)
        line = order.order_line
        self.assertAlmostEqual(line.price_unit * (1 - line.discount / 100), amount)
        given = {"partner_id": self.partner.id, "plan_id": plan.id, "user_id": False, **values}
        rpc = self.env["recurring.subscription"].create(
            {**given, "line_ids": [Command.create({"product_id": product.id, "quantity": quantity})]}
        )
        self.assertAlmostEqual(rpc.line_ids.price_unit, amount)


class TestWhichPriceCounts(PlanPrices):
    def test_each_plan_has_its_price(self):
        self.assertPrice(50.0, self.monthly)
        self.assertPrice(500.0, self.yearly)

    def test_without_a_price_for_the_plan_it_costs_its_sales_price_per_period(self):
        self.assertPrice(60.0, self.make_plan(name="Weekly", interval_unit="week"))

    def test_the_largest_quantity_reached_counts(self):
        self.price_of(self.gym, self.monthly, 45.0, min_quantity=5)
        self.price_of(self.gym, self.monthly, 40.0, min_quantity=10)
        for quantity, amount in ((1, 50.0), (4, 50.0), (5, 45.0), (9, 45.0), (10, 40.0), (200, 40.0)):
            self.assertPrice(amount, self.monthly, quantity=quantity)

    def test_the_quantity_counts_in_the_unit_of_the_product(self):
        self.price_of(self.gym, self.monthly, 40.0, min_quantity=12)
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.order(self.monthly, line={"product_uom_id": dozen.id})
        self.assertEqual(order.order_line.price_unit, 480.0)  # 12 at 40.00

    def test_a_variant_has_its_own_price_and_others_that_of_the_product_with_their_extras(self):
        attribute = self.env["product.attribute"].create({"name": "Hall", "value_ids": [Command.create({"name": n}) for n in "ABC"]})
        template = self.env["product.template"].create(
            {
                "name": "Locker",
                "type": "service",
                "list_price": 10.0,
                "recurring_ok": True,
                "taxes_id": [Command.clear()],
                "attribute_line_ids": [Command.create({"attribute_id": attribute.id, "value_ids": [Command.set(attribute.value_ids.ids)]})],
            }
        )
        a, b, c = template.product_variant_ids
        b.product_template_attribute_value_ids.price_extra = 3.0
        c.product_template_attribute_value_ids.price_extra = 4.0
        self.price_of(a, self.monthly, 8.0)
        self.price_of(c, self.monthly, 20.0, product_id=c.id)
        self.assertPrice(8.0, self.monthly, a)
        self.assertPrice(11.0, self.monthly, b)
        self.assertPrice(20.0, self.monthly, c)

    def test_a_percentage_of_the_pricelist_applies_to_the_plans_price(self):
        pricelist = self.make_pricelist({"percent_price": 10.0})
        self.assertPrice(45.0, self.monthly, pricelist_id=pricelist.id)
        self.assertPrice(450.0, self.yearly, pricelist_id=pricelist.id)

    def test_a_formula_of_the_pricelist_applies_to_the_plans_price(self):
        pricelist = self.make_pricelist({"compute_price": "formula", "price_discount": 20.0, "price_surcharge": 1.0})
        self.assertPrice(41.0, self.monthly, pricelist_id=pricelist.id)

    def test_a_fixed_price_that_knows_nothing_of_plans_does_not_take_the_place_of_the_plans_price(self):
        fixed = {"compute_price": "fixed", "fixed_price": 7.0, "applied_on": "1_product", "product_tmpl_id": self.gym.product_tmpl_id.id}
        self.assertPrice(50.0, self.monthly, pricelist_id=self.make_pricelist(fixed).id)
        with_percentage = self.make_pricelist(fixed, {"percent_price": 10.0, "applied_on": "3_global"})
        self.assertPrice(45.0, self.monthly, pricelist_id=with_percentage.id)

    def test_a_fixed_price_counts_where_the_product_has_no_price_for_the_plan(self):
        pricelist = self.make_pricelist({"compute_price": "fixed", "fixed_price": 7.0})
        self.assertPrice(7.0, self.make_plan(name="Weekly", interval_unit="week"), pricelist_id=pricelist.id)

    def test_a_rule_by_cost_does_not_take_the_place_of_the_plans_price(self):
        self.gym.standard_price = 5.0
        pricelist = self.make_pricelist({"compute_price": "formula", "base": "standard_price", "price_markup": 100.0})
        self.assertPrice(50.0, self.monthly, pricelist_id=pricelist.id)

    def test_a_price_of_plan_and_pricelist_is_final(self):
        pricelist = self.make_pricelist({"percent_price": 10.0})
        self.price_of(self.gym, self.monthly, 48.0, pricelist_id=pricelist.id)
        self.assertPrice(48.0, self.monthly, pricelist_id=pricelist.id)
        self.assertPrice(450.0, self.yearly, pricelist_id=pricelist.id)
        self.assertPrice(50.0, self.monthly)

    def test_a_price_of_plan_and_pricelist_wins_over_a_larger_quantity_for_everybody(self):
        pricelist = self.make_pricelist()
        self.price_of(self.gym, self.monthly, 48.0, pricelist_id=pricelist.id)
        self.price_of(self.gym, self.monthly, 30.0, min_quantity=10)
        self.assertPrice(48.0, self.monthly, quantity=10, pricelist_id=pricelist.id)
        self.assertPrice(30.0, self.monthly, quantity=10)

    def test_a_pricelist_that_builds_on_another_takes_the_plans_price_there(self):
        members = self.make_pricelist({"percent_price": 10.0})
        self.price_of(self.gym, self.monthly, 40.0, pricelist_id=members.id)
        students = self.make_pricelist(
            {"compute_price": "formula", "base": "pricelist", "base_pricelist_id": members.id, "price_discount": 50.0}, name="Students"
        )
        self.assertPrice(20.0, self.monthly, pricelist_id=students.id)
        self.assertPrice(225.0, self.yearly, pricelist_id=students.id)  # 500.00 less 10 %, of that the half

    def test_another_currency_is_converted_unless_the_plan_has_a_price_in_it(self):
        self.make_rate(self.currency_eur, "2020-01-01", 2.0)
        pricelist = self.make_pricelist(currency_id=self.currency_eur.id, name="Euro")
        self.assertPrice(100.0, self.monthly, pricelist_id=pricelist.id)
        self.price_of(self.gym, self.monthly, 70.0, currency_id=self.currency_eur.id)
        self.assertPrice(70.0, self.monthly, pricelist_id=pricelist.id)
        self.assertPrice(50.0, self.monthly)
        self.assertPrice(1000.0, self.yearly, pricelist_id=pricelist.id)

    def test_a_discount_shown_to_the_customer_is_taken_off_the_plans_price(self):
        self.env.user.group_ids |= self.env.ref("sale.group_discount_per_so_line")
        pricelist = self.make_pricelist({"percent_price": 10.0})
        line = self.order(self.monthly, pricelist_id=pricelist.id).order_line
        self.assertEqual((line.price_unit, line.discount), (50.0, 10.0))

    def test_an_included_tax_is_taken_out_as_the_fiscal_position_says(self):
        included = self.make_tax(25, price_include_override="tax_included")
        excluded = self.make_tax(0, price_include_override="tax_excluded")
        abroad = self.env["account.fiscal.position"].create({"name": "Abroad", "company_id": self.company.id})
        excluded.write({"fiscal_position_ids": [Command.link(abroad.id)], "original_tax_ids": [Command.link(included.id)]})
        self.gym.taxes_id = included
        self.assertPrice(40.0, self.monthly, fiscal_position_id=abroad.id)


class TestPricesOnOrders(PlanPrices):
    def test_a_change_of_the_plan_prices_anew_except_what_was_typed(self):
        order = self.order(self.monthly)
        order.order_line = [Command.create({"product_id": self.gym.id})]
        with Form(order) as form:
            with form.order_line.edit(1) as line:
                line.price_unit = 33.0
            form.recurring_plan_id = self.yearly
        self.assertEqual(order.order_line.mapped("price_unit"), [500.0, 33.0])

    def test_a_line_with_its_own_plan_has_the_price_of_that(self):
        order = self.order(self.monthly, line={"recurring_plan_id": self.yearly.id})
        self.assertEqual(order.order_line.price_unit, 500.0)
        with Form(order) as form, form.order_line.edit(0) as line:
            line.recurring_plan_id = self.monthly
        self.assertEqual(order.order_line.price_unit, 50.0)

    def test_the_form_gives_the_same_as_rpc(self):
        form = Form(self.env["sale.order"])
        form.partner_id = self.partner
        with form.order_line.new() as line:
            line.product_id = self.gym
        form.recurring_plan_id = self.monthly
        self.assertEqual(form.save().order_line.price_unit, 50.0)

    def test_update_prices_takes_the_plans_price(self):
        order = self.order(self.monthly, line={"price_unit": 33.0})
        order.action_update_prices()
        self.assertEqual(order.order_line.price_unit, 50.0)

    def test_the_price_of_a_product_sold_once_never_asks_for_plans(self):
        bottle = self.make_product(9.0, "Bottle")
        self.price_of(bottle, self.monthly, 1.0)
        order = self.order(self.monthly, bottle)
        self.assertEqual(order.order_line.price_unit, 9.0)


class TestPriceRecords(PlanPrices):
    def test_a_second_price_for_the_same_is_refused(self):
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.price_of(self.gym, self.monthly, 51.0)
        self.price_of(self.gym, self.monthly, 51.0, min_quantity=2)

    def test_a_variant_of_another_product_is_refused(self):
        other = self.make_product(1.0, "Other", recurring_ok=True)
        with self.assertRaisesRegex(ValidationError, "is not a variant of Gym"):
            self.price_of(self.gym, self.monthly, 1.0, product_id=other.id)

    def test_a_price_in_a_pricelist_is_in_its_currency(self):
        pricelist = self.make_pricelist(currency_id=self.currency_eur.id)
        self.assertEqual(self.price_of(self.gym, self.monthly, 1.0, pricelist_id=pricelist.id).currency_id, self.currency_eur)
        with self.assertRaisesRegex(ValidationError, "in the currency of that pricelist, EUR"):
            self.price_of(self.gym, self.yearly, 1.0, pricelist_id=pricelist.id, currency_id=self.company.currency_id.id)

    def test_negative_prices_are_refused(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.price_of(self.gym, self.make_plan(), -1.0)

    def test_an_import_by_variant_finds_the_product(self):
        price = self.env["recurring.price"].create({"product_id": self.gym.id, "plan_id": self.make_plan().id, "price": 5.0})
        self.assertEqual(price.product_tmpl_id, self.gym.product_tmpl_id)

    def test_prices_are_edited_in_the_product_form(self):
        with Form(self.gym.product_tmpl_id.with_user(self.responsible)) as form:
            with form.recurring_price_ids.new() as price:
                price.plan_id = self.make_plan(name="Weekly", interval_unit="week")
                price.price = 13.0
            with form.recurring_price_ids.edit(0) as price:
                price.price = 55.0
        self.assertEqual(self.gym.recurring_price_ids.mapped("price"), [55.0, 500.0, 13.0])
        self.assertEqual(self.gym.recurring_price_ids.currency_id, self.company.currency_id)

    def test_a_salesperson_reads_prices_and_a_manager_edits_them(self):
        seller = self.make_user("paula", "sales_team.group_sale_salesman")
        price = self.gym.recurring_price_ids[0]
        self.assertEqual(price.with_user(seller).price, 50.0)
        with self.assertRaises(AccessError):
            price.with_user(seller).price = 1.0
        price.with_user(self.responsible).price = 52.0
        self.assertEqual(price.price, 52.0)
        with self.assertRaises(AccessError):
            price.with_user(self.make_user("eve", "base.group_portal")).read(["price"])

    def test_an_auditor_reads_and_writes_nothing(self):
        auditor = self.make_user("otto", "recurring_billing.group_auditor")
        price = self.gym.recurring_price_ids[0].with_user(auditor)
        self.assertEqual(price.price, 50.0)
        with self.assertRaises(AccessError):
            price.unlink()

    def test_prices_of_another_company_are_neither_seen_nor_taken(self):
        foreign = self.make_plan(name="Foreign", company_id=self.company_brl.id)
        price = self.price_of(self.gym, foreign, 9.0)
        self.assertEqual((price.company_id, price.currency_id), (self.company_brl, self.company_brl.currency_id))
        seller = self.make_user("zoe", "sales_team.group_sale_salesman", companies=self.company)
        with self.assertRaises(AccessError):
            price.with_user(seller).read(["price"])
        self.assertFalse(self.env["recurring.price"].with_user(seller).search([("id", "=", price.id)]))
        pricelist = self.make_pricelist(company_id=False)
        elsewhere = self.make_pricelist(company_id=self.company_brl.id, currency_id=self.company_brl.currency_id.id)
        self.price_of(self.gym, self.monthly, 3.0, pricelist_id=elsewhere.id)
        self.assertPrice(50.0, self.monthly, pricelist_id=pricelist.id)

    def test_a_pricelist_of_another_company_than_the_plan_is_refused(self):
        foreign = self.make_plan(name="Foreign", company_id=self.company_brl.id)
        with self.assertRaises(UserError):
            self.price_of(self.gym, foreign, 9.0, pricelist_id=self.make_pricelist().id)
