from odoo import models


class RecurringDunningCase(models.Model):
    """The statement of a case's customer."""

    _inherit = "recurring.dunning.case"

    def action_statement(self):
        """Print what the customer owes."""
        return self.partner_id.action_recurring_statement()
