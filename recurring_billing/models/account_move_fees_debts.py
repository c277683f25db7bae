from odoo import models

from .. import const


class AccountMove(models.Model):
    """Opening balances that were paid late: Odoo keeps no payment state of entries, so a change of what is open tells it."""

    _inherit = "account.move"

    def _compute_payment_state(self):
        res = super()._compute_payment_state()
        entries = self.filtered(
            lambda move: (
                isinstance(move.id, int)
                and move.move_type == "entry"
                and move.state == "posted"
                and move.company_id.recurring_fee_scope == const.FEES_OF_DEBTS
                and not (move.origin_payment_id or move.statement_line_id)
            )
        )
        if entries:
            self._recurring_settle_fees_at_commit(entries.ids)
        return res

    def _recurring_settle_fees_at_commit(self, move_ids):
        precommit = self.env.cr.precommit
        noted = precommit.data.setdefault("recurring_billing.entries", set())
        if not noted:
            precommit.add(self.env["account.move"]._recurring_settle_fees)
        noted.update(move_ids)

    def _recurring_settle_fees(self):
        noted = self.env.cr.precommit.data.pop("recurring_billing.entries", set())
        # sudo: fees follow from debts and payments, whoever registered them
        self.env["recurring.late.fee.settlement"].sudo().look_at(self.sudo().browse(noted).exists())
        self.env.flush_all()
