from odoo import models


class RecurringPlan(models.Model):
    _inherit = "recurring.plan"

    def write(self, vals):
        if not self._schedule_fields() & vals.keys():
            return super().write(vals)
        # sudo: lines of companies the user does not see follow the plan as well
        with self.sudo().subscription_ids.line_ids._last_day_follows():
            return super().write(vals)
