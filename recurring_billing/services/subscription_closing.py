import logging
import time

import psycopg2.errors

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_amount, format_date, split_every

from .. import const
from .closing_plan import Choice
from .invoice_generation import BATCH_CONTEXT

_logger = logging.getLogger(__name__)

BATCH_SIZE = 200
CLOSED_AT_ONCE = 60
TRIES = 4
CONFLICTS = (psycopg2.errors.SerializationFailure, psycopg2.errors.DeadlockDetected, psycopg2.errors.LockNotAvailable)


class RecurringSubscriptionClosing(models.AbstractModel):
    """Closes subscriptions, one or thousands: ends their lines, charges exit fees, keeps who decided what.

    A closing is a record with one line per subscription. The lines that are still to do are the work: they are done batch by batch, each
    line in the transaction that ends its subscription, so a closing that was killed goes on where it was.
    """

    _name = "recurring.subscription.closing"
    _description = "Closing of Subscriptions"

    # Entries

    @api.private
    @api.model
    def close(self, subscriptions, reason, choice=None, exception_reason=None):
        """Close subscriptions, each by its own contract; many in the background.

        :param reason: ``recurring.close.reason``.
        :param choice: Choice: when, and what happens to the money. Default: at the end of the paid period, as the plan says.
        :param exception_reason: why the contract or the exit fee does not count this time.
        :return: the ``recurring.cancellation`` records, one per company; of a single subscription that cannot be closed none, but an error.
        :raises UserError: where there is one subscription and it cannot be closed so.
        :raises AccessError: for who may not change these subscriptions, or make exceptions.
        """
        choice = choice or Choice()
        subscriptions.check_access("write")
        self._check_exceptions(choice, exception_reason)
        if len(subscriptions) == 1:
            self._check_closable(subscriptions, choice)
        closings = self.env["recurring.cancellation"]
        for company, mine in subscriptions.grouped("company_id").items():
            closing = self._create(company, mine, reason, choice, exception_reason)
            if len(mine) <= CLOSED_AT_ONCE:
                self._in_company_of(closing)._process(closing)
            closings |= closing
        if any(closing.state == const.QUEUED for closing in closings):
            # sudo: who may close need not be allowed to start scheduled actions in general
            self.env.ref("recurring_billing.cron_close").sudo()._trigger()
        return closings

    @api.private
    @api.model
    def run_queued(self):
        """The scheduled action: closings of many, as long as the cron's time allows."""
        # sudo: the scheduled action works for every user of every company
        queued = self.sudo().env["recurring.cancellation"].search([("state", "in", (const.QUEUED, const.RUNNING))], order="id")
        for closing in queued:
            # Whoever asked for it closes it, with the rights they have.
            service = self._in_company_of(closing).with_user(closing.user_id)
            if not service._process(closing, commit=True):
                return False
        return True

    def _in_company_of(self, closing):
        """The service in the company of a closing, on the day it was asked for, writing one message per subscription of its own."""
        company = closing.company_id
        context = {"allowed_company_ids": company.ids, "recurring_today": closing.date, **BATCH_CONTEXT}
        return self.with_company(company).with_context(**context)

    def _check_exceptions(self, choice, exception_reason):
        if not choice.override and not choice.waive_fee:
            return
        if not self.env.su and not self.env.user.has_group("recurring_billing.group_manager"):
            raise AccessError(
                self.env._("Only managers waive an exit fee or close against the contract. Ask one of them, or keep to the contract.")
            )
        if not (exception_reason or "").strip():
            raise UserError(self.env._("Please say why an exception is made. It is kept with the subscription."))

    def _check_closable(self, subscription, choice):
        (planned,) = self.env["recurring.closing.plan"].plan(subscription, choice)
        problem = planned.refusal or (planned.exception if not choice.override else None)
        if problem:
            raise UserError(problem)

    def _create(self, company, subscriptions, reason, choice, exception_reason):
        # sudo: closings are kept by the service alone
        return (
            self.env["recurring.cancellation"]
            .sudo()
            .create(
                {
                    "company_id": company.id,
                    "user_id": self.env.uid,
                    "date": company.with_env(self.env)._recurring_today(),
                    "reason_id": reason.id,
                    "when": choice.when,
                    "last_day": choice.day,
                    "refund": choice.refund,
                    "withdrawal": choice.withdrawal,
                    "waive_fee": choice.waive_fee,
                    "override": choice.override,
                    "exception_reason": exception_reason,
                    "state": const.QUEUED,
                    "line_ids": [Command.create({"subscription_id": each.id}) for each in subscriptions],
                }
            )
        )

    # The work

    def _process(self, closing, *, commit=False):
        """Close what is left to do, batch by batch.

        :param commit: each batch is a transaction of its own: in the background.
        :return: whether everything was done within the time allowed.
        """
        closing.state = const.RUNNING
        to_do = closing._lines_to_do()
        left, time_left = len(to_do), self._checkpoint(commit, remaining=len(to_do))
        for ids in split_every(BATCH_SIZE, to_do):
            if time_left <= 0:
                return False
            self._close_batch(closing, ids, commit=commit)
            left -= len(ids)
            time_left = self._checkpoint(commit, len(ids), remaining=left)
        if busy := closing._lines_to_do():
            # Held by somebody else each time, or rolled back with one that was: they are the work of the next run.
            self._checkpoint(commit, remaining=len(busy))
            return False
        closing.write({"state": const.RUN_DONE, "ended_at": fields.Datetime.now()})
        self._checkpoint(commit)
        return True

    def _checkpoint(self, commit, processed=0, *, remaining=None):
        return self.env["ir.cron"]._commit_progress(processed, remaining=remaining) if commit else float("inf")

    def _close_batch(self, closing, ids, *, commit):
        """Close some; what fails is looked for in halves, and noted with its reason."""
        for attempt in range(TRIES):
            try:
                with self.env.cr.savepoint():
                    self._close_lines(closing, ids)
                return
            except CONFLICTS:
                if not commit:
                    raise
                # Somebody changed one of them: the batch begins again in a new transaction.
                self.env.cr.rollback()
                time.sleep(0.1 * attempt)
            except Exception as error:
                if len(ids) == 1:
                    self._note_failure(closing, ids, error)
                    return
                break
        half = len(ids) // 2
        for part in (ids[:half], ids[half:]) if half else ():
            self._close_batch(closing, part, commit=commit)

    def _note_failure(self, closing, ids, error):
        message = str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
        if not isinstance(error, UserError):
            _logger.error("closing %s failed", ids, exc_info=error)
        # sudo: closings are kept by the service alone
        self.env["recurring.cancellation.line"].sudo().browse(ids).write({"state": const.CANCELLATION_REFUSED, "message": message})

    def _close_lines(self, closing, ids):
        # The first statement holds the lines: of two processes, the second finds nothing left to do.
        self.env["recurring.cancellation.line"].flush_model(["state"])
        query = "SELECT id FROM recurring_cancellation_line WHERE id IN %s AND state = %s ORDER BY id FOR UPDATE"
        found = [row[0] for row in self.env.execute_query(SQL(query, tuple(ids), const.CANCELLATION_TO_DO))]
        # sudo: closings are kept by the service alone
        lines = self.env["recurring.cancellation.line"].sudo().browse(found)
        subscriptions = self.env["recurring.subscription"].browse(lines.subscription_id.ids)
        subscriptions.check_access("write")
        subscriptions._hold_against_runs()
        choice = closing._choice()
        planned = {each.subscription: each for each in self.env["recurring.closing.plan"].plan(subscriptions, choice)}
        mrr = {subscription: subscription.mrr for subscription in subscriptions}
        doing = [each for each in planned.values() if not each.refusal and (choice.override or not each.exception)]
        changes = self._end(closing, doing)
        done = {each.subscription for each in doing}
        fees = self._charge_fees(closing, [each for each in doing if each.fee and not choice.waive_fee])
        for line in lines:
            each = planned[self.env["recurring.subscription"].browse(line.subscription_id.id)]
            values = self._values_of(each, each.subscription in done, mrr[each.subscription], fees)
            line.write({**values, "change_id": changes.get(each.subscription)})
        self._tell(closing, doing)

    def _values_of(self, planned, done, mrr, fees):
        if not done:
            return {"state": const.CANCELLATION_REFUSED, "message": planned.refusal or planned.exception}
        return {
            "state": const.CANCELLATION_DONE,
            "message": planned.exception,
            "last_day": planned.last_day,
            "mrr": mrr,
            "exit_fee": float(planned.fee),
            "fee_id": fees.get(planned.subscription.id),
        }

    def _end(self, closing, planned):
        """End the subscriptions, those with the same last day at once; gives the id of the change of each."""
        waiting = [each for each in planned if each.subscription.state not in const.BILLED_STATES]
        for each in waiting:
            each.subscription.write({"state": const.CLOSED, "close_reason_id": closing.reason_id.id})
        changes, by_day = {}, {}
        for each in planned:
            if each not in waiting:
                by_day.setdefault(each.first_day_off, []).append(each)
        for day, mine in by_day.items():
            subscriptions = self.env["recurring.subscription"].union(*(each.subscription for each in mine))
            days = {lineage: first for each in mine for lineage, first in each.days.items()}
            made = self.env["recurring.subscription.change"].close(subscriptions, day, days, closing.reason_id)
            changes |= {change.subscription_id: change.id for change in made}
        if closing.withdrawal:
            self._take_back_one_offs([each.subscription for each in planned])
        return changes

    def _take_back_one_offs(self, subscriptions):
        """What was charged once is given back with the rest."""
        one_offs = self.env["recurring.one.off"].search(
            [("subscription_id", "in", [each.id for each in subscriptions]), ("state", "!=", const.ONE_OFF_WITHDRAWN)]
        )
        one_offs.filtered(lambda one_off: not one_off.undoes_id and not one_off._is_taken_back()).action_undo()

    def _charge_fees(self, closing, planned):
        """One one-off charge for each exit fee, due when service has ended; gives their ids by subscription id."""
        values = []
        for each in planned:
            subscription, plan = each.subscription, each.subscription.plan_id
            values.append(
                {
                    "subscription_id": subscription.id,
                    "product_id": plan.exit_fee_product_id.id,
                    "quantity": 1.0,
                    "price_unit": float(each.fee),
                    "date": max(each.first_day_off, closing.date),
                    "when": const.AT_ONCE,
                    "reason": self.env._(
                        "Exit fee: it ends on %(day)s, within the minimum term until %(end)s.",
                        day=format_date(self.env, each.last_day),
                        end=format_date(self.env, subscription.term_end_date) if subscription.term_end_date else "",
                    ),
                }
            )
        fees = self.env["recurring.one.off"].create(values)
        return {fee.subscription_id.id: fee.id for fee in fees}

    def _tell(self, closing, planned):
        """One message per subscription, in one insert: when it ends, why, and which exception was made."""
        bodies = {each.subscription.id: self._in_words(closing, each) for each in planned}
        if bodies:
            self.env["recurring.subscription"].browse(bodies)._message_log_batch(bodies=bodies)

    def _in_words(self, closing, planned):
        subscription, reason = planned.subscription, closing.reason_id.display_name
        if closing.withdrawal:
            parts = [self.env._("The customer withdrew (%s): everything is given back.", reason)]
        elif not planned.last_day or planned.last_day < subscription.start_date:
            parts = [self.env._("Cancelled before it ran: %s.", reason)]
        else:
            day = format_date(self.env, planned.last_day)
            parts = [self.env._("Cancelled: %(reason)s. The last day of service is %(day)s.", reason=reason, day=day)]
        if planned.fee:
            amount = format_amount(self.env, float(planned.fee), subscription.currency_id)
            waived = self.env._("The exit fee of %s was waived.", amount)
            parts.append(waived if closing.waive_fee else self.env._("Exit fee: %s.", amount))
        if planned.exception:
            parts.append(self.env._("Exception: %s", planned.exception))
        if (planned.fee and closing.waive_fee) or planned.exception:
            parts.append(self.env._("Decided by %(user)s: %(reason)s", user=closing.user_id.name, reason=closing.exception_reason or ""))
        return " ".join(parts)

    # Afterwards

    @api.private
    @api.model
    def keep(self, subscriptions):
        """Take a planned close back, as long as service goes on.

        :raises UserError: where no end is planned, or it is over already.
        """
        subscriptions.check_access("write")
        subscriptions._hold_against_runs()
        for subscription in subscriptions:
            change = subscription._planned_close()
            if not change:
                raise UserError(self.env._("No end of %s is planned that could be taken back. Use Reactivate.", subscription.display_name))
            change.withdraw()
        subscriptions._message_log_batch(
            bodies={each.id: self.env._("It goes on: the planned end was taken back.") for each in subscriptions}
        )

    @api.private
    @api.model
    def reactivate(self, subscriptions, day):
        """Closed subscriptions go on from a day, at the prices that count then; the time between is not billed.

        :raises UserError: where one of them is not closed, or was billed beyond that day.
        """
        subscriptions.check_access("write")
        change = self.env["recurring.subscription.change"]
        for subscription in subscriptions:
            if subscription.state != const.CLOSED:
                raise UserError(self.env._("%s is not closed.", subscription.display_name))
            lineages = subscription.line_ids.lineage_id.filtered(
                lambda lineage: change._last(lineage).ended_by in (const.BY_END, False) and change._last(lineage).date_end
            )
            if not lineages:
                raise UserError(self.env._("Nothing of %s could go on. Make a new subscription.", subscription.display_name))
            change.reopen(lineages.line_ids, day)
        stay = self._take_back_fees(subscriptions)
        subscriptions._message_log_batch(bodies={each.id: self._reactivated_in_words(day, stay.get(each)) for each in subscriptions})

    def _take_back_fees(self, subscriptions):
        """Who comes back does not pay for leaving: exit fees that wait fall. Gives those that are on an invoice, by subscription."""
        # sudo: cancellations are kept by services alone
        lines = (
            self.env["recurring.cancellation.line"].sudo().search([("subscription_id", "in", subscriptions.ids), ("fee_id", "!=", False)])
        )
        fees = lines.fee_id.filtered(lambda fee: fee.state != const.ONE_OFF_WITHDRAWN and not fee._is_taken_back())
        fees.filtered(lambda fee: fee.state == const.ONE_OFF_WAITING).action_undo()
        billed = fees.filtered(lambda fee: fee.state == const.ONE_OFF_BILLED)
        return {subscription.with_env(self.env): mine for subscription, mine in billed.grouped("subscription_id").items()}

    def _reactivated_in_words(self, day, fees):
        words = self.env._("Reactivated from %s.", format_date(self.env, day))
        if fees:
            words += " " + self.env._("The exit fee was invoiced already: to give it back, undo it in One-off Charges.")
        return words
