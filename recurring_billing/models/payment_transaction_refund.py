from odoo import models

from .. import const


class PaymentTransaction(models.Model):
    """Refunds are asked for once, and settle what they give back."""

    _inherit = "payment.transaction"

    def _recurring_left_to_return(self):
        """What of a payment was neither given back nor taken back. A refund without an answer counts: it may have been made."""
        self.ensure_one()
        refunds = self.child_transaction_ids.filtered(lambda child: child.operation == "refund" and child.state not in ("error", "cancel"))
        taken = self.recurring_chargeback_ids.filtered(lambda chargeback: chargeback.state != const.CHARGEBACK_WON)
        return self.currency_id.round(self.amount + sum(refunds.mapped("amount")) - sum(taken.mapped("amount")))

    def _recurring_refund_support(self):
        """What the provider and the kind of payment permit: ``none``, ``full_only``, ``partial``."""
        method = self.payment_method_id.primary_payment_method_id or self.payment_method_id
        supports = (self.provider_id.support_refund, method.support_refund)
        return next((kind for kind in ("none", "full_only") if kind in supports), "partial")

    def _recurring_is_refundable(self):
        return (
            self.state == "done"
            and self.operation not in ("refund", "validation")
            and bool(self.payment_id)
            and self._recurring_refund_support() != "none"
        )

    def _refund(self, amount_to_refund=None):
        """A refund that a person asks for goes where every payment of ours goes: written down first, asked for once."""
        if not self.env.context.get("payment_backend_action") or not self._recurring_is_refundable():
            return super()._refund(amount_to_refund)
        return self.env["recurring.card.refund"].refund_payment(self, amount_to_refund or self.amount)

    def _create_payment(self, **extra_create_values):
        """A refund without a credit note gives back what was paid too much: it is reconciled with that."""
        payment = super()._create_payment(**extra_create_values)
        source = self.source_transaction_id.payment_id
        if self.operation == "refund" and not self.invoice_ids and source:
            lines = (payment | source).move_id.line_ids.filtered(
                lambda line: line.account_id == payment.destination_account_id and not line.reconciled
            )
            if len(lines.move_id) > 1:
                lines.reconcile()
        return payment
