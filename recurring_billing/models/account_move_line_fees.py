from odoo import api, fields, models

from .service_owned import refuse_service_owned


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    recurring_late_fee_id = fields.Many2one(
        "recurring.late.fee", "Late Fee", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, {"recurring_late_fee_id"}, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, {"recurring_late_fee_id"}, [vals])
        return super().write(vals)
