from odoo import models


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    def _is_tokenization_required(self, sale_order_id=None, **kwargs):
        """The card that pays an order is saved where a plan of the order wants it."""
        if sale_order_id:
            # sudo: the customer who pays may be anybody with the link
            order = self.env["sale.order"].sudo().browse(int(sale_order_id)).exists()
            if order._recurring_saves_card():
                return True
        return super()._is_tokenization_required(sale_order_id=sale_order_id, **kwargs)
