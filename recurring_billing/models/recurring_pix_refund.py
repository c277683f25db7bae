from odoo import fields, models

from ..const.pix import REFUND_STATES, TO_SEND


class RecurringPixRefund(models.Model):
    """Money of a Pix that went back ("devolução"), asked for here or at the bank."""

    _name = "recurring.pix.refund"
    _inherit = ["recurring.service.written"]
    _description = "Pix Returned"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Return ID", required=True, readonly=True)
    pix_payment_id = fields.Many2one("recurring.pix.payment", "Pix", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="pix_payment_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="pix_payment_id.currency_id")
    amount = fields.Monetary(readonly=True)
    state = fields.Selection(REFUND_STATES, "Status", required=True, readonly=True, default=TO_SEND)
    reason = fields.Char(readonly=True)
    asked = fields.Boolean("Asked for Here", readonly=True, default=False)
    ended_at = fields.Datetime(readonly=True)
    problem = fields.Char(readonly=True)
    # Its entry was made by hand: it went back before returns were booked by themselves.
    by_hand = fields.Boolean("By hand", readonly=True, default=False)
    similar_move_id = fields.Many2one(
        "account.move",
        "Looks Like",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="An entry of the same amount that a person made: it may be the entry of this return.",
    )
    is_apart = fields.Boolean("Booked Apart", readonly=True, default=False, help="A person said that the entry that looked like it is not.")
    payment_id = fields.Many2one("account.payment", "Booked As", readonly=True, index="btree_not_null", ondelete="restrict")

    _name_unique = models.Constraint("UNIQUE (pix_payment_id, name)", "This return of the Pix is known already.")

    def action_is_it(self):
        """The entry that looks like it is its entry: nothing is booked."""
        self.env["recurring.pix.return.booking"].is_it(self)
        return True

    def action_is_another(self):
        """The entry that looks like it is something else: the return is booked."""
        self.env["recurring.pix.return.booking"].is_another(self)
        return True
