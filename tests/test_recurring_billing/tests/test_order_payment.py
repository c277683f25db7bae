from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from lxml import html

from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from .selling import OrderCommon


class PaidOrderCommon(OrderCommon):
    """Orders paid online. Gym 50.00 monthly + 15 % = 57.50, bottle 8.00 + 15 % = 9.20 once: 66.70 to start."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        journal = cls.env["account.journal"].create({"name": "Online", "code": "ONL", "type": "bank"})
        cls.env["account.payment.method"].create({"name": "Test", "code": "recurring_test", "payment_type": "inbound"})
        cls.provider = cls.env["payment.provider"].create(
            {
                "name": "Test",
                "code": "recurring_test",
                "state": "test",
                "is_published": True,
                "company_id": cls.company.id,
                "payment_method_ids": [Command.set(cls.env.ref("payment.payment_method_unknown").ids)],
                "allow_tokenization": True,
                "journal_id": journal.id,
            }
        )
        cls.env.ref("payment.payment_method_unknown").write({"active": True, "support_tokenization": True})
        line = journal.inbound_payment_method_line_ids.filtered(lambda line: line.payment_provider_id == cls.provider)
        line.payment_account_id = cls.make_account("101900", "asset_current", reconcile=True)
        (cls.gym | cls.bottle).taxes_id = cls.tax

    def invoice_automatically(self):
        self.env["ir.config_parameter"].set_param("sale.automatic_invoice", "True")

    def paid_order(self, percent, *lines, **values):
        return self.order(
            *lines or (self.gym, self.bottle), require_payment=True, prepayment_percent=percent, require_signature=False, **values
        )

    def pay(self, day, order, amount=None, **values):
        """The customer pays online: what is asked for, or another amount."""
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "amount": order.with_env(self.at(day))._get_prepayment_required_amount() if amount is None else amount,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "operation": "online_direct",
                "reference": f"{order.name}-{day}",
                "sale_order_ids": [Command.set(order.ids)],
                **values,
            }
        )
        transaction._set_done()
        self.press(day, transaction, "_post_process")
        return transaction

    def totals(self, invoices):
        """(total, still to pay) of posted invoices."""
        self.assertEqual(set(invoices.mapped("state")), {"posted"} if invoices else set())
        return [(invoice.amount_total, invoice.amount_residual) for invoice in invoices.sorted("id")]

    def credit_left(self, transaction):
        lines = transaction.payment_id.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        return -sum(lines.mapped("amount_residual"))


class TestOrderPayment(PaidOrderCommon):
    def test_what_is_asked_for_is_a_percentage_of_what_it_costs_to_start(self):
        """Aligned on the 1st: 15 to 31 March is 17 of 31 days of 50.00 = 27.42, with 15 % 31.53; bottle 9.20; together 40.73."""
        self.monthly.write({"alignment": "fixed_day", "anchor_day": 1})
        order = self.paid_order(1.0).with_env(self.at("2024-03-15"))
        self.assertEqual((order.amount_total, order.recurring_first_amount, order.recurring_start_amount), (66.7, 31.53, 40.73))
        self.assertAlmostEqual(order._get_prepayment_required_amount(), 40.73)
        order.prepayment_percent = 0.3
        self.assertAlmostEqual(order._get_prepayment_required_amount(), 12.22)

    def test_nothing_is_asked_for_what_is_billed_in_arrears(self):
        self.monthly.timing = "arrears"
        order = self.paid_order(1.0, self.gym)
        self.assertEqual(order._get_prepayment_required_amount(), 0.0)
        self.assertFalse(order._has_to_be_paid())

    def test_an_order_without_subscriptions_asks_as_ever(self):
        order = self.paid_order(0.5, self.bottle)
        self.assertEqual((order._get_prepayment_required_amount(), order.recurring_start_amount), (4.6, 9.2))

    def test_everything_paid_and_invoiced_automatically(self):
        self.invoice_automatically()
        order = self.paid_order(1.0)
        transaction = self.pay("2024-03-15", order)
        self.assertEqual((transaction.amount, order.state, order.subscription_ids.state), (66.7, "sale", "active"))
        self.assertEqual(self.totals(order.invoice_ids), [(9.2, 0.0)])
        self.assertEqual(self.totals(self.invoices(order.subscription_ids)), [(57.5, 0.0)])
        self.assertEqual(self.credit_left(transaction), 0.0)
        self.assertEqual(order.invoice_status, "invoiced")
        self.run_cron("2024-03-16")
        self.run_cron("2024-04-15")
        self.assertEqual(self.totals(self.invoices(order.subscription_ids)), [(57.5, 0.0), (57.5, 57.5)])

    def test_a_first_part_of_a_period_paid_and_invoiced_automatically(self):
        """17 of 31 days: 31.53, and the bottle itself for 9.20, not a down payment on it: nothing more is asked for to start."""
        self.monthly.write({"alignment": "fixed_day", "anchor_day": 1})
        self.invoice_automatically()
        order = self.paid_order(1.0)
        transaction = self.pay("2024-03-15", order)
        self.assertAlmostEqual(transaction.amount, 40.73)
        self.assertEqual(self.totals(self.invoices(order.subscription_ids)), [(31.53, 0.0)])
        self.assertEqual(self.totals(order.invoice_ids), [(9.2, 0.0)])
        self.assertEqual(order.invoice_ids.invoice_line_ids.product_id, self.bottle)
        self.assertEqual((self.credit_left(transaction), order.invoice_status), (0.0, "invoiced"))

    def test_everything_paid_and_invoiced_by_hand(self):
        order = self.paid_order(1.0)
        transaction = self.pay("2024-03-15", order)
        self.assertFalse(order.invoice_ids)
        self.assertEqual(self.totals(self.invoices(order.subscription_ids)), [(57.5, 0.0)])
        self.assertAlmostEqual(self.credit_left(transaction), 9.2)
        self.assertEqual(self.totals(self.invoice_order(order)), [(9.2, 0.0)])
        self.assertEqual(self.credit_left(transaction), 0.0)

    def test_a_part_paid_and_invoiced_automatically(self):
        """30 % of 66.70 = 20.01: 17.25 of the 57.50, and a down payment of 2.76 on the 9.20."""
        self.invoice_automatically()
        order = self.paid_order(0.3)
        transaction = self.pay("2024-03-15", order)
        self.assertAlmostEqual(transaction.amount, 20.01)
        self.assertEqual(self.totals(order.invoice_ids), [(2.76, 0.0)])
        self.assertEqual(self.totals(self.invoices(order.subscription_ids)), [(57.5, 40.25)])
        self.assertEqual(self.credit_left(transaction), 0.0)
        final = self.invoice_order(order)
        self.assertEqual(self.totals(final), [(6.44, 6.44)])

    def test_a_part_paid_and_invoiced_by_hand(self):
        order = self.paid_order(0.3)
        transaction = self.pay("2024-03-15", order)
        self.assertEqual(self.totals(self.invoices(order.subscription_ids)), [(57.5, 40.25)])
        self.assertEqual(self.totals(self.invoice_order(order)), [(9.2, 6.44)])
        self.assertEqual(self.credit_left(transaction), 0.0)

    def test_a_part_of_two_subscriptions_and_something_once(self):
        """Monthly 57.50, yearly 600.00 + 15 % = 690.00, once 9.20: 756.70; 30 % = 227.01 = 17.25 + 207.00 + 2.76."""
        self.invoice_automatically()
        yearly = {"product_id": self.gym.id, "recurring_plan_id": self.yearly.id, "price_unit": 600.0}
        order = self.paid_order(0.3, self.gym, yearly, self.bottle)
        transaction = self.pay("2024-03-15", order)
        self.assertAlmostEqual(transaction.amount, 227.01)
        monthly, annual = order.subscription_ids.sorted("id")
        self.assertEqual(self.totals(self.invoices(monthly)), [(57.5, 40.25)])
        self.assertEqual(self.totals(self.invoices(annual)), [(690.0, 483.0)])
        self.assertEqual(self.totals(order.invoice_ids), [(2.76, 0.0)])
        self.assertEqual(self.credit_left(transaction), 0.0)

    def test_the_rest_paid_later_completes_both(self):
        self.invoice_automatically()
        order = self.paid_order(0.3)
        self.pay("2024-03-15", order)
        rest = order._get_default_payment_link_values()["amount"]
        self.assertAlmostEqual(rest, 46.69)
        transaction = self.pay("2024-03-18", order, amount=rest)
        self.assertEqual(self.totals(self.invoices(order.subscription_ids)), [(57.5, 0.0)])
        self.assertEqual(self.totals(order.invoice_ids), [(2.76, 0.0), (6.44, 0.0)])
        self.assertEqual(self.credit_left(transaction), 0.0)

    def test_a_start_on_a_date_keeps_the_money_for_its_first_invoice(self):
        for automatic in (False, True):
            with self.subTest(automatic=automatic):
                if automatic:
                    self.invoice_automatically()
                order = self.paid_order(0.3, recurring_start="date", recurring_start_date="2024-04-10")
                transaction = self.pay("2024-03-15", order)
                self.assertFalse(self.invoices(order.subscription_ids))
                own = order.invoice_ids or self.invoice_order(order)
                self.assertEqual(self.totals(own), [(2.76, 0.0)] if automatic else [(9.2, 6.44)])
                self.assertIn(transaction, own.transaction_ids)
                self.assertAlmostEqual(self.credit_left(transaction), 17.25)
                self.run_cron("2024-04-10")
                self.assertEqual(self.totals(self.invoices(order.subscription_ids)), [(57.5, 40.25)])
                self.assertEqual(self.credit_left(transaction), 0.0)

    def test_an_invoice_that_a_person_reviews_first_is_paid_once_it_is_posted(self):
        self.monthly.invoice_mode = "draft"
        order = self.paid_order(1.0, self.gym)
        transaction = self.pay("2024-03-15", order)
        invoice = self.invoices(order.subscription_ids)
        self.assertEqual((invoice.state, self.credit_left(transaction)), ("draft", 57.5))
        invoice.action_post()
        self.assertEqual((invoice.amount_residual, self.credit_left(transaction)), (0.0, 0.0))

    def test_only_subscriptions_paid_in_full(self):
        self.invoice_automatically()
        order = self.paid_order(1.0, self.gym)
        transaction = self.pay("2024-03-15", order)
        self.assertFalse(order.invoice_ids)
        self.assertEqual(self.totals(self.invoices(order.subscription_ids)), [(57.5, 0.0)])
        self.assertEqual((order.invoice_status, self.credit_left(transaction)), ("no", 0.0))

    def test_too_little_does_not_confirm(self):
        order = self.paid_order(1.0)
        self.pay("2024-03-15", order, amount=50.0)
        self.assertNotEqual(order.state, "sale")
        self.assertFalse(order.subscription_ids)

    def test_a_payment_processed_again_changes_nothing(self):
        self.invoice_automatically()
        order = self.paid_order(0.3)
        transaction = self.pay("2024-03-15", order)
        before = self.totals(self.invoices(order.subscription_ids) | order.invoice_ids)
        self.env["recurring.order.payment"].settle(order)
        self.assertEqual(self.totals(self.invoices(order.subscription_ids) | order.invoice_ids), before)
        self.assertEqual(self.credit_left(transaction), 0.0)

    def test_an_order_in_another_currency(self):
        """33.00 EUR + 9.20 EUR at 0.5 EUR a dollar: 42.20 EUR, 30 % = 12.66 = 9.90 + 2.76 EUR."""
        euro = self.env["product.pricelist"].create({"name": "Euro", "currency_id": self.currency_eur.id})
        self.make_rate(self.currency_eur, "2024-03-14", 0.5)
        self.provider.available_currency_ids = False
        gym = {"product_id": self.gym.id, "price_unit": 33.0, "tax_ids": [Command.clear()]}
        bottle = {"product_id": self.bottle.id, "price_unit": 8.0}
        order = self.paid_order(0.3, gym, bottle, pricelist_id=euro.id)
        transaction = self.pay("2024-03-15", order)
        self.assertAlmostEqual(transaction.amount, 12.66)
        self.assertEqual(self.totals(self.invoices(order.subscription_ids)), [(33.0, 23.1)])
        self.assertEqual(self.totals(self.invoice_order(order)), [(9.2, 6.44)])

    def test_the_card_is_kept_where_the_plan_wants_it(self):
        self.monthly.save_card = True
        yearly = {"product_id": self.gym.id, "recurring_plan_id": self.yearly.id}
        order = self.paid_order(1.0, self.gym, yearly)
        token = self.env["payment.token"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "partner_id": order.partner_id.id,
                "provider_ref": "card",
            }
        )
        self.assertTrue(self.provider._is_tokenization_required(sale_order_id=order.id))
        self.pay("2024-03-15", order, token_id=token.id)
        self.assertEqual([subscription.payment_token_id.ids for subscription in order.subscription_ids.sorted("id")], [token.ids, []])

    def test_no_card_is_kept_where_no_plan_wants_it(self):
        self.assertFalse(self.provider._is_tokenization_required(sale_order_id=self.paid_order(1.0).id))
        self.assertFalse(self.provider._is_tokenization_required())


@tagged("post_install", "-at_install")
class TestOrderPortal(HttpCase, PaidOrderCommon):
    """The quotation in the portal: gym 50.00 monthly, aligned on the 1st, starting on the 16th of a month of 30 days, so half of it.

    Half of 50.00 is 25.00, with 15 % 28.75; bottle 9.20; together 37.95.
    """

    def setUp(self):
        super().setUp()
        self.monthly.write({"alignment": "fixed_day", "anchor_day": 1})
        start = fields.Date.today().replace(month=6, day=16) + relativedelta(years=1)
        self.quotation = self.paid_order(1.0, recurring_start="date", recurring_start_date=start, validity_date=start)
        self.quotation.state = "sent"
        self.quotation._portal_ensure_token()
        self.authenticate(None, None)

    def amount_asked(self, **parameters):
        page = self.url_open(self.quotation.get_portal_url(query_string="".join(f"&{name}={value}" for name, value in parameters.items())))
        form = html.fromstring(page.content).xpath("//form[@id='o_payment_form']")[0]
        return float(form.get("data-amount"))

    def test_everything_that_it_takes_to_start(self):
        self.assertEqual(self.amount_asked(), 37.95)

    def test_a_percentage_or_everything_as_the_customer_likes(self):
        self.quotation.prepayment_percent = 0.3
        self.assertEqual(self.amount_asked(), 11.39)
        self.assertEqual(self.amount_asked(amount_selection="full_amount"), 37.95)
        self.assertEqual(self.amount_asked(amount_selection="down_payment"), 11.39)

    def test_by_a_payment_link(self):
        link = self.env["payment.link.wizard"].with_context(active_model="sale.order", active_id=self.quotation.id).create({})
        self.assertEqual((link.amount, link.amount_max), (37.95, 37.95))
        self.quotation.prepayment_percent = 0.3
        self.assertEqual(self.amount_asked(payment_amount=20.0), 20.0)
        self.assertEqual(self.amount_asked(payment_amount=37.95), 37.95)

    def test_an_order_without_subscriptions_asks_for_its_total(self):
        self.quotation = self.paid_order(0.5, self.bottle)
        self.quotation._portal_ensure_token()
        self.assertEqual(self.amount_asked(), 4.6)
        self.assertEqual(self.amount_asked(amount_selection="full_amount"), 9.2)

    def test_the_card_is_saved_where_the_plan_wants_it(self):
        url = f"/my/orders/{self.quotation.id}/transaction"
        values = {
            "access_token": self.quotation.access_token,
            "provider_id": self.provider.id,
            "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
            "token_id": None,
            "amount": 37.95,
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": self.quotation.get_portal_url(),
        }
        self.make_jsonrpc_request(url, values)
        self.assertFalse(self.quotation.transaction_ids.tokenize)
        self.monthly.save_card = True
        self.make_jsonrpc_request(url, values)
        self.assertEqual(self.quotation.transaction_ids.sorted("id")[-1:].tokenize, True)

    def test_signing_confirms_what_is_not_paid_online(self):
        self.quotation.write({"require_payment": False, "require_signature": True})
        pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        with patch.object(type(self.env["ir.actions.report"]), "_render_qweb_pdf", lambda *arguments, **options: (b"pdf", "pdf")):
            self.make_jsonrpc_request(
                f"/my/orders/{self.quotation.id}/accept",
                {"access_token": self.quotation.access_token, "name": "Ana", "signature": pixel},
            )
        self.assertEqual((self.quotation.state, self.quotation.subscription_ids.state), ("sale", "active"))
