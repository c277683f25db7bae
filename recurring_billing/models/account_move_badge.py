from odoo import models


class AccountMove(models.Model):
    """A payment, or its reversal, shows in the badge of the subscription as soon as it is committed."""

    _inherit = "account.move"

    def _compute_payment_state(self):
        res = super()._compute_payment_state()
        moves = self.filtered(lambda move: isinstance(move.id, int) and move.move_type == "out_invoice" and move.state != "draft")
        if moves:
            self._recurring_refresh_late_at_commit(moves.ids)
        return res

    def _recurring_refresh_late_at_commit(self, move_ids):
        """Note the invoices; once, before the transaction is committed, the subscriptions on them are looked at."""
        precommit = self.env.cr.precommit
        noted = precommit.data.setdefault("recurring_billing.moves", set())
        if not noted:
            precommit.add(self.env["account.move"]._recurring_refresh_late)
        noted.update(move_ids)

    def _recurring_refresh_late(self):
        noted = self.env.cr.precommit.data.pop("recurring_billing.moves", set())
        # sudo: the badge follows from the invoices, whoever registered the payment
        moves = self.sudo().browse(noted).exists()
        moves.line_ids.recurring_subscription_id._refresh_late()
        self.env.flush_all()
