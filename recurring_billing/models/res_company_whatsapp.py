from odoo import fields, models


class ResCompany(models.Model):
    """Whether people send WhatsApp messages by hand where no account sends them."""

    _inherit = "res.company"

    recurring_whatsapp_by_hand = fields.Boolean(
        "WhatsApp by Hand",
        default=False,
        help="Where no WhatsApp account is in use, messages wait in a list: a person opens each chat with the text written, and sends it.",
    )
