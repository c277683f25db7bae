from odoo import fields, models

from .. import const


class RecurringPlan(models.Model):
    _inherit = "recurring.plan"

    downgrade_from = fields.Selection(
        const.DOWNGRADES_FROM,
        "Downgrades Begin",
        required=True,
        default=const.AT_DATE,
        help="When a change makes a period cheaper: another product, a smaller quantity or a lower price.",
    )
