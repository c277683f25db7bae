from odoo import api, fields, models

from .. import const


class RecurringSubscription(models.Model):
    """What is sold with a subscription, in one line for lists."""

    _inherit = "recurring.subscription"

    product_summary = fields.Char("Products", compute="_compute_product_summary")

    @api.depends("line_ids.product_id", "line_ids.quantity", "line_ids.is_current")
    @api.depends_context("lang")
    def _compute_product_summary(self):
        for subscription in self:
            lines = subscription.line_ids.filtered("is_current") or subscription.line_ids[-1:]
            subscription.product_summary = ", ".join(
                line.product_id.name
                if line.quantity == 1 or line.billing_type == const.USAGE_PRICE
                else f"{line.quantity:g} × {line.product_id.name}"
                for line in lines
            )
