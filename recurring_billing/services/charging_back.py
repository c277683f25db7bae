from psycopg2.errors import UniqueViolation

from odoo import Command, api, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tools import format_amount, format_date

from .. import const

GONE_OTHERWISE = ("canceled", "rejected", "draft")


class RecurringChargingBack(models.AbstractModel):
    """A payment that was taken back through the bank: the money leaves by a native payment that undoes the first, and the invoices are open
    again. The card is not charged by itself any more, and neither are these invoices.
    """

    _name = "recurring.charging.back"
    _description = "Chargebacks"

    @api.private
    @api.model
    def take_back(self, transaction, *, amount=None, day=None, reason="", case=""):
        """Record that a payment was taken back.

        :param amount: what was taken back, by default all that is left of the payment.
        :param case: the provider's number of the dispute; the same again is the same chargeback. Without one, a payment is taken back once.
        :return: the ``recurring.chargeback``
        :raises UserError: when there is nothing to take back.
        """
        self._check_may_record(transaction)
        # sudo: who may record it may make its entries
        service, transaction = self.sudo(), transaction.sudo()
        chargebacks = service.env["recurring.chargeback"]
        transaction.lock_for_update()
        there = chargebacks.search([("transaction_id", "=", transaction.id), ("case", "=", case or False)])
        if there:
            return there.with_env(self.env)
        service._check(transaction)
        left = transaction._recurring_left_to_return()
        amount = left if amount is None else amount
        if transaction.currency_id.compare_amounts(amount, left) > 0 or transaction.currency_id.compare_amounts(amount, 0) <= 0:
            raise UserError(
                self.env._(
                    "Of %(reference)s, %(left)s can still be taken back. Enter an amount up to that.",
                    reference=transaction.reference,
                    left=format_amount(self.env, left, transaction.currency_id),
                )
            )
        day = day or transaction.company_id._recurring_today()
        inbound = transaction.payment_id
        invoices = inbound.reconciled_invoice_ids
        outbound = service._undo(inbound, amount, day)
        chargeback = service._keep(transaction, invoices, outbound, amount, day, reason, case)
        service._stop_charging(chargeback)
        service._tell(chargeback)
        return chargeback.with_env(self.env)

    def _check_may_record(self, transaction):
        if self.env.su:
            return
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Chargebacks are recorded by the group Billing."))
        transaction.check_access("read")
        transaction.payment_id.check_access("write")

    def _check(self, transaction):
        if transaction.state != "done" or transaction.operation in ("refund", "validation"):
            raise UserError(self.env._("Only a payment that was made can be taken back."))
        if not transaction.payment_id:
            transaction._post_process()
        payment = transaction.payment_id
        if not payment.move_id or payment.state in GONE_OTHERWISE:
            raise UserError(
                self.env._("%s has no payment in the books that could be undone. Mend its payment first.", transaction.reference)
            )

    # The entries

    def _undo(self, inbound, amount, day, memo=None):
        """A payment the other way; where all is taken back, with the same fees and discounts, so that the invoices are open as before."""
        whole = inbound.currency_id.compare_amounts(amount, inbound.amount) == 0
        outbound = self._pay_back(inbound, amount, day, memo, self._mirrored(inbound) if whole else ())
        self._open_again(inbound, outbound)
        return outbound

    def _pay_back(self, inbound, amount, day, memo=None, write_offs=()):
        """A posted payment the other way, reconciled with nothing yet."""
        outbound = inbound.with_context(force_payment_move=True).create(
            {
                "payment_type": "outbound",
                "partner_type": inbound.partner_type,
                "partner_id": inbound.partner_id.id,
                "company_id": inbound.company_id.id,
                "journal_id": inbound.journal_id.id,
                "payment_method_line_id": inbound.payment_method_line_id.id,
                "destination_account_id": inbound.destination_account_id.id,
                "currency_id": inbound.currency_id.id,
                "amount": amount,
                "date": day,
                "memo": memo or self.env._("Chargeback of %s", inbound.memo or inbound.name),
                "write_off_line_vals": list(write_offs),
            }
        )
        outbound.action_post()
        return outbound

    def _open_again(self, inbound, outbound):
        """What a payment had settled is open again, as far as another one took it back."""
        mine, theirs = self._receivable(inbound), self._receivable(outbound)
        # What was given back earlier stays so; then invoices in the order in which they were due: what is left stays with the oldest.
        items = (mine.matched_debit_ids.debit_move_id - theirs).sorted(
            lambda line: (line.move_id.is_invoice(), line.date_maturity or line.date, line.id)
        )
        mine.remove_move_reconcile()
        (mine | theirs).reconcile()
        for item in items.filtered("account_id.reconcile"):
            rest = mine.filtered(lambda line: not line.reconciled)
            if rest and not item.reconciled:
                (rest | item).reconcile()

    def _receivable(self, payment):
        return payment.move_id.line_ids.filtered(lambda line: line.account_id == payment.destination_account_id)

    def _mirrored(self, inbound):
        """The payment's items beside money and receivable, the other way round."""
        liquidity, counterpart, others = inbound._seek_for_lines()
        return [
            {
                "name": line.name,
                "account_id": line.account_id.id,
                "partner_id": line.partner_id.id,
                "currency_id": line.currency_id.id,
                "amount_currency": -line.amount_currency,
                "balance": -line.balance,
            }
            for line in others - liquidity - counterpart
        ]

    # What follows

    def _keep(self, transaction, invoices, outbound, amount, day, reason, case):
        try:
            return self.env["recurring.chargeback"].create(
                {
                    "transaction_id": transaction.id,
                    "company_id": transaction.company_id.id,
                    "partner_id": transaction.partner_id.commercial_partner_id.id,
                    "currency_id": transaction.currency_id.id,
                    "amount": amount,
                    "date": day,
                    "reason": reason,
                    "case": case or False,
                    "move_ids": [Command.set(invoices.ids)],
                    "payment_id": outbound.id,
                    "token_id": transaction.token_id.id,
                }
            )
        except UniqueViolation as error:
            # Another process recorded the same one meanwhile: start again, and find it.
            raise ConcurrencyError("the same chargeback is recorded by another process") from error

    def _stop_charging(self, chargeback):
        """The card is not charged by itself any more, and neither are invoices whose payment was taken back."""
        words = self.env._("a payment was taken back on %s", format_date(self.env, chargeback.date))
        chargeback.token_id._recurring_refuse(words)
        chargeback.move_ids._recurring_dispute()

    def _tell(self, chargeback):
        words = self.env._(
            "The customer took %(amount)s back through the bank on %(day)s (payment %(reference)s). %(reason)s "
            "The invoice is open again and is "
            "not charged by itself.",
            amount=format_amount(self.env, chargeback.amount, chargeback.currency_id),
            day=format_date(self.env, chargeback.date),
            reference=chargeback.transaction_id.reference,
            reason=chargeback.reason or "",
        )
        for move in chargeback.move_ids:
            move.message_post(body=words)
        for subscription in chargeback.move_ids.line_ids.recurring_subscription_id:
            subscription.message_post(body=words)

    # How it was decided

    @api.private
    @api.model
    def won(self, chargeback, day=None):
        """The money came back: a payment of the day pays the invoices again, what they do not need stays open on it."""
        self._decide(chargeback)
        # sudo: who may record it may make its entries
        mine = chargeback.sudo()
        day = day or mine.company_id._recurring_today()
        outbound = mine.payment_id
        open_moves = mine.move_ids.filtered(lambda move: move.state == "posted" and move.amount_residual > 0)
        mine.return_payment_id = (
            self.sudo()
            .env["recurring.receipt"]
            .receive(
                open_moves,
                mine.amount,
                outbound.journal_id,
                day,
                payment_method_line=outbound.payment_method_line_id,
                memo=self.env._("Chargeback returned: %s", mine.transaction_id.reference),
                unique_ref=f"chargeback:{mine.id}",
                partner=mine.partner_id,
            )
        )
        mine.write({"state": const.CHARGEBACK_WON, "decided_on": day})

    @api.private
    @api.model
    def lost(self, chargeback, day=None):
        """The money stays away: the invoices stay open."""
        self._decide(chargeback)
        # sudo: chargebacks are written by this service alone
        mine = chargeback.sudo()
        mine.write({"state": const.CHARGEBACK_LOST, "decided_on": day or mine.company_id._recurring_today()})

    def _decide(self, chargeback):
        if not self.env.su and not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Chargebacks are recorded by the group Billing."))
        chargeback.check_access("read")
        # sudo: whoever works with it sees it as it is
        mine = chargeback.sudo()
        mine.lock_for_update()
        if mine.state != const.CHARGEBACK_OPEN:
            raise UserError(self.env._("This chargeback was decided on %s already.", format_date(self.env, mine.decided_on)))
