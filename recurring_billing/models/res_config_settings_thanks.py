from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recurring_thanks = fields.Selection(related="company_id.recurring_thanks", readonly=False)
