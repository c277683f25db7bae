from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recurring_card_notices = fields.Boolean(related="company_id.recurring_card_notices", readonly=False)
