from odoo import models


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
                ],
                order="date_maturity, id",
            )
            for item in open_items:
                if line.reconciled:
                    break
                (line | item).reconcile()
