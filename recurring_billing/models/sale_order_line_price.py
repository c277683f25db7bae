from odoo import api, fields, models
from odoo.tools import float_compare


class SaleOrderLine(models.Model):
    """The price of a line follows its plan, as it follows product, quantity and unit; a price given by hand stays."""

    _inherit = "sale.order.line"

    recurring_price_manual = fields.Boolean(
        "Price Agreed", default=False, readonly=True, help="The price was given by hand: the subscription keeps it for ever."
    )

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

    # A price given by hand

    def _reset_price_unit(self):
        res = super()._reset_price_unit()
        if self.recurring_price_manual:
            self.recurring_price_manual = False
        return res

    @api.model_create_multi
    def create(self, vals_list):
        given = ["price_unit" in vals and "recurring_price_manual" not in vals for vals in vals_list]
        lines = super().create(vals_list)
        lines.browse(line.id for line, was_given in zip(lines, given, strict=True) if was_given)._recurring_keep_price_given()
        return lines

    def write(self, vals):
        priced = self.browse()
        if "price_unit" in vals and "recurring_price_manual" not in vals and not self.env.context.get("sale_write_from_compute"):
            priced = self.filtered(lambda line: line.recurring_plan_id and line.price_unit != vals["price_unit"])
        res = super().write(vals)
        priced._recurring_keep_price_given()
        return res

    def _recurring_keep_price_given(self):
        """Note whether the price of what is sold by a plan is another than the catalogue's."""
        digits = self.env["decimal.precision"].precision_get("Product Price")
        for line in self.filtered("recurring_plan_id"):
            agreed = float_compare(line.price_unit, line._recurring_catalogue_price()[0], precision_digits=digits) != 0
            if line.recurring_price_manual != agreed:
                line.recurring_price_manual = agreed

    def _recurring_catalogue_price(self):
        """What the catalogue says, in the tax basis of the order.

        :return: tuple of the price of one unit and the discount the pricelist shows
        """
        self.ensure_one()
        line = self.with_company(self.company_id)
        shown, discount = line._get_display_price(), 0.0
        if line.pricelist_item_id._show_discount() and shown > (net := line._get_pricelist_price()):
            discount = (shown - net) / shown * 100
        price = line.product_id._get_tax_included_unit_price_from_price(
            shown,
            product_taxes=line.product_id.taxes_id._filter_taxes_by_company(line.company_id),
            fiscal_position=line.order_id.fiscal_position_id,
        )
        return price, discount

    def _recurring_price_values(self):
        """What the subscription line is told of its price: whether it was given by hand, and which discount follows the pricelist."""
        self.ensure_one()
        follows = self.discount and float_compare(self._recurring_catalogue_price()[1], self.discount, precision_digits=2) == 0
        return {"price_manual": self.recurring_price_manual, "pricelist_discount": self.discount if follows else 0.0}
