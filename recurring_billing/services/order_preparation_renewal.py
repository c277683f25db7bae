from odoo import api, models


class RecurringOrderPreparation(models.AbstractModel):
    """What a renewal is quoted as: the subscription from the first day of its new term on, in its own periods."""

    _inherit = "recurring.order.preparation"

    @api.private
    @api.model
    def start_date(self, order):
        return order.recurring_renews_from if order.recurring_renews_id else super().start_date(order)

    def _prepare_subscription(self, order, plan, lines):
        values = super()._prepare_subscription(order, plan, lines)
        if order.recurring_renews_id:
            # sudo: whoever may read a quotation may read what it leads to
            values["anchor_date"] = order.recurring_renews_id.sudo().anchor_date
        return values
