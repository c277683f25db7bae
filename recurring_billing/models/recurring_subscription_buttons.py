from odoo import Command, api, fields, models

from .. import const


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    invoice_count = fields.Integer(compute="_compute_invoice_count")
    period_count = fields.Integer(compute="_compute_period_count")
    open_issue_count = fields.Integer(compute="_compute_open_issue_count")

    def _compute_invoice_count(self):
        counts = {
            subscription.id: count
            for subscription, count in self.env["account.move.line"]._read_group(
                [("recurring_subscription_id", "in", self.ids)], ["recurring_subscription_id"], ["move_id:count_distinct"]
            )
        }
        for subscription in self:
            subscription.invoice_count = counts.get(subscription.id, 0)

    @api.depends("period_ids")
    def _compute_period_count(self):
        counts = dict(self.env["recurring.period"]._read_group([("subscription_id", "in", self.ids)], ["subscription_id"], ["__count"]))
        for subscription in self:
            subscription.period_count = counts.get(subscription, 0)

    @api.depends("issue_ids.state")
    def _compute_open_issue_count(self):
        counts = dict(
            self.env["recurring.billing.issue"]._read_group(
                [("subscription_id", "in", self.ids), ("state", "=", const.ISSUE_OPEN)], ["subscription_id"], ["__count"]
            )
        )
        for subscription in self:
            subscription.open_issue_count = counts.get(subscription, 0)

    def action_bill_now(self):
        """Open the dry count of what would be billed for these subscriptions."""
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_bill_now")
        return dict(action, context={"default_subscription_ids": [Command.set(self.ids)], "active_ids": self.ids})

    def action_change(self):
        """Open the wizard that changes what runs: price, product, pause, end."""
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_change_wizard")
        return dict(
            action, context={"default_subscription_id": self.id, **({"default_kind": "resume"} if self.state == const.PAUSED else {})}
        )

    def action_close(self):
        """Open the wizard that asks when and why."""
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_close")
        return dict(action, context={"default_subscription_ids": [Command.set(self.ids)]})

    def action_open_invoices(self):
        """The invoices of these subscriptions."""
        moves = self.env["account.move.line"].search([("recurring_subscription_id", "in", self.ids)]).move_id
        action = self.env["ir.actions.actions"]._for_xml_id("account.action_move_out_invoice_type")
        action["context"] = {"default_move_type": "out_invoice", "create": False}
        action["domain"] = [("id", "in", moves.ids)]
        if len(moves) == 1:
            action.update(views=[(False, "form")], res_id=moves.id)
        return action

    def action_open_periods(self):
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_period")
        return dict(action, domain=[("subscription_id", "in", self.ids)], context={})

    def action_open_lines(self):
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_subscription_line")
        return dict(action, domain=[("subscription_id", "in", self.ids)], context={})

    def action_open_issues(self):
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_billing_issue")
        return dict(action, domain=[("subscription_id", "in", self.ids)], context={})
