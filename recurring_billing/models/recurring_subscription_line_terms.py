from fractions import Fraction

from odoo import api, models

from ..rules.money import to_decimal
from ..rules.terms import ImaginedEnds


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _untaxed_factor(self):
        """What is left of one unit of money of the line's price without its taxes, exact."""
        self.ensure_one()
        basis = self._price_of_the_day().per_period
        return Fraction(to_decimal(self.amount_untaxed)) / basis if basis and any(self.tax_ids.mapped("price_include")) else Fraction(1)

    def _segment(self):
        return self._as_imagined(super()._segment())

    def _as_imagined(self, segment):
        """A segment as a preview imagines its end."""
        ends = self.env.context.get("recurring_imagined_ends")
        return ends.cut(segment) if segment and isinstance(ends, ImaginedEnds) else segment

    @api.model
    def _refresh_current(self):
        res = super()._refresh_current()
        self.env["recurring.subscription"]._refresh_terms()
        return res
