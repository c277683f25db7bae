from odoo import models


class RecurringDunningCase(models.Model):
    """The statement of a case's customer."""

    _inherit = "recurring.dunning.case"

    def action_statement(self):
        """Print what the customer owes."""
        return self.partner_id.action_recurring_statement()

    def action_statement_send(self):
        """Send the statement, after a look at who gets one."""
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_statement_send")
        return dict(action, context={"default_partner_ids": self.partner_id.ids, "default_company_id": self.company_id[:1].id})
