from odoo import api, models

from ..rules.late_fees import Fees
from ..rules.money import to_decimal


class RecurringAmountDue(models.AbstractModel):
    """What instalments of an agreement cost: the debt, the fees that were agreed, and new ones from the instalment's own date on."""

    _inherit = "recurring.amount.due"

    @api.private
    @api.model
    def policy(self, move):
        """An entry of an agreement bears fees as the debts it took over do."""
        # sudo: see the method this extends
        agreement = move.sudo().recurring_agreement_id
        if agreement:
            sources = agreement.part_ids.filtered(lambda part: part.line_id.move_id == move.sudo()).source_line_id.move_id
            return super().policy(sources[:1]) if sources else super().policy(move)
        return super().policy(move)

    def _read_at_once(self, moves):
        res = super()._read_at_once(moves)
        # sudo: see ``items``
        moves.sudo().line_ids.recurring_part_ids.agreement_id.mapped("state")
        return res

    def _fees_to(self, line, policy, day, known):
        fees = super()._fees_to(line, policy, day, known)
        part = line._recurring_agreed_part()
        if not part:
            return fees
        return Fees(
            fees.fine + to_decimal(part.fine) + to_decimal(part.fine_before),
            fees.interest + to_decimal(part.interest) + to_decimal(part.interest_before),
        )

    def _item(self, line, policy, day, known):
        item = super()._item(line, policy, day, known)
        part = line._recurring_agreed_part()
        return item._replace(is_agreed=True) if part.fine or part.interest else item
