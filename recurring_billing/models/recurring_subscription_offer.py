from odoo import Command, api, fields, models


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    has_offers = fields.Boolean(compute="_compute_has_offers", help="A line has a discount or an agreed total.")

    @api.depends("line_ids.discount_ids", "line_ids.fixed_total")
    def _compute_has_offers(self):
        for subscription in self:
            subscription.has_offers = any(line.discount_ids or line.fixed_total for line in subscription.line_ids)

    def write(self, vals):
        if not vals.keys() & {"start_date", "plan_id", "anchor_date"}:
            return super().write(vals)
        with self.line_ids._last_day_follows():
            return super().write(vals)

    def action_add_discount(self):
        """Open the wizard that gives a discount to the lines of these subscriptions."""
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_discount_add")
        return dict(action, context={"default_subscription_ids": [Command.set(self.ids)]})
