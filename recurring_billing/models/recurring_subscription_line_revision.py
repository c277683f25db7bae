from odoo import models

from ..rules import periods, pricing
from ..rules.money import to_decimal


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _price_on(self, day, unit_price):
        """What the full period of a day costs at a unit price, with the discounts in force then: an exact Fraction."""
        self.ensure_one()
        price = self._price()._replace(unit_price=unit_price)
        schedule = self._schedule()
        if not schedule or not day:
            return price.per_period
        anchor, interval, since = schedule
        full = periods.period_at(anchor, interval, max(day, since))
        rounding = to_decimal(self.currency_id.rounding)
        return pricing.period_price(price, self._offer(), anchor, interval, full, since, rounding).per_period
