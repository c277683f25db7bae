from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError

from .. import const
from ..rules import periods


class RecurringSubscriptionActivation(models.AbstractModel):
    """How a subscription begins to be billed, goes back to draft, and what follows when it reaches a state, whoever brought it there."""

    _name = "recurring.subscription.activation"
    _description = "Activation of a Subscription"

    @api.private
    @api.model
    def activate(self, subscriptions, start_date=None):
        """Start billing: from now on the scheduled action bills what is due.

        :param start_date: the first day of service. None: a draft starts on the day it says; one that waits to start, today.
        :raises UserError: when one of them runs or is closed already.
        """
        subscriptions._hold_against_runs()
        for subscription in subscriptions:
            if subscription.state not in (const.DRAFT, const.WAITING):
                raise UserError(self.env._("%s is already running or closed.", subscription.display_name))
            start = start_date
            if not start and subscription.state == const.WAITING and not any(subscription.line_ids.mapped("opening_until")):
                start = subscription.company_id._recurring_today()
            if start and subscription.start_date != start:
                subscription.start_date = start
        subscriptions.write({"state": const.ACTIVE})

    @api.private
    @api.model
    def back_to_draft(self, subscriptions):
        """Undo an activation by mistake, as long as nothing was billed."""
        subscriptions.write({"state": const.DRAFT, "activated_on": False})
        # sudo: the ledger is written by services alone; the opening position is recorded again at the next activation
        subscriptions.sudo().period_ids.filtered(lambda period: period.kind == const.OPENING)._void()

    @api.private
    @api.model
    def reached(self, subscriptions, begun):
        """What follows from a state, whoever reached it: a button, RPC or an import.

        :param begun: those of them that were not billed before. A later state neither brings back an end that a person took away, nor
            records what was billed elsewhere anew, of which something may be credited meanwhile.
        """
        for subscription in subscriptions.filtered(lambda subscription: subscription.state in const.BILLED_STATES):
            vals = {}
            if not subscription.activated_on:
                vals["activated_on"] = subscription.company_id._recurring_today()
            if subscription in begun and not subscription.end_date and (end := self.planned_end(subscription)):
                vals["end_date"] = end
            if subscription.state == const.CLOSED and not subscription.closed_on:
                vals["closed_on"] = subscription.company_id._recurring_today()
            if vals:
                subscription.write(vals)
        begun.line_ids._record_opening_position()
        for subscription in subscriptions:
            if subscription.state == const.CLOSED:
                subscription._end(subscription.end_date or subscription._last_billed_day())

    @api.private
    @api.model
    def planned_end(self, subscription):
        """The last day of a subscription whose plan ends with its minimum term, or None where it goes on."""
        term = subscription.plan_id._term()
        if subscription.plan_id.renewal not in const.RENEWALS_THAT_END or not term:
            return None
        return periods.boundary(subscription.trial_end_date, term, 1) - timedelta(days=1)

    @api.private
    @api.model
    def end(self, subscription, last_day):
        """End every line and the subscription.

        :param last_day: the last day of service; None when it never ran.
        """
        for lineage in subscription.line_ids.lineage_id:
            self._end_lineage(subscription, lineage, last_day)
        end_date = max(last_day or subscription.start_date, subscription.start_date)
        if subscription.end_date != end_date:
            subscription.end_date = end_date

    def _end_lineage(self, subscription, lineage, last_day):
        """What has ended or was replaced before stays as it is: reopening must not bring it back."""
        change = self.env["recurring.subscription.change"]
        planned_end = change._end_meant(lineage, (last_day or subscription.start_date) + timedelta(days=1))
        is_cut = change._last(lineage).ended_by == const.BY_PAUSE
        for line in lineage.line_ids:
            never_runs = last_day is None or line.date_start > last_day
            end = line.date_start - timedelta(days=1) if never_runs else last_day
            if not line.date_end or line.date_end > end:
                line.date_end = end
                is_cut = True
        if is_cut:
            # sudo: kept by billing itself; the lineage may be reopened as far as it was planned
            change._last(lineage).sudo().write({"ended_by": const.BY_END, "planned_end": planned_end})

    @api.private
    @api.model
    def take_back_end(self, subscriptions):
        """Closed subscriptions that are made active again, by an import say: when nothing of them runs, their lines go on as was meant."""
        change = self.env["recurring.subscription.change"]
        for subscription in subscriptions:
            lasts = [change._last(lineage) for lineage in subscription.line_ids.lineage_id]
            if not all(change._is_over(last) for last in lasts):
                continue
            for last in lasts:
                if last.ended_by == const.BY_END:
                    last.date_end = last.planned_end
                    # sudo: how a line ended is kept by billing itself
                    last.sudo().write({"ended_by": False, "planned_end": False})

    @api.private
    @api.model
    def refresh_paused(self, subscriptions):
        """Active or paused, as the lines are today: paused when nothing runs and something waits to be resumed."""
        change = self.env["recurring.subscription.change"]
        for subscription in subscriptions.filtered(lambda subscription: subscription.state in (const.ACTIVE, const.PAUSED)):
            today = subscription.company_id._recurring_today()
            lineages = subscription.line_ids.lineage_id
            paused = lineages.filtered(lambda lineage, today=today: change.is_paused_on(lineage, today))
            runs = any(change._runs_on(line, today) for line in subscription.line_ids)
            state = const.PAUSED if paused and not runs else const.ACTIVE
            if subscription.state != state:
                subscription.state = state
