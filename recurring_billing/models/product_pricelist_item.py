from odoo import api, models


class ProductPricelistItem(models.Model):
    """Rules of a pricelist on what is sold by a plan: the plan's price stands in the place of the sales price."""

    _inherit = "product.pricelist.item"

    def _is_applicable_for(self, product, qty_in_product_uom):
        if product.env.context.get("recurring_price_stands") and (self.compute_price == "fixed" or self.base == "standard_price"):
            return False
        return super()._is_applicable_for(product, qty_in_product_uom)

    def _compute_base_price(self, product, quantity, uom, date, currency, **kwargs):
        plan = kwargs.get("recurring_plan")
        if plan and (self.base or "list_price") == "list_price":
            in_own_unit = uom._compute_quantity(quantity, product.uom_id, raise_if_failure=False)
            price = self.env["recurring.price"]._find(product, plan, self.env["product.pricelist"], in_own_unit, currency)
            if price:
                return price._amount(product, uom, currency, date)
        return super()._compute_base_price(product, quantity, uom, date, currency, **kwargs)

    # Edits: what runs follows them, see services/price_versions.py

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items._note_price_edit()
        return items

    def write(self, vals):
        self._note_price_edit()
        res = super().write(vals)
        self._note_price_edit()
        return res

    def unlink(self):
        self._note_price_edit()
        return super().unlink()

    def _note_price_edit(self):
        """Keep the edit, where a subscription may follow it."""
        # sudo: subscriptions of colleagues count as well
        if self and self.env["recurring.subscription"].sudo().search_count([], limit=1):
            touched = {(item.pricelist_id.id, item.product_tmpl_id.id) for item in self}
            self.env["recurring.price.edit"]._note(
                [{"pricelist_id": pricelist, "product_tmpl_id": template} for pricelist, template in sorted(touched)]
            )
