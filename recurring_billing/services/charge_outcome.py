from odoo import api, fields, models

from .. import const
from ..rules import retry
from .provider_exchange import Said

OUTCOMES = {
    "done": retry.DONE,
    "pending": retry.PENDING,
    "authorized": retry.AUTHORIZED,
    "cancel": retry.CANCELLED,
    "error": retry.DECLINED_SOFT,
    "draft": retry.UNKNOWN,
}


class RecurringChargeOutcome(models.AbstractModel):
    """What follows from the outcome of a try: for the transaction, the attempt, and the next try of the invoice.

    It writes; what takes accounting (posting, payments) comes after the commit, in ``recurring.charge.booking``.
    """

    _name = "recurring.charge.outcome"
    _description = "What Follows from a Charge"

    @api.private
    @api.model
    def outcome_of_state(self, transaction):
        """The outcome that the state of a transaction tells, once a notice of the provider or a person has set it."""
        return retry.UNKNOWN if transaction.recurring_unknown else OUTCOMES[transaction.state]

    @api.private
    @api.model
    def conclude(self, attempt, outcome, said, *, clarify=None):
        """Keep the outcome of an attempt, and what follows from it. Also called again, when the truth is learnt later.

        :param said: ``Said``, the provider's code and words.
        :param clarify: why a person has to look; found by itself for an unknown outcome.
        :return: the outcome, once the code of a decline was looked up.
        """
        meaning, reason = self.env["recurring.decline.code"]._meaning(attempt.provider_id.code, said.code)
        outcome = retry.decline_outcome(outcome, meaning)
        if outcome == retry.UNKNOWN:
            clarify = clarify or const.CLARIFY_UNKNOWN
        attempt.write(
            {
                "outcome": outcome,
                "answered_at": fields.Datetime.now(),
                "code": said.code,
                "code_known": bool(meaning),
                "words": said.words,
                "reason": reason if outcome in retry.FAILURES else self._in_words(outcome),
                "clarify": clarify,
                "next_date": False,
            }
        )
        self._mark_transaction(attempt, outcome, said)
        if attempt.kind == const.ATTEMPT_CHARGE and attempt.move_id:
            self._follow(attempt, outcome, said)
        elif attempt.kind in (const.ATTEMPT_CAPTURE, const.ATTEMPT_VOID):
            self._follow_source(attempt, outcome, said)
        self._tell(attempt)
        return outcome

    def _mark_transaction(self, attempt, outcome, said):
        """An unknown outcome is a pending transaction, never Odoo's error; what was never sent is a cancelled one."""
        transaction = attempt.transaction_id
        if outcome == retry.UNKNOWN:
            transaction.write(
                {
                    "state": "pending",
                    "recurring_unknown": True,
                    "state_message": self._in_words(outcome),
                    "last_state_change": fields.Datetime.now(),
                    "is_post_processed": False,
                }
            )
            return
        transaction.recurring_unknown = False
        if outcome == retry.NOT_SENT and transaction.state in ("draft", "pending", "cancel"):
            # Odoo believes a late confirmation after an error, and not after a cancellation.
            message = said.words or self._in_words(outcome)
            transaction.write({"state": "error", "state_message": message, "last_state_change": fields.Datetime.now()})

    def _in_words(self, outcome):
        words = {
            retry.UNKNOWN: self.env._("No answer: nobody knows yet whether it was paid."),
            retry.NOT_SENT: self.env._("Nothing was charged: the payment provider could not be asked. It is tried again."),
            retry.PENDING: self.env._("The payment provider is still working on it."),
            retry.AUTHORIZED: self.env._("Authorized; the money is not taken yet."),
        }
        return words.get(outcome, "")

    # The invoice

    def _follow(self, attempt, outcome, said):
        move = attempt.move_id
        if outcome == retry.UNKNOWN or attempt.clarify:
            self.clarify(move)
        elif outcome in (retry.PENDING, retry.AUTHORIZED, retry.DONE):
            self._set(move, const.CHARGE_RUNNING)
        elif not attempt.number:
            self._go_on_as_before(move)
        elif outcome == retry.NOT_SENT:
            self._set(move, const.CHARGE_PLANNED, next_date=attempt.company_id._recurring_today())
            attempt.next_date = move.recurring_next_charge_date
        else:
            self._plan_next(attempt, outcome, said)

    def _follow_source(self, attempt, outcome, said):
        """After money that was authorized was taken, or released."""
        charges = attempt.transaction_id.source_transaction_id.recurring_attempt_ids.filtered(
            lambda each: each.kind == const.ATTEMPT_CHARGE
        ).sorted("id")[-1:]
        wanted = retry.DONE if attempt.kind == const.ATTEMPT_CAPTURE else retry.CANCELLED
        if outcome == wanted:
            charges.write(
                {"outcome": outcome, "reason": False if outcome == retry.DONE else self.env._("Released: it was paid otherwise.")}
            )
            if attempt.kind == const.ATTEMPT_CAPTURE:
                self._set(attempt.move_id, const.CHARGE_RUNNING)
        elif outcome in (*retry.FAILURES, retry.UNKNOWN):
            attempt.clarify = attempt.clarify or const.CLARIFY_UNKNOWN
            attempt.reason = attempt.reason or said.words or self.env._("The authorized money could not be taken.")
            self.clarify(attempt.move_id)

    def _plan_next(self, attempt, outcome, said):
        """After a decline: the next try, or the end of trying."""
        move = attempt.move_id
        if outcome == retry.DECLINED_HARD and attempt.token_id:
            attempt.token_id._recurring_refuse(attempt.reason or said.words or self.env._("Refused for good"))
        found = retry.next_try(self.tries(move, attempt.token_id), move._recurring_retry_policy()._days())
        if found.stop:
            self.stop(move, found.stop)
        else:
            self._set(move, const.CHARGE_PLANNED, next_date=found.day)
            attempt.next_date = found.day

    @api.private
    @api.model
    def tries(self, move, token):
        """The failed tries of an invoice with a card, oldest first, as the rules take them."""
        attempts = move.recurring_attempt_ids.filtered(
            lambda attempt: (
                attempt.kind in (const.ATTEMPT_CHARGE, const.ATTEMPT_CAPTURE)
                and attempt.token_id == token
                and attempt.outcome in retry.FAILURES
            )
        ).sorted("id")
        return [retry.Try(attempt.date, attempt.outcome, attempt.code_known) for attempt in attempts]

    @api.private
    @api.model
    def stop(self, move, reason):
        """Nothing is charged by itself any more, until a person or another card says so."""
        self._set(move, const.CHARGE_STOPPED, stop=reason)

    @api.private
    @api.model
    def under_way(self, move):
        """A charge is being asked for."""
        self._set(move, const.CHARGE_RUNNING)

    @api.private
    @api.model
    def clarify(self, move):
        """A person has to look before anything else is charged. What was planned, or why it had stopped, is kept for afterwards."""
        self._set(move, const.CHARGE_CLARIFY, next_date=move.recurring_next_charge_date, stop=move.recurring_charge_stop)

    def _go_on_as_before(self, move):
        """A payment that was none of our tries came to nothing: what was planned before is planned again, what was stopped stays so."""
        if move.recurring_charge_state != const.CHARGE_CLARIFY:
            return
        if move.recurring_charge_stop:
            self.stop(move, move.recurring_charge_stop)
        elif move.recurring_next_charge_date:
            self.plan(move, move.recurring_next_charge_date)
        else:
            self.over(move)

    @api.private
    @api.model
    def plan(self, moves, day):
        """Charge these invoices on a day."""
        for move in moves:
            self._set(move, const.CHARGE_PLANNED, next_date=day)

    @api.private
    @api.model
    def over(self, moves):
        """These invoices are not charged, and nothing is to be said about it."""
        for move in moves:
            self._set(move, False)

    def _set(self, move, state, *, next_date=False, stop=False):
        move.write(
            {
                "recurring_charge_state": state,
                "recurring_next_charge_date": next_date,
                "recurring_charge_stop": stop,
                # While money may move, nobody changes what it is for.
                "recurring_frozen": move.state == "draft" and state in (const.CHARGE_RUNNING, const.CHARGE_CLARIFY),
            }
        )

    def _tell(self, attempt):
        """One line in the chatter of the invoice."""
        move = attempt.move_id
        if not move or attempt.outcome == retry.DONE:
            return
        words = " ".join(
            filter(None, [attempt.reason, f"({attempt.words})" if attempt.words and attempt.outcome in retry.FAILURES else ""])
        )
        amount = attempt.currency_id.format(abs(attempt.amount))
        if attempt.kind == const.ATTEMPT_REFUND:
            move._message_log(body=self.env._("Refund of %(amount)s to the card. %(words)s", amount=amount, words=words).strip())
            return
        names = {
            **dict.fromkeys(
                retry.FAILURES, self.env._("The card was charged %(amount)s and declined. %(words)s", amount=amount, words=words)
            ),
            retry.UNKNOWN: self.env._("The card was charged %(amount)s. %(words)s", amount=amount, words=words),
            retry.NOT_SENT: words,
            retry.PENDING: self.env._("The card was charged %(amount)s. %(words)s", amount=amount, words=words),
            retry.AUTHORIZED: self.env._("%(amount)s: %(words)s", amount=amount, words=words),
        }
        move._message_log(body=names[attempt.outcome].strip())

    # What is learnt later

    @api.private
    @api.model
    def learn(self, transaction, exchange=None):
        """A notice of the provider, a person or a query brought the transaction of an attempt to another state."""
        attempt = transaction.recurring_attempt_ids.sorted("id")[-1:]
        if not attempt:
            return
        outcome = OUTCOMES[transaction.state]
        if exchange is not None and exchange.mismatch:
            self.conclude(attempt, retry.UNKNOWN, Said("", transaction.state_message or ""), clarify=const.CLARIFY_DIFFERS)
        elif attempt.outcome != outcome and not (attempt.outcome in retry.FAILURES and outcome in retry.FAILURES):
            transaction.recurring_unknown = False
            said = exchange.said(transaction.state_message or "") if exchange is not None else Said("", transaction.state_message or "")
            self.conclude(attempt, outcome, said)
        self.env["recurring.payment.collection"].wake()
