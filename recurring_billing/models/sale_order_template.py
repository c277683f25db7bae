from odoo import api, fields, models


class SaleOrderTemplate(models.Model):
    """The plan that a quotation from the template begins with."""

    _inherit = "sale.order.template"

    recurring_plan_id = fields.Many2one(
        "recurring.plan", check_company=True, help="How the subscriptions are billed. A line may have a plan of its own."
    )
    is_recurring = fields.Boolean("Sells Subscriptions", compute="_compute_is_recurring")

    @api.depends("sale_order_template_line_ids.product_id.recurring_ok")
    def _compute_is_recurring(self):
        for template in self:
            template.is_recurring = any(template.sale_order_template_line_ids.mapped("recurring_ok"))
