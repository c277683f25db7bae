from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const


class RecurringSubscription(models.Model):
    """The usage of a subscription."""

    _inherit = "recurring.subscription"

    is_metered = fields.Boolean(compute="_compute_is_metered", help="Has a line that is billed by usage.")
    usage_count = fields.Integer("Usage Records", compute="_compute_usage_count")

    @api.depends("line_ids.billing_type")
    def _compute_is_metered(self):
        for subscription in self:
            subscription.is_metered = const.USAGE_PRICE in subscription.line_ids.mapped("billing_type")

    def _compute_usage_count(self):
        counts = dict(self.env["recurring.usage"]._read_group([("subscription_id", "in", self.ids)], ["subscription_id"], ["__count"]))
        for subscription in self:
            subscription.usage_count = counts.get(subscription._origin, 0)

    def action_open_usage(self):
        """The usage of these subscriptions; a new record is of theirs."""
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_usage")
        metered = self.line_ids.filtered(lambda line: line.billing_type == const.USAGE_PRICE and line.is_current)
        return dict(
            action,
            domain=[("subscription_id", "in", self.ids)],
            context={"default_line_id": metered.id} if len(metered) == 1 else {},
        )

    def _check_nothing_in_force(self):
        res = super()._check_nothing_in_force()
        for subscription in self:
            # sudo: every billed period counts, whoever may see it
            if subscription.sudo().period_ids.filtered(lambda period: not period.voided and period.kind == const.USAGE):
                raise UserError(self.env._("%s has billed usage and cannot go back to draft. Close it instead.", subscription.display_name))
        return res
