from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recurring_fee_policy_id = fields.Many2one(related="company_id.recurring_fee_policy_id", readonly=False)
    recurring_fee_scope = fields.Selection(related="company_id.recurring_fee_scope", readonly=False, required=True)
    recurring_fee_from = fields.Date(related="company_id.recurring_fee_from", readonly=False)
