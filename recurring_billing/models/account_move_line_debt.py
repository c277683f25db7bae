from odoo import models


class AccountMoveLine(models.Model):
    """A receivable item as a debt: what people call it."""

    _inherit = "account.move.line"

    def _recurring_debt_name(self):
        """What customer and staff call it: the number of an invoice or payment, what an opening balance says of itself, else its entry."""
        self.ensure_one()
        # sudo: the name of a debt follows the item, which was read already
        line = self.sudo()
        if line.move_id.is_invoice(include_receipts=True):
            return line.move_id.name
        if payment := line.move_id.origin_payment_id:
            return payment.name or payment.memo or line.move_id.name
        return line.name or line.move_id.ref or line.move_id.name
