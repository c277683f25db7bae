from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recurring_fee_policy_id = fields.Many2one(related="company_id.recurring_fee_policy_id", readonly=False)
