from odoo import fields, models


class RecurringPlan(models.Model):
    """How the plan's invoices are tried again when a card is declined."""

    _inherit = "recurring.plan"

    retry_policy_id = fields.Many2one(
        "recurring.retry.policy",
        "Retry Plan",
        check_company=True,
        ondelete="restrict",
        help="When a declined card is tried again. Empty: as the settings of the company say.",
    )
