from odoo import api, models


class SaleOrderLine(models.Model):
    """The price of a line follows its plan, as it follows product, quantity and unit; a price given by hand stays."""

    _inherit = "sale.order.line"

    @api.depends("recurring_plan_id")
    def _compute_pricelist_item_id(self):
        return super()._compute_pricelist_item_id()

    @api.depends("recurring_plan_id")
    def _compute_price_unit(self):
        return super()._compute_price_unit()

    @api.depends("recurring_plan_id")
    def _compute_discount(self):
        return super()._compute_discount()

    def _get_pricelist_kwargs(self):
        kwargs = super()._get_pricelist_kwargs()
        if self.recurring_plan_id:
            kwargs["recurring_plan"] = self.recurring_plan_id
        return kwargs

    def _get_pricelist_price(self):
        price = self._recurring_pricelist_price() if self.recurring_plan_id else None
        if not price:
            return super()._get_pricelist_price()
        return price._amount(self.product_id, self.product_uom_id, self.currency_id, self._get_order_date())

    def _recurring_pricelist_price(self):
        """The price that the order's pricelist has for the plan itself; empty where there is none."""
        in_own_unit = self.product_uom_id._compute_quantity(self.product_uom_qty or 1.0, self.product_id.uom_id, raise_if_failure=False)
        price = self.env["recurring.price"]._find(
            self.product_id, self.recurring_plan_id, self.order_id.pricelist_id, in_own_unit, self.currency_id
        )
        return price.filtered("pricelist_id")
