from odoo import api, fields, models

from .. import const
from .service_owned import refuse_service_owned


class AccountMove(models.Model):
    """An invoice whose payment was taken back is a debt like others, but nothing charges it by itself again."""

    _inherit = "account.move"

    recurring_is_disputed = fields.Boolean(
        "Payment Taken Back",
        readonly=True,
        default=False,
        copy=False,
        help="A payment was taken back: it is never charged by itself again.",
    )
    recurring_chargeback_ids = fields.Many2many(
        "recurring.chargeback", "recurring_chargeback_move_rel", "move_id", "chargeback_id", "Chargebacks", readonly=True, copy=False
    )
    recurring_chargeback_hint = fields.Char(compute="_compute_recurring_chargeback_hint")

    def _compute_recurring_chargeback_hint(self):
        for move in self:
            # sudo: who may read the invoice may read what became of its payment
            cases = move.sudo().recurring_chargeback_ids.filtered(lambda case: case.state != const.CHARGEBACK_WON)
            move.recurring_chargeback_hint = bool(cases) and self.env._(
                "Its payment was taken back through the bank: %s.",
                ", ".join(cases.with_env(self.env).sudo().mapped("display_name")),
            )

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, {"recurring_is_disputed", "recurring_chargeback_ids"}, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, {"recurring_is_disputed", "recurring_chargeback_ids"}, [vals])
        return super().write(vals)

    def _recurring_dispute(self):
        """Nothing charges these invoices by itself any more."""
        self.recurring_is_disputed = True

    def action_recurring_charge_resume(self):
        """A person decides that it is charged by itself again, though a payment was taken back: with another card, say."""
        res = super().action_recurring_charge_resume()
        # sudo: who may resume was checked
        self.sudo().filtered("recurring_is_disputed").recurring_is_disputed = False
        return res
