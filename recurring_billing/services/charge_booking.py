import logging
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from .. import const
from ..const import SETTLED
from ..rules import retry
from .billing_batch import CONFLICTS

_logger = logging.getLogger(__name__)


class RecurringChargeBooking(models.AbstractModel):
    """Brings charges into accounting, once their outcome is committed: payments, open debts, captures. Each piece by itself; safe again."""

    _name = "recurring.charge.booking"
    _description = "Booking of Charges"

    @api.private
    @api.model
    def finish(self, company, move_ids=None):
        """End what charges began and a killed process, a notice or a person left.

        :param move_ids: only these invoices.
        """
        mine = Domain("company_id", "=", company.id)
        of_these, these = (
            (Domain.TRUE, Domain.TRUE) if move_ids is None else (Domain("move_id", "in", move_ids), Domain("id", "in", move_ids))
        )
        attempts = self.env["recurring.charge.attempt"]
        authorized = Domain([("outcome", "=", retry.AUTHORIZED), ("kind", "=", const.ATTEMPT_CHARGE), ("clarify", "=", False)])
        for attempt_id in attempts.search(mine & of_these & authorized, order="id").ids:
            self._apart(self._end_authorized, attempt_id)
        paid = Domain([("outcome", "=", retry.DONE), ("booked", "!=", True), ("clarify", "=", False)])
        for attempt_id in attempts.search(mine & of_these & paid, order="id").ids:
            self._apart(self._book, attempt_id, failed=self._not_booked)
        moves = self.env["account.move"]
        for move_id in moves.search(mine & these & self._debt_domain(company), order="id").ids:
            self._apart(self._post_as_debt, move_id, failed=self._not_posted)
        for move_id in moves.search(mine & these & self._ended_domain(company), order="id").ids:
            self._apart(self._end_of_tries, move_id)

    def _apart(self, work, record_id, failed=None):
        """One piece of work in a transaction of its own."""
        request = self.env["recurring.provider.request"]
        request.checkpoint()
        if request._in_one_transaction():
            work(record_id)
            return
        try:
            work(record_id)
            request.checkpoint()
        except CONFLICTS as error:
            self.env.cr.rollback()
            _logger.info("%s of %s waits for the next run: %s", work.__name__, record_id, type(error).__name__)
        except Exception as error:
            self.env.cr.rollback()
            _logger.exception("%s of %s failed", work.__name__, record_id)
            if failed:
                failed(record_id, error)
                request.checkpoint()

    # Paid

    def _book(self, attempt_id):
        """The payment of a confirmed transaction; what it leaves over is listed."""
        attempt = self._locked("recurring.charge.attempt", attempt_id)
        if not attempt or attempt.booked or attempt.outcome != retry.DONE:
            return
        move = attempt.move_id
        first = move.state == "draft"
        already = move.state == "posted" and move.payment_state in SETTLED
        transaction, fresh = self._post_process(attempt.transaction_id)
        attempt.booked = True
        if attempt.kind == const.ATTEMPT_REFUND:
            return
        outcome = self.env["recurring.charge.outcome"]
        payment = transaction.payment_id
        if (already and fresh) or (payment and not payment.currency_id.is_zero(self._left_over(payment))):
            attempt.clarify = const.CLARIFY_TWICE
        elif move.state != "posted" or (first and move.payment_state not in SETTLED):
            attempt.clarify = const.CLARIFY_DIFFERS
        if attempt.clarify:
            outcome.clarify(move)
        else:
            outcome.over(move)

    def _post_process(self, transaction):
        """Let Odoo make the payment, where it did not do so yet.

        :return: the transaction that holds the payment, whether it was made now. Authorized money is booked with its capture.
        """
        captured = transaction.child_transaction_ids.filtered(lambda child: child.state == "done")
        fresh = False
        for each in transaction | captured:
            if not each.is_post_processed:
                each._post_process()
                fresh = fresh or bool(each.payment_id)
        return captured[:1] or transaction, fresh

    def _left_over(self, payment):
        """What of a payment found no invoice, in its currency."""
        receivable = payment.move_id.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        return sum(receivable.mapped("amount_residual_currency"))

    def _not_booked(self, attempt_id, error):
        attempt = self.env["recurring.charge.attempt"].browse(attempt_id)
        attempt.write(
            {"clarify": const.CLARIFY_UNBOOKED, "reason": self.env._("It was paid, but accounting refused the payment: %s", error)}
        )
        self.env["recurring.charge.outcome"].clarify(attempt.move_id)

    # Authorized

    def _end_authorized(self, attempt_id):
        """Take authorized money; release it where the invoice was paid otherwise, or is no more."""
        attempt = self._locked("recurring.charge.attempt", attempt_id)
        transaction, move = attempt.transaction_id, attempt.move_id
        if not attempt or attempt.outcome != retry.AUTHORIZED or transaction.state != "authorized":
            return
        # A capture that failed or is under way is a person's, or its own process's.
        children = transaction.child_transaction_ids
        refused = children.recurring_attempt_ids.filtered(lambda each: each.clarify or each.outcome in retry.FAILURES)
        if refused or children.filtered(lambda child: child.state in ("draft", "pending", "done")):
            return
        if not self.env["recurring.identity"].is_confirmed():
            return
        gone = move.state == "cancel" or (move.state == "posted" and move.payment_state in SETTLED)
        child = transaction._create_child_transaction(transaction.amount)
        request = self.env["recurring.provider.request"]
        made = request.intend(
            child,
            kind=const.ATTEMPT_VOID if gone else const.ATTEMPT_CAPTURE,
            move_id=move.id,
            date=move.company_id._recurring_today(),
            number=attempt.number,
        )
        made_id = request.begin(made)
        if made_id:
            request.send(made_id)

    # Declined

    def _debt_domain(self, company):
        """Drafts that are not charged first any more: declined, stopped, or charging was switched off."""
        first = Domain([("state", "=", "draft"), ("recurring_charge_first", "=", True), ("recurring_frozen", "!=", True)])
        over = Domain("recurring_charge_state", "=", const.CHARGE_STOPPED) | Domain("recurring_attempt_ids.outcome", "in", retry.FAILURES)
        waiting = Domain("recurring_charge_state", "in", (False, const.CHARGE_PLANNED))
        if not company.recurring_charge:
            over |= waiting
        elif company.recurring_charge_from:
            over |= waiting & Domain("invoice_date_due", "<", company.recurring_charge_from)
        return first & over

    def _post_as_debt(self, move_id):
        """The draft becomes an open debt with a pay link; tries go on as planned."""
        move = self._locked("account.move", move_id)
        if move and move.state == "draft":
            move._post(soft=False)
            move._message_log(body=self.env._("Posted as an open invoice: the customer can pay it with the link."))

    def _not_posted(self, move_id, error):
        """Accounting refuses: the invoice stays a draft, and somebody has to look at it."""
        move = self.env["account.move"].browse(move_id)
        move.recurring_charge_first = False
        self.remind(move, self.env._("An invoice could not be posted"), self.env._("Accounting refused it: %s", error))

    # No try is left

    def _ended_domain(self, company):
        stops = (retry.STOP_USED_UP, retry.STOP_HARD, retry.STOP_CARD)
        return Domain(
            [
                ("recurring_charge_state", "=", const.CHARGE_STOPPED),
                ("recurring_charge_stop", "in", stops),
                ("recurring_charge_ended", "!=", True),
                ("state", "=", "posted"),
                ("payment_state", "not in", SETTLED),
                "|",
                ("recurring_measure_date", "=", False),
                ("recurring_measure_date", "<=", company._recurring_today()),
            ]
        )

    def _end_of_tries(self, move_id):
        """Tell the responsible person at once; block or close once the days of the retry plan are over."""
        move = self._locked("account.move", move_id)
        if not move or move.recurring_charge_state != const.CHARGE_STOPPED or move.payment_state in SETTLED:
            return
        policy = move._recurring_retry_policy()
        if not move.recurring_measure_date:
            self.remind(move, self.env._("A card could not be charged"), move.recurring_charge_hint or "")
            move.recurring_measure_date = self._measure_date(move, policy)
        if policy.then == const.RETRY_REMIND or move.recurring_measure_date <= move.company_id._recurring_today():
            move.recurring_charge_ended = True
            self.env["recurring.charge.measure"].take(move, policy.then)

    def _measure_date(self, move, policy):
        """The day after the last planned try, as if all had been made."""
        first = min(move.recurring_attempt_ids.filtered(lambda attempt: attempt.outcome in retry.FAILURES).mapped("date"), default=None)
        today = move.company_id._recurring_today()
        return max(today, (first or today) + timedelta(days=max(policy._days(), default=0)))

    @api.private
    @api.model
    def remind(self, move, summary, note):
        """An activity for whoever is responsible for the subscription."""
        user = move.line_ids.recurring_subscription_id[:1]._responsible_user() or self.env.ref("base.user_admin")
        move.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo", summary=summary, note=note, user_id=user.id
        )

    def _locked(self, model, record_id):
        """The record, locked in the first statement of the transaction; empty where somebody else has it."""
        return self.env[model].browse(record_id).try_lock_for_update(allow_referencing=True)
