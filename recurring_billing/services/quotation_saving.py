from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from odoo import api, models

from ..rules.money import round_money, to_decimal


class Saving(NamedTuple):
    """What a period of a plan saves against the same time by a shorter plan, discounts for some periods apart.

    :param plan: the shorter plan; ``count``: how many of its periods that is.
    :param amount: in the tax basis of the prices.
    """

    plan: Any
    count: int
    amount: Decimal


class RecurringQuotationSaving(models.AbstractModel):
    """Compares the price of a plan with that of the shortest other one its products are sold by. Writes nothing."""

    _name = "recurring.quotation.saving"
    _description = "Saving of a Longer Plan"

    @api.private
    @api.model
    def saving(self, order, quoted):
        """What the plan saves, or None where nothing is sold by a shorter plan too, or nothing is saved.

        :param quoted: a QuotedSubscription of the order.
        """
        lines = (quoted.subscription.line_ids - quoted.metered).filtered("product_id")
        shorter = self._shortest(lines, quoted.plan)
        if not shorter:
            return None
        count = quoted.plan._interval().months // shorter._interval().months
        rounding = to_decimal(order.currency_id.rounding)
        amount = Decimal(0)
        for line in lines:
            price = self._price(order, line, shorter)
            if price is None:
                continue
            other = Fraction(to_decimal(price)) * Fraction(to_decimal(line.quantity)) * count
            amount += round_money(other - line._price().per_period, rounding)
        return Saving(shorter, count, amount) if amount > 0 else None

    def _shortest(self, lines, plan):
        """The plan of the shortest whole part of the period that a product of the lines has a price for."""
        months = plan._interval().months
        plans = lines.product_id.product_tmpl_id.recurring_price_ids.plan_id.filtered("active")
        fitting = plans.filtered(lambda other: 0 < other._interval().months < months and not months % other._interval().months)
        return min(fitting, key=lambda other: (other._interval().months, other.sequence, other.id), default=None)

    def _price(self, order, line, plan):
        """What one unit costs by the shorter plan, in the tax basis of the order; None where the product is not sold by it."""
        product, pricelist = line.product_id, order.pricelist_id
        if plan not in product.product_tmpl_id.recurring_price_ids.plan_id:
            return None
        price = pricelist._get_product_price(
            product, line.quantity or 1.0, currency=order.currency_id, uom=line.product_uom_id, recurring_plan=plan
        )
        return product._get_tax_included_unit_price_from_price(
            price,
            product_taxes=product.taxes_id._filter_taxes_by_company(order.company_id),
            fiscal_position=order.fiscal_position_id,
        )
