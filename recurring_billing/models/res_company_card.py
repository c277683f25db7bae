from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    recurring_card_notices = fields.Boolean(
        "Tell customers about their card",
        default=False,
        help="An e-mail 30 and 7 days before a saved card expires, and when it cannot be charged any more, with a link to save another.",
    )
