from odoo import api, fields, models

from .service_owned import refuse_service_owned


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    recurring_period_id = fields.Many2one(
        "recurring.period", "Billed Period", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    recurring_subscription_id = fields.Many2one(
        "recurring.subscription", "Subscription", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, {"recurring_period_id"}, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, {"recurring_period_id", "recurring_subscription_id"}, [vals])
        return super().write(vals)

    def _recurring_free_periods(self):
        """Their invoices are cancelled: the time is free again."""
        self.recurring_period_id._void()

    def _recurring_claim_periods(self):
        """Their invoices come back: they claim the time again, or are refused."""
        self.recurring_period_id._claim_again()

    def _copy_data_extend_business_fields(self, values):
        """A credit note belongs to the subscription of the invoice it reverses."""
        res = super()._copy_data_extend_business_fields(values)
        values["recurring_subscription_id"] = self.recurring_subscription_id.id
        return res

    def unlink(self):
        # sudo: deleting a draft invoice, or a line of one, frees its periods, whoever may delete it
        periods = self.sudo().recurring_period_id
        res = super().unlink()
        periods.filtered(lambda period: not period.move_line_ids)._void()
        return res
