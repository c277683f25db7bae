from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """The plan of a line: that of its order, unless it was given one of its own."""

    _inherit = "sale.order.line"

    recurring_ok = fields.Boolean(related="product_id.recurring_ok", string="Subscription")
    recurring_plan_id = fields.Many2one(
        "recurring.plan",
        compute="_compute_recurring_plan_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        help="How often this line is billed. Empty for what is sold once.",
    )
    recurring_plan_taken_id = fields.Many2one(
        "recurring.plan",
        "Plan Taken From the Order",
        compute="_compute_recurring_plan_id",
        store=True,
        readonly=False,
        precompute=True,
        help="The order's plan when the line took it. A line with another plan has one of its own and keeps it.",
    )

    @api.depends("product_id", "order_id.recurring_plan_id")
    def _compute_recurring_plan_id(self):
        for line in self:
            plan, taken, of_order = line.recurring_plan_id, line.recurring_plan_taken_id, line.order_id.recurring_plan_id
            if not line.product_id.recurring_ok:
                plan = taken = False
            elif not plan or plan in (taken, of_order):
                plan = taken = of_order
            line.update({"recurring_plan_id": plan, "recurring_plan_taken_id": taken})
