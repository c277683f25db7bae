from odoo import api, fields, models


class RecurringOneOff(models.Model):
    _inherit = "recurring.one.off"

    late_fee_id = fields.Many2one(
        "recurring.late.fee", readonly=True, copy=False, index="btree_not_null", ondelete="set null", help="The fees it charges."
    )

    @api.model
    def _service_owned_fields(self):
        return super()._service_owned_fields() | {"late_fee_id"}
