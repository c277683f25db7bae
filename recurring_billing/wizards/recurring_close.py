from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import const

AT_BILLED_END, ON_DATE = "billed", "date"


class RecurringClose(models.TransientModel):
    """Close subscriptions: when, and why."""

    _name = "recurring.close"
    _description = "Close Subscription"

    subscription_ids = fields.Many2many("recurring.subscription", required=True)
    when = fields.Selection([(AT_BILLED_END, "At the end of what is billed"), (ON_DATE, "On a date")], required=True, default=AT_BILLED_END)
    date = fields.Date("Last Day", help="The last day of service, that day included.")
    reason_id = fields.Many2one("recurring.close.reason", required=True)
    summary = fields.Char(compute="_compute_summary")

    @api.depends("subscription_ids", "when", "date")
    def _compute_summary(self):
        for wizard in self:
            days = {day for subscription in wizard.subscription_ids if (day := wizard._last_day(subscription))}
            if not days:
                wizard.summary = False
            elif len(days) == 1:
                wizard.summary = self.env._("The last day of service is %s.", format_date(self.env, days.pop()))
            else:
                wizard.summary = self.env._(
                    "The last days of service lie between %(first)s and %(last)s.",
                    first=format_date(self.env, min(days)),
                    last=format_date(self.env, max(days)),
                )

    def action_close(self):
        """End every line and the subscription, and keep the reason. What is due up to the last day is still billed."""
        self.ensure_one()
        if self.when == ON_DATE and not self.date:
            raise UserError(self.env._("Choose the last day of service."))
        for subscription in self.subscription_ids:
            if subscription.state == const.CLOSED:
                raise UserError(self.env._("%s is closed already.", subscription.display_name))
            self._close(subscription)
        return True

    def _close(self, subscription):
        subscription._end(self._last_day(subscription))
        subscription.write({"state": const.CLOSED, "close_reason_id": self.reason_id.id})

    def _last_day(self, subscription):
        """The last day of service; None where nothing was billed and none is chosen."""
        if self.when != ON_DATE or not self.date:
            return None if self.when == ON_DATE else subscription._last_billed_day()
        change = self.env["recurring.subscription.change"]
        days = [change.end_day(lineage, self.date + timedelta(days=1)) for lineage in subscription.line_ids.lineage_id]
        return max(days, default=self.date + timedelta(days=1)) - timedelta(days=1)
