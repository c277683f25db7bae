from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recurring_effect_days = fields.Integer(related="company_id.recurring_effect_days", readonly=False)
