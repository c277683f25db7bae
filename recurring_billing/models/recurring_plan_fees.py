from odoo import fields, models


class RecurringPlan(models.Model):
    _inherit = "recurring.plan"

    fee_policy_id = fields.Many2one(
        "recurring.fee.policy",
        "Late Fees",
        company_dependent=True,
        domain="[('company_id', '=', current_company_id)]",
        help="What paying late costs and paying early saves. Empty: as the company does.",
    )
