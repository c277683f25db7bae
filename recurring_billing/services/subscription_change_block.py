from odoo import api, models

from .. import const
from ..rules.periods import period_at
from ..rules.service_block import unbilled_from


class RecurringSubscriptionChange(models.AbstractModel):
    """Billing that stops while a service is withheld: whole periods to come, never time that is billed or has begun."""

    _inherit = "recurring.subscription.change"

    @api.private
    @api.model
    def withhold(self, subscription, day, **about):
        """Nothing that begins after a day is billed, until ``deliver``.

        :return: the change; none where nothing would be billed anyway
        """
        days = {
            lineage: self._withheld_from(lineage, day)
            for lineage in subscription.line_ids.lineage_id
            if self._last(lineage).ended_by != const.BY_PAUSE
        }
        runs_on = {lineage for lineage, first in days.items() if self._runs_from(lineage, first)}
        lines = subscription.line_ids.browse([self._last(lineage).id for lineage in days if lineage in runs_on])
        if not lines:
            return self.env["recurring.change"]
        self._lineages(lines)
        first = min(days[lineage] for lineage in runs_on)
        with self._recording(const.CHANGE_PAUSE, lines, first, about) as story:
            for lineage in story.lineages:
                self._stop(lineage, days[lineage], const.BY_PAUSE)
        return story.changes

    @api.private
    @api.model
    def deliver(self, change, day, **about):
        """Billing goes on from a day, as far as a block had stopped it."""
        if change.state == const.CHANGE_WITHDRAWN:
            return
        lineages = change.lineage_ids.exists().filtered(lambda lineage: self._last(lineage).ended_by == const.BY_PAUSE)
        if not lineages:
            return
        over = lineages.filtered(lambda lineage: (end := self._planned_end(lineage)) and end < day)
        lines = lineages.line_ids.browse([self._last(lineage).id for lineage in lineages])
        self._lineages(lines)
        with self._recording(const.CHANGE_RESUME, lines, day, about) as story:
            for lineage in story.lineages:
                if lineage.id in over.ids:
                    # It was agreed until a day that passed meanwhile.
                    self._stop(lineage, self._last(lineage).date_start, const.BY_END)
                else:
                    self._go_on(lineage, day, (const.BY_PAUSE,))

    def _runs_from(self, lineage, day):
        """Whether the lineage has a day from that day on, or a price that is planned for later."""
        return any(not line.date_end or line.date_end >= day for line in self._running(lineage))

    def _withheld_from(self, lineage, day):
        """The first day that is not billed, of a lineage whose service is withheld from a day on."""
        subscription = lineage.subscription_id
        full = period_at(subscription.anchor_date, subscription.plan_id._interval(), day)
        boundary = day if day == full.start else full.end
        # sudo: what is billed counts, whoever may see the ledger
        rows = lineage.sudo().period_ids.filtered(lambda row: not row.voided and row.kind != const.CREDIT and row.start < row.live_end)
        return unbilled_from(boundary, max(rows.mapped("live_end"), default=None), day)
