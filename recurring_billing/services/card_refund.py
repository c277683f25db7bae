from odoo import Command, api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_amount

from .. import const
from ..rules import retry


class RecurringCardRefund(models.AbstractModel):
    """Gives money back the way it came: to the card that paid. Each refund is asked for once (``recurring.provider.request``): while nobody
    knows what became of one, its payment is not refunded again.
    """

    _name = "recurring.card.refund"
    _description = "Refunds to Cards"

    @api.private
    @api.model
    def sources(self, credit):
        """The payments by card from which a credit note can be given back, the latest first.

        :return: dict ``payment.transaction`` → what is left of it
        """
        invoices = credit.reversed_entry_id
        if not invoices:
            lines = self.env["account.move.line"].search(
                [
                    ("recurring_subscription_id", "in", credit.line_ids.recurring_subscription_id.ids),
                    ("move_id.move_type", "=", "out_invoice"),
                    ("move_id.commercial_partner_id", "=", credit.commercial_partner_id.id),
                    ("parent_state", "=", "posted"),
                ]
            )
            invoices = lines.move_id
        transactions = invoices.transaction_ids
        transactions = (transactions | transactions.child_transaction_ids).filtered(
            lambda transaction: transaction._recurring_is_refundable() and transaction.currency_id == credit.currency_id
        )
        left = {transaction: transaction._recurring_left_to_return() for transaction in transactions.sorted("id", reverse=True)}
        return {transaction: amount for transaction, amount in left.items() if transaction.currency_id.compare_amounts(amount, 0) > 0}

    @api.private
    @api.model
    def most(self, credit):
        """How much of a credit note can be given back to cards."""
        open_credit = credit.state == "posted" and credit.move_type == "out_refund" and credit.amount_residual
        return min(credit.amount_residual, sum(self.sources(credit).values())) if open_credit else 0.0

    @api.private
    @api.model
    def refund(self, credit, amount):
        """Give a credit note back to the cards that paid.

        :return: dict ``payment.transaction`` of the refund → outcome (``rules.retry``)
        :raises UserError: when it is not possible, and what to do.
        """
        credit.ensure_one()
        self._check_may_refund(credit)
        self.env["recurring.identity"].require()
        service = self._for_company(credit.company_id)
        # What follows begins a transaction with its lock: nobody else gives the same back meanwhile.
        service.env["recurring.provider.request"].checkpoint()
        credit = service.env["account.move"].browse(credit.id)
        if not credit.try_lock_for_update():
            raise UserError(self.env._("Somebody else is working on %s. Try again in a moment.", credit.display_name))
        # Who looked at it before starts again.
        self.env.execute_query(SQL("UPDATE account_move SET write_date = write_date WHERE id = %s RETURNING id", credit.id))
        service._check_decided(credit.transaction_ids)
        shares = service._shares(credit, amount)
        found = {}
        for transaction, share in shares:
            outcome, child = service._refund_one(transaction, share, credit)
            found[child] = outcome
            if outcome != retry.DONE:
                break
        return found

    @api.private
    @api.model
    def refund_payment(self, transaction, amount):
        """Give a payment back without a credit note: what a customer paid too much.

        :return: the ``payment.transaction`` of the refund
        """
        self.env["recurring.identity"].require()
        service = self._for_company(transaction.company_id)
        service.env["recurring.provider.request"].checkpoint()
        _outcome, child = service._refund_one(transaction.with_env(service.env), amount, self.env["account.move"])
        return child

    def _check_may_refund(self, credit):
        if not self.env.su and not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Refunds are made by the group Billing. Ask somebody of it."))
        credit.check_access("write")

    def _for_company(self, company):
        """sudo: who may refund need not be allowed to write what the services keep."""
        return self.sudo().with_company(company).with_context(allowed_company_ids=company.ids)

    def _shares(self, credit, amount):
        """From which payments how much is given back."""
        currency = credit.currency_id
        most = self.most(credit)
        if currency.compare_amounts(amount, 0) <= 0 or currency.compare_amounts(amount, most) > 0:
            raise UserError(
                self.env._(
                    "Up to %(most)s can be given back of %(credit)s: what is open of it, and was paid by card. Enter an amount up to that.",
                    most=format_amount(self.env, most, currency),
                    credit=credit.display_name,
                )
            )
        shares, rest = [], amount
        for transaction, left in self.sources(credit).items():
            share = min(rest, left)
            whole = currency.compare_amounts(share, transaction.amount) == 0
            if transaction._recurring_refund_support() == "full_only" and not whole:
                continue
            if currency.compare_amounts(share, 0) > 0:
                shares.append((transaction, currency.round(share)))
                rest = currency.round(rest - share)
        if currency.compare_amounts(rest, 0) > 0:
            raise UserError(self.env._("The payment provider only refunds whole payments. Give the money back in another way."))
        return shares

    def _refund_one(self, transaction, amount, credit):
        """Ask once, and book the answer."""
        request = self.env["recurring.provider.request"]
        self._hold(transaction)
        self._check(transaction, amount)
        child = transaction._create_child_transaction(amount, is_refund=True, invoice_ids=[Command.set(credit.ids)])
        attempt = request.intend(
            child,
            kind=const.ATTEMPT_REFUND,
            move_id=(credit or transaction.invoice_ids[:1]).id,
            date=transaction.company_id._recurring_today(),
            started_by=self.env.uid,
        )
        attempt_id = request.begin(attempt)
        if not attempt_id:
            raise UserError(self.env._("Somebody else is working on this payment. Nothing was refunded; try again in a moment."))
        outcome = request.send(attempt_id)
        self.env["recurring.charge.booking"].finish(transaction.company_id, attempt.move_id.ids)
        return outcome, child

    def _hold(self, transaction):
        """Lock a payment, and change its row, so that who saw it before starts again."""
        if not transaction.try_lock_for_update(allow_referencing=True):
            raise UserError(self.env._("Somebody else is working on this payment. Try again in a moment."))
        self.env.execute_query(SQL("UPDATE payment_transaction SET write_date = write_date WHERE id = %s RETURNING id", transaction.id))

    def _check_decided(self, transactions):
        """Refuse while a refund among these transactions may still come, or is not in the books yet.

        :raises UserError: what to do about it.
        """
        undecided = transactions.filtered(
            lambda each: (
                each.operation == "refund"
                and (each.state in ("draft", "pending", "authorized") or (each.state == "done" and not each.is_post_processed))
            )
        )
        if undecided:
            raise UserError(
                self.env._(
                    "A refund of this money (%s) has no clear outcome yet. "
                    "Look at the payment provider whether it was made, and say so under "
                    "Charges to Clarify; then refund what is left.",
                    undecided[0].reference,
                )
            )

    def _check(self, transaction, amount):
        self._check_decided(transaction.child_transaction_ids)
        if not transaction._recurring_is_refundable():
            raise UserError(self.env._("%s cannot be refunded through its payment provider.", transaction.reference))
        left = transaction._recurring_left_to_return()
        if transaction.currency_id.compare_amounts(amount, left) > 0:
            raise UserError(
                self.env._(
                    "Of %(reference)s, %(left)s can still be given back.",
                    reference=transaction.reference,
                    left=format_amount(self.env, left, transaction.currency_id),
                )
            )
