from odoo import api, fields, models

from .. import const


class ResCompany(models.Model):
    _inherit = "res.company"

    recurring_fee_policy_id = fields.Many2one(
        "recurring.fee.policy",
        "Late Fees and Early Payment",
        domain="[('company_id', '=', id)]",
        help="For invoices of subscriptions whose plan says nothing else, and for whatever else bears fees.",
    )
    recurring_fee_scope = fields.Selection(
        const.FEE_SCOPES,
        "What Bears Late Fees",
        required=True,
        default=const.FEES_OF_SUBSCRIPTIONS,
        help="Discounts for paying early are only for invoices of subscriptions, which announce them.",
    )
    recurring_fee_from = fields.Date(
        "Other Debts Due From",
        help="Invoices without subscription, and opening balances, bear late fees when they are due on this day or later.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._recurring_begin_fees()
        return companies

    def write(self, vals):
        res = super().write(vals)
        if vals.get("recurring_fee_scope"):
            self._recurring_begin_fees()
        return res

    def _recurring_begin_fees(self):
        """Whoever lets other debts bear fees and says no day means from now on: nobody is charged for the past unasked."""
        for company in self:
            if company.recurring_fee_scope != const.FEES_OF_SUBSCRIPTIONS and not company.recurring_fee_from:
                company.recurring_fee_from = company._recurring_today()
