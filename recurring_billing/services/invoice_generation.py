import logging
import time
import traceback

import psycopg2.errors
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from .. import const
from ..rules import billing_dates
from ..rules.money import to_decimal
from .billing_problem import Problem

_logger = logging.getLogger(__name__)

BATCH_SIZE = 100
BATCH_TRIES = 3
SINGLE_TRIES = 6
USUAL_RUNS = 12
CONFLICTS = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
    psycopg2.errors.ExclusionViolation,
)
# What an invoice need not do when thousands are made: followers, notifications and tracking messages one by one. A run logs one message
# per invoice instead, in one insert per batch. Never ``skip_invoice_sync`` or ``check_move_validity=False``.
BATCH_CONTEXT = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_notrack": True,
}


class RecurringInvoiceGeneration(models.AbstractModel):
    """Bills everything due: claims subscriptions in batches, makes native invoices, parks the culprits, keeps the run's figures.

    One batch is one transaction: rows locked in its first statement, ledger rows, invoices, ``next_invoice_date`` and figures
    together, then a commit. So a process killed at any moment leaves whole batches only, and the ledger makes a rerun bill nothing
    twice. See docs/architecture.md, "A billing run".
    """

    _name = "recurring.invoice.generation"
    _description = "Invoice Generation"

    # Entries

    @api.model
    def run_scheduled(self):
        """The scheduled action: bill everything due in every company, as long as the cron's time allows."""
        # sudo: the scheduled action works for every user of every company
        queued = (
            self.sudo()
            .env["recurring.billing.run"]
            .search([("in_background", "=", True), ("state", "in", (const.QUEUED, const.RUNNING))], order="id")
        )
        for run in queued:
            generation = self._for_company(run.company_id)
            if not generation._process(run.with_env(generation.env), run.subscription_ids.ids):
                return False
        for company in self.sudo().env["res.company"].search([]):
            generation = self._for_company(company)
            today = company.with_env(generation.env)._recurring_today()
            run = generation._scheduled_run(company, today)
            if not run or run.state == const.RUN_WAITING:
                continue
            if not generation._process(run, generation._due_ids(company, run.horizon)):
                return False
        return True

    @api.model
    def bill(self, subscriptions, horizon=None):
        """Bill what is due for these subscriptions: the "Bill now" button, RPC and tests.

        :param horizon: bill what is due up to this day; default today. Invoices are dated today all the same.
        :return: the runs, one per company.
        :raises AccessError: for a user who may not bill.
        """
        self.check_may_bill()
        subscriptions.check_access("read")
        runs = self.env["recurring.billing.run"]
        for company, mine in subscriptions.grouped("company_id").items():
            generation = self._for_company(company)
            today = company.with_env(generation.env)._recurring_today()
            run = generation._new_run(company, const.MANUAL, today, max(horizon or today, today))
            generation._process(run, mine.ids)
            runs |= run
        return runs.with_env(self.env)

    @api.model
    def bill_in_background(self, subscriptions, horizon):
        """Have the scheduled action bill these subscriptions, at once: for more than a person should wait for.

        :return: the queued runs, one per company.
        """
        self.check_may_bill()
        runs = self.env["recurring.billing.run"]
        for company, mine in subscriptions.grouped("company_id").items():
            generation = self._for_company(company)
            today = company.with_env(generation.env)._recurring_today()
            run = generation._new_run(company, const.MANUAL, today, max(horizon, today))
            run.write({"state": const.QUEUED, "in_background": True, "subscription_ids": mine.ids})
            runs |= run
        # sudo: who may bill need not be allowed to start scheduled actions in general
        self.env.ref("recurring_billing.cron_bill").sudo()._trigger()
        return runs.with_env(self.env)

    @api.model
    def retry(self, issues):
        """Bill the parked subscriptions of these issues again.

        :return: the runs, one per company.
        """
        self.check_may_bill()
        runs = self.env["recurring.billing.run"]
        for company, mine in issues.grouped("company_id").items():
            generation = self._for_company(company)
            today = company.with_env(generation.env)._recurring_today()
            run = generation._new_run(company, const.RETRY, today, today)
            generation._process(run, mine.subscription_id.ids, parked=True)
            runs |= run
        return runs.with_env(self.env)

    @api.model
    def continue_confirmed(self, run):
        """Go on with a run that waited for a person, because its total is far above the usual."""
        self.check_may_bill()
        generation = self._for_company(run.company_id)
        run = run.with_env(generation.env)
        today = run.company_id._recurring_today()
        run.write({"state": const.RUNNING, "date": today, "horizon": max(run.horizon, today)})
        run.message_post(body=self.env._("Confirmed by %s.", self.env.user.name))
        generation._process(run, generation._due_ids(run.company_id, run.horizon), confirmed=True)

    @api.model
    def check_may_bill(self):
        """Refuse, in words, a user who may neither bill nor manage subscriptions."""
        allowed = ("account.group_account_invoice", "recurring_billing.group_user")
        if not self.env.su and not any(self.env.user.has_group(group) for group in allowed):
            raise AccessError(
                self.env._("Only Recurring Billing users and users of Invoicing can bill. Ask an administrator for one of these roles.")
            )

    @api.model
    def dry_count(self, subscriptions, horizon):
        """What billing these subscriptions up to the horizon would do, without writing.

        :return: dict company → {subscriptions, invoices, parked, totals: {currency: amount in the lines' tax basis}}
        """
        counts = {}
        for company, mine in subscriptions.grouped("company_id").items():
            generation = self._for_company(company)
            today = company.with_env(generation.env)._recurring_today()
            mine = mine.with_env(generation.env).filtered(lambda subscription: not subscription.is_parked)
            planned, problems = generation._plan(mine.filtered_domain(self._due_domain(horizon)), horizon, today)
            ready = [invoice for invoice in planned if invoice.subscription not in problems and not invoice.is_free]
            counts[company] = {
                "subscriptions": len({invoice.subscription for invoice in ready}),
                "invoices": len(ready),
                "parked": len(problems),
                "totals": generation.env["recurring.invoice.preparation"].totals_by_currency(ready),
            }
        return counts

    # Runs

    def _for_company(self, company):
        """The service in one company, able to write what billing writes.

        sudo: who may bill need not be allowed to write ledger rows, or invoices of other salespeople; entries check the right to bill.
        """
        return self.sudo().with_company(company).with_context(allowed_company_ids=company.ids, **BATCH_CONTEXT)

    @api.model
    def _due_domain(self, horizon):
        return Domain([("state", "in", const.BILLED_STATES), ("next_invoice_date", "!=", False), ("next_invoice_date", "<=", horizon)])

    def _due_ids(self, company, horizon):
        domain = self._due_domain(horizon) & Domain([("company_id", "=", company.id), ("is_parked", "=", False)])
        return self.env["recurring.subscription"].search(domain, order="next_invoice_date, id").ids

    def _new_run(self, company, trigger, today, horizon):
        return self.env["recurring.billing.run"].create(
            {"company_id": company.id, "trigger": trigger, "date": today, "horizon": horizon, "user_id": self.env.uid}
        )

    def _scheduled_run(self, company, today):
        """The day's run of the company: a new one, the one an interrupted action began, or one that waits for a person."""
        runs = self.env["recurring.billing.run"]
        mine = Domain([("company_id", "=", company.id), ("trigger", "=", const.SCHEDULED)])
        waiting = runs.search(mine & Domain("state", "=", const.RUN_WAITING), limit=1)
        if waiting:
            return waiting
        runs.search(mine & Domain([("state", "=", const.RUNNING), ("date", "<", today)])).state = const.RUN_INTERRUPTED
        known = runs.search(mine & Domain("date", "=", today), limit=1)
        if known:
            return known
        if not self.env["recurring.subscription"].search_count([("company_id", "=", company.id)], limit=1):
            return runs
        return self._new_run(company, const.SCHEDULED, today, today)

    def _process(self, run, ids, *, parked=False, confirmed=False):
        """Bill the subscriptions batch by batch.

        :param parked: bill parked subscriptions too (a retry).
        :param confirmed: a person has agreed to the run's total.
        :return: whether everything was done within the time allowed.
        """
        self._check_ledger_guarded()
        run.state = const.RUNNING
        if run.trigger == const.SCHEDULED and not confirmed and ids and not self._total_is_usual(run, ids):
            self.env["ir.cron"]._commit_progress()
            return True
        # Scalars: reading a record would begin a batch's transaction before its lock.
        batch = _Batch(run.id, run.date, run.horizon, parked)
        left, time_left = len(ids), self.env["ir.cron"]._commit_progress(remaining=len(ids))
        for chunk in split_every(self._batch_size(), ids):
            if time_left <= 0:
                return False
            self._bill_batch(batch, list(chunk))
            left -= len(chunk)
            time_left = self.env["ir.cron"]._commit_progress(len(chunk), remaining=left)
        run.write({"state": const.RUN_DONE, "ended_at": fields.Datetime.now()})
        self.env["ir.cron"]._commit_progress()
        return True

    def _check_ledger_guarded(self):
        """Refuse to bill on a database that would not refuse double billing."""
        constraint = f"{self.env['recurring.period']._table}_no_double_billing"
        if not self.env.execute_query(SQL("SELECT 1 FROM pg_constraint WHERE conname = %s AND contype = 'x'", constraint)):
            raise UserError(
                self.env._(
                    "The database lacks the constraint %s, which makes billing a period twice impossible, so nothing is billed. Ask your "
                    "administrator to install the PostgreSQL extension btree_gist and to upgrade the app Recurring Billing.",
                    constraint,
                )
            )

    def _batch_size(self):
        return int(self.env["ir.config_parameter"].get_param("recurring_billing.batch_size", BATCH_SIZE))

    def _total_is_usual(self, run, ids):
        """Whether the run may go on by itself; else it waits, with an activity for the responsible person."""
        expected = 0.0
        for chunk in split_every(self._batch_size() * 5, ids):
            subscriptions = self.env["recurring.subscription"].browse(chunk)
            planned, problems = self._plan(subscriptions, run.horizon, run.date)
            ready = [invoice for invoice in planned if invoice.subscription not in problems]
            expected += self._in_company_currency(run, ready)
        run.expected_amount = expected
        previous = self.env["recurring.billing.run"].search(
            [
                ("company_id", "=", run.company_id.id),
                ("trigger", "=", const.SCHEDULED),
                ("state", "=", const.RUN_DONE),
                ("invoice_count", ">", 0),
                ("id", "!=", run.id),
            ],
            limit=USUAL_RUNS,
        )
        usual = [to_decimal(other.expected_amount) for other in previous]
        if not billing_dates.exceeds_usual(to_decimal(expected), usual, to_decimal(run.company_id.recurring_guard_factor)):
            return True
        self._hold(run)
        return False

    def _in_company_currency(self, run, planned):
        totals = self.env["recurring.invoice.preparation"].totals_by_currency(planned)
        company = run.company_id
        return sum(currency._convert(float(total), company.currency_id, company, run.date) for currency, total in totals.items())

    def _hold(self, run):
        run.state = const.RUN_WAITING
        user = run.company_id.recurring_responsible_id or self.env.ref("base.user_admin")
        words = self.with_context(lang=user.lang)
        run.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=words.env._("A billing run waits for you"),
            note=words.env._(
                "The run would bill far more than usual. Open it, look at the expected amount and confirm it, or mend what is wrong first."
            ),
            user_id=user.id,
        )

    # Batches

    def _bill_batch(self, batch, ids):
        """One transaction for the subscriptions; on failure halves, until only the culprit is left."""
        tries = BATCH_TRIES if len(ids) > 1 else SINGLE_TRIES
        for attempt in range(tries):
            try:
                self._bill_locked(batch, ids)
                self.env.cr.commit()
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
            half = len(ids) // 2
            self._bill_batch(batch, ids[:half])
            self._bill_batch(batch, ids[half:])
        elif isinstance(failure, CONFLICTS) and not isinstance(failure, psycopg2.errors.ExclusionViolation):
            _logger.info("subscription %s is busy and stays due for the next run", ids)
        else:
            self._park_failed(batch, ids[0], failure)

    def _bill_locked(self, batch, ids):
        started = time.monotonic()
        # The first statement of the transaction: under REPEATABLE READ a row changed since then fails here, and the batch restarts.
        locked = self.env["recurring.subscription"].browse(ids).try_lock_for_update(allow_referencing=True)
        due = locked.filtered_domain(self._due_domain(batch.horizon))
        if not batch.parked:
            due = due.filtered(lambda subscription: not subscription.is_parked)
        planned, problems = self._plan(due, batch.horizon, batch.today)
        run = self.env["recurring.billing.run"].browse(batch.run_id)
        for subscription, problem in problems.items():
            self.env["recurring.billing.issue"]._park(subscription, problem, run)
        ready = [invoice for invoice in planned if invoice.subscription not in problems]
        moves = self._write_invoices(ready, batch)
        if batch.parked:
            self._solve_issues(locked.filtered(lambda subscription: subscription not in problems))
        self._count(run, ready, moves, len(problems), time.monotonic() - started)

    def _plan(self, subscriptions, horizon, today):
        """The invoices to be made, and the problems of those that cannot be.

        :return: list of PlannedInvoice, dict subscription → Problem
        """
        charges = {
            subscription: found
            for subscription, (found, _rows) in self.env["recurring.coverage"].due_charges(subscriptions, horizon).items()
        }
        planned = self.env["recurring.invoice.preparation"].plan(charges, today)
        return planned, self.env["recurring.billing.preflight"].check(planned, today)

    def _write_invoices(self, ready, batch):
        """Ledger rows, then the invoices that point to them, then the dates: one ``create()`` and one ``_post()``."""
        preparation = self.env["recurring.invoice.preparation"]
        rows = [preparation.prepare_periods(invoice, batch.run_id) for invoice in ready]
        periods = iter(self.env["recurring.period"].create([values for mine in rows for values in mine]))
        by_invoice = [[next(periods) for _values in mine] for mine in rows]
        words = {}
        moves = self.env["account.move"].create(
            [
                preparation.prepare_move(invoice, mine, batch.run_id, words)
                for invoice, mine in zip(ready, by_invoice, strict=True)
                if not invoice.is_free
            ]
        )
        by_subscription = {}
        for invoice, mine in zip(ready, by_invoice, strict=True):
            by_subscription.setdefault(invoice.subscription, []).extend(mine)
        modes = {subscription.id: subscription._effective_invoice_mode() for subscription in by_subscription}
        posted = moves.filtered(lambda move: modes[move.line_ids.recurring_subscription_id.id] == const.MODE_POST)
        if posted:
            posted._post(soft=False)
        self._advance(by_subscription)
        self._log(moves)
        return moves

    def _advance(self, by_subscription):
        subscriptions = self.env["recurring.subscription"].union(*by_subscription)
        coverage = self.env["recurring.coverage"]
        rows = coverage._rows_in_force(subscriptions, coverage._settled(subscriptions))
        coverage.advance(subscriptions, rows)

    def _log(self, moves):
        """One line in the chatter of every invoice and subscription, in one insert each."""
        if not moves:
            return
        bodies, told = {}, {}
        for move in moves:
            subscription = move.line_ids.recurring_subscription_id
            bodies[move.id] = self.env._("Made for subscription %s.", subscription._get_html_link())
            told[subscription.id] = told.get(subscription.id, Markup()) + Markup("<div>%s</div>") % self.env._(
                "Invoice %(invoice)s, %(amount)s.",
                invoice=move._get_html_link(),
                amount=move.currency_id.format(move.amount_total),
            )
        moves._message_log_batch(bodies=bodies)
        self.env["recurring.subscription"].browse(told)._message_log_batch(bodies=told)

    def _count(self, run, ready, moves, parked, seconds):
        company = run.company_id
        untaxed = sum(moves.mapped("amount_untaxed_signed"))
        run.write(
            {
                "subscription_count": run.subscription_count + len({invoice.subscription for invoice in ready}),
                "invoice_count": run.invoice_count + len(moves),
                "amount_untaxed": company.currency_id.round(run.amount_untaxed + untaxed),
                "amount_total": company.currency_id.round(run.amount_total + sum(moves.mapped("amount_total_signed"))),
                "parked_count": run.parked_count + parked,
                "seconds": run.seconds + seconds,
            }
        )

    def _solve_issues(self, subscriptions):
        issues = self.env["recurring.billing.issue"].search(
            [("subscription_id", "in", subscriptions.ids), ("state", "=", const.ISSUE_OPEN)]
        )
        if issues:
            issues._solve()

    def _park_failed(self, batch, subscription_id, error):
        """A single subscription that Odoo refuses or crashes on is parked, in a transaction of its own."""
        subscription = self.env["recurring.subscription"].browse(subscription_id)
        run = self.env["recurring.billing.run"].browse(batch.run_id)
        words = self.with_context(lang=subscription._responsible_user().lang or self.env.lang)
        problem = words._problem_of(subscription, error)
        if problem.kind == const.ISSUE_ERROR:
            _logger.error("billing %s failed", subscription.display_name, exc_info=error)
        self.env["recurring.billing.issue"]._park(subscription, problem, run)
        run.parked_count += 1
        self.env.cr.commit()

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


class _Batch:
    """What a batch must know without reading a record."""

    __slots__ = ("horizon", "parked", "run_id", "today")

    def __init__(self, run_id, today, horizon, parked):
        self.run_id, self.today, self.horizon, self.parked = run_id, today, horizon, parked
