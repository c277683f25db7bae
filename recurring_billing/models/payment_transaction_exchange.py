from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..services.provider_exchange import CONTEXT_KEY, Exchange


class PaymentTransaction(models.Model):
    """What the answers and notices of providers mean for what we charge.

    While ``recurring.provider.request`` asks, its exchange is in the context and only watched here. Everything else that reaches a
    transaction of ours, a notice, a person, Odoo's own status query, is something learnt later.
    """

    _inherit = "payment.transaction"

    @api.model_create_multi
    def create(self, vals_list):
        transactions = super().create(vals_list)
        asked = transactions.filtered(lambda each: each.operation not in ("refund", "validation") and not each.source_transaction_id)
        asked._recurring_refuse_beside_charge()
        return transactions

    def _recurring_refuse_beside_charge(self):
        """Nobody begins to pay an invoice whose charge is under way: the money could be taken twice.

        :raises ValidationError: in words for the customer.
        """
        # sudo: the customer who pays may be anybody with the link
        moves = self.sudo().invoice_ids.filtered("recurring_invoice_mode")
        if not moves:
            return
        # A charge that began since this transaction did makes it start again: each charge writes the invoice. So does this payment, for a
        # charge that looked before.
        self.env.flush_all()
        self.env.execute_query(SQL("SELECT id FROM account_move WHERE id IN %s ORDER BY id FOR NO KEY UPDATE", tuple(moves.ids)))
        self.env.execute_query(SQL("UPDATE account_move SET write_date = write_date WHERE id IN %s RETURNING id", tuple(moves.ids)))
        if moves.filtered(lambda move: move._recurring_is_being_charged()):
            raise ValidationError(
                self.env._(
                    "A charge of the saved card is under way for this invoice. Please wait for its outcome before you pay in another way."
                )
            )

    def _charge_with_token(self):
        # sudo: whose invoice it is counts, whoever pays
        if Exchange.of(self.env) is not None or not self.sudo().invoice_ids.filtered("recurring_invoice_mode"):
            return super()._charge_with_token()
        ask = super(PaymentTransaction, self.with_context(**{CONTEXT_KEY: (exchange := Exchange(sends=True))}))._charge_with_token
        self.env["recurring.provider.request"].watch(self, exchange, ask)
        return None

    def _process(self, provider_code, payment_data):
        exchange = Exchange.of(self.env)
        if exchange is None:
            exchange = Exchange(sends=False)
            exchange.answer_read, exchange.content = True, payment_data
            processed = super(PaymentTransaction, self.with_context(**{CONTEXT_KEY: exchange}))._process(provider_code, payment_data)
            processed = processed.with_context(**{CONTEXT_KEY: None})
            if exchange.mismatch and processed:
                # sudo: what is kept of charges is the services' to write
                self.env["recurring.charge.outcome"].sudo().learn(processed.sudo(), exchange)
            return processed
        exchange.answer_read = True
        exchange.content = exchange.content or payment_data
        return super()._process(provider_code, payment_data)

    def _validate_amount(self, payment_data):
        exchange = Exchange.of(self.env)
        if exchange is None:
            return super()._validate_amount(payment_data)
        before = self.state
        with exchange.checking_amount():
            res = super()._validate_amount(payment_data)
        exchange.mismatch |= self.state == "error" and before != "error"
        return res

    def _set_done(self, *, state_message=None, extra_allowed_states=()):
        # Money of ours that was taken after all is believed, whatever was said of it before; what was settled by hand is in the books.
        attempts = [transaction.recurring_attempt_ids for transaction in self.sudo()]  # sudo: whoever brought the news
        if all(mine and not mine.filtered("booked") for mine in attempts):
            extra_allowed_states = (*extra_allowed_states, "cancel")
        return super()._set_done(state_message=state_message, extra_allowed_states=extra_allowed_states)

    def _update_state(self, allowed_states, target_state, state_message):
        exchange = Exchange.of(self.env)
        if exchange is not None and exchange.differs and target_state in ("authorized", "done"):
            # Odoo passes over another amount where it said "error" before. sudo: whoever brought the news; what is booked is decided.
            exchange.mismatch |= not self.sudo().recurring_attempt_ids.filtered("booked")
            return self.browse()
        if exchange is not None and exchange.checks_amount and target_state == "error":
            exchange.differs = True
        updated = super()._update_state(allowed_states, target_state, state_message)
        if exchange is None or not (exchange.sends or exchange.checks_amount):
            # sudo: what is kept of charges is the services' to write, whoever brought the news
            for transaction in updated.sudo().filtered("recurring_attempt_ids"):
                plain = transaction.with_context(**{CONTEXT_KEY: None})
                plain.env["recurring.charge.outcome"].learn(plain, exchange)
        return updated

    def _log_sent_message(self):
        # A charge of ours tells its outcome in one line.
        if Exchange.of(self.env) is None or not self.recurring_attempt_ids:
            return super()._log_sent_message()
        return None

    def _log_received_message(self):
        exchange = Exchange.of(self.env)
        if exchange is None or not exchange.sends or self.state == "done":
            return super()._log_received_message()
        return None
