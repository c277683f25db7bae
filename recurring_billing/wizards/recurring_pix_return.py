from odoo import api, fields, models


class RecurringPixReturn(models.TransientModel):
    """Send money of a Pix back to who paid."""

    _name = "recurring.pix.return"
    _description = "Give a Pix Back"

    pix_payment_id = fields.Many2one("recurring.pix.payment", "Pix", required=True, readonly=True)
    partner_id = fields.Many2one(related="pix_payment_id.partner_id", related_sudo=False)
    currency_id = fields.Many2one(related="pix_payment_id.currency_id", related_sudo=False)
    left = fields.Monetary("Left of It", compute="_compute_left")
    amount = fields.Monetary("Give Back", required=True)
    words = fields.Char("What the Payer Reads", size=140)

    @api.depends("pix_payment_id")
    def _compute_left(self):
        for wizard in self:
            wizard.left = wizard.pix_payment_id._left() if wizard.pix_payment_id else 0.0

    def action_return(self):
        self.ensure_one()
        self.env["recurring.pix.refunding"].ask(self.pix_payment_id, self.amount, self.words or "")
        return {"type": "ir.actions.act_window_close"}
