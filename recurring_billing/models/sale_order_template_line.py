from odoo import fields, models


class SaleOrderTemplateLine(models.Model):
    """The plan of a line, where it is another than the template's; optional lines have one as well."""

    _inherit = "sale.order.template.line"

    recurring_ok = fields.Boolean(related="product_id.recurring_ok", string="Subscription")
    recurring_plan_id = fields.Many2one("recurring.plan", check_company=True, help="Empty: as the quotation says.")

    def _prepare_order_line_values(self):
        values = super()._prepare_order_line_values()
        if self.recurring_plan_id and self.recurring_ok:
            values["recurring_plan_id"] = self.recurring_plan_id.id
        return values
