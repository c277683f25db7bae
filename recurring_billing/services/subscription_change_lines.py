from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import const

DAY = timedelta(days=1)
PRICE_FIELDS = ("price_unit", "quantity", "discount")


class RecurringSubscriptionChange(models.AbstractModel):
    """The lines of a lineage under a change: which runs, how one stops, how its successor goes on."""

    _inherit = "recurring.subscription.change"

    # Lines of a lineage

    def _lineages(self, lines):
        lines.check_access("write")
        self._check_may_change(lines.subscription_id)
        return lines.lineage_id

    def _check_may_change(self, subscriptions):
        subscriptions.check_access("write")
        subscriptions._hold_against_runs()
        for subscription in subscriptions:
            if subscription.state not in const.BILLED_STATES:
                raise UserError(
                    self.env._("%s does not run yet. Change its lines directly, or activate it first.", subscription.display_name)
                )

    def _known(self, lineage):
        """The lines whose price counts, by date; of several that start on one day the newest."""
        lines = lineage.line_ids.filtered(lambda line: not line.superseded).sorted(lambda line: (line.date_start, line.id))
        return lines

    def _running(self, lineage):
        """The lines that have days of their own, by date."""
        return lineage.line_ids.filtered(lambda line: not line._is_empty()).sorted("date_start")

    def _runs_on(self, line, day):
        return line.date_start <= day and (not line.date_end or line.date_end >= day)

    def _price_line(self, lineage, day):
        """The line whose price counts on a day."""
        known = self._known(lineage)
        return known.filtered(lambda line: line.date_start <= day)[-1:] or known[:1]

    def _last(self, lineage):
        """The line that tells how the lineage stands: the last one that runs, or, when none ever does, the first."""
        return self._running(lineage)[-1:] or lineage.line_ids.filtered("ended_by").sorted("id")[-1:] or lineage.line_ids[:1]

    def _planned_end(self, lineage):
        """The last day the lineage was meant to have, before a pause or end cut it short."""
        last = self._last(lineage)
        return last.planned_end if last.ended_by in (const.BY_PAUSE, const.BY_END, const.BY_CHANGE) else last.date_end

    def _end_meant(self, lineage, day):
        """The last day the lineage would have had, were it not ended from a day on: its own, or that of the subscription."""
        ends = (self._planned_end(lineage), lineage.subscription_id.end_date)
        return min((end for end in ends if end and end >= day), default=False)

    def _stop(self, lineage, day, ended_by):
        last = self._last(lineage)
        planned_end = self._end_meant(lineage, day) if ended_by == const.BY_END else self._planned_end(lineage)
        if last.ended_by == const.BY_END and ended_by != const.BY_END:
            # It still runs to an end that was decided: what comes meanwhile does not undo that.
            planned_end = last.date_end
        cut = self._running(lineage).filtered(lambda line: not line.date_end or line.date_end >= day)
        standing = last.ended_by if last.date_end or last.ended_by else False
        if not cut and (standing == ended_by or standing in (const.BY_END, const.BY_CHANGE) or not last.ended_by):
            self._refuse_stop(last, ended_by)
        for line in cut:
            if line.date_start >= day:
                self._empty(line)
            else:
                line.date_end = day - DAY
        stands = self._running(lineage)[-1:] or lineage.line_ids.sorted("date_start")[:1]
        # sudo: how a line ended is kept by the service
        stands.sudo().write({"ended_by": ended_by, "planned_end": planned_end})

    def _refuse_stop(self, line, ended_by):
        words = {"line": line.name, "day": format_date(self.env, line.date_end)}
        if line.ended_by == const.BY_PAUSE:
            raise UserError(self.env._('"%(line)s" is paused since %(day)s already. Resume it before you pause it again.', **words))
        if ended_by == const.BY_PAUSE:
            raise UserError(self.env._('"%(line)s" has ended on %(day)s, so it cannot be paused. Reopen it first.', **words))
        raise UserError(self.env._('"%(line)s" has ended on %(day)s already. Choose an earlier day, or leave it as it is.', **words))

    def _go_on(self, lineage, day, wanted):
        last = self._last(lineage)
        if last.ended_by not in wanted or not (last.date_end or last.ended_by):
            self._refuse_go_on(last, wanted)
        planned_end = self._planned_end(lineage)
        if const.BY_PAUSE in wanted and planned_end and planned_end < day:
            raise UserError(
                self.env._(
                    '"%(line)s" was agreed until %(day)s, which is before it would go on. Choose an earlier day, or end it and reopen it.',
                    line=last.name,
                    day=format_date(self.env, planned_end),
                )
            )
        if self._runs_on(last, day) and last.date_end:
            day = last.date_end + DAY
        known = self._known(lineage)
        day = max(day, min(lineage.line_ids.mapped("date_start")))
        price_lines = [(day, self._price_line(lineage, day)), *((line.date_start, line) for line in known if line.date_start > day)]
        for line in self._running(lineage).filtered(lambda line: not line.date_end or line.date_end >= day):
            if line.date_start >= day:
                self._empty(line)
            else:
                line.date_end = day - DAY
        until = planned_end if planned_end and planned_end >= day else False
        for n, (start, line) in enumerate(price_lines):
            if until and start > until:
                break
            end = price_lines[n + 1][0] - DAY if n + 1 < len(price_lines) else until
            if line.date_start >= day:
                # sudo: kept by the service
                line.sudo().superseded = True
            self._clone(line, start, min(end, until) if end and until else end, {})

    def _refuse_go_on(self, line, wanted):
        if const.BY_PAUSE in wanted:
            raise UserError(
                self.env._('"%s" is not paused, so there is nothing to resume. To continue what has ended, reopen it.', line.name)
            )
        raise UserError(self.env._('"%s" has not ended, so there is nothing to reopen. To continue a pause, resume it.', line.name))

    def _continue(self, line, day, end, values, **kept):
        """End a line before a day, and continue it with other values."""
        line.date_end = day - DAY
        # sudo: how a line ended is kept by the service
        line.sudo().write({"ended_by": const.BY_REPRICE, "planned_end": False})
        return self._clone(line, day, end, values, **kept)

    def _empty(self, line, *, superseded=False):
        line.date_end = line.date_start - DAY
        if superseded:
            # sudo: kept by the service
            line.sudo().superseded = True

    def _clone(self, line, start, end, values, **kept):
        vals = line.copy_data({"date_start": start, "date_end": end, "lineage_id": line.lineage_id.id})[0]
        values = {**line._what_follows_from(values), **values}
        # sudo: how a line ended, and where it comes from, is kept by services
        new = line.sudo().create({**vals, "subscription_id": line.subscription_id.id, **values})
        if any(kept.values()):
            new.write(kept)
        return new.with_env(line.env)
