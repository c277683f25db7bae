from odoo import api, fields, models


class RecurringFeeTier(models.Model):
    """A discount for who pays some days before the due date."""

    _name = "recurring.fee.tier"
    _description = "Discount for Paying Early"
    _order = "days desc, id"

    policy_id = fields.Many2one("recurring.fee.policy", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="policy_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    days = fields.Integer("Days Before the Due Date", required=True, help="Paid on this day or earlier. 0: until the due date.")
    percent = fields.Float("Discount (%)", digits=(16, 4))
    amount = fields.Monetary("Discount", help="In the currency of the invoice.")

    _amounts_valid = models.Constraint(
        "CHECK(days >= 0 AND COALESCE(percent, 0) BETWEEN 0 AND 100 AND COALESCE(amount, 0) >= 0 "
        "AND (COALESCE(percent, 0) > 0) <> (COALESCE(amount, 0) > 0))",
        "A discount for paying early is a percentage up to 100 or an amount, for days before the due date.",
    )

    @api.depends("days", "percent", "amount")
    def _compute_display_name(self):
        for tier in self:
            off = f"{tier.percent:g} %" if tier.percent else tier.currency_id.format(tier.amount)
            tier.display_name = self.env._("%(discount)s until %(days)s days before", discount=off, days=tier.days)
