from odoo import api, fields, models
from odoo.fields import Domain

from .service_owned import refuse_service_owned


class AccountMove(models.Model):
    """Who the invoice is for, where somebody else pays: pupils, employees."""

    _inherit = "account.move"

    recurring_beneficiary_ids = fields.Many2many(
        "res.partner",
        string="Beneficiaries",
        compute="_compute_recurring_beneficiary_ids",
        search="_search_recurring_beneficiary_ids",
        help="Who uses what it bills, where somebody else pays.",
    )

    @api.depends("line_ids.recurring_beneficiary_id")
    def _compute_recurring_beneficiary_ids(self):
        for move in self:
            move.recurring_beneficiary_ids = move.line_ids.recurring_beneficiary_id

    def _search_recurring_beneficiary_ids(self, operator, value):
        return Domain("line_ids.recurring_beneficiary_id", operator, value)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    recurring_beneficiary_id = fields.Many2one(
        "res.partner", "Beneficiary", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, {"recurring_beneficiary_id"}, [vals for vals in vals_list if not vals.get("recurring_subscription_id")])
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, {"recurring_beneficiary_id"}, [vals])
        return super().write(vals)

    def _copy_data_extend_business_fields(self, values):
        """A credit note is for whom the invoice is for."""
        res = super()._copy_data_extend_business_fields(values)
        if self.recurring_beneficiary_id:
            values["recurring_beneficiary_id"] = self.recurring_beneficiary_id.id
        return res
