from odoo import fields, models


class ResCompany(models.Model):
    """Automatic charging is off until a person has seen what it would do, and switched it on with a first day."""

    _inherit = "res.company"

    recurring_charge = fields.Boolean(
        "Charge saved cards by itself",
        default=False,
        help="Invoices of plans that charge are charged on their due date, and again as the retry plan says when the card is declined.",
    )
    recurring_charge_from = fields.Date(
        "Charged From", help="Invoices due earlier are never charged by themselves. The day on which charging was switched on, or later."
    )
    recurring_retry_policy_id = fields.Many2one(
        "recurring.retry.policy",
        "Retry Plan",
        domain="[('company_id', 'in', [False, id])]",
        help="When a declined card is tried again, for plans that say nothing else.",
    )

    def _recurring_retry_policy(self):
        """The retry plan of the company; the first there is where none was chosen."""
        self.ensure_one()
        policies = self.env["recurring.retry.policy"]
        return self.recurring_retry_policy_id or policies.search([("company_id", "in", (False, self.id))], limit=1)
