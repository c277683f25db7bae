from odoo import fields, models


class RecurringPlan(models.Model):
    """Some services are never withheld, whatever is owed: the law or decency forbids it."""

    _inherit = "recurring.plan"

    never_withheld = fields.Boolean(
        default=False, help="Subscriptions of this plan run on, whatever is owed; they are never closed by a step either."
    )
