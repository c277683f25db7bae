from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const


class RecurringSubscription(models.Model):
    """From draft to active and closed; the work is done by the service ``recurring.subscription.activation``."""

    _inherit = "recurring.subscription"

    def action_activate(self, start_date=None):
        """Start billing: from now on the scheduled action bills what is due. Other programs may call it.

        :param start_date: the first day of service, a date or ``YYYY-MM-DD``. None: a draft starts on the day it says; one that waits to
            start, today.
        """
        self.check_access("write")
        self.env["recurring.subscription.activation"].activate(self, fields.Date.to_date(start_date))
        return True

    def action_back_to_draft(self):
        """Undo an activation by mistake, as long as nothing was billed."""
        self.env["recurring.subscription.activation"].back_to_draft(self)
        return True

    def _on_state_reached(self, begun):
        self.env["recurring.subscription.activation"].reached(self, begun)

    def _end(self, last_day):
        """End every line and the subscription on a last day; None when it never ran."""
        self.ensure_one()
        self.env["recurring.subscription.activation"].end(self, last_day)

    def _take_back_end(self):
        self.env["recurring.subscription.activation"].take_back_end(self)

    def _refresh_paused(self):
        self.env["recurring.subscription.activation"].refresh_paused(self)

    @api.model
    def _refresh_all_paused(self):
        """Called daily: pauses that begin or end today."""
        self.search([("line_ids.ended_by", "=", const.BY_PAUSE), ("state", "in", (const.ACTIVE, const.PAUSED))])._refresh_paused()

    @api.model
    def _close_ended(self):
        """Called daily: a subscription whose last day is over, and billed, is closed."""
        ended = self.search([("state", "in", (const.ACTIVE, const.PAUSED)), ("end_date", "!=", False), ("next_invoice_date", "=", False)])
        ended.filtered(lambda subscription: subscription.end_date < subscription.company_id._recurring_today()).state = const.CLOSED

    def _last_billed_day(self):
        """The last day that any line has billed, or None."""
        coverage = self.env["recurring.coverage"]
        return max((day for line in self.line_ids if (day := coverage.last_billed_day(line._origin))), default=None)

    def _check_nothing_in_force(self):
        for subscription in self:
            # sudo: every billed period counts, whoever may see it
            if subscription.sudo().period_ids.filtered(lambda period: not period.voided and period.kind == const.CHARGE):
                raise UserError(
                    self.env._("%s has billed periods and cannot go back to draft. Close it instead.", subscription.display_name)
                )
