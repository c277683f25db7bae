import logging
import time
import traceback

import psycopg2.errors
from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import const
from ..rules.charges import Credit
from .billing_problem import Problem

_logger = logging.getLogger(__name__)

BATCH_TRIES = 3
SINGLE_TRIES = 6
CONFLICTS = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
    psycopg2.errors.ExclusionViolation,
)


class Batch:
    """What a batch must know without reading a record: reading would begin its transaction before its lock."""

    __slots__ = ("groups", "horizon", "parked", "run_id", "today")

    def __init__(self, run_id, today, horizon, parked, groups):
        self.run_id, self.today, self.horizon, self.parked, self.groups = run_id, today, horizon, parked, groups


class RecurringBillingBatch(models.AbstractModel):
    """Bills the subscriptions of one batch in one transaction; halves a failing batch until only the culprit is left, and parks it.

    Rows are locked in the transaction's first statement; ledger rows, invoices, ``next_invoice_date`` and the run's figures are
    written together, then committed. So a process killed at any moment leaves whole batches only.
    """

    _name = "recurring.billing.batch"
    _description = "Batch of a Billing Run"

    @api.private
    @api.model
    def bill(self, batch, ids):
        """One transaction for the subscriptions; on failure halves, until only the culprit is left."""
        if self.env["recurring.invoice.generation"]._in_one_transaction():
            self._bill_locked(batch, ids)
            return
        tries = BATCH_TRIES if len(ids) > 1 else SINGLE_TRIES
        for attempt in range(tries):
            try:
                self._bill_locked(batch, ids)
                self.env.cr.commit()  # pylint: disable=invalid-commit; a batch is a transaction of its own
                return
            except CONFLICTS as error:
                self.env.cr.rollback()
                failure = error
                _logger.info("billing batch of %s restarts: %s", len(ids), type(error).__name__)
                time.sleep(0.05 * attempt)
            except Exception as error:
                self.env.cr.rollback()
                failure = error
                break
        if len(ids) > 1:
            self._divide(batch, ids)
        elif isinstance(failure, CONFLICTS) and not isinstance(failure, psycopg2.errors.ExclusionViolation):
            _logger.info("subscription %s is busy and stays due for the next run", ids)
        else:
            self._park_failed(batch, ids[0], failure)

    def _divide(self, batch, ids):
        """Look for the culprit in halves; a group stays together, and shrinks by its culprits only."""
        units = self.env["recurring.invoice.grouping"].units(ids, batch.groups)
        half = len(units) // 2
        if half:
            for part in (units[:half], units[half:]):
                self.bill(batch, [subscription_id for unit in part for subscription_id in unit])
            return
        culprits = [subscription_id for subscription_id in ids if self._fails_alone(batch, subscription_id)]
        rest = [subscription_id for subscription_id in ids if subscription_id not in culprits]
        # What fails only together is billed apart.
        for part in [[subscription_id] for subscription_id in (culprits or ids)] + ([rest] if culprits and rest else []):
            self.bill(batch, part)

    def _fails_alone(self, batch, subscription_id):
        """Whether billing this subscription by itself fails, found by trying and taking it back."""
        try:
            self._bill_locked(batch, [subscription_id])
            self.env.flush_all()
        except CONFLICTS as error:
            return isinstance(error, psycopg2.errors.ExclusionViolation)
        except Exception:
            return True
        finally:
            self.env.cr.rollback()
        return False

    def _bill_locked(self, batch, ids):
        started = time.monotonic()
        # The first statement of the transaction: under REPEATABLE READ a row changed since then fails here, and the batch restarts.
        locked = self.env["recurring.subscription"].browse(ids).try_lock_for_update(allow_referencing=True)
        due = locked.filtered_domain(self.env["recurring.invoice.generation"]._due_domain(batch.horizon))
        if not batch.parked:
            due = due.filtered(lambda subscription: not subscription.is_parked)
        plan, problems = self._plan(due, batch.horizon, batch.today)
        run = self.env["recurring.billing.run"].browse(batch.run_id)
        for subscription, problem in problems.items():
            self.env["recurring.billing.issue"]._park(subscription, problem, run)
        plan.drafts.filtered(lambda line: line.recurring_subscription_id not in problems)._recurring_take_off_drafts()
        ready = [invoice for invoice in plan.invoices if invoice.subscription not in problems]
        moves = self._write_invoices(ready, batch)
        waiting = {subscription: day for subscription, day in plan.waiting.items() if subscription not in problems}
        sold_by = self.env["recurring.billing.extras"].sold_by
        billed = due.browse({sold_by(item).subscription_id.id: None for invoice in ready for item in invoice.items})
        self._advance(due.filtered(lambda subscription: subscription not in problems) | billed, waiting, batch.horizon)
        if batch.parked:
            self._solve_issues(due.filtered(lambda subscription: subscription not in problems), self.env._("Billed."))
            self._solve_issues(locked - due, self.env._("Nothing is due any more."))
        self._count(run, ready, moves, len(problems), time.monotonic() - started)

    @api.private
    @api.model
    def plan(self, subscriptions, horizon, today):
        """The invoices to be made, and the problems of those that cannot be.

        :return: list of PlannedInvoice, dict subscription → Problem
        """
        plan, problems = self._plan(subscriptions, horizon, today)
        return plan.invoices, problems

    def _plan(self, subscriptions, horizon, today):
        plan = self.env["recurring.invoice.planning"].plan(subscriptions, horizon, today)
        return plan, plan.problems | self.env["recurring.billing.preflight"].check(plan.invoices, today)

    @api.private
    @api.model
    def forecast(self, subscriptions, horizon, today):
        """As ``plan``, for counting: what cannot even be planned is among the problems, as it will be parked, and stops nobody else."""
        try:
            with self.env.cr.savepoint(flush=False):
                return self.plan(subscriptions, horizon, today)
        except Exception as error:
            if len(subscriptions) == 1:
                return [], {subscriptions: self._problem_of(subscriptions, error)}
            half = len(subscriptions) // 2
            planned, problems = self.forecast(subscriptions[:half], horizon, today)
            more_planned, more_problems = self.forecast(subscriptions[half:], horizon, today)
            return planned + more_planned, problems | more_problems

    def _write_invoices(self, ready, batch):
        """Ledger rows, then the invoices that point to them: one ``create()`` and one ``_post()``."""
        main_periods = self._write_periods(ready, batch.run_id)
        split = self.env["recurring.payer.split"]
        shares = split.record(ready, main_periods)
        grouping = self.env["recurring.invoice.grouping"]
        moves = self.env["account.move"].create(grouping.prepare_moves(ready, main_periods, batch.run_id, shares))
        split.remember_words(moves, shares)
        first = moves.filtered(lambda move: move._recurring_is_charged_first())
        first.recurring_charge_first = True
        posted = moves.filtered(lambda move: move._recurring_mode() != const.MODE_DRAFT) - first
        if posted:
            posted._post(soft=False)
        moves._recurring_after_posting()
        (moves - posted)._recurring_remember_untouched()
        self._log(moves)
        return moves

    def _write_periods(self, ready, run_id):
        """The ledger rows of the invoices: what is credited is shortened first, for the time may be charged again at once.

        :return: for each invoice, the row that each of its lines points to.
        """
        preparation = self.env["recurring.invoice.preparation"]
        periods = self.env["recurring.period"]
        for invoice in ready:
            for row in invoice.rows:
                if isinstance(row, Credit) and row.covered.days:
                    periods.browse(row.row).live_end = row.covered.start
        self.env.flush_all()
        # What several payers share is on the invoice of each, and in the ledger once.
        wholes = {id(item.whole): item.whole for invoice in ready for item in invoice.items if item.rows}
        values = [preparation.prepare_periods(whole, run_id) for whole in wholes.values()]
        main = dict(zip(wholes, periods.create([rows[0] for rows in values]), strict=True))
        periods.create([dict(row, billed_with_id=first.id) for rows, first in zip(values, main.values(), strict=True) for row in rows[1:]])
        again = self.env["recurring.payer.split"].period_of
        return [[main[id(item.whole)] if item.rows else again(item) for item in invoice.items] for invoice in ready]

    def _advance(self, subscriptions, waiting, horizon):
        self.env["recurring.coverage"].advance(subscriptions, waiting, horizon)

    def _log(self, moves):
        """One line in the chatter of every invoice and subscription, in one insert each."""
        if not moves:
            return
        bodies, told = {}, {}
        for move in moves:
            subscriptions = move.line_ids.recurring_subscription_id
            words = self.with_context(lang=move.company_id.partner_id.lang or self.env.lang)
            links = Markup(", ").join(subscription._get_html_link() for subscription in subscriptions)
            bodies[move.id] = words.env._("Made for subscription %s.", links)
            for subscription in subscriptions:
                lines = move.invoice_line_ids.filtered(lambda line, mine=subscription: line.recurring_subscription_id == mine)
                amount = move.amount_total if len(subscriptions) == 1 else sum(lines.mapped("price_total"))
                told[subscription.id] = told.get(subscription.id, Markup()) + Markup("<div>%s</div>") % words.env._(
                    "Invoice %(invoice)s, %(amount)s.",
                    invoice=move._get_html_link(),
                    amount=move.currency_id.with_env(words.env).format(amount),
                )
        moves._message_log_batch(bodies=bodies)
        self.env["recurring.subscription"].browse(told)._message_log_batch(bodies=told)

    def _count(self, run, ready, moves, parked, seconds):
        company = run.company_id
        untaxed = sum(moves.mapped("amount_untaxed_signed"))
        run.write(
            {
                "subscription_count": run.subscription_count + len({invoice.subscription for invoice in ready if not invoice.is_free}),
                "invoice_count": run.invoice_count + len(moves),
                "amount_untaxed": company.currency_id.round(run.amount_untaxed + untaxed),
                "amount_total": company.currency_id.round(run.amount_total + sum(moves.mapped("amount_total_signed"))),
                "parked_count": run.parked_count + parked,
                "seconds": run.seconds + seconds,
            }
        )

    def _solve_issues(self, subscriptions, feedback):
        # What was agreed was agreed once: old work that appears later waits again.
        subscriptions.filtered("catch_up_confirmed_until").catch_up_confirmed_until = False
        issues = self.env["recurring.billing.issue"]
        issues.search(Domain("subscription_id", "in", subscriptions.ids) & issues._parking_domain())._solve(feedback)

    def _park_failed(self, batch, subscription_id, error):
        """A single subscription that Odoo refuses or crashes on is parked, in a transaction of its own."""
        for attempt in range(SINGLE_TRIES):
            try:
                self._park_locked(batch, subscription_id, error)
                self.env.cr.commit()  # pylint: disable=invalid-commit; a batch is a transaction of its own
                return
            except CONFLICTS:
                self.env.cr.rollback()
                time.sleep(0.05 * attempt)
            except Exception:
                self.env.cr.rollback()
                break
        _logger.exception("subscription %s could not be billed, nor parked; it stays due", subscription_id)

    def _park_locked(self, batch, subscription_id, error):
        subscription = self.env["recurring.subscription"].browse(subscription_id)
        run = self.env["recurring.billing.run"].browse(batch.run_id)
        words = self.with_context(lang=subscription._responsible_user().lang or self.env.lang)
        problem = words._problem_of(subscription, error)
        if problem.kind == const.ISSUE_ERROR:
            _logger.error("billing %s failed", subscription.display_name, exc_info=error)
        self.env["recurring.billing.issue"]._park(subscription, problem, run)
        run.parked_count += 1

    def _problem_of(self, subscription, error):
        trace = "".join(traceback.format_exception(error))
        if isinstance(error, psycopg2.errors.ExclusionViolation):
            return Problem(
                const.ISSUE_LEDGER,
                self.env._("A period of %s is billed already", subscription.display_name),
                self.env._("Nothing was billed twice. Open the billed periods, see which invoice holds the time, then retry."),
                subscription,
                technical_detail=trace,
            )
        if isinstance(error, UserError):
            return Problem(
                const.ISSUE_REFUSED,
                self.env._("Accounting refused the invoice of %s", subscription.display_name),
                self.env._("%s\n\nMend this, then retry.", str(error)),
                subscription,
                technical_detail=trace,
            )
        return Problem(
            const.ISSUE_ERROR,
            self.env._("An unexpected error stopped the invoice of %s", subscription.display_name),
            self.env._(
                "%s\n\nThe others were billed. Retry; if it happens again, show the technical detail to your administrator.",
                f"{type(error).__name__}: {error}",
            ),
            subscription,
            technical_detail=trace,
        )
