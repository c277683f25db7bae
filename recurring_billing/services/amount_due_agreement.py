from decimal import Decimal

from odoo import api, models

from ..const import dunning as const
from ..rules.agreements import spread
from ..rules.late_fees import Fees
from ..rules.money import to_decimal

NOTHING = Decimal(0)
ENDED = (const.BROKEN, const.CANCELLED)


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
        dealt = (part.fine_before, part.interest_before) if part.line_id == part.source_line_id else (0.0, 0.0)
        return Fees(
            fees.fine + to_decimal(part.fine) + to_decimal(dealt[0]),
            fees.interest + to_decimal(part.interest) + to_decimal(dealt[1]),
        )

    def _known(self, lines):
        """What was dealt with of a debt before an agreement that ended otherwise: each of its parts has its share of that."""
        known = super()._known(lines)
        parts = lines.recurring_part_ids.filtered(lambda part: part.agreement_id.state in ENDED)
        for part in parts:
            if moved := self._moved(part):
                known.booked.setdefault(part.line_id, []).append(moved)
        return known

    def _moved(self, part):
        """What of the fees of a debt that were dealt with counts for one part: of the debt's own item less than was recorded on it."""
        group = part.agreement_id.part_ids.filtered(lambda each: each.source_line_id == part.source_line_id).sorted("id")
        before = [sum((to_decimal(each[name]) for each in group), NOTHING) for name in ("fine_before", "interest_before")]
        if not any(before):
            return None
        rounding, place = to_decimal(part.currency_id.rounding), list(group).index(part)
        mine = [spread(amount, [to_decimal(each.amount) for each in group], rounding)[place] for amount in before]
        kept = before if part.line_id == part.source_line_id else (NOTHING, NOTHING)
        return Fees(mine[0] - kept[0], mine[1] - kept[1])

    def _item(self, line, policy, day, known):
        """An instalment costs what was agreed: who pays it before its date pays no debt early."""
        item = super()._item(line, policy, day, known)
        part = line._recurring_agreed_part()
        if not part:
            return item
        return item._replace(is_agreed=bool(part.fine or part.interest), discount=NOTHING, is_native_discount=False)

    @api.private
    @api.model
    def offer(self, move):
        offer = super().offer(move)
        return offer._replace(discounts=[]) if self._open_lines(move)[:1]._recurring_is_agreed() else offer
