from odoo import fields, models


class RecurringCouponUse(models.Model):
    """An order that was confirmed with a coupon: it counts once, until the order is cancelled."""

    _name = "recurring.coupon.use"
    _description = "Use of a Coupon"
    _order = "id desc"
    _rec_name = "order_id"

    coupon_id = fields.Many2one("recurring.coupon", required=True, readonly=True, ondelete="restrict", index=True)
    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True, precompute=True, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, index=True)

    _once_per_order = models.UniqueIndex("(order_id)", "An order uses one coupon, once.")
