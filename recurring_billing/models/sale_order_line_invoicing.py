from odoo import api, models


class SaleOrderLine(models.Model):
    """What is sold as a subscription is billed by the subscription: its order never invoices it."""

    _inherit = "sale.order.line"

    @api.depends("recurring_plan_id")
    def _compute_qty_to_invoice(self):
        recurring = self.filtered(lambda line: line._is_recurring())
        res = super(SaleOrderLine, self - recurring)._compute_qty_to_invoice()
        recurring.qty_to_invoice = 0.0
        return res

    @api.depends("recurring_plan_id")
    def _compute_invoice_status(self):
        recurring = self.filtered(lambda line: line._is_recurring())
        res = super(SaleOrderLine, self - recurring)._compute_invoice_status()
        recurring.invoice_status = "no"
        return res

    @api.depends("recurring_plan_id")
    def _compute_untaxed_amount_to_invoice(self):
        recurring = self.filtered(lambda line: line._is_recurring())
        res = super(SaleOrderLine, self - recurring)._compute_untaxed_amount_to_invoice()
        recurring.untaxed_amount_to_invoice = 0.0
        return res

    @api.depends("recurring_plan_id")
    def _compute_amount_to_invoice(self):
        recurring = self.filtered(lambda line: line._is_recurring())
        res = super(SaleOrderLine, self - recurring)._compute_amount_to_invoice()
        recurring.amount_to_invoice = 0.0
        return res

    @api.depends("recurring_plan_id")
    def _compute_amount_to_invoice_at_date(self):
        recurring = self.filtered(lambda line: line._is_recurring())
        res = super(SaleOrderLine, self - recurring)._compute_amount_to_invoice_at_date()
        recurring.amount_to_invoice_at_date = 0.0
        return res

    def _prepare_base_line_for_taxes_computation(self, **kwargs):
        """For a down payment the order is what it invoices itself; see the wizard."""
        if self.env.context.get("recurring_order_part_only") and self._is_recurring():
            kwargs["quantity"] = 0.0
        return super()._prepare_base_line_for_taxes_computation(**kwargs)
