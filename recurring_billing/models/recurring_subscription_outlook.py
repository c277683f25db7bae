from odoo import Command, fields, models


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    coming_invoices = fields.Html(
        compute="_compute_coming_invoices",
        sanitize=False,
        help="What billing will do in the next twelve months by the present lines, prices and discounts.",
    )

    def _compute_coming_invoices(self):
        service = self.env["recurring.coming.invoices"]
        for subscription in self:
            if not isinstance(subscription.id, int) or not subscription.line_ids:
                # While it is edited the time line stays as it was saved.
                subscription.coming_invoices = False
            else:
                values = service.months(subscription)
                subscription.coming_invoices = self.env["ir.qweb"]._render("recurring_billing.coming_invoices", values)

    def action_preview(self):
        """Open the question what will be billed for these subscriptions up to a day."""
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_preview")
        return dict(action, context={"default_subscription_ids": [Command.set(self.ids)]})
