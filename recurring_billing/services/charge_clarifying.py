from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .. import const
from ..const import SETTLED
from ..rules import retry
from .provider_exchange import Said

UNFINISHED_AFTER = timedelta(days=1)
ARRIVED_AFTER = timedelta(minutes=10)
"""A request that the provider has not heard of so long after it was made does not come any more."""
SILENT_AFTER = timedelta(days=15)
"""A payment that stays pending so long is looked at by a person; bank debits take up to two weeks."""


class RecurringChargeClarifying(models.AbstractModel):
    """Decides what nobody but a person, the provider's notice or a status query may decide: what became of a charge."""

    _name = "recurring.charge.clarifying"
    _description = "Clarifying of Charges"

    @api.model
    def _check_may_clarify(self):
        allowed = ("account.group_account_invoice", "recurring_billing.group_collections", "recurring_billing.group_manager")
        if not self.env.su and not any(self.env.user.has_group(group) for group in allowed):
            raise AccessError(self.env._("Only Collections, Invoicing and managers decide whether a charge was paid. Ask one of them."))

    @api.private
    @api.model
    def paid(self, attempts):
        """A person has seen at the provider that the money was taken."""
        for attempt, transaction in self._each(attempts):
            if attempt.kind == const.ATTEMPT_VOID:
                raise UserError(
                    self.env._("This was a release of authorized money. Where it was taken all the same, capture it from the transaction.")
                )
            if attempt.clarify == const.CLARIFY_UNKNOWN and transaction.state != "done":
                transaction._set_done(
                    state_message=self.env._("%s says it was paid.", self.env.user.name), extra_allowed_states=("cancel",)
                )
                self._learnt(attempt, retry.DONE)
            elif attempt.clarify not in (const.CLARIFY_TWICE, const.CLARIFY_DIFFERS, const.CLARIFY_UNBOOKED):
                raise UserError(
                    self.env._("An online payment was begun and not finished: look at the transaction, or say that it was not paid.")
                )
            else:
                if attempt.clarify == const.CLARIFY_DIFFERS and transaction.state != "done":
                    self._settle_by_hand(attempt, transaction)
                self._done_with(attempt)
        self._go_on(attempts)

    def _settle_by_hand(self, attempt, transaction):
        """The provider took another amount, which a person books: the transaction, which is for what was asked, ends without a payment."""
        words = self.env._("Another amount was taken than asked for; %s settles it by hand.", self.env.user.name)
        attempt.write({"outcome": retry.DONE, "booked": True, "reason": words})
        transaction.write(
            {"state": "cancel", "recurring_unknown": False, "state_message": words, "last_state_change": fields.Datetime.now()}
        )

    @api.private
    @api.model
    def not_paid(self, attempts):
        """A person has seen at the provider that no money was taken. A later notice may still say otherwise, and is believed."""
        for attempt, transaction in self._each(attempts):
            if attempt.clarify not in (const.CLARIFY_UNKNOWN, const.CLARIFY_UNFINISHED) or transaction.state == "done":
                raise UserError(self.env._("The provider confirmed this payment. Give it back with a refund, where it was one too many."))
            words = self.env._("%s says it was not paid.", self.env.user.name)
            if attempt.kind == const.ATTEMPT_VOID:
                # What was authorized is released, so it was.
                transaction._set_canceled(state_message=words)
                self._done_with(attempt)
            else:
                self._learnt(attempt, retry.NOT_SENT, words)
        self._go_on(attempts)

    @api.private
    @api.model
    def ask(self, attempts):
        """Ask the provider what became of these charges.

        What it never heard of may still be on its way: only after ``ARRIVED_AFTER`` that means that nothing was taken.

        :return: list of (attempt, answer): True where it knew, False where it never heard of the payment, None where it cannot be asked
        """
        self.env["recurring.identity"].require()
        found = []
        for attempt, transaction in self._each(attempts):
            answer = transaction._recurring_query_status() if transaction._recurring_can_query() else None
            arrived = attempt.asked_at < fields.Datetime.now() - ARRIVED_AFTER
            if answer is False and arrived and attempt.outcome in (retry.UNKNOWN, retry.PENDING):
                words = self.env._("The provider never heard of this payment.")
                self._learnt(attempt, retry.NOT_SENT, words)
            found.append((attempt, answer))
            self.env["recurring.provider.request"].checkpoint()
        self._go_on(attempts)
        return found

    @api.private
    @api.model
    def repeat(self, attempt):
        """Ask for the same payment again with the same reference, which the provider takes once only.

        :return: the outcome
        """
        self._check_may_clarify()
        self.env["recurring.identity"].require()
        attempt.ensure_one()
        service = self._for_company(attempt.company_id)
        attempt, request = attempt.with_env(service.env), service.env["recurring.provider.request"]
        request.checkpoint()
        locked = attempt.try_lock_for_update()
        transaction = attempt.transaction_id
        if not locked or attempt.clarify != const.CLARIFY_UNKNOWN or not transaction._recurring_can_repeat():
            raise UserError(
                service.env._("This payment cannot be asked for again: it is decided already, or its provider might take it twice.")
            )
        again = request.intend(
            transaction,
            kind=attempt.kind,
            move_id=attempt.move_id.id,
            date=attempt.company_id._recurring_today(),
            number=attempt.number,
            started_by=self.env.uid,
            repeats_id=attempt.id,
        )
        service._done_with(attempt)
        again_id = request.begin(again)
        outcome = request.send(again_id) if again_id else None
        service.env["recurring.charge.booking"].finish(attempt.company_id, attempt.move_id.ids)
        return outcome

    @api.private
    @api.model
    def list_unfinished(self, move, transactions):
        """List payments that a customer began online and left, once they are a day old: while they are open, nothing is charged."""
        attempts = self.env["recurring.charge.attempt"]
        old = transactions.filtered(
            lambda tx: tx.state == "draft" and tx.create_date < fields.Datetime.now() - UNFINISHED_AFTER and not tx.recurring_attempt_ids
        )
        for transaction in old:
            attempts.create(
                {
                    "kind": const.ATTEMPT_CHARGE,
                    "move_id": move.id,
                    "company_id": move.company_id.id,
                    "partner_id": transaction.partner_id.id,
                    "subscription_ids": move.line_ids.recurring_subscription_id.ids,
                    "user_id": move.line_ids.recurring_subscription_id.user_id[:1].id,
                    "transaction_id": transaction.id,
                    "provider_id": transaction.provider_id.id,
                    "amount": transaction.amount,
                    "currency_id": transaction.currency_id.id,
                    "date": move.company_id._recurring_today(),
                    "outcome": retry.PENDING,
                    "clarify": const.CLARIFY_UNFINISHED,
                    "reason": self.env._(
                        "The customer began to pay online and did not finish. The card is not charged before this is decided."
                    ),
                }
            )

    @api.private
    @api.model
    def list_silent(self, company):
        """List payments of which the provider has said nothing but "pending" for long: its notice may have been lost."""
        attempts = self.env["recurring.charge.attempt"]
        old = Domain("asked_at", "<", fields.Datetime.now() - SILENT_AFTER) & Domain("company_id", "=", company.id)
        found = attempts.search(old & Domain([("outcome", "=", retry.PENDING), ("clarify", "=", False), ("move_id", "!=", False)]))
        for attempt_id in found.ids:
            self.env["recurring.charge.booking"]._apart(self._list_silent_one, attempt_id)

    def _list_silent_one(self, attempt_id):
        attempt = self.env["recurring.charge.attempt"].browse(attempt_id).try_lock_for_update(allow_referencing=True)
        if not attempt or attempt.outcome != retry.PENDING or attempt.transaction_id.state != "pending":
            return
        words = self.env._("The payment provider has called it pending for 15 days and said nothing since.")
        attempt.write({"clarify": const.CLARIFY_UNKNOWN, "reason": words})
        self.env["recurring.charge.outcome"].clarify(attempt.move_id)

    # Pieces

    def _each(self, attempts):
        """Each attempt to clarify and its transaction, locked, with the rights of the service."""
        self._check_may_clarify()
        attempts.check_access("read")
        for attempt in attempts:
            mine = attempt.with_env(self._for_company(attempt.company_id).env)
            self.env["recurring.provider.request"].checkpoint()
            if not mine.try_lock_for_update() or (not mine.clarify and mine.outcome not in (retry.PENDING, retry.UNKNOWN)):
                raise UserError(self.env._("This charge is decided already, or somebody else is deciding it. Reload the list."))
            yield mine, mine.transaction_id

    def _learnt(self, attempt, outcome, words=""):
        outcomes = self.env["recurring.charge.outcome"].with_env(attempt.env)
        if attempt.outcome != outcome:
            outcomes.conclude(attempt, outcome, Said("", words))
        self._done_with(attempt)

    def _done_with(self, attempt):
        move, was = attempt.move_id, attempt.clarify
        attempt.write({"clarify": False, "clarified_by": self.env.uid, "clarified_at": fields.Datetime.now()})
        if move.recurring_charge_state != const.CHARGE_CLARIFY or move.recurring_attempt_ids.filtered("clarify"):
            return
        outcomes = attempt.env["recurring.charge.outcome"]
        if was in (const.CLARIFY_TWICE, const.CLARIFY_DIFFERS) and move.payment_state not in SETTLED:
            # What is left to pay after a payment that did not fit is for a person to charge.
            outcomes.stop(move, retry.STOP_PERSON)
        else:
            outcomes.over(move)

    def _go_on(self, attempts):
        """Book what was decided, at once."""
        self.env["recurring.provider.request"].checkpoint()
        for company, mine in attempts.sudo().grouped("company_id").items():  # sudo: decided by who may, see _each()
            self._for_company(company).env["recurring.charge.booking"].finish(company, mine.move_id.ids)

    def _for_company(self, company):
        """sudo: who may decide about a charge need not be allowed to write what the services keep."""
        return self.env["recurring.payment.collection"]._for_company(company).env[self._name]
