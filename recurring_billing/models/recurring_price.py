from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..rules import catalogue
from ..rules.money import to_decimal


class RecurringPrice(models.Model):
    """What a product costs per period of a plan, for everybody or in a pricelist, from a quantity on.

    ``rules/catalogue.py`` says which one counts. A price without pricelist stands in the place of the product's sales price, so rules of
    pricelists that build on that apply to it; a price of a pricelist is final there.
    """

    _name = "recurring.price"
    _description = "Price of a Subscription"
    _order = "product_tmpl_id, plan_id, pricelist_id, product_id, currency_id, min_quantity, id"
    _check_company_auto = True

    product_tmpl_id = fields.Many2one(
        "product.template",
        "Product",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
        domain="[('recurring_ok', '=', True)]",
    )
    product_id = fields.Many2one(
        "product.product",
        "Variant",
        ondelete="cascade",
        index="btree_not_null",
        check_company=True,
        domain="[('product_tmpl_id', '=', product_tmpl_id)]",
        help="Empty: every variant.",
    )
    plan_id = fields.Many2one("recurring.plan", required=True, ondelete="cascade", index=True, check_company=True)
    pricelist_id = fields.Many2one(
        "product.pricelist",
        ondelete="cascade",
        index="btree_not_null",
        check_company=True,
        help="Empty: in place of the product's sales price, so rules of pricelists that build on that apply.",
    )
    min_quantity = fields.Float(
        "From Quantity", digits="Product Unit", default=0.0, help="Counts from this quantity on, in the product's own unit."
    )
    price = fields.Float(required=True, digits="Product Price", help="Of one unit for one full period of the plan.")
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, readonly=False, required=True, precompute=True
    )
    company_id = fields.Many2one("res.company", compute="_compute_company_id", store=True, precompute=True, index=True)

    _price_not_negative = models.Constraint("CHECK(price >= 0)", "A price cannot be negative.")
    _min_quantity_not_negative = models.Constraint("CHECK(min_quantity >= 0)", "The quantity a price counts from cannot be negative.")
    _unique_price = models.UniqueIndex(
        "(product_tmpl_id, plan_id, COALESCE(product_id, 0), COALESCE(pricelist_id, 0), currency_id, min_quantity)",
        "There is a price of this product for this plan, variant, pricelist, currency and quantity already. Change that one.",
    )

    @api.depends("pricelist_id", "product_tmpl_id", "plan_id")
    def _compute_currency_id(self):
        for price in self:
            company = price.product_tmpl_id.company_id or price.plan_id.company_id or self.env.company
            price.currency_id = price.pricelist_id.currency_id or price.currency_id or company.currency_id

    @api.depends("product_tmpl_id.company_id", "plan_id.company_id", "pricelist_id.company_id")
    def _compute_company_id(self):
        for price in self:
            price.company_id = price.product_tmpl_id.company_id or price.plan_id.company_id or price.pricelist_id.company_id

    @api.depends("product_tmpl_id", "product_id", "plan_id")
    def _compute_display_name(self):
        for price in self:
            product = price.product_id or price.product_tmpl_id
            price.display_name = f"{product.display_name} · {price.plan_id.name}" if product and price.plan_id else product.display_name

    @api.constrains("product_id", "product_tmpl_id")
    def _check_variant(self):
        for price in self:
            if price.product_id and price.product_id.product_tmpl_id != price.product_tmpl_id:
                raise ValidationError(
                    self.env._(
                        "%(variant)s is not a variant of %(product)s. Choose one of its variants, or none for all of them.",
                        variant=price.product_id.display_name,
                        product=price.product_tmpl_id.display_name,
                    )
                )

    @api.constrains("pricelist_id", "currency_id")
    def _check_currency(self):
        for price in self:
            if price.pricelist_id and price.pricelist_id.currency_id != price.currency_id:
                raise ValidationError(
                    self.env._(
                        "A price in %(pricelist)s is in the currency of that pricelist, %(currency)s. Leave the currency out.",
                        pricelist=price.pricelist_id.display_name,
                        currency=price.pricelist_id.currency_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("product_id") and not vals.get("product_tmpl_id"):
                vals["product_tmpl_id"] = self.env["product.product"].browse(vals["product_id"]).product_tmpl_id.id
        prices = super().create(vals_list)
        prices._note_price_edit()
        return prices

    def write(self, vals):
        self._note_price_edit()
        res = super().write(vals)
        self._note_price_edit()
        return res

    def unlink(self):
        self._note_price_edit()
        return super().unlink()

    def _note_price_edit(self):
        # What runs follows, see services/price_versions.py.
        touched = {(price.product_tmpl_id.id, price.plan_id.id, price.pricelist_id.id) for price in self}
        self.env["recurring.price.edit"]._note(
            [
                {"product_tmpl_id": template, "plan_id": plan, "pricelist_id": pricelist}
                for template, plan, pricelist in sorted(touched, key=str)
            ]
        )

    @api.model
    def _find(self, product, plan, pricelist, quantity, currency):
        """The price that counts for a product, or an empty record.

        :param product: a variant or a template.
        :param pricelist: may be empty.
        :param quantity: in the product's own unit.
        :param currency: the one the price is wanted in.
        """
        template = product if product._name == "product.template" else product.product_tmpl_id
        variant = template.product_variant_id if product._name == "product.template" and template.product_variant_count == 1 else product
        company = self.env.company
        # sudo: a price counts whoever asks for it, a customer in the portal as well; of other companies none is taken
        prices = template.sudo().recurring_price_ids.filtered(
            lambda price: price.plan_id.id == plan.id and price.company_id.id in (False, company.id)
        )
        chosen = catalogue.choose(
            [price._as_rule() for price in prices],
            pricelist.id or None,
            variant.id if variant._name == "product.product" else None,
            currency.id,
            to_decimal(quantity),
        )
        return prices.browse(chosen.key) if chosen else prices.browse()

    def _as_rule(self):
        """The price as the rules take it."""
        return catalogue.PlanPrice(
            self.id, self.pricelist_id.id or None, self.product_id.id or None, self.currency_id.id, to_decimal(self.min_quantity)
        )

    def _amount(self, product, uom, currency, date):
        """The price of one unit of measure in a currency; the extra prices of attributes come on top where it stands for the sales price.

        A price of a variant has that variant's own extras in it.
        """
        self.ensure_one()
        amount = self.price
        if not self.pricelist_id:
            extra = product._get_attributes_extra_price()
            amount += extra - product.price_extra if self.product_id and product._name == "product.product" else extra
        amount = product.uom_id._compute_price(amount, uom or product.uom_id)
        if self.currency_id == currency:
            return amount
        return self.currency_id._convert(amount, currency, self.env.company, date, round=False)
