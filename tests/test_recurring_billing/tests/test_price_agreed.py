"""Whether a price was agreed with the customer, or is the catalogue's: by form, RPC, import, order and change."""

from datetime import date

from odoo import Command
from odoo.tests import Form, tagged

from .test_plan_prices import PlanPrices


@tagged("post_install", "-at_install")
class TestPriceAgreed(PlanPrices):
    def draft(self, plan=None, **line):
        return self.subscribe("2024-03-01", plan=plan or self.monthly, lines=[{"product_id": self.gym.id, **line}], activate=False)

    def state(self, subscription):
        return [(line.price_unit, line.price_manual) for line in subscription.line_ids]

    def sold(self, order):
        """What the order sells."""
        return self.env["recurring.subscription"].create(order._recurring_prepare_subscriptions())

    # How it is told

    def test_the_price_of_the_catalogue_is_not_agreed_and_another_is(self):
        self.assertEqual(self.state(self.draft()), [(50.0, False)])
        self.assertEqual(self.state(self.draft(price_unit=50.0)), [(50.0, False)])
        self.assertEqual(self.state(self.draft(price_unit=49.0)), [(49.0, True)])
        self.assertEqual(self.state(self.draft(price_unit=50.0, price_manual=True)), [(50.0, True)])

    def test_the_form_tells_it_like_rpc(self):
        form = Form(self.env["recurring.subscription"])
        form.partner_id = self.partner
        form.plan_id = self.monthly
        for typed in (None, 44.0):
            with form.line_ids.new() as line:
                line.product_id = self.gym
                if typed:
                    line.price_unit = typed
        self.assertEqual(self.state(form.save()), [(50.0, False), (44.0, True)])

    def test_in_the_form_a_price_typed_stays_while_the_quantity_changes_and_goes_with_the_product(self):
        self.price_of(self.gym, self.monthly, 40.0, min_quantity=10)
        form = Form(self.draft())
        with form.line_ids.edit(0) as line:
            line.quantity = 10
            self.assertEqual(line.price_unit, 40.0)
            line.price_unit = 44.0
            line.quantity = 11
            self.assertEqual(line.price_unit, 44.0)
            line.product_id = self.make_product(9.0, "Bottle")
            self.assertEqual((line.price_unit, line.price_manual), (9.0, False))

    def test_an_import_tells_it_like_rpc(self):
        plan, product = self.monthly.name, self.gym
        product.default_code = "GYM-1"
        result = self.env["recurring.subscription"].load(
            ["partner_id/.id", "plan_id/.id", "start_date", "line_ids/product_id/.id", "line_ids/price_unit"],
            [
                [str(self.partner.id), str(self.monthly.id), "2024-03-01", str(product.id), "50"],
                ["", "", "", str(product.id), "41.5"],
            ],
        )
        self.assertFalse(result["messages"], plan)
        self.assertEqual(self.state(self.env["recurring.subscription"].browse(result["ids"])), [(50.0, False), (41.5, True)])

    def test_a_price_written_back_to_the_catalogues_is_not_agreed_any_more(self):
        subscription = self.draft(price_unit=44.0)
        subscription.line_ids.price_unit = 50.0
        self.assertEqual(self.state(subscription), [(50.0, False)])

    # Drafts follow

    def test_a_draft_takes_the_price_of_another_plan_or_quantity_unless_it_was_agreed(self):
        self.price_of(self.gym, self.yearly, 400.0, min_quantity=10)
        subscription, agreed = self.draft(), self.draft(price_unit=44.0)
        (subscription | agreed).plan_id = self.yearly
        self.assertEqual((self.state(subscription), self.state(agreed)), ([(500.0, False)], [(44.0, True)]))
        (subscription | agreed).line_ids.quantity = 10
        self.assertEqual((self.state(subscription), self.state(agreed)), ([(400.0, False)], [(44.0, True)]))

    # Changes

    def test_a_change_of_price_is_agreed_and_kept_by_what_continues_the_line(self):
        subscription = self.subscribe("2024-03-01", plan=self.monthly, product=self.gym)
        self.bill("2024-03-01", subscription)
        change = self.at("2024-03-10")["recurring.subscription.change"]
        change.reprice(subscription.line_ids.with_env(change.env), date.fromisoformat("2024-04-01"), {"price_unit": 47.0})
        self.assertEqual([line[1] for line in self.state(subscription)], [False, True])
        change.pause(subscription.line_ids[-1], date.fromisoformat("2024-04-11"))
        change.resume(subscription.line_ids[-1], date.fromisoformat("2024-04-21"))
        running = subscription.line_ids.filtered(lambda line: not line._is_empty()).sorted("date_start")
        self.assertEqual([(line.price_unit, line.price_manual) for line in running], [(50.0, False), (47.0, True), (47.0, True)])

    def test_a_larger_quantity_of_what_runs_has_its_price_by_quantity_unless_the_price_was_agreed(self):
        self.price_of(self.gym, self.monthly, 40.0, min_quantity=10)
        for price, after in ((50.0, (40.0, False)), (44.0, (44.0, True))):
            subscription = self.subscribe("2024-03-01", price, plan=self.monthly, product=self.gym)
            self.bill("2024-03-01", subscription)
            change = self.at("2024-03-10")["recurring.subscription.change"]
            change.reprice(subscription.line_ids.with_env(change.env), date.fromisoformat("2024-04-01"), {"quantity": 10})
            self.assertEqual(self.state(subscription)[-1], after)
            self.bill("2024-04-01", subscription)
            self.assertEqual(self.invoices(subscription)[-1].amount_untaxed, 10 * after[0])

    def test_another_product_brings_its_price(self):
        subscription = self.subscribe("2024-03-01", 44.0, plan=self.monthly, product=self.gym)
        pool = self.make_product(80.0, "Pool", recurring_ok=True)
        self.price_of(pool, self.monthly, 75.0)
        change = self.at("2024-03-10")["recurring.subscription.change"]
        new = change.replace(subscription.line_ids.with_env(change.env), date.fromisoformat("2024-04-01"), {"product_id": pool.id})
        self.assertEqual((new.price_unit, new.price_manual), (75.0, False))

    # From orders

    def test_an_order_hands_over_whether_its_price_was_given_by_hand(self):
        order = self.order(self.monthly)
        order.order_line = [Command.create({"product_id": self.gym.id, "price_unit": 45.0})]
        with Form(order) as form, form.order_line.new() as line:
            line.product_id = self.gym
            line.price_unit = 46.0
        self.assertEqual([line.recurring_price_manual for line in order.order_line], [False, True, True])
        self.assertEqual(self.state(self.sold(order)), [(50.0, False), (45.0, True), (46.0, True)])

    def test_a_price_by_hand_given_up_is_the_catalogues_again(self):
        order = self.order(self.monthly, line={"price_unit": 45.0})
        order.action_update_prices()
        self.assertFalse(order.order_line.recurring_price_manual)

    def test_an_order_hands_over_which_discount_follows_the_pricelist(self):
        self.env.user.group_ids |= self.env.ref("sale.group_discount_per_so_line")
        pricelist = self.make_pricelist({"percent_price": 10.0})
        order = self.order(self.monthly, pricelist_id=pricelist.id)
        order.order_line = [Command.create({"product_id": self.gym.id, "discount": 20.0})]
        lines = self.sold(order).line_ids
        self.assertEqual(
            [(line.price_unit, line.discount, line.pricelist_discount, line.price_manual) for line in lines],
            [(50.0, 10.0, 10.0, False), (50.0, 20.0, 0.0, False)],
        )
