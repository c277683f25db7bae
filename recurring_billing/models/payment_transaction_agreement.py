from datetime import timedelta

from odoo import fields, models

from ..services.dunning_waits import PATIENCE, RESERVED_DAYS


class PaymentTransaction(models.Model):
    """Online payments of instalments: they pay the items of an agreement, on invoices or on its own entry."""

    _inherit = "payment.transaction"

    recurring_agreement_id = fields.Many2one("recurring.agreement", "Agreement", readonly=True, index="btree_not_null", ondelete="set null")

    def _recurring_expected(self):
        """Of these, the payments that were begun and whose money may still come.

        Who chose to pay by transfer, and did not within some days, is asked for the money again; so nothing else waits for it any longer.
        """

        def is_expected(transaction):
            days = {"pending": PATIENCE, "authorized": RESERVED_DAYS}.get(transaction.state)
            if days is None:
                return transaction.state == "done" and not transaction.is_post_processed
            today = fields.Datetime.to_datetime(transaction.company_id._recurring_today())
            return transaction.last_state_change >= today - timedelta(days=days)

        return self.filtered(is_expected)

    def _create_payment(self, **extra_create_values):
        lines = self._recurring_agreement_lines()
        if not lines or self.invoice_ids:
            return super()._create_payment(**extra_create_values)
        payment = super()._create_payment(**{"destination_account_id": lines[0].account_id.id, **extra_create_values})
        self.env["recurring.receipt"]._reconcile(payment, lines.filtered(lambda line: line.account_id == lines[0].account_id))
        return payment

    def _recurring_agreement_lines(self):
        """The open items of the agreement that is paid, the oldest first."""
        # sudo: what the money is for follows from the agreement, whoever books it
        lines = self.sudo().recurring_agreement_id.part_ids.line_id.filtered(lambda line: not line.reconciled)
        return lines.sorted(lambda line: (line.date_maturity or line.date, line.id))
