from odoo import models

NOTED = "recurring_billing.moves"


class AccountMove(models.Model):
    """Money that moved is noticed once, before the commit, whatever moved it: portal, counter, bank, credit note.

    Odoo keeps no payment state of entries, opening balances among them; that it computes one anew tells that something of them was paid.
    ``_recurring_on_money_moved()`` is the place to extend.
    """

    _inherit = "account.move"

    def _compute_payment_state(self):
        res = super()._compute_payment_state()
        self.filtered(lambda move: isinstance(move.id, int) and move._recurring_is_debt())._recurring_note_money_moved()
        return res

    def _recurring_is_debt(self):
        """Whether it is an invoice, or an entry that may hold debts of its own: no entry of money."""
        if self.move_type == "entry":
            return self.state == "posted" and not (self.origin_payment_id or self.statement_line_id)
        return self.move_type == "out_invoice" and self.state != "draft"

    def _recurring_note_money_moved(self):
        """Note these; once, before the transaction is committed, they are looked at."""
        if not self:
            return
        precommit = self.env.cr.precommit
        noted = precommit.data.setdefault(NOTED, set())
        if not noted:
            precommit.add(self.env["account.move"]._recurring_tell_money_moved)
        noted.update(self.ids)

    def _recurring_tell_money_moved(self):
        noted = self.env.cr.precommit.data.pop(NOTED, set())
        # sudo: what follows from a payment follows whoever registered it
        self.sudo().browse(noted).exists()._recurring_on_money_moved()
        self.env.flush_all()

    def _recurring_on_money_moved(self):
        """These invoices and entries were paid, in part or whole, or a payment of them was taken back. Called with ``sudo()``."""
