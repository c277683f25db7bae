from odoo import fields, models

from ..services.index_fetching import ADDRESS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recurring_index_address = fields.Char("Address of the Index Service", config_parameter=ADDRESS)
