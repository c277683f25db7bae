from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_open_revenue_events(self):
        """The MRR movements of the customer, through all its subscriptions."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_revenue_event")
        return dict(action, domain=[("partner_id", "=", self.commercial_partner_id.id)], context={})
