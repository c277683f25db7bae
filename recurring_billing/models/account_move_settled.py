from odoo import api, fields, models

from ..const import SETTLED
from .service_owned import refuse_service_owned


class AccountMove(models.Model):
    """Whatever settles an invoice, portal, counter, bank or credit note, is told once, before the commit; so is whatever opens it again.

    ``_recurring_on_settled()`` and ``_recurring_on_reopened()`` are the places to extend.
    """

    _inherit = "account.move"

    recurring_is_settled = fields.Boolean(readonly=True, default=False, copy=False, help="Nothing is left to pay, and it was told.")

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, {"recurring_is_settled"}, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, {"recurring_is_settled"}, [vals])
        return super().write(vals)

    def _recurring_on_money_moved(self):
        res = super()._recurring_on_money_moved()
        self.filtered(lambda move: move.move_type == "out_invoice")._recurring_tell_settlement()
        return res

    def _recurring_tell_settlement(self):
        """Call the hooks for the invoices that became settled, or open again, since the last time."""
        settled = self.filtered(lambda move: move.state == "posted" and move.payment_state in SETTLED)
        fresh = settled.filtered(lambda move: not move.recurring_is_settled)
        reopened = (self - settled).filtered("recurring_is_settled")
        fresh.recurring_is_settled = True
        reopened.recurring_is_settled = False
        if fresh:
            fresh._recurring_on_settled()
        if reopened:
            reopened._recurring_on_reopened()
