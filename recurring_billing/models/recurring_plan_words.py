from odoo import api, fields, models

from ..rules import periods


class RecurringPlan(models.Model):
    """The plan in the words of price lists, quotations and contracts, which customers read."""

    _inherit = "recurring.plan"

    price_suffix = fields.Char(compute="_compute_price_suffix", help="What stands beside a price: / month.")

    @api.depends("interval_count", "interval_unit")
    @api.depends_context("lang")
    def _compute_interval_label(self):
        labels = {
            periods.DAY: (self.env._("every day"), self.env._("every %s days")),
            periods.WEEK: (self.env._("every week"), self.env._("every %s weeks")),
            periods.MONTH: (self.env._("every month"), self.env._("every %s months")),
            periods.YEAR: (self.env._("every year"), self.env._("every %s years")),
        }
        for plan in self:
            one, many = labels[plan.interval_unit or periods.MONTH]
            plan.interval_label = one if plan.interval_count == 1 else many % plan.interval_count

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

    @api.model
    def _count_in_words(self, count, unit):
        """A length of time, such as "12 months"."""
        labels = {
            periods.DAY: (self.env._("1 day"), self.env._("%s days")),
            periods.WEEK: (self.env._("1 week"), self.env._("%s weeks")),
            periods.MONTH: (self.env._("1 month"), self.env._("%s months")),
            periods.YEAR: (self.env._("1 year"), self.env._("%s years")),
        }
        one, many = labels[unit]
        return one if count == 1 else many % count
