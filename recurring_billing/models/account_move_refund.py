from odoo import fields, models


class AccountMove(models.Model):
    """What an open credit note owes the customer can go back to the card that paid."""

    _inherit = "account.move"

    recurring_refundable = fields.Monetary("Can Go Back to the Card", compute="_compute_recurring_refundable")

    def _compute_recurring_refundable(self):
        service = self.env["recurring.card.refund"]
        for move in self:
            # sudo: payments are for billing; whoever sees the button still needs the right to press it
            credit = move.sudo()._recurring_open_credit()
            move.recurring_refundable = service.sudo().most(credit) if credit else 0.0

    def _recurring_open_credit(self):
        """The open credit note: this one, or of this invoice."""
        self.ensure_one()
        candidates = self if self.move_type == "out_refund" else self.reversal_move_ids
        return candidates.filtered(lambda move: move.move_type == "out_refund" and move.state == "posted" and move.amount_residual > 0)[:1]

    def action_recurring_refund(self):
        """Ask how much goes back."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_refund")
        return dict(action, context={"default_credit_id": self._recurring_open_credit().id})
