from odoo import Command, api, fields, models

from .. import const


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    one_off_ids = fields.One2many("recurring.one.off", "subscription_id", "One-Off Charges", copy=False)
    one_off_count = fields.Integer(compute="_compute_one_off_counts")
    one_off_waiting_count = fields.Integer("One-Offs Waiting", compute="_compute_one_off_counts")

    @api.depends("one_off_ids.state")
    def _compute_one_off_counts(self):
        counts = {
            (subscription.id, state): count
            for subscription, state, count in self.env["recurring.one.off"]._read_group(
                [("subscription_id", "in", self.ids)], ["subscription_id", "state"], ["__count"]
            )
        }
        for subscription in self:
            mine = {state: counts.get((subscription.id, state), 0) for state, _label in const.ONE_OFF_STATES}
            subscription.one_off_count = sum(mine.values())
            subscription.one_off_waiting_count = mine[const.ONE_OFF_WAITING]

    def action_add_one_off(self):
        """Open the wizard that charges or credits something once."""
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_one_off_add")
        return dict(action, context={"default_subscription_ids": [Command.set(self.ids)]})

    def action_open_one_offs(self):
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_one_off")
        return dict(action, domain=[("subscription_id", "in", self.ids)], context={"default_subscription_id": self[:1].id})
