import logging
import time

import psycopg2.errors

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.http import request as http_request
from odoo.tools import SQL

from .. import const
from ..rules import retry
from .billing_batch import CONFLICTS
from .provider_exchange import CONTEXT_KEY, Exchange, Said

_logger = logging.getLogger(__name__)

LOCKS = 20260519
"""The first half of the keys of the locks that show that a process is at work on an attempt."""
TRIES = 6
STEPS = {
    retry.DONE: "_set_done",
    retry.PENDING: "_set_pending",
    retry.AUTHORIZED: "_set_authorized",
    retry.CANCELLED: "_set_canceled",
    retry.DECLINED_SOFT: "_set_error",
}
"""How a transaction learns what its provider said of it."""


class RecurringProviderRequest(models.AbstractModel):
    """Moves money at a provider once, whatever happens meanwhile.

    Three transactions: the intention (a draft transaction and an attempt) is committed; the request is made, and its answer committed with
    what follows from it; what takes accounting comes after, and can be done again. Between the first and the second commit the process
    holds a lock on the attempt that dies with its connection. An attempt without an outcome whose lock is free was begun by a process that
    died: nobody knows whether its request left, so its outcome is unknown.
    """

    _name = "recurring.provider.request"
    _description = "Request to a Payment Provider"

    @api.private
    @api.model
    def intend(self, transaction, **values):
        """Write down what is about to be asked for, and hold the lock. To be followed by ``begin()``, then ``send()``.

        :param transaction: ``payment.transaction`` that was made for it, or is repeated.
        :param values: of the attempt: ``kind``, ``move_id``, ``date``…
        :return: ``recurring.charge.attempt``
        """
        move = self.env["account.move"].browse(values.get("move_id"))
        subscriptions = move.line_ids.recurring_subscription_id
        attempt = self.env["recurring.charge.attempt"].create(
            {
                "company_id": transaction.company_id.id,
                "partner_id": transaction.partner_id.id,
                "subscription_ids": subscriptions.ids,
                "user_id": subscriptions.user_id[:1].id,
                "transaction_id": transaction.id,
                "provider_id": transaction.provider_id.id,
                "token_id": transaction.token_id.id,
                "amount": transaction.amount,
                "currency_id": transaction.currency_id.id,
                **values,
            }
        )
        if not self._hold(attempt.id):
            raise UserError(self.env._("This payment is being worked on. Wait a minute, then look again."))
        return attempt

    @api.private
    @api.model
    def send(self, attempt_id):
        """Make the request of an attempt that was committed, and commit its outcome.

        :return: the outcome; None where somebody else decided about the attempt meanwhile, so that nothing was sent.
        """
        exchange, known = Exchange(sends=True), {}
        try:
            return self._send_locked(attempt_id, exchange, known)
        except Exception as error:
            if self._in_one_transaction():
                raise
            self.env.cr.rollback()
            _logger.info("the answer for attempt %s is recorded anew: %s", attempt_id, type(error).__name__, exc_info=error)
            return self._record_again(attempt_id, exchange, known, error)
        finally:
            self._release(attempt_id)

    def _send_locked(self, attempt_id, exchange, known):
        # The first statement of the transaction. A notice of the provider that comes before its answer waits for us, or is seen by us.
        if not self._lock(attempt_id, "AND attempt.outcome IS NULL"):
            return None
        attempt = self.env["recurring.charge.attempt"].browse(attempt_id)
        transaction = attempt.transaction_id.with_context(**{CONTEXT_KEY: exchange})
        exchange.began = True
        self._ask(attempt.kind, transaction)
        outcome = exchange.outcome(transaction.state)
        known.update(outcome=outcome, provider_reference=transaction.provider_reference, words=transaction.state_message)
        # What follows belongs to no exchange any more.
        outcome = self._conclude(attempt, outcome, exchange)
        self.checkpoint()
        return outcome

    def _ask(self, kind, transaction):
        """The request itself."""
        if kind == const.ATTEMPT_CHARGE:
            transaction._charge_with_token()
            return
        ask = {
            const.ATTEMPT_CAPTURE: transaction._send_capture_request,
            const.ATTEMPT_VOID: transaction._send_void_request,
            const.ATTEMPT_REFUND: transaction._send_refund_request,
        }[kind]
        transaction._ensure_provider_is_not_disabled()
        try:
            ask()
        except ValidationError as error:
            transaction._set_error(str(error))

    def _conclude(self, attempt, outcome, exchange):
        said = exchange.said(attempt.transaction_id.state_message or "")
        clarify = const.CLARIFY_DIFFERS if exchange.mismatch else None
        return self.env["recurring.charge.outcome"].conclude(attempt, outcome, said, clarify=clarify)

    def _record_again(self, attempt_id, exchange, known, error):
        """The transaction of the answer could not be kept. What the provider clearly said is kept anew; else nobody knows."""
        # Before anything was asked for, no money moved; after that, only an answer says so.
        outcome = known.get("outcome") or (exchange.outcome("error", raised=True) if exchange.began else retry.NOT_SENT)
        for number in range(TRIES):
            try:
                if not self._lock(attempt_id, "AND attempt.outcome IS NULL"):
                    self.env.cr.rollback()
                    return None
                attempt = self.env["recurring.charge.attempt"].browse(attempt_id)
                transaction = attempt.transaction_id
                if transaction.state != "draft":
                    # A notice of the provider was faster.
                    outcome = self.env["recurring.charge.outcome"].outcome_of_state(transaction)
                elif "outcome" in known:
                    self._tell_transaction(transaction, exchange, known)
                said = exchange.said(known.get("words") or f"{type(error).__name__}: {error}")
                outcome = self.env["recurring.charge.outcome"].conclude(attempt, outcome, said)
                self.env.cr.commit()  # pylint: disable=invalid-commit; the outcome of a charge must never be lost
                return outcome
            except CONFLICTS:
                self.env.cr.rollback()
                time.sleep(0.05 * (number + 1))
        _logger.error("the outcome of attempt %s could not be recorded; it will be listed to clarify", attempt_id)
        return None

    def _tell_transaction(self, transaction, exchange, known):
        """What the provider said is told to the transaction anew: what it had learnt was rolled back."""
        transaction.provider_reference = known["provider_reference"]
        step = STEPS.get(known["outcome"])
        if step:
            getattr(transaction.with_context(**{CONTEXT_KEY: exchange}), step)(state_message=known["words"])

    # What others ask for

    @api.private
    @api.model
    def watch(self, transaction, exchange, ask):
        """A customer or a person charges a card for an invoice of ours: when no answer comes, that is no decline either.

        :param ask: makes the request.
        """
        raised = None
        try:
            ask()
        except psycopg2.Error:
            raise
        except Exception as error:
            if not exchange.requests and isinstance(error, UserError):
                raise
            _logger.exception("charging transaction %s broke off", transaction.reference)
            raised = error
        if transaction.state == "draft" and not raised:
            # The customer goes on at the provider.
            return
        if exchange.outcome(transaction.state, raised=bool(raised)) != retry.UNKNOWN:
            return
        # sudo: what is kept of charges is the services' to write, whoever pays
        request = self.sudo()
        move = transaction.sudo().invoice_ids[:1]
        values = {"kind": const.ATTEMPT_CHARGE, "move_id": move.id, "date": move.company_id._recurring_today(), "started_by": self.env.uid}
        attempt = request.intend(transaction.sudo(), **values)
        said = exchange.said(transaction.state_message or (str(raised) if raised else ""))
        request.env["recurring.charge.outcome"].conclude(attempt, retry.UNKNOWN, said)
        request.env.flush_all()
        request.env.execute_query(SQL("SELECT pg_advisory_unlock(%s, %s)", LOCKS, attempt.id))

    # Attempts whose process died

    @api.private
    @api.model
    def recover(self, company):
        """Attempts that were begun and have no outcome, though no process is at work on them: nobody knows what became of their money.

        :return: how many there were.
        """
        attempts = self.env["recurring.charge.attempt"]
        left = attempts.search([("company_id", "=", company.id), ("outcome", "=", False)]).ids
        self.checkpoint()
        return sum(self._recover_one(attempt_id) for attempt_id in left)

    def _recover_one(self, attempt_id):
        if not self._hold(attempt_id):
            return 0
        try:
            self.checkpoint()
            if not self._lock(attempt_id, "AND attempt.outcome IS NULL"):
                return 0
            attempt = self.env["recurring.charge.attempt"].browse(attempt_id)
            outcome = retry.UNKNOWN
            if attempt.transaction_id.state != "draft":
                outcome = self.env["recurring.charge.outcome"].outcome_of_state(attempt.transaction_id)
            words = self.env._("The server stopped while the provider was asked.")
            self.env["recurring.charge.outcome"].conclude(attempt, outcome, Said("", words))
            self.checkpoint()
            return 1
        except Exception as error:
            if self._in_one_transaction():
                raise
            self.env.cr.rollback()
            if not isinstance(error, CONFLICTS):
                _logger.exception("attempt %s could not be recovered; it stays under way and is tried again", attempt_id)
            return 0
        finally:
            self._release(attempt_id)

    # Locks and commits

    def _lock(self, attempt_id, condition=""):
        """Lock an attempt and its transaction; whether it is as the condition says."""
        self.env.flush_all()
        found = self.env.execute_query(
            SQL(
                f"""
                SELECT attempt.id
                  FROM recurring_charge_attempt attempt
                  JOIN payment_transaction tx ON tx.id = attempt.transaction_id
                 WHERE attempt.id = %s {condition}
                   FOR NO KEY UPDATE
                """,  # noqa: S608; the condition is one of ours
                attempt_id,
            )
        )
        return bool(found)

    def _hold(self, attempt_id):
        """Show that this process is at work on an attempt, until ``_release()`` or the end of the connection."""
        return self.env.execute_query(SQL("SELECT pg_try_advisory_lock(%s, %s)", LOCKS, attempt_id))[0][0]

    @api.private
    @api.model
    def begin(self, attempt):
        """Commit the intention; when that is impossible, nothing was begun.

        :return: id of the attempt, or None.
        """
        attempt_id = attempt.id
        try:
            self.checkpoint()
        except CONFLICTS:
            self.env.cr.rollback()
            self._release(attempt_id)
            return None
        return attempt_id

    def _release(self, attempt_id):
        """Give the lock back; the next statement begins a new transaction."""
        try:
            self.env.execute_query(SQL("SELECT pg_advisory_unlock(%s, %s)", LOCKS, attempt_id))
        except psycopg2.Error:
            # The transaction is broken; its lock is given back with a healthy one, or ends with the connection.
            self.env.cr.rollback()
            self.env.execute_query(SQL("SELECT pg_advisory_unlock(%s, %s)", LOCKS, attempt_id))
        self.checkpoint()

    @api.private
    @api.model
    def checkpoint(self):
        """Commit what was done, where the caller does not want all or nothing."""
        if not self._in_one_transaction():
            self.env.cr.commit()  # pylint: disable=invalid-commit; money may have moved, whatever comes after

    @api.model
    def _in_one_transaction(self):
        """Whether the caller wants all or nothing. Nobody over HTTP does: after a conflict the whole request would be repeated, with it
        the charge.
        """
        return not http_request and self.env["recurring.invoice.generation"]._in_one_transaction()
