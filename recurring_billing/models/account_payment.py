from odoo import api, fields, models

from .service_owned import refuse_service_owned


class AccountPayment(models.Model):
    _inherit = "account.payment"

    recurring_slip_id = fields.Many2one(
        "recurring.booklet.slip",
        "Booklet Slip",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The slip whose reference the memo carries: the payment settles the invoice of its period.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, {"recurring_slip_id"}, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, {"recurring_slip_id"}, [vals])
        res = super().write(vals)
        if vals.keys() & {"state", "memo"}:
            # sudo: a payment finds its slip, whoever records it
            self.env["recurring.slip.settlement"].sudo()._recognise(self.sudo())
        return res
