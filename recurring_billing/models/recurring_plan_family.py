from odoo import fields, models


class RecurringPlan(models.Model):
    _inherit = "recurring.plan"

    family_discount_id = fields.Many2one(
        "recurring.family.discount",
        check_company=True,
        ondelete="restrict",
        help="The second, the third… subscription of one payer on plans with this discount costs less.",
    )

    def write(self, vals):
        changed = (
            self.filtered(lambda plan: plan.family_discount_id.id != vals["family_discount_id"])
            if "family_discount_id" in vals
            else self.browse()
        )
        schemes = changed.family_discount_id
        res = super().write(vals)
        if changed:
            self.env["recurring.family.ranking"].refresh(
                self.env["recurring.subscription"].search([("plan_id", "in", changed.ids)]), schemes
            )
        return res
