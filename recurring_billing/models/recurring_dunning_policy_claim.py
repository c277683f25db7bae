from odoo import fields, models


class RecurringDunningPolicy(models.Model):
    """How long messages wait when a customer says that a debt was paid."""

    _inherit = "recurring.dunning.policy"

    claim_days = fields.Integer(
        "Days to Look for a Payment", default=3, help="So long messages wait when a customer says “I already paid”."
    )

    _claim_days_valid = models.Constraint("CHECK(claim_days BETWEEN 0 AND 60)", "Days to look for a payment lie between 0 and 60.")
