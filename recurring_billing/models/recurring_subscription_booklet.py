from odoo import Command, fields, models

from .. import const


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    slip_ids = fields.One2many("recurring.booklet.slip", "subscription_id", "Booklet Slips")
    open_slip_count = fields.Integer("Slips to Pay", compute="_compute_slip_counts")
    slip_count = fields.Integer("Slips", compute="_compute_slip_counts")

    def _compute_slip_counts(self):
        counts = {}
        groups = self.env["recurring.booklet.slip"]._read_group(
            [("subscription_id", "in", self.ids), ("state", "!=", const.SLIP_VOID)], ["subscription_id", "state"], ["__count"]
        )
        for subscription, state, count in groups:
            mine = counts.setdefault(subscription.id, {"all": 0, const.SLIP_OPEN: 0})
            mine["all"] += count
            if state == const.SLIP_OPEN:
                mine[const.SLIP_OPEN] = count
        for subscription in self:
            mine = counts.get(subscription.id, {})
            subscription.slip_count = mine.get("all", 0)
            subscription.open_slip_count = mine.get(const.SLIP_OPEN, 0)

    def action_print_booklet(self):
        """Open the wizard that prints slips for the next periods."""
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_booklet_print")
        return dict(action, context={"default_subscription_ids": [Command.set(self.ids)]})

    def action_open_slips(self):
        """The slips of these subscriptions."""
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_booklet_slip")
        return dict(action, domain=[("subscription_id", "in", self.ids)], context={"search_default_in_force": 1})
