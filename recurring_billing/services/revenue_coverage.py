from odoo import api, models


class RecurringCoverage(models.AbstractModel):
    """Every change of what is wanted passes here, so what it is worth is recorded from here."""

    _inherit = "recurring.coverage"

    @api.private
    @api.model
    def refresh(self, subscriptions):
        res = super().refresh(subscriptions)
        self.env["recurring.revenue.recording"].note(subscriptions)
        return res
