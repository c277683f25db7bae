from odoo import api, fields, models

from .service_owned import refuse_service_owned


class AccountPayment(models.Model):
    _inherit = "account.payment"

    recurring_unique_ref = fields.Char(
        "Reference of the Money", readonly=True, copy=False, help="What names this money where it came from, so that it never counts twice."
    )
    recurring_late_fee_ids = fields.One2many("recurring.late.fee", "payment_id", "Late Fees", readonly=True)

    _recurring_money_once = models.UniqueIndex(
        "(company_id, recurring_unique_ref) WHERE recurring_unique_ref IS NOT NULL", "This money was received already. It counts once."
    )

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, {"recurring_unique_ref"}, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, {"recurring_unique_ref"}, [vals])
        return super().write(vals)
