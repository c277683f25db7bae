import logging
from datetime import datetime, time, timedelta, timezone

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import dunning as const
from .billing_batch import CONFLICTS
from .message_check import CANCEL, GO
from .message_outcome import Outcome

_logger = logging.getLogger(__name__)

LOCKS = 20261122
"""The first half of the keys of the locks that show that a process is letting a message go."""
BATCH = 100
TRIES = 5
"""How often it is tried to keep what became of a message."""
LATER = timedelta(minutes=30)
PATIENCE = timedelta(days=2)
"""What could not leave for so long is not tried again: another way is sought."""
MORNING = time(10, 0)


class RecurringMessageDispatch(models.AbstractModel):
    """Lets messages go, each once, whatever happens meanwhile.

    ``message_queue.py`` makes them. Two transactions each: whether it is still right, its words and "leaving" are committed before anything
    leaves; what became of it after.
    Between them the process holds a lock that dies with its connection. A message that is leaving though its lock is free belonged to a
    process that died: nobody knows whether it left, so it is *unknown*, listed, and never sent again by itself.
    """

    _name = "recurring.message.dispatch"
    _description = "Dispatch of Messages"

    @api.private
    @api.model
    def run_scheduled(self):
        """The scheduled action: let everything go whose time has come, company by company."""
        if not self.env["recurring.identity"].is_confirmed():
            _logger.warning("messages wait: this may not be the live database")
            return
        # sudo: the scheduled action works for every company
        companies = self.sudo().env["recurring.dunning.message"]._read_group(self._due_domain() | self._leaving_domain(), ["company_id"])
        for (company,) in companies:
            context = {"allowed_company_ids": company.ids, "lang": company._recurring_staff_lang()}
            service = self.sudo().with_company(company).with_context(**context)
            service._recover(company)
            if not service._run(company):
                break
        self._withdraw_what_is_settled()

    def _run(self, company):
        """Let the messages of a company go; whether there is time for more."""
        ids = self.env["recurring.dunning.message"].search(self._due_domain() & Domain("company_id", "=", company.id), order="id").ids
        try:
            for number, message_id in enumerate(ids):
                self._let_go(message_id)
                if not self._checkpoint(len(ids) - number - 1):
                    return False
        finally:
            self._hang_up()
        return True

    @api.private
    @api.model
    def send_now(self, messages):
        """A person lets messages go at once, without waiting for the scheduled action.

        :raises UserError: where nothing may leave this database.
        """
        self.check_may_work(messages)
        self.env["recurring.identity"].require()
        service = self.sudo()  # sudo: messages are written by services only
        try:
            for message in messages:
                service.with_company(message.company_id)._let_go(message.id)
        finally:
            service._hang_up()
        messages.invalidate_recordset()

    def _due_domain(self):
        due = Domain("not_before", "=", False) | Domain("not_before", "<=", fields.Datetime.to_string(self._moment()))
        return Domain("state", "=", const.QUEUED) & due

    def _leaving_domain(self):
        return Domain("state", "=", const.SENDING)

    # One message

    def _let_go(self, message_id):
        """Let one message go, in transactions of its own."""
        if not self._hold(message_id):
            return
        try:
            self._commit()
            message = self._ready(message_id)
            if not message:
                return
            self._commit()
            self._keep(message, self._sent(message))
        except CONFLICTS:
            # Before it left: it is tried again. After that: "leaving" is committed, and the lock is free, so it will be unknown.
            if self._one_transaction():
                raise
            self.env.cr.rollback()
        except Exception as error:
            # Whatever is wrong with one message, the others leave.
            if self._one_transaction():
                raise
            _logger.exception("message %s cannot leave", message_id)
            self.env.cr.rollback()
            self._put_off(message_id, error)
        finally:
            self._release(message_id)

    def _put_off(self, message_id, error):
        """What went wrong before it left is told, and tried again later, but not for ever. What was leaving will be unknown."""
        if self._lock(message_id, const.QUEUED):
            message = self.env["recurring.dunning.message"].browse(message_id)
            later = self._later_or_never(message, Outcome(const.QUEUED, error=_words(error)))
            message.write({"state": later.state, "waits_for": later.error, "error": later.error})
        self._commit()

    def _ready(self, message_id):
        """The message, ready to leave: its words and "leaving" are written. None where it is not to leave now."""
        # The first statement of the transaction, so that it is seen as it is.
        if not self._lock(message_id, const.QUEUED):
            return None
        message = self.env["recurring.dunning.message"].browse(message_id)
        check, outcome = self.env["recurring.message.check"], self.env["recurring.message.outcome"]
        verdict = check.verdict(message)
        if verdict.what == CANCEL:
            outcome.cancel(message, verdict.words)
        elif verdict.what != GO:
            message.write({"waits_for": verdict.words, "not_before": verdict.until, **self._anew(message)})
        else:
            address, why_not = check.address(message)
            why_not = why_not or check.no_words(message)
            if not why_not:
                return self._prepared(message, address)
            instead = outcome.conclude(message, Outcome(const.FAILED, error=why_not))
            _logger.info("message %s has no way: %s; instead: %s", message.id, why_not, instead.channel)
            if instead:
                self._commit()
                self._let_go(instead.id)
                return None
        self._commit()
        return None

    def _anew(self, message):
        """After a pause what could not leave before it is tried as long as anything else; meanwhile nothing is wrong with it."""
        until = message.kind == const.KIND_DUNNING and message.case_id.hold_until
        return {"first_tried_at": False} if until and until >= message.company_id._recurring_today() else {}

    def _prepared(self, message, address):
        message.write({"address": address, "state": const.SENDING, "waits_for": False, "error": False})
        channel = self.env["recurring.channel"]._of(message.channel).with_company(message.company_id)
        try:
            with self.env.cr.savepoint():
                values = channel._prepare(message)
        except CONFLICTS:
            raise
        except Exception as error:
            # Nothing left, so this message is the only one that suffers.
            _logger.exception("message %s cannot be written", message.id)
            self.env["recurring.message.outcome"].conclude(message, Outcome(const.FAILED, error=_words(error)))
            return None
        message.write(values)
        return message

    def _sent(self, message):
        """What became of it; an error on the way means that nobody knows."""
        channel, outcome = self.env["recurring.channel"]._of(message.channel).with_company(message.company_id), None
        try:
            state, reference, error = channel._send(message)
            wrong = state == const.FAILED and channel._is_address_wrong(message)
            outcome = Outcome(state, reference or "", error or "", bool(wrong))
            self.env.flush_all()
            return outcome
        except Exception as error:
            if self._one_transaction():
                raise
            self.env.cr.rollback()
            if outcome:
                _logger.info("message %s: what was written beside it is lost: %s", message.id, error)
                return _without_writes(outcome)
            _logger.exception("nobody knows whether message %s left", message.id)
            return Outcome(const.UNKNOWN, error=_words(error))

    def _keep(self, message, outcome):
        """Keep what became of it; again, where somebody worked on the case meanwhile: what is known must not become unclear."""
        for left in reversed(range(TRIES)):
            try:
                self.env["recurring.message.outcome"].conclude(message, self._later_or_never(message, outcome))
                self._commit()
                return
            except CONFLICTS:
                if self._one_transaction() or not left:
                    raise
                self.env.cr.rollback()
                outcome = _without_writes(outcome)

    def _later_or_never(self, message, outcome):
        """What could not leave is tried again later, but not for ever."""
        if outcome.state != const.QUEUED:
            return outcome
        now = self._now(message.company_id)
        first = message.first_tried_at or now
        if now - first > PATIENCE:
            return outcome._replace(state=const.FAILED)
        message.write({"first_tried_at": first, "not_before": now + LATER})
        return outcome

    # Messages whose process died

    def _recover(self, company):
        """Messages that were leaving, though no process is at work on them: nobody knows whether they left."""
        leaving = self.env["recurring.dunning.message"].search(self._leaving_domain() & Domain("company_id", "=", company.id)).ids
        for message_id in leaving:
            if not self._hold(message_id):
                continue
            try:
                self._commit()
                if self._lock(message_id, const.SENDING):
                    words = self.env._("The server stopped while the message was leaving.")
                    message = self.env["recurring.dunning.message"].browse(message_id)
                    self.env["recurring.message.outcome"].conclude(message, Outcome(const.UNKNOWN, error=words))
                    self._commit()
            except CONFLICTS:
                if self._one_transaction():
                    raise
                self.env.cr.rollback()
            finally:
                self._release(message_id)

    # Time

    @api.model
    def _moment(self):
        """Now, as Odoo keeps moments; on the day a story has reached, in the morning."""
        told = self.env.context.get("recurring_today")
        if type(told) is type(fields.Date.today()):
            return datetime.combine(told, MORNING)
        return fields.Datetime.now()

    @api.model
    def _now(self, company):
        """When something happens, as Odoo keeps moments."""
        return self._local_now(company).astimezone(timezone.utc).replace(tzinfo=None)

    @api.model
    def _local_now(self, company):
        """The moment in the company's time zone: in a story, ten in the morning of its day."""
        local = company._recurring_local(datetime.now(timezone.utc))
        told = company._recurring_today()
        return local if local.date() == told else datetime.combine(told, MORNING, tzinfo=local.tzinfo)

    # Locks and commits

    def _hold(self, message_id):
        """Show that this process lets a message go, until ``_release()`` or the end of the connection."""
        return self.env.execute_query(SQL("SELECT pg_try_advisory_lock(%s, %s)", LOCKS, message_id))[0][0]

    def _release(self, message_id):
        unlock = SQL("SELECT pg_advisory_unlock(%s, %s)", LOCKS, message_id)
        try:
            self.env.execute_query(unlock)
        except psycopg2.Error:
            if self._one_transaction():
                raise
            # The transaction is broken; its lock is given back with a healthy one, or ends with the connection.
            self.env.cr.rollback()
            self.env.execute_query(unlock)

    def _lock(self, message_id, state):
        """Lock a message; whether it is in that state."""
        self.env.flush_all()
        query = "SELECT id FROM recurring_dunning_message WHERE id = %s AND state = %s FOR NO KEY UPDATE SKIP LOCKED"
        return bool(self.env.execute_query(SQL(query, message_id, state)))

    def _one_transaction(self):
        return self.env["recurring.invoice.generation"]._in_one_transaction()

    def _commit(self):
        if not self._one_transaction():
            self.env.cr.commit()  # pylint: disable=invalid-commit; what leaves is committed before, what became of it after

    def _checkpoint(self, remaining):
        """Tell the scheduled action how far it is; whether there is time for more."""
        if self._one_transaction():
            return True
        return bool(self.env["ir.cron"]._commit_progress(1, remaining=remaining))

    def _hang_up(self):
        self.env["recurring.channel"]._of(const.EMAIL)._hang_up()


def _without_writes(outcome):
    """What is known of a message though what its way wrote was rolled back: what a person was asked to do is asked again."""
    return Outcome(const.QUEUED) if outcome.state == const.TO_DO else outcome


def _words(error):
    return f"{type(error).__name__}: {error}"[:300]
