from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const


class AccountMoveReversal(models.TransientModel):
    """Odoo's reversal asks what becomes of the time that the invoice billed."""

    _inherit = "account.move.reversal"

    recurring_reversal = fields.Selection(
        const.REVERSALS, "Billed Time", default=const.KEEP, help="Carried out when the credit note is posted, for what it then contains."
    )
    recurring_has_periods = fields.Boolean(compute="_compute_recurring_has_periods")

    @api.depends("move_ids")
    def _compute_recurring_has_periods(self):
        for wizard in self:
            # sudo: the question is asked whoever may see billed periods
            wizard.recurring_has_periods = bool(wizard.move_ids._origin.sudo().line_ids.recurring_period_id)

    def reverse_moves(self, is_modify=False):
        if not is_modify or not self.recurring_has_periods:
            return super().reverse_moves(is_modify)
        if self.date > fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "The new invoice takes over the billed time at once, so the reversal cannot wait for a later date. "
                    "Choose today, or use Reverse."
                )
            )
        action = super(AccountMoveReversal, self.with_context(recurring_hand_over=True)).reverse_moves(is_modify)
        # sudo: the ledger follows documents, whoever reverses them
        self.env["recurring.ledger.reversals"].sudo().hand_over(self.new_move_ids.sudo())
        return action

    def _prepare_default_reversal(self, move):
        values = super()._prepare_default_reversal(move)
        # sudo: what the ledger says counts, whoever may see it
        if move.sudo().line_ids.recurring_period_id:
            handed_over = self.env.context.get("recurring_hand_over")
            values["recurring_reversal"] = const.HANDED_OVER if handed_over else self.recurring_reversal or const.KEEP
        return values
