from odoo import api, fields, models

from ..rules import periods


class RecurringPlan(models.Model):
    """The plan in the words of a price list."""

    _inherit = "recurring.plan"

    price_suffix = fields.Char(compute="_compute_price_suffix", help="What stands beside a price: / month.")

    @api.depends("interval_count", "interval_unit")
    @api.depends_context("lang")
    def _compute_price_suffix(self):
        one = {
            periods.DAY: self.env._("/ day"),
            periods.WEEK: self.env._("/ week"),
            periods.MONTH: self.env._("/ month"),
            periods.YEAR: self.env._("/ year"),
        }
        many = {
            periods.DAY: self.env._("/ %s days"),
            periods.WEEK: self.env._("/ %s weeks"),
            periods.MONTH: self.env._("/ %s months"),
            periods.YEAR: self.env._("/ %s years"),
        }
        for plan in self:
            unit, count = plan.interval_unit or periods.MONTH, plan.interval_count
            if unit == periods.MONTH and count == 12:
                unit, count = periods.YEAR, 1
            plan.price_suffix = one[unit] if count == 1 else many[unit] % count
