from odoo import models


class ResPartner(models.Model):
    """The customer's statement: print it."""

    _inherit = "res.partner"

    def action_recurring_statement(self):
        """Print what these customers owe."""
        # sudo: printing needs the report's own record; what it shows is checked when it is read
        report = self.env.ref("recurring_billing.action_report_recurring_statement").sudo()
        return report.report_action(self.commercial_partner_id, config=False)
