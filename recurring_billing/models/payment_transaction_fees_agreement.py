from odoo import models

from ..rules.money import to_decimal
from ..rules.receipts import split


class PaymentTransaction(models.Model):
    """What of an instalment paid online is late fees: those agreed, and those of the instalment itself."""

    _inherit = "payment.transaction"

    def _recurring_shares(self):
        lines = self._recurring_agreement_lines()
        if not lines or self.amount <= 0 or lines.currency_id != self.currency_id:
            return super()._recurring_shares()
        day = self.recurring_day or self.company_id._recurring_today()
        # sudo: the payment of a customer is divided, whoever learns of it
        by_line = self.env["recurring.amount.due"].sudo().of_lines(lines, day)
        shares, _over = split(to_decimal(self.amount), [item.owed for item in by_line.values()])
        mine = any(share.fine or share.interest or share.waived_fine or share.waived_interest for share in shares)
        return (shares, {item.line: item for item in by_line.values()}) if mine else ([], {})
