from odoo import api, models


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    @api.model
    def _refresh_current(self):
        """Called daily: planned changes take effect with the calendar."""
        self.env["recurring.change"]._refresh_states()
        return super()._refresh_current()
