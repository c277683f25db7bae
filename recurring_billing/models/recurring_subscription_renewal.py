from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from .. import const
from ..rules import periods


class RecurringSubscription(models.Model):
    """The term that follows the running one."""

    _inherit = "recurring.subscription"

    renewal_order_ids = fields.One2many("sale.order", "recurring_renews_id", "Renewal Quotations")
    renewal = fields.Selection(related="plan_id.renewal", string="Renewal")
    may_renew = fields.Boolean(compute="_compute_may_renew")

    def _compute_may_renew(self):
        for subscription in self:
            subscription.may_renew = subscription.state in (const.ACTIVE, const.PAUSED) and bool(subscription.plan_id.term_count)

    def action_renew(self):
        """Open the wizard that renews for another term, at once or by quotation."""
        self.ensure_one()
        if not self.may_renew:
            raise UserError(self.env._("%s has no term to renew: it is not running, or its plan has no minimum term.", self.display_name))
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_renew")
        return dict(action, context={"default_subscription_id": self.id})

    def _next_term(self):
        """The term that follows the running one, or the end of service, as a period.

        Terms are counted from the first day of the first one. Where none runs any more, the next one begins with the next period.
        """
        self.ensure_one()
        today = self.company_id._recurring_today()
        term = self.plan_id._term()
        first = self.term_start_date or self.trial_end_date or self.start_date
        running = self._running_term()
        if self.end_date:
            start = self.end_date + timedelta(days=1)
        elif running:
            start = running.end
        else:
            start = periods.period_at(self.anchor_date, self.plan_id._interval(), today).end
        n = periods.index_at(first, term, start)
        if periods.boundary(first, term, n) == start:
            return periods.Period(start, periods.boundary(first, term, n + 1))
        return periods.Period(start, periods.boundary(start, term, 1))

    def _renewed_lines(self, day):
        """The lines that another term from a day on continues: those that run to its eve and were not ended."""
        change = self.env["recurring.subscription.change"]
        eve = day - timedelta(days=1)
        found = self.env["recurring.subscription.line"]
        for lineage in self.line_ids.lineage_id:
            last = change._last(lineage)
            if not last or last._is_empty() or last.ended_by in (const.BY_END, const.BY_CHANGE):
                continue
            if not last.date_end or last.date_end >= eve:
                found |= change._price_line(lineage, day)
        return found
