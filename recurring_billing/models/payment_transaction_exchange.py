from odoo import models

from ..services.provider_exchange import CONTEXT_KEY, Exchange


class PaymentTransaction(models.Model):
    """What the answers and notices of providers mean for what we charge.

    While ``recurring.provider.request`` asks, its exchange is in the context and only watched here. Everything else that reaches a
    transaction of ours, a notice, a person, Odoo's own status query, is something learnt later.
    """

    _inherit = "payment.transaction"

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

    def _update_state(self, allowed_states, target_state, state_message):
        updated = super()._update_state(allowed_states, target_state, state_message)
        exchange = Exchange.of(self.env)
        if exchange is None or not (exchange.sends or exchange.checks_amount):
            # sudo: what is kept of charges is the services' to write, whoever brought the news
            for transaction in updated.sudo().filtered("recurring_attempt_ids"):
                plain = transaction.with_context(**{CONTEXT_KEY: None})
                plain.env["recurring.charge.outcome"].learn(plain, exchange)
        return updated

    def _log_sent_message(self):
        # A charge of ours tells its outcome in one line.
        if Exchange.of(self.env) is None or not self.recurring_attempt_ids:
            super()._log_sent_message()

    def _log_received_message(self):
        exchange = Exchange.of(self.env)
        if exchange is None or not exchange.sends or self.state == "done":
            super()._log_received_message()
