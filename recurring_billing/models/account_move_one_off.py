from odoo import api, fields, models

from .service_owned import refuse_service_owned


class AccountMoveLine(models.Model):
    """Invoice lines that bill a one-off charge or credit of a subscription."""

    _inherit = "account.move.line"

    recurring_one_off_id = fields.Many2one(
        "recurring.one.off", "One-Off Charge", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )

    _recurring_one_off_once = models.UniqueIndex(
        "(recurring_one_off_id, COALESCE(recurring_share_id, 0)) WHERE recurring_one_off_id IS NOT NULL AND parent_state != 'cancel'",
        "This one-off charge is on an invoice already. Nothing was billed twice.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, {"recurring_one_off_id"}, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, {"recurring_one_off_id"}, [vals])
        return super().write(vals)
