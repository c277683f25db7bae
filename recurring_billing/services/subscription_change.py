from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import const
from ..rules import charges
from ..rules.periods import period_at

DAY = timedelta(days=1)
PRICE_FIELDS = ("price_unit", "quantity", "discount")


class RecurringSubscriptionChange(models.AbstractModel):
    """What changes on a running subscription, from an effective day on that may lie in the past: price and quantity, pauses, ends.

    Each change says what holds from its day on, whatever was said before of those days: a pause recorded late cuts every later segment; a
    price recorded late leaves the pauses after it as they were. What is billed is never touched: the next run credits and charges the
    difference (desired minus billed).

    A lineage's lines are its segments. One that lies after a pause keeps no day of its own (``date_end`` before ``date_start``) but its
    price still counts from its first day when the lineage goes on; ``superseded`` says that it does not.
    """

    _name = "recurring.subscription.change"
    _description = "Change of a Subscription"

    # Changes: every one is recorded as a ``recurring.change``. ``about``: values of it that only the caller knows, such as its reason.

    @api.private
    @api.model
    def reprice(self, lines, day, values, **about):
        """Another price, quantity or discount from a day on.

        :param lines: any line of each lineage.
        :param day: the first day it counts; before the lineage's first day it counts from there.
        :param values: of ``price_unit``, ``quantity`` and ``discount``, those that change.
        :return: the changes, one for each subscription.
        """
        return self.reprice_each(dict.fromkeys(lines, values), day, **about)

    @api.private
    @api.model
    def reprice_each(self, values_by_line, day, **about):
        """As ``reprice``, each line with its own values: thousands at once.

        :param values_by_line: dict line → values.
        """
        lines = self.env["recurring.subscription.line"].browse([line.id for line in values_by_line])
        names = {name for values in values_by_line.values() for name in values}
        kind = const.CHANGE_QUANTITY if names == {"quantity"} else const.CHANGE_PRICE
        by_lineage = {}
        for line, values in values_by_line.items():
            line._check_price_not_fixed(values)
            by_lineage[line.lineage_id] = {name: values[name] for name in PRICE_FIELDS if name in values}
        lineages = self._lineages(lines)
        first = {lineage: max(day, min(self._known(lineage).mapped("date_start"))) for lineage in lineages}
        with self._recording(kind, lines, min(first.values(), default=day), about) as story:
            for lineage in story.lineages:
                self._reprice(lineage, first[lineage], by_lineage[lineage])
            story.new_lines = story.lineages.line_ids - story.old_lines
        return story.changes

    def _reprice(self, lineage, day, values):
        at_day = self._price_line(lineage, day)
        running = self._running(lineage).filtered(lambda line: line.date_start <= day and self._runs_on(line, day))
        later = self._known(lineage).filtered(lambda line: line.date_start >= day)
        if running and running not in later:
            self._continue(running, day, running.date_end, values, ended_by=running.ended_by, planned_end=running.planned_end)
        elif not running and at_day not in later:
            # Nothing runs on the day: the price waits until the lineage goes on.
            self._clone(at_day, day, day - DAY, values)
        for line in later:
            end, ended_by, planned_end = line.date_end, line.ended_by, line.planned_end
            self._empty(line, superseded=True)
            self._clone(line, line.date_start, end, values, ended_by=ended_by, planned_end=planned_end)

    @api.private
    @api.model
    def pause(self, lines, day, **about):
        """Nothing is wanted from a day on, until it is resumed.

        :raises UserError: when it is paused or has ended already.
        :return: the changes, one for each subscription.
        """
        days = {lineage: self.pause_day(lineage, day) for lineage in self._lineages(lines)}
        with self._recording(const.CHANGE_PAUSE, lines, min(days.values(), default=day), about) as story:
            for lineage in story.lineages:
                self._stop(lineage, days[lineage], const.BY_PAUSE)
        return story.changes

    @api.private
    @api.model
    def end(self, lines, day, ended_by=const.BY_END, **about):
        """Nothing is wanted from a day on.

        :raises UserError: when it has ended already.
        :return: the changes, one for each subscription.
        """
        days = {lineage: self.end_day(lineage, day) for lineage in self._lineages(lines)}
        with self._recording(const.CHANGE_END, lines, min(days.values(), default=day), about) as story:
            for lineage in story.lineages:
                self._stop(lineage, days[lineage], ended_by)
        return story.changes

    @api.private
    @api.model
    def remove(self, lines, day, **about):
        """These products end, while others of the subscription go on."""
        return self.end(lines, day, **{"kind": const.CHANGE_REMOVE, **about})

    @api.private
    @api.model
    def resume(self, lines, day, **about):
        """A paused lineage goes on from a day, at the price that counts then.

        :raises UserError: when it is not paused.
        :return: the changes, one for each subscription.
        """
        self._lineages(lines)
        with self._recording(const.CHANGE_RESUME, lines, day, about) as story:
            for lineage in story.lineages:
                self._go_on(lineage, day, (const.BY_PAUSE,))
        return story.changes

    @api.private
    @api.model
    def reopen(self, lines, day, **about):
        """An ended lineage goes on from a day, at the price that counts then; a closed subscription is active again.

        :raises UserError: when it has not ended.
        :return: the changes, one for each subscription.
        """
        self._lineages(lines)
        with self._recording(const.CHANGE_REOPEN, lines, day, about) as story:
            for lineage in story.lineages:
                self._go_on(lineage, day, (const.BY_END, False))
            for subscription in story.subscriptions.filtered("end_date"):
                # A last day that was agreed before is the line's own again.
                subscription.end_date = False
        return story.changes

    @api.private
    @api.model
    def replace(self, line, day, values, **about):
        """A line ends and another product takes its place, as a lineage that follows it: its start makes no partial first period.

        :param values: of the new line; what they do not say is as on the line it follows.
        :return: the new line.
        """
        lineage = self._lineages(line)
        day = max(day, min(self._known(lineage).mapped("date_start")))
        with self._recording(const.CHANGE_REPLACE, line, day, about) as story:
            story.new_lines = self._replace(story.lines, day, values)
        return story.new_lines.with_env(self.env)

    def _replace(self, line, day, values):
        lineage = line.lineage_id
        before = self._price_line(lineage, day)
        planned_end = self._planned_end(lineage)
        self._stop(lineage, day, const.BY_CHANGE)
        # sudo: lineages are the ledger's own records, nobody writes them by hand
        follower = lineage.sudo().create({"subscription_id": line.subscription_id.id, "follows_id": lineage.id})
        vals = before.copy_data({"date_start": day, "date_end": planned_end, "lineage_id": follower.id})[0]
        if "product_id" in values:
            for name in ("name", "product_uom_id", "price_unit", "pricelist_discount", "tax_ids", "analytic_distribution"):
                vals.pop(name, None)
        if values.keys() & {"product_id", "price_unit"}:
            vals.pop("price_manual", None)
        # sudo: where a line comes from is kept by services
        return line.sudo().create({**vals, "subscription_id": line.subscription_id.id, **values}).with_env(line.env)

    @api.private
    @api.model
    def add(self, subscription, day, values, **about):
        """Another product from a day on. Its first period is the rest of the running one, as the plan prorates it.

        :param values: of the new line: ``product_id``, and what shall not be as the product says.
        :return: the new line.
        """
        self._check_may_change(subscription)
        day = max(day, subscription.start_date)
        lines = self.env["recurring.subscription.line"]
        with self._recording(const.CHANGE_ADD, lines, day, about, subscription) as story:
            story.new_lines = story.lines.create({"date_start": day, **values, "subscription_id": subscription.id})
        return story.new_lines.with_env(self.env)

    @api.private
    @api.model
    def switch(self, subscription, plan, day, prices=None, **about):
        """Another plan from a day on; see ``recurring.plan.switch``.

        :param prices: dict id of line → unit price on the new plan, for those that are not as proposed.
        :return: the change; its ``successor_id`` goes on.
        """
        return self.env["recurring.plan.switch"].switch(subscription, plan, day, prices, about)

    @api.private
    @api.model
    def next_boundary(self, subscription, day):
        """The first day after the period that a day lies in."""
        return period_at(subscription.anchor_date, subscription.plan_id._interval(), max(day, subscription.start_date)).end

    @api.private
    @api.model
    def term_boundary(self, subscription, day):
        """The first day after the term that runs on a day; None where the plan has no term, or it goes on by the day after it."""
        end = subscription.term_end_date
        return end + DAY if end and end >= day else None

    def _recording(self, kind, lines, day, about, subscriptions=None):
        return self.env["recurring.change.recording"].recording(kind, lines, day, about, subscriptions)

    @api.private
    @api.model
    def end_day(self, lineage, day):
        """The first day without service when somebody leaves on a day: the plan may let service go on to the end of the period."""
        plan = lineage.subscription_id.plan_id
        keeps = plan.early_end == const.AT_BOUNDARY and plan.timing == charges.ADVANCE
        return self._boundary(lineage, day) if keeps else day

    @api.private
    @api.model
    def pause_day(self, lineage, day):
        """The first day of a pause asked for from a day: the plan may begin pauses with the next period."""
        plan = lineage.subscription_id.plan_id
        return self._boundary(lineage, day) if plan.pause_from == const.AT_BOUNDARY else day

    @api.private
    @api.model
    def downgrade_day(self, lineage, day):
        """The first day of a downgrade asked for from a day: the plan may let what is paid for run to the end of the period."""
        plan = lineage.subscription_id.plan_id
        return self._boundary(lineage, day) if plan.downgrade_from == const.AT_BOUNDARY else day

    def _boundary(self, lineage, day):
        subscription = lineage.subscription_id
        full = period_at(subscription.anchor_date, subscription.plan_id._interval(), day)
        return day if day == full.start else full.end

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

    # The subscription as a whole

    def _settle(self, lines, subscriptions=None):
        """State and last day of the subscriptions follow from their lines.

        :param subscriptions: default: those of the lines.
        """
        for subscription in lines.subscription_id if subscriptions is None else subscriptions:
            lasts = [self._last(lineage) for lineage in subscription.line_ids.lineage_id]
            if all(self._is_over(last) for last in lasts):
                end = max(max(last.date_end, last.date_start) if last._is_empty() else last.date_end for last in lasts)
                # Lines may run longer than the subscription: its last day never moves on by itself.
                end = min(end, subscription.end_date or end)
                # What never has a day of service is over at once, before its first day too.
                over = end < subscription.company_id._recurring_today() or all(last._is_empty() for last in lasts)
                subscription.write({"end_date": max(end, subscription.start_date), **({"state": const.CLOSED} if over else {})})
            elif subscription.state == const.CLOSED:
                # sudo: what closing wrote is undone by the service
                subscription.sudo().write({"state": const.ACTIVE, "end_date": False, "closed_on": False, "close_reason_id": False})
            subscription._refresh_paused()
            subscription._refresh_billing_dates()

    def _is_over(self, last):
        """Whether a lineage, by its last line, was ended or replaced, or has come to the end it was planned to have."""
        if last.ended_by in (const.BY_END, const.BY_CHANGE):
            return True
        today = last.subscription_id.company_id._recurring_today()
        return not last.ended_by and bool(last.date_end) and last.date_end < today

    @api.private
    @api.model
    def is_paused_on(self, lineage, day):
        """Whether the lineage is paused on a day; it may go on later."""
        before = self._running(lineage).filtered(lambda line: line.date_start <= day)[-1:] or lineage.line_ids.filtered("ended_by")[:1]
        return bool(before) and before.ended_by == const.BY_PAUSE and not self._runs_on(before, day)
