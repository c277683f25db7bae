from odoo import api, fields, models

from ..const.pix import PAYMENT_STATES, TOLD


class RecurringPixPayment(models.Model):
    """A Pix the bank received for one of our transaction ids, once, however often and by whatever way we hear of it."""

    _name = "recurring.pix.payment"
    _inherit = ["recurring.service.written"]
    _description = "Pix Received"
    _order = "received_at desc, id desc"
    _rec_names_search = ["end_to_end", "move_id.name"]
    _check_company_auto = True

    end_to_end = fields.Char("End-to-End ID", required=True, readonly=True)
    account_id = fields.Many2one(
        "recurring.pix.account", "Pix Account", required=True, readonly=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    charge_id = fields.Many2one("recurring.pix.charge", "Pix Charge", readonly=True, index=True, ondelete="restrict")
    move_id = fields.Many2one("account.move", "Invoice", readonly=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one(related="move_id.partner_id", string="Customer")
    txid = fields.Char("Transaction ID", readonly=True)
    state = fields.Selection(PAYMENT_STATES, "Status", required=True, readonly=True, default=TOLD, index=True)
    amount = fields.Monetary(readonly=True)
    late = fields.Monetary("Fine and Interest in It", readonly=True, help="As the bank counted them in.")
    received_at = fields.Datetime(readonly=True)
    received_on = fields.Date(readonly=True, help="The day of Brasília.")
    note = fields.Char("Payer's Note", readonly=True)
    payment_id = fields.Many2one("account.payment", readonly=True, index="btree_not_null", ondelete="restrict")
    problem = fields.Char(readonly=True)
    refund_ids = fields.One2many("recurring.pix.refund", "pix_payment_id", "Returned", readonly=True)
    refunded = fields.Monetary("Given Back", compute="_compute_refunded", store=True)

    _end_to_end_unique = models.Constraint("UNIQUE (end_to_end)", "This Pix is known already.")

    @api.depends("move_id.name", "amount")
    def _compute_display_name(self):
        for payment in self:
            amount = payment.currency_id.format(payment.amount)
            payment.display_name = self.env._(
                "Pix of %(amount)s for %(invoice)s", amount=amount, invoice=payment.move_id.name or payment.txid
            )

    @api.depends("refund_ids.amount", "refund_ids.state")
    def _compute_refunded(self):
        for payment in self:
            payment.refunded = sum(payment.refund_ids.filtered(lambda refund: refund.state == "returned").mapped("amount"))

    def action_book(self):
        """Try again what could not be booked."""
        self.env["recurring.pix.settlement"].book_for_user(self)

    def action_return(self):
        """Give some of it back."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give Back"),
            "res_model": "recurring.pix.return",
            "view_mode": "form",
            "target": "new",
            "context": {"default_pix_payment_id": self.id, "default_amount": self._left()},
        }

    def _left(self):
        """What of it did not go back, and is not about to."""
        self.ensure_one()
        gone = self.refund_ids.filtered(lambda refund: refund.state != "not_returned")
        return self.currency_id.round(self.amount - sum(gone.mapped("amount")))

    def action_open_payment(self):
        self.ensure_one()
        return (self.payment_id or self.move_id).get_formview_action()
