from odoo import api, fields, models

from .. import const


class SaleOrderLine(models.Model):
    """What an order line becomes in a subscription."""

    _inherit = "sale.order.line"

    subscription_line_ids = fields.One2many(
        "recurring.subscription.line", "sale_line_id", "Subscription Lines", copy=False, groups=const.READERS
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.filtered(lambda line: line.state == "sale" and line._is_recurring() and line.product_uom_qty).order_id._recurring_follow()
        return lines

    def write(self, vals):
        """What is sold as a subscription and was confirmed already is changed where it is billed."""
        names = self._recurring_followed_fields() & vals.keys()
        confirmed = self.filtered(lambda line: line.state == "sale" and line._is_recurring()) if names else self.browse()
        before = {line: [line[name] for name in names] for line in confirmed}
        res = super().write(vals)
        changed = confirmed.filtered(lambda line: before[line] != [line[name] for name in names])
        if changed:
            self.env["recurring.order.cancellation"].follow(changed)
        return res

    def unlink(self):
        self.env["recurring.order.cancellation"].forget_lines(self)
        return super().unlink()

    @api.model
    def _recurring_followed_fields(self):
        """What a subscription has from its order line."""
        return {"product_id", "name", "product_uom_qty", "product_uom_id", "price_unit", "discount", "tax_ids", "recurring_plan_id"}

    def _is_recurring(self):
        """Whether the line is billed by a subscription, and never by its order."""
        self.ensure_one()
        return bool(self.recurring_plan_id) and not self.display_type and not self.is_downpayment

    def _recurring_prepare_line(self):
        """The values of the subscription line that this order line becomes; its first day is decided by the order."""
        self.ensure_one()
        return self.env["recurring.order.preparation"].prepare_line(self)

    def _recurring_discount_values(self):
        """The discounts of the line for some periods only, as values of ``recurring.discount``: those of the order's coupon."""
        self.ensure_one()
        values = self.order_id._recurring_coupon_discounts().get(self)
        return [values] if values else []
