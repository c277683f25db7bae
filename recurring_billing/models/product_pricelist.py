from odoo import fields, models


class ProductPricelist(models.Model):
    """What is sold by a plan: callers give the plan as ``recurring_plan``, and the prices of that plan count."""

    _inherit = "product.pricelist"

    def _compute_price_rule(
        self, products, quantity, *, currency=None, uom=None, date=False, compute_price=True, recurring_plan=None, **kwargs
    ):
        native = {"currency": currency, "uom": uom, "date": date, "compute_price": compute_price, **kwargs}
        if not recurring_plan or not products:
            return super()._compute_price_rule(products, quantity, **native)
        native["recurring_plan"] = recurring_plan
        wanted = currency or self.currency_id or self.env.company.currency_id
        results = {}
        for product in products:
            in_own_unit = uom._compute_quantity(quantity, product.uom_id, raise_if_failure=False) if uom else quantity
            price = self.env["recurring.price"]._find(product, recurring_plan, self, in_own_unit, wanted)
            if price.pricelist_id:
                amount = price._amount(product, uom, wanted, date or fields.Datetime.now()) if compute_price else 0.0
                results[product.id] = (amount, False)
            else:
                # A rule that does not build on the sales price knows nothing of the plan's price.
                results.update(super()._compute_price_rule(product.with_context(recurring_price_stands=bool(price)), quantity, **native))
        return results
