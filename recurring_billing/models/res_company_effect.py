from odoo import fields, models

from .recurring_dunning_effect import DAYS


class ResCompany(models.Model):
    _inherit = "res.company"

    recurring_effect_days = fields.Integer(
        "Reminders Work Within", default=DAYS, help="Money that comes within so many days after a reminder is counted as its effect."
    )

    _recurring_effect_days_valid = models.Constraint(
        "CHECK(COALESCE(recurring_effect_days, 7) BETWEEN 1 AND 90)", "Reminders work within 1 to 90 days."
    )
