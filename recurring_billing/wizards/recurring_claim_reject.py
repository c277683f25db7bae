from odoo import fields, models


class RecurringClaimReject(models.TransientModel):
    """A payment the customer told of was not found."""

    _name = "recurring.claim.reject"
    _description = "Payment Not Found"

    claim_id = fields.Many2one("recurring.payment.claim", required=True, readonly=True, ondelete="cascade")
    answer = fields.Char("What the Customer Reads")
    tell = fields.Boolean("Write an E-mail", default=True)

    def action_reject(self):
        self.ensure_one()
        self.env["recurring.payment.claims"].reject(self.claim_id, self.answer or "", tell=self.tell)
        return {"type": "ir.actions.act_window_close"}
