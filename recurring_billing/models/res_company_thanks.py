from odoo import fields, models

from ..const import service as const


class ResCompany(models.Model):
    """Customers are thanked when their payment arrived."""

    _inherit = "res.company"

    recurring_thanks = fields.Selection(
        const.THANKS,
        "Thanks for Payments",
        required=True,
        default=const.THANKS_DUNNED,
        help="One message per payment, within minutes. Nothing leaves while collections are switched off.",
    )
