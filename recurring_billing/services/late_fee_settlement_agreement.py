from odoo import models


class RecurringLateFeeSettlement(models.AbstractModel):
    """The agreed fees of an instalment are owed also when it is paid in time."""

    _inherit = "recurring.late.fee.settlement"

    def _paid_late(self, moves):
        agreed = moves.line_ids.filtered(
            lambda line: line.reconciled and line.balance > 0 and self._money_of(line) and self._is_paid_by_money(line)
        )
        return super()._paid_late(moves) | agreed.filtered(lambda line: self._has_agreed_fees(line))

    def _has_agreed_fees(self, line):
        part = line._recurring_agreed_part()
        return bool(part.fine or part.interest)
