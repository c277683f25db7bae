from odoo import fields, models


class SaleOrderLine(models.Model):
    """What an order line becomes in a subscription."""

    _inherit = "sale.order.line"

    subscription_line_ids = fields.One2many("recurring.subscription.line", "sale_line_id", "Subscription Lines", copy=False)

    def _is_recurring(self):
        """Whether the line is billed by a subscription, and never by its order."""
        self.ensure_one()
        return bool(self.recurring_plan_id) and not self.display_type and not self.is_downpayment

    def _recurring_prepare_line(self):
        """The values of the subscription line that this order line becomes; its first day is decided by the order."""
        self.ensure_one()
        return self.env["recurring.order.preparation"].prepare_line(self)

    def _recurring_discount_values(self):
        """The discounts of the line for some periods only, as values of ``recurring.discount``."""
        self.ensure_one()
        return []
