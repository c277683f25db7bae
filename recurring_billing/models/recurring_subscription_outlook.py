from odoo import Command, models


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def action_preview(self):
        """Open the question what will be billed for these subscriptions up to a day."""
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_preview")
        return dict(action, context={"default_subscription_ids": [Command.set(self.ids)]})
