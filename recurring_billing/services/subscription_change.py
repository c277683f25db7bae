from datetime import timedelta

from odoo import api, models

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
