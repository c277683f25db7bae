from odoo import models

from ..const import SETTLED
from ..const import dunning as const


class AccountMove(models.Model):
    """Credit notes of billing settle what the customer owes, so that nobody is chased for it."""

    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        credits = posted.filtered(lambda move: move.move_type == "out_refund" and move.recurring_run_id)
        for credit in credits:
            credit._recurring_settle_oldest()
        return posted

    def _recurring_settle_oldest(self):
        """Reconcile what is left of a credit note with the oldest open items of the same customer, company, account and currency.

        Not with what is contested: that would say it is owed. Not with what Odoo calls paid, whose entry is still to come.

        Posting has reconciled it with the invoice it reduces, where that was open.
        """
        self.ensure_one()
        mine = self.line_ids.filtered(lambda line: line.display_type == "payment_term" and not line.reconciled)
        for line in mine:
            open_items = self.env["account.move.line"].search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("account_id", "=", line.account_id.id),
                    ("currency_id", "=", line.currency_id.id),
                    ("partner_id", "=", line.partner_id.id),
                    ("parent_state", "=", "posted"),
                    ("reconciled", "=", False),
                    ("balance", ">", 0),
                    ("move_id.payment_state", "not in", SETTLED),
                ],
                order="date_maturity, id",
            )
            # sudo: what is contested counts, whoever bills
            contested = open_items.sudo().filtered(lambda item: const.OPEN in item.recurring_dispute_ids.mapped("state"))
            for item in open_items - contested:
                if line.reconciled:
                    break
                (line | item).reconcile()
