from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """How messages leave by WhatsApp."""

    _inherit = "res.config.settings"

    recurring_whatsapp_by_hand = fields.Boolean(related="company_id.recurring_whatsapp_by_hand", readonly=False)
