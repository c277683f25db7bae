from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    recurring_company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    recurring_mrr = fields.Monetary(
        "MRR",
        compute="_compute_recurring_mrr",
        currency_field="recurring_company_currency_id",
        groups="recurring_billing.group_user,recurring_billing.group_collections,account.group_account_invoice,recurring_billing.group_auditor",
        help="Monthly recurring revenue today of the subscriptions that this order started.",
    )

    @api.depends("subscription_ids.mrr")
    def _compute_recurring_mrr(self):
        for order in self:
            order.recurring_mrr = sum(order.subscription_ids.mapped("mrr"))
