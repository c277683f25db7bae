from odoo import fields, models

from .res_partner_dunning import GROUPS


class ResPartner(models.Model):
    """The ways in which a person asked not to be reached."""

    _inherit = "res.partner"

    recurring_optout_ids = fields.One2many("recurring.optout", "partner_id", "Ways Not to Be Used", groups=GROUPS)
