import logging
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import split_every

from .. import const
from .billing_batch import CONFLICTS
from .invoice_generation import BATCH_CONTEXT

_logger = logging.getLogger(__name__)

AT_ONCE = 100
"""More subscriptions than these are worked on by the scheduled action."""
CHUNK = 50
TRIES = 4


class RecurringPriceRevisionRun(models.AbstractModel):
    """Plans the new prices of a confirmed revision, tells the customers, and takes it all back.

    Subscriptions go chunk by chunk, each chunk a transaction of its own where there are many. What a row says of itself is written in the
    same transaction as its price, so a process killed at any moment is continued by the next, and nothing is done twice.
    """

    _name = "recurring.price.revision.run"
    _description = "Run of a Price Revision"

    # Entries

    @api.private
    @api.model
    def confirm(self, revision):
        """Plan the included prices and tell the customers; in the background when there are many.

        :raises UserError: when there is nothing to do.
        """
        run = self._for(revision)
        revision = revision.with_env(run.env)
        self._lock(revision)
        rows = revision.line_ids.filtered("included")
        if not rows:
            raise UserError(self.env._("There is no price to change. Update the preview, or include what was left out."))
        run._create_notices(revision, rows)
        revision.write({"state": const.REVISION_CONFIRMED, "job": const.JOB_APPLY, "confirmed_on": revision.company_id._recurring_today()})
        run._start(revision, rows)

    @api.private
    @api.model
    def undo(self, revision):
        """Take the whole revision back: what is planned is withdrawn, what is billed is credited by the next run."""
        run = self._for(revision)
        revision = revision.with_env(run.env)
        self._lock(revision)
        told = revision.notice_ids.filtered(lambda notice: notice.state in (const.NOTICE_SENT, const.NOTICE_BY_HAND))
        (revision.notice_ids - told).write({"state": const.NOTICE_VOID})
        if told:
            revision.message_post(
                body=self.env._("%s customers were told of the new prices already. Tell them that the prices stay.", len(told))
            )
        revision.write({"state": const.REVISION_UNDONE, "job": const.JOB_UNDO})
        run._start(revision, revision.line_ids.filtered("included"))

    @api.private
    @api.model
    def send(self, notices):
        """Put the e-mails of notices into Odoo's queue; those without an address stay to be sent."""
        template = self.env.ref("recurring_billing.mail_template_price_revision")
        for company, mine in notices.grouped("company_id").items():
            # sudo: templates read what the customer is told, whoever sends it
            mine = mine.sudo().with_company(company).filtered("email")
            if not mine:
                continue
            template.sudo().with_company(company).send_mail_batch(mine.ids, force_send=False)
            mine.write({"state": const.NOTICE_SENT, "told_on": company._recurring_today()})
            mine.subscription_id._message_log_batch(
                bodies={notice.subscription_id.id: self.env._("New prices told to %s.", notice.email) for notice in mine}
            )

    @api.private
    @api.model
    def run_scheduled(self):
        """The scheduled action: revisions with work left, then those that came into force."""
        # sudo: the scheduled action works for every company
        for revision in self.sudo().env["recurring.price.revision"].search([("job", "!=", False)], order="id"):
            if not self._for(revision)._work_in_background(revision.id):
                return
        self._refresh_states()

    @api.model
    def _refresh_states(self):
        """Revisions whose last price counts by now are in force."""
        # sudo: the scheduled action works for every company
        confirmed = self.sudo().env["recurring.price.revision"].search([("state", "=", const.REVISION_CONFIRMED), ("job", "=", False)])
        confirmed.filtered(
            lambda revision: revision.effective_to and revision.effective_to <= revision.company_id._recurring_today()
        ).state = const.REVISION_APPLIED

    # Work

    def _for(self, revision):
        """The service in the revision's company, able to change every price of it.

        sudo: only managers confirm and undo revisions; renewals confirm those that their plan asks for.
        """
        if not self.env.su and not self.env.user.has_group("recurring_billing.group_manager"):
            raise AccessError(self.env._("Prices are revised by a manager of Recurring Billing."))
        company = revision.company_id
        return self.sudo().with_company(company).with_context(allowed_company_ids=company.ids, **BATCH_CONTEXT)

    def _lock(self, revision):
        """One person at a time; whoever is second finds the state already changed."""
        # sudo: the lock changes nothing
        revision.sudo().lock_for_update()

    def _start(self, revision, rows):
        subscriptions = rows.subscription_id
        if len(subscriptions) > AT_ONCE and not self.env["recurring.invoice.generation"]._in_one_transaction():
            self.env.ref("recurring_billing.cron_price_revision")._trigger()
            return
        self._work(revision, subscriptions.ids)
        self._finish(revision)

    def _work_in_background(self, revision_id):
        """Chunk by chunk, each in its own transaction.

        :return: whether everything was done within the time allowed.
        """
        revision = self.env["recurring.price.revision"].browse(revision_id)
        ids = self._rows_to_do(revision).subscription_id.ids
        left = len(ids)
        for chunk in split_every(CHUNK, ids, list):
            self._chunk_in_transaction(revision_id, chunk)
            left -= len(chunk)
            if self.env["ir.cron"]._commit_progress(len(chunk), remaining=left) <= 0 and left:
                return False
        self._finish(revision)
        self.env["ir.cron"]._commit_progress(0, remaining=0)
        return True

    def _chunk_in_transaction(self, revision_id, ids):
        self.env["ir.cron"]._commit_progress()
        for attempt in range(TRIES):
            try:
                revision = self.env["recurring.price.revision"].browse(revision_id)
                self.env["recurring.subscription"].browse(ids)._hold_against_runs()
                self._work(revision, ids)
                self.env.flush_all()
                return
            except CONFLICTS as error:
                self.env.cr.rollback()
                _logger.info("price revision %s, chunk of %s starts again (%s): %s", revision_id, len(ids), attempt, type(error).__name__)
        _logger.info("price revision %s: %s subscriptions are busy and stay for the next run", revision_id, len(ids))

    def _rows_to_do(self, revision):
        states = (const.ROW_PENDING,) if revision.job == const.JOB_APPLY else (const.ROW_PENDING, const.ROW_DONE)
        return self.env["recurring.price.revision.line"].search(
            [("revision_id", "=", revision.id), ("included", "=", True), ("state", "in", states)]
        )

    def _work(self, revision, ids):
        """Do these subscriptions; what fails is looked for in halves and says why, and stops nobody else."""
        rows = self._rows_to_do(revision).filtered(lambda row: row.subscription_id.id in set(ids))
        if not rows:
            return
        do = self._apply if revision.job == const.JOB_APPLY else self._take_back
        try:
            with self.env.cr.savepoint():
                do(revision, rows)
                self.env.flush_all()
        except CONFLICTS:
            raise
        except Exception as error:
            self.env.invalidate_all()
            if len(ids) > 1:
                half = len(ids) // 2
                self._work(revision, ids[:half])
                self._work(revision, ids[half:])
                return
            if not isinstance(error, UserError):
                _logger.exception("price revision %s of subscription %s", revision.id, ids)
            rows._keep({"state": const.ROW_FAILED, "problem": str(error)[:500]})
        by_itself = revision.job == const.JOB_APPLY and revision.company_id.recurring_send
        if by_itself and self.env["recurring.identity"].is_confirmed():
            self.send(rows.filtered(lambda row: row.state == const.ROW_DONE).notice_id.filtered(self._is_to_send))

    def _is_to_send(self, notice):
        return notice.state == const.NOTICE_TO_SEND

    def _finish(self, revision):
        if self._rows_to_do(revision):
            return
        failed = revision.line_ids.filtered(lambda row: row.state == const.ROW_FAILED)
        revision.job = False
        for notice in failed.notice_id.filtered(lambda notice: notice.line_ids <= failed):
            notice.state = const.NOTICE_VOID if self._is_to_send(notice) else notice.state
        if failed:
            revision.message_post(body=self.env._("%s prices could not be changed. Open them to see why.", len(failed)))

    # New prices

    def _create_notices(self, revision, rows):
        """One notice per subscription."""
        values = []
        for subscription, mine in rows.grouped("subscription_id").items():
            effective = min(mine.mapped("date_effective"))
            days = subscription.plan_id.revision_notice_days
            values.append(
                {
                    "revision_id": revision.id,
                    "subscription_id": subscription.id,
                    "date_effective": effective,
                    "send_until": effective - timedelta(days=days),
                }
            )
        notices = self.env["recurring.price.revision.notice"].create(values)
        of = {notice.subscription_id: notice for notice in notices}
        for row in rows:
            row._keep({"notice_id": of[row.subscription_id].id})

    def _apply(self, revision, rows):
        """Plan the new prices from their days on; the clock of the next revision starts there."""
        stale = rows.filtered(self._problem_of)
        for row in stale:
            row._keep({"state": const.ROW_FAILED, "problem": self._problem_of(row)})
        for day, mine in (rows - stale).grouped("date_effective").items():
            values = {row.line_id: {"price_unit": row.new_price} for row in mine}
            changes = self.env["recurring.subscription.change"].reprice_each(values, day, kind=const.CHANGE_REVISION, reason=revision.name)
            self._keep_manual(mine, day)
            change_of = {change.subscription_id: change for change in changes}
            for subscription, own in mine.grouped("subscription_id").items():
                own._keep(
                    {
                        "state": const.ROW_DONE,
                        "change_id": change_of[subscription].id,
                        "previous_revision_date": subscription.last_revision_date,
                    }
                )
            mine.subscription_id.last_revision_date = day

    def _keep_manual(self, rows, day):
        """A revised price is an agreed one: edits of price lists no longer change it."""
        lines = rows.lineage_id.line_ids.filtered(lambda line: line.date_start >= day and not line.superseded)
        if "price_manual" in lines._fields:
            lines.write({"price_manual": True})

    def _problem_of(self, row):
        """Why the price cannot change any more as the preview said, or an empty text."""
        line = row.line_id
        if not line or row.subscription_id.state not in (const.ACTIVE, const.PAUSED):
            return self.env._("It was closed or removed since the preview.")
        now = self.env["recurring.subscription.change"]._price_line(row.lineage_id, row.date_effective)
        if now.price_unit != row.old_price:
            return self.env._("Its price was changed since the preview.")
        if row.date_effective <= row.company_id._recurring_today() or row.date_effective < (
            row.subscription_id._revision_not_billed() or row.date_effective
        ):
            return self.env._("The day from which the new price should count has passed, or is billed already.")
        return ""

    # Taking back

    def _take_back(self, revision, rows):
        never = rows.filtered(lambda row: row.state == const.ROW_PENDING)
        never._keep({"state": const.ROW_UNDONE})
        done = rows - never
        changes = done.change_id.filtered(lambda change: change.state != const.CHANGE_WITHDRAWN)
        try:
            with self.env.cr.savepoint():
                changes.withdraw()
        except UserError:
            if len(changes) > 1:
                raise
            self._price_back(revision, done)
        self._forget(done.filtered(lambda row: row.state == const.ROW_DONE))

    def _forget(self, rows):
        """These prices are what they were: the clock goes back, and nobody need be told."""
        rows._keep({"state": const.ROW_UNDONE})
        for subscription, mine in rows.grouped("subscription_id").items():
            if subscription.last_revision_date == mine[0].date_effective:
                subscription.last_revision_date = mine[0].previous_revision_date
        rows.notice_id.filtered(self._is_to_send).state = const.NOTICE_VOID

    def _price_back(self, revision, rows):
        """Other changes came after the revision: they stay, and its prices become what they were.

        :raises UserError: when one of those changed the price itself.
        """
        for row in rows:
            known = self.env["recurring.subscription.change"]._known(row.lineage_id)
            if any(line.price_unit != row.new_price for line in known if line.date_start >= row.date_effective):
                raise UserError(self.env._("Its price was changed again after the revision, so it stays as it is."))
        values = {row.lineage_id.line_ids[-1:]: {"price_unit": row.old_price} for row in rows}
        self.env["recurring.subscription.change"].reprice_each(
            values, rows[0].date_effective, kind=const.CHANGE_REVISION, reason=self.env._("%s was undone", revision.name)
        )
