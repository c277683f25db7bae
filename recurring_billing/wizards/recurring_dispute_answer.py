from odoo import fields, models


class RecurringDisputeAnswer(models.TransientModel):
    """Somebody looked at it: the customer is right, or the debt stands."""

    _name = "recurring.dispute.answer"
    _description = "Answer a Dispute"

    dispute_id = fields.Many2one("recurring.dispute", required=True, readonly=True)
    partner_id = fields.Many2one(related="dispute_id.partner_id", related_sudo=False, string="Customer")
    reason = fields.Char(related="dispute_id.reason", related_sudo=False, string="What the Customer Says")
    currency_id = fields.Many2one(related="dispute_id.currency_id", related_sudo=False)
    amount = fields.Monetary(related="dispute_id.amount", related_sudo=False)
    answer = fields.Char("What Was Answered", required=True)

    def action_accept(self):
        """The customer is right: a credit note comes next."""
        self.ensure_one()
        self.env["recurring.dispute.handling"].answer(self.dispute_id, True, self.answer)
        moves = self.dispute_id.move_ids.filtered(lambda move: move.move_type == "out_invoice")
        if not moves or not self.env.user.has_group("account.group_account_invoice"):
            return {"type": "ir.actions.act_window_close"}
        return moves[:1].action_reverse()

    def action_reject(self):
        """The debt stands: reminders go on."""
        self.ensure_one()
        self.env["recurring.dispute.handling"].answer(self.dispute_id, False, self.answer)
        return {"type": "ir.actions.act_window_close"}
