from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    recurring_fee_policy_id = fields.Many2one(
        "recurring.fee.policy",
        "Late Fees and Early Payment",
        domain="[('company_id', '=', id)]",
        help="For invoices of subscriptions whose plan says nothing else.",
    )
