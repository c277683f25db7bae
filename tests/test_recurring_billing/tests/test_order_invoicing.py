from odoo.exceptions import UserError
from odoo.tests import Form

from .selling import OrderCommon


class TestOrderInvoicing(OrderCommon):
    """What a subscription bills is never invoiced by its order: one test for each way an order is invoiced.

    Gym 50.00 monthly and bottle 8.00 once.
    """

    def setUp(self):
        super().setUp()
        self.sold = self.order(self.gym, self.bottle)
        self.confirm("2024-03-15", self.sold)
        self.membership, self.once = self.sold.order_line

    def assertOnceOnly(self, invoice, total=8.0):
        self.assertEqual(invoice.invoice_line_ids.sale_line_ids.product_id & self.gym, self.gym.browse())
        self.assertEqual(invoice.amount_total, total)

    def test_the_quantity_to_invoice_is_none(self):
        self.assertEqual([line.qty_to_invoice for line in self.sold.order_line], [0.0, 1.0])

    def test_a_product_invoiced_as_delivered(self):
        self.gym.invoice_policy = "delivery"
        self.membership.qty_delivered = 3
        self.assertEqual((self.membership.qty_to_invoice, self.membership.invoice_status), (0.0, "no"))
        self.assertEqual(self.membership.untaxed_amount_to_invoice, 0.0)

    def test_more_delivered_than_ordered_is_no_upselling(self):
        self.gym.invoice_policy = "order"
        self.membership.qty_delivered = 3
        self.assertEqual((self.membership.invoice_status, self.sold.invoice_status), ("no", "to invoice"))

    def test_the_regular_invoice(self):
        self.assertOnceOnly(self.invoice_order(self.sold))
        with self.assertRaisesRegex(UserError, "No items are available to invoice"):
            self.sold._create_invoices()

    def test_an_order_of_nothing_but_subscriptions(self):
        order = self.order(self.gym)
        self.confirm("2024-03-15", order)
        self.assertEqual((order.invoice_status, order.amount_to_invoice), ("no", 0.0))
        with self.assertRaisesRegex(UserError, "No items are available to invoice"):
            order._create_invoices()

    def test_a_quantity_to_invoice_that_something_wrote(self):
        self.membership.qty_to_invoice = 1.0
        self.assertOnceOnly(self.sold._create_invoices())

    def test_everything_forced_to_be_invoiced_as_after_an_online_payment(self):
        self.sold._force_lines_to_invoice_policy_order()
        self.assertEqual(self.membership.qty_to_invoice, 0.0)
        self.assertOnceOnly(self.sold._create_invoices(final=True))

    def test_a_down_payment_in_percent_is_one_of_the_rest(self):
        down = self.invoice_order(self.sold, advance_payment_method="percentage", amount=50.0)
        self.assertEqual(down.amount_total, 4.0)
        final = self.invoice_order(self.sold)
        self.assertOnceOnly(final, 4.0)

    def test_a_fixed_down_payment_is_one_of_the_rest(self):
        down = self.invoice_order(self.sold, advance_payment_method="fixed", fixed_amount=3.0)
        self.assertEqual(down.amount_total, 3.0)
        self.assertOnceOnly(self.invoice_order(self.sold), 5.0)

    def test_a_fixed_down_payment_carries_the_taxes_of_the_rest_alone(self):
        self.once.tax_ids = self.tax
        down = self.invoice_order(self.sold, advance_payment_method="fixed", fixed_amount=4.6)
        self.assertEqual((down.amount_untaxed, down.amount_tax), (4.0, 0.6))

    def test_a_down_payment_on_nothing_but_subscriptions_is_refused(self):
        order = self.order(self.gym)
        self.confirm("2024-03-15", order)
        for values in ({"advance_payment_method": "percentage", "amount": 50.0}, {"advance_payment_method": "fixed", "fixed_amount": 5.0}):
            with self.assertRaisesRegex(UserError, "nothing to make a down payment on"):
                self.invoice_order(order, **values)

    def test_the_wizard_as_a_salesperson_opens_it(self):
        with Form(self.env["sale.advance.payment.inv"].with_context(active_ids=self.sold.ids, active_model="sale.order")) as form:
            form.advance_payment_method = "delivered"
        form.record.create_invoices()
        self.assertOnceOnly(self.sold.invoice_ids)

    def test_amounts_to_invoice_are_those_of_the_rest(self):
        self.assertEqual((self.membership.untaxed_amount_to_invoice, self.membership.amount_to_invoice), (0.0, 0.0))
        self.assertEqual((self.sold.amount_to_invoice, self.once.untaxed_amount_to_invoice), (8.0, 8.0))
        report = self.env["sale.report"].search([("order_reference", "=", f"sale.order,{self.sold.id}")])
        self.assertEqual(sum(report.mapped("untaxed_amount_to_invoice")), 8.0)
        self.company.account_use_credit_limit = True
        self.assertEqual(self.sold.partner_id.credit_to_invoice, 8.0)

    def test_nothing_of_it_is_accrued(self):
        self.gym.invoice_policy = "delivery"
        self.membership.qty_delivered = 1
        self.assertEqual(self.membership.with_context(accrual_entry_date="2999-03-31").amount_to_invoice_at_date, 0.0)

    def test_the_status_follows_the_rest(self):
        self.assertEqual(self.sold.invoice_status, "to invoice")
        self.invoice_order(self.sold)
        self.assertEqual(self.sold.invoice_status, "invoiced")

    def test_invoices_of_the_subscription_are_not_those_of_the_order(self):
        self.run_cron("2024-03-15")
        invoice = self.invoices(self.sold.subscription_ids)
        self.assertEqual(invoice.amount_total, 50.0)
        self.assertFalse(invoice.line_ids.sale_line_ids or self.sold.invoice_ids or self.membership.qty_invoiced)

    def test_several_orders_at_once(self):
        other = self.order(self.gym, self.bottle, partner_id=self.sold.partner_id.id)
        self.confirm("2024-03-15", other)
        self.assertOnceOnly((self.sold | other)._create_invoices(), 16.0)
