from odoo import models
from odoo.exceptions import UserError


class SaleAdvancePaymentInv(models.TransientModel):
    """A down payment is one on what the order invoices itself: subscriptions bill their periods whole."""

    _inherit = "sale.advance.payment.inv"

    def _create_invoices(self, sale_orders):
        if self.advance_payment_method != "delivered":
            self = self.with_context(recurring_order_part_only=True)
            sale_orders = sale_orders.with_env(self.env)
            if sale_orders._recurring_lines() and not sale_orders._recurring_one_off_lines():
                raise UserError(
                    self.env._(
                        "%s sells subscriptions only, and these bill themselves: there is nothing to make a down payment on. Bill the "
                        "subscription instead.",
                        sale_orders[:1].display_name,
                    )
                )
        return super()._create_invoices(sale_orders)
