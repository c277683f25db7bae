from odoo import Command, api, fields, models
from odoo.tools import format_date

from .. import const


class RecurringSubscription(models.Model):
    """The planned end of a subscription, and going on again."""

    _inherit = "recurring.subscription"

    ends_label = fields.Char("Ends", compute="_compute_ends", help="When service ends, and why.")
    can_be_kept = fields.Boolean(compute="_compute_ends", help="The end was planned, and can be taken back.")

    @api.depends("state", "end_date", "close_reason_id")
    @api.depends_context("lang")
    def _compute_ends(self):
        for subscription in self:
            runs = subscription.state in (const.ACTIVE, const.PAUSED) and subscription.end_date
            if not runs:
                subscription.update({"ends_label": False, "can_be_kept": False})
                continue
            day, reason = format_date(self.env, subscription.end_date), subscription.close_reason_id.display_name
            subscription.ends_label = self.env._("Ends on %(day)s: %(reason)s", day=day, reason=reason) if reason else False
            subscription.can_be_kept = bool(subscription._planned_close())

    def _planned_close(self):
        """The change that ends it on a day to come; an empty record where none is planned."""
        self.ensure_one()
        return self.env["recurring.change"].search(
            [("subscription_id", "=", self._origin.id), ("kind", "=", const.CHANGE_END), ("state", "=", const.CHANGE_PLANNED)],
            order="id desc",
            limit=1,
        )

    def action_keep(self):
        """Take a planned end back: service goes on."""
        self.env["recurring.subscription.closing"].keep(self)
        return True

    def action_reactivate(self):
        """Ask from which day closed subscriptions go on."""
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_reactivate")
        return dict(action, context={"default_subscription_ids": [Command.set(self.ids)]})
