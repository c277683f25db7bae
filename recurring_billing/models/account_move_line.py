from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    recurring_period_id = fields.Many2one(
        "recurring.period", "Billed Period", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    recurring_subscription_id = fields.Many2one(
        "recurring.subscription", "Subscription", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )

    def unlink(self):
        # sudo: deleting a draft invoice, or a line of one, frees its periods, whoever may delete it
        periods = self.sudo().recurring_period_id
        res = super().unlink()
        periods.filtered(lambda period: not period.move_line_ids)._void()
        return res
