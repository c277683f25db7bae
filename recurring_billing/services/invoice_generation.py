from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from .. import const
from ..rules import billing_dates
from ..rules.money import to_decimal
from .billing_batch import Batch

BATCH_SIZE = 200
BILLED_AT_ONCE = 300
USUAL_RUNS = 12
PEAK_DAYS = 366
# What an invoice need not do when thousands are made: followers, notifications and tracking messages one by one. A run logs one message
# per invoice instead, in one insert per batch. Never ``skip_invoice_sync`` or ``check_move_validity=False``.
BATCH_CONTEXT = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_notrack": True,
}


class RecurringInvoiceGeneration(models.AbstractModel):
    """Runs of billing: the scheduled action, "Bill now", retries. A run goes batch by batch and keeps its figures.

    The ledger makes a rerun bill nothing twice, so a run may be killed and started again at any moment.
    """

    _name = "recurring.invoice.generation"
    _description = "Invoice Generation"

    # Entries

    @api.private
    @api.model
    def run_scheduled(self):
        """The scheduled action: bill everything due in every company, as long as the cron's time allows."""
        # sudo: the scheduled action works for every user of every company
        queued = (
            self.sudo()
            .env["recurring.billing.run"]
            .search([("in_background", "=", True), ("state", "in", (const.QUEUED, const.RUNNING))], order="id")
        )
        self._interrupt_dead_runs()
        for run in queued:
            generation = self._for_company(run.company_id)
            run = run.with_env(generation.env)
            run.date = run.company_id._recurring_today()
            if not generation._process(run, run.subscription_ids.ids or generation._due_ids(run.company_id, run.horizon)):
                return False
        return all(self._run_company(company) for company in self.sudo().env["res.company"].search([]))

    def _interrupt_dead_runs(self):
        """Runs a person started that were killed: every batch writes the run, so one that was silent for an hour is dead."""
        silent = fields.Datetime.now() - timedelta(hours=1)
        # sudo: runs are written by the service alone
        self.sudo().env["recurring.billing.run"].search(
            [
                ("trigger", "!=", const.SCHEDULED),
                ("in_background", "=", False),
                ("state", "=", const.RUNNING),
                ("write_date", "<", silent),
            ]
        ).state = const.RUN_INTERRUPTED

    def _run_company(self, company):
        """The scheduled run of one company.

        :return: whether everything was done within the time allowed.
        """
        generation = self._for_company(company)
        today = company.with_env(generation.env)._recurring_today()
        run = generation._scheduled_run(company, today)
        if not run or run.state == const.RUN_WAITING:
            return True
        return generation._process(run, generation._due_ids(company, run.horizon))

    @api.model
    def bill(self, subscriptions, horizon=None):
        """Bill what is due for these subscriptions: the "Bill now" wizard, other modules and tests.

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
            run = generation._new_run(company, const.MANUAL, today, horizon or today)
            generation._process(run, mine.ids)
            runs |= run
        return runs.with_env(self.env)

    @api.model
    def bill_in_background(self, subscriptions, horizon):
        """Have the scheduled action bill these subscriptions, at once: for more than a person should wait for.

        :return: the queued runs, one per company.
        """
        self.check_may_bill()
        subscriptions.check_access("read")
        runs = self.env["recurring.billing.run"]
        for company, mine in subscriptions.grouped("company_id").items():
            generation = self._for_company(company)
            today = company.with_env(generation.env)._recurring_today()
            run = generation._new_run(company, const.MANUAL, today, horizon)
            run.write({"state": const.QUEUED, "in_background": True, "subscription_ids": mine.ids})
            runs |= run
        self._trigger_scheduled()
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
            # What was billed ahead is retried as far ahead.
            horizon = max([today, *(issue.horizon for issue in mine if issue.horizon)])
            run = generation._new_run(company, const.RETRY, today, horizon)
            generation._process(run, mine.subscription_id.ids, parked=True)
            runs |= run
        return runs.with_env(self.env)

    @api.model
    def continue_confirmed(self, run):
        """Go on with a run that waited for a person, because its total is far above the usual; in the background when it is long."""
        self.check_may_bill()
        generation = self._for_company(run.company_id)
        run = run.with_env(generation.env)
        today = run.company_id._recurring_today()
        run.write({"state": const.RUNNING, "date": today, "horizon": max(run.horizon, today), "is_confirmed": True})
        confirmation = self.env._("Confirmed by %s.", self.env.user.name)
        run.message_post(body=confirmation)
        run.activity_feedback(["mail.mail_activity_data_todo"], feedback=confirmation)
        ids = generation._due_ids(run.company_id, run.horizon)
        if len(ids) <= BILLED_AT_ONCE:
            generation._process(run, ids)
        else:
            run.write({"state": const.QUEUED, "in_background": True})
            generation._trigger_scheduled()

    @api.model
    def _trigger_scheduled(self):
        # sudo: who may bill need not be allowed to start scheduled actions in general
        self.env.ref("recurring_billing.cron_bill").sudo()._trigger()

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

        :return: dict company → currency → {subscriptions, invoices, parked, amount in the lines' tax basis}
        """
        counts = {}
        for company, mine in subscriptions.grouped("company_id").items():
            generation = self._for_company(company)
            today = company.with_env(generation.env)._recurring_today()
            mine = mine.browse(generation.env["recurring.invoice.grouping"].with_predecessors(mine.ids))
            mine = mine.with_env(generation.env).filtered(lambda subscription: not subscription.is_parked)
            planned, problems = generation.env["recurring.billing.batch"].forecast(
                mine.filtered_domain(self._due_domain(horizon)), horizon, today
            )
            ready = [invoice for invoice in planned if invoice.subscription not in problems and not invoice.is_free]
            for currency in mine.currency_id:
                invoices = [invoice for invoice in ready if invoice.subscription.currency_id == currency]
                counts.setdefault(company, {})[currency] = {
                    "subscriptions": len({invoice.subscription for invoice in invoices}),
                    "invoices": generation.env["recurring.invoice.grouping"].count(invoices),
                    "parked": sum(subscription.currency_id == currency for subscription in problems),
                    "amount": float(sum(invoice.amount for invoice in invoices)),
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

    def _process(self, run, ids, *, parked=False):
        """Bill the subscriptions batch by batch.

        :param parked: bill parked subscriptions too (a retry).
        :return: whether everything was done within the time allowed.
        """
        self._check_ledger_guarded()
        ids = self.env["recurring.invoice.grouping"].with_predecessors(ids)
        run.state = const.RUNNING
        if run.trigger == const.SCHEDULED and not run.is_confirmed and ids and not self._total_is_usual(run, ids):
            self._checkpoint()
            return True
        chunks, groups = self.env["recurring.invoice.grouping"].chunks(ids, self._batch_size())
        batch = Batch(run.id, run.date, run.horizon, parked, groups)
        left, time_left = len(ids), self._checkpoint(remaining=len(ids))
        for chunk in chunks:
            if time_left <= 0:
                return False
            self.env["recurring.billing.batch"].bill(batch, chunk)
            left -= len(chunk)
            time_left = self._checkpoint(len(chunk), remaining=left)
        run.write({"state": const.RUN_DONE, "ended_at": fields.Datetime.now()})
        self._checkpoint()
        return True

    def _checkpoint(self, processed=0, *, remaining=None):
        """Commit what is done, and tell the scheduled action how far it is.

        :return: seconds left, see ``ir.cron._commit_progress()``.
        """
        if self._in_one_transaction():
            return float("inf")
        return self.env["ir.cron"]._commit_progress(processed, remaining=remaining)

    @api.model
    def _in_one_transaction(self):
        """Whether the caller wants all or nothing: the context key ``recurring_one_transaction``.

        Demo data is told while the addon installs, and half an installation must never be committed. Nothing is committed then, nothing
        is tried again, and an error in a batch goes up to the caller.
        """
        return bool(self.env.context.get("recurring_one_transaction"))

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
        # The day's run may go on after it was done or killed: what it billed already counts.
        expected = run.amount_untaxed
        for chunk in split_every(self._batch_size() * 5, ids):
            subscriptions = self.env["recurring.subscription"].browse(chunk)
            planned, problems = self.env["recurring.billing.batch"].forecast(subscriptions, run.horizon, run.date)
            ready = [invoice for invoice in planned if invoice.subscription not in problems]
            expected += self._in_company_currency(run, ready)
        run.expected_amount = expected
        factor = to_decimal(run.company_id.recurring_guard_factor)
        usual, peak = self._usual_totals(run)
        if not billing_dates.exceeds_usual(to_decimal(expected), usual, factor, peak=peak):
            return True
        self._hold(run)
        return False

    def _usual_totals(self, run):
        """The totals of the last scheduled runs that billed something, and the largest of the past year."""
        runs = self.env["recurring.billing.run"]
        done = Domain(
            [
                ("company_id", "=", run.company_id.id),
                ("trigger", "=", const.SCHEDULED),
                ("state", "=", const.RUN_DONE),
                ("invoice_count", ">", 0),
                ("id", "!=", run.id),
            ]
        )
        last = runs.search(done, limit=USUAL_RUNS)
        year = Domain("date", ">=", run.date - timedelta(days=PEAK_DAYS))
        ((peak,),) = runs._read_group(done & year, [], ["expected_amount:max"])
        return [to_decimal(other.expected_amount) for other in last], to_decimal(peak or 0.0)

    def _in_company_currency(self, run, planned):
        totals = self.env["recurring.invoice.planning"].totals_by_currency(planned)
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
