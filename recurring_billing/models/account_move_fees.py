from odoo import api, fields, models


class AccountMove(models.Model):
    """What is to be paid of an invoice today."""

    _inherit = "account.move"

    recurring_amount_today = fields.Monetary("To Pay Today", compute="_compute_recurring_amount_today", compute_sudo=True)
    recurring_fine_today = fields.Monetary("Fine", compute="_compute_recurring_amount_today", compute_sudo=True)
    recurring_interest_today = fields.Monetary("Interest", compute="_compute_recurring_amount_today", compute_sudo=True)
    recurring_fees_today = fields.Monetary("Late Fees", compute="_compute_recurring_amount_today", compute_sudo=True)
    recurring_discount_today = fields.Monetary("Discount Today", compute="_compute_recurring_amount_today", compute_sudo=True)

    @api.depends("amount_residual", "state", "line_ids.date_maturity")
    @api.depends_context("recurring_today")
    def _compute_recurring_amount_today(self):
        dues = self.env["recurring.amount.due"].of(self)
        for move in self:
            due = dues[move]
            move.recurring_amount_today = due.total
            move.recurring_fine_today = due.fine
            move.recurring_interest_today = due.interest
            move.recurring_fees_today = due.fine + due.interest
            move.recurring_discount_today = due.discount
