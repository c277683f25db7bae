from odoo import models


class SaleOrder(models.Model):
    """The subscription an order renews is one of its subscriptions."""

    _inherit = "sale.order"

    def _recurring_subscriptions(self):
        # sudo: only the ids are joined; what the user may see of them is decided when they are read
        renewed = self.sudo().recurring_renews_id
        return super()._recurring_subscriptions() | self.env["recurring.subscription"].search([("id", "in", renewed.ids)])
