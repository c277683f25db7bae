from odoo import api, models


class SaleOrder(models.Model):
    """What the order invoices itself is what it sells once; the rest is billed by its subscriptions."""

    _inherit = "sale.order"

    @api.depends("order_line.recurring_plan_id")
    def _compute_invoice_status(self):
        """As natively, were the order without its recurring lines; with nothing else it has nothing to invoice."""
        res = super()._compute_invoice_status()
        mixed = self.filtered(lambda order: order.state == "sale" and order.invoice_status == "no" and order._recurring_lines())
        for order in mixed:
            lines = order._recurring_one_off_lines()
            statuses = set(lines.mapped("invoice_status"))
            if statuses and statuses <= {"invoiced", "upselling"}:
                order.invoice_status = "upselling" if "upselling" in statuses else "invoiced"
        return res

    def _force_lines_to_invoice_policy_order(self):
        """What is paid online is invoiced whole, but what a subscription bills is not the order's to invoice."""
        res = super()._force_lines_to_invoice_policy_order()
        self.order_line.filtered(lambda line: line._is_recurring()).qty_to_invoice = 0.0
        return res

    def _get_invoiceable_lines(self, final=False):
        return super()._get_invoiceable_lines(final).filtered(lambda line: not line._is_recurring())
