from odoo import api, fields, models
from odoo.fields import Domain

from .. import const


class RecurringSubscriptionLine(models.Model):
    """What a line is worth a month: its MRR is what is booked of it, and whatever changes it is recorded as a movement."""

    _inherit = "recurring.subscription.line"

    revenue_event_ids = fields.One2many("recurring.revenue.event", "line_id", "MRR Movements")

    @api.depends(
        "amount_untaxed",
        "billing_type",
        "tax_ids",
        "currency_id",
        "date_start",
        "date_end",
        "ended_by",
        "superseded",
        "lineage_id.line_ids.date_start",
        "lineage_id.line_ids.date_end",
        "lineage_id.line_ids.amount_untaxed",
        "lineage_id.follows_id.line_ids.date_end",
        "subscription_id.state",
        "subscription_id.start_date",
        "subscription_id.end_date",
        "subscription_id.trial_end_date",
        "subscription_id.anchor_date",
        "plan_id.interval_count",
        "plan_id.interval_unit",
    )
    def _compute_mrr(self):
        real = self.filtered(lambda line: isinstance(line.id, int) and line.plan_id)
        for line in self - real:
            line.mrr = line._origin.mrr
        subscriptions = real.subscription_id
        until = {subscription.id: subscription.company_id._recurring_today() for subscription in subscriptions}
        levels = self.env["recurring.revenue.levels"].of_lines(subscriptions, until)
        for line in real:
            line.mrr = float(levels[line.id])
        self.env["recurring.revenue.recording"].note(subscriptions)

    def write(self, vals):
        res = super().write(vals)
        if vals.keys() & {"product_id", "ended_by", "billing_type", "tax_ids", "discount_ids", "fixed_total", "fixed_periods"}:
            self.env["recurring.revenue.recording"].note(self.subscription_id)
        return res

    def unlink(self):
        subscriptions = self.subscription_id
        res = super().unlink()
        self.env["recurring.revenue.recording"].note(subscriptions.exists())
        return res

    @api.model
    def _refresh_current(self):
        """The daily job: what the calendar moves becomes a movement on its day, whatever made it: a trial or a discount that ends, a change
        planned for today, a pause, an end.
        """
        recording = self.env["recurring.revenue.recording"]
        found = self.env["recurring.subscription"]
        for company in self.env["res.company"].search([("active", "=", True)]):
            found |= self.search(self._revenue_moves_domain(company)).subscription_id
        res = super()._refresh_current()
        recording.record(found)
        recording.classify_recent()
        return res

    def _revenue_moves_domain(self, company):
        """Lines whose MRR may be another today than it was when it was computed."""
        today = company._recurring_today()
        over = Domain("date_end", "<", today) | Domain("subscription_id.end_date", "<", today)
        begun = Domain([("date_start", "<=", today), ("subscription_id.start_date", "<=", today)])
        begun &= Domain("subscription_id.trial_end_date", "<=", today)
        worth = Domain("mrr", "!=", 0)
        moved = (worth & over) | (Domain([("mrr", "=", 0), ("amount_untaxed", "!=", 0)]) & begun & ~over)
        moved |= Domain("amount_changes_on", "<=", today)
        return Domain([("company_id", "=", company.id), ("subscription_id.state", "in", const.BILLED_STATES)]) & moved
