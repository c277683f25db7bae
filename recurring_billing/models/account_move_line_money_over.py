from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const


class AccountMoveLine(models.Model):
    """What is left over of customers' payments, and the late fees it may be for."""

    _inherit = "account.move.line"

    recurring_money_over = fields.Monetary("Left Over", compute="_compute_recurring_money_over", currency_field="currency_id")
    recurring_fees_open = fields.Monetary(
        "Fees To Decide",
        compute="_compute_recurring_money_over",
        currency_field="currency_id",
        help="Late fees of the invoices that this money paid.",
    )

    @api.depends("amount_residual_currency", "matched_debit_ids")
    def _compute_recurring_money_over(self):
        for line in self:
            line.recurring_money_over = max(-line.amount_residual_currency, 0.0)
            line.recurring_fees_open = sum(line._recurring_open_fees().mapped("total"))

    def _recurring_open_fees(self):
        """The fees to decide of the items that the payment of a journal item settled."""
        # sudo: whether fees wait counts, whoever may see them
        line = self.sudo()
        items = line.move_id.line_ids.matched_debit_ids.debit_move_id
        return self.env["recurring.late.fee"].sudo().search([("move_line_id", "in", items.ids), ("state", "=", const.FEE_OPEN)])

    def action_recurring_book_fees(self):
        """Take late fees from the money left over."""
        self.check_access("read")
        fees = self._recurring_open_fees()
        if not fees:
            raise UserError(self.env._("No late fees wait for this money."))
        return fees.with_env(self.env).action_book_surplus()
