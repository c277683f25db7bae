from odoo import api, fields, models
from odoo.tools import float_compare, float_is_zero

from .. import const


class RecurringSubscriptionLine(models.Model):
    """The line's price: the catalogue's, which it follows at its boundaries, or one that a person gave, which stays for ever.

    The catalogue is what pricelist, plan and quantity say of the product, see ``recurring.price``.
    """

    _inherit = "recurring.subscription.line"

    price_manual = fields.Boolean(
        "Price Agreed",
        default=False,
        help="The price was agreed with this customer: it stays when prices of the product change. Otherwise the line takes a new price "
        "with the first period that is due after the change.",
    )
    pricelist_discount = fields.Float(
        "Discount of the Pricelist",
        digits="Discount",
        default=0.0,
        readonly=True,
        help="The part of the discount that the pricelist showed on the quotation: it follows the pricelist.",
    )

    @api.depends("product_id", "product_uom_id", "quantity", "subscription_id.plan_id", "subscription_id.pricelist_id")
    def _compute_price_unit(self):
        """The product's price; a price given by hand stays until there is another product, and so does the price of what runs."""
        for line in self:
            if line._keeps_price():
                continue
            line.price_unit = line._price_of_product() if line.product_id else 0.0

    def _keeps_price(self):
        if self.price_manual and (self._origin or self.price_unit):
            return True
        if not self._origin or self.state == const.DRAFT:
            return False
        return self._origin == self or self._origin.product_id == self.product_id

    @api.onchange("product_id")
    def _onchange_product_price(self):
        """Another product brings its own price, whatever was typed for the one before."""
        if self.product_id and self.product_id != self._origin.product_id:
            self.price_unit = self._price_of_product()
            self.price_manual = False

    @api.onchange("price_unit")
    def _onchange_price_manual(self):
        if self.product_id:
            self.price_manual = self._is_agreed(self.price_unit)

    @api.model_create_multi
    def create(self, vals_list):
        given = ["price_unit" in vals and "price_manual" not in vals for vals in vals_list]
        lines = super().create(vals_list)
        known = {}
        agreed = self.browse(
            line.id for line, was_given in zip(lines, given, strict=True) if was_given and line._is_agreed(line.price_unit, known)
        )
        if agreed:
            agreed.price_manual = True
        return lines

    def write(self, vals):
        if not vals.keys() & {"price_unit", "quantity"} or "price_manual" in vals:
            return super().write(vals)
        groups = {}
        for line in self:
            added = line._what_follows_from(vals)
            groups.setdefault(tuple(sorted(added.items())), []).append(line.id)
        res = True
        for added, ids in groups.items():
            res = super(RecurringSubscriptionLine, self.browse(ids)).write({**vals, **dict(added)})
        return res

    def _what_follows_from(self, values):
        """What another price or quantity says of the line's price: whether it was agreed, and the price of the new quantity."""
        self.ensure_one()
        terms = self._terms_of(values)
        if self._changes(values, {"price_unit"}):
            return {"price_manual": self._is_agreed(values["price_unit"], **terms)}
        if "price_unit" in values or not self._changes(values, {"quantity"}) or self.price_manual or self.fixed_total:
            return {}
        if self._changes(values, {"product_id"}) or self._is_agreed(self.price_unit):
            # Another product brings its price; and while the catalogue says something else, its new price waits for its boundary.
            return {}
        price = self._price_of_product(**terms)
        return {"price_unit": price, "price_manual": False} if self._is_agreed(self.price_unit, **terms) else {}

    def _terms_of(self, values):
        """The terms of a price that the values give."""
        fields_ = {"product": "product_id", "uom": "product_uom_id", "quantity": "quantity"}
        return {
            term: self.env[self._fields[name].comodel_name].browse(values[name]) if self._fields[name].relational else values[name]
            for term, name in fields_.items()
            if name in values
        }

    def _is_agreed(self, price, known=None, **terms):
        """Whether a price is another than the catalogue's.

        :param known: what was asked already for lines of the same terms.
        """
        digits = self.env["decimal.precision"].precision_get("Product Price")
        return float_compare(price, self._price_of_product(known=known, **terms), precision_digits=digits) != 0

    def _price_of_product(self, *, known=None, **terms):
        """The product's price in the subscription's currency, in the tax basis of the subscription's fiscal position.

        :param terms: see ``_catalogue_price``.
        """
        return self._catalogue_price(known=known, **terms)[0]

    def _catalogue_price(self, *, product=None, quantity=None, uom=None, day=None, known=None):
        """What the catalogue says: the price of one unit and, where the quotation showed it, the discount of the pricelist.

        :param product: another product than the line's; likewise ``quantity`` and ``uom``.
        :param day: on which day, today unless told.
        :param known: results by terms, to ask once for many lines.
        :return: tuple of price and percentage
        """
        subscription = self.subscription_id
        company = subscription.company_id or self.env.company
        product = product or self.product_id
        terms = (
            product,
            self.quantity if quantity is None else quantity,
            uom or self.product_uom_id,
            day or company._recurring_today(),
            subscription.plan_id,
            subscription.pricelist_id,
            subscription.currency_id,
            subscription.fiscal_position_id,
            company,
            bool(self.pricelist_discount),
            self._price_context(product),
        )
        known = {} if known is None else known
        if terms not in known:
            known[terms] = self._ask_catalogue(*terms)
        return known[terms]

    def _price_context(self, product):
        """The extra price of attributes that make no variant, chosen on the order."""
        # sudo: the order may be a colleague's
        sold = self.sudo().sale_line_id
        if not sold or sold.product_id != product:
            return ()
        return tuple(sorted(sold._get_product_price_context().items()))

    @api.model
    def _ask_catalogue(self, product, quantity, uom, day, plan, pricelist, currency, fiscal_position, company, shows_discount, context):
        product = product.with_company(company).with_context(**dict(context))
        terms = {"currency": currency or company.currency_id, "uom": uom or product.uom_id, "date": day, "recurring_plan": plan}
        price, rule_id = pricelist.with_company(company)._get_product_price_rule(product, quantity or 1.0, **terms)
        discount = 0.0
        if shows_discount and (rule := self.env["product.pricelist.item"].browse(rule_id))._show_discount():
            before = rule._compute_price_before_discount(product, quantity or 1.0, **terms)
            if before > price:
                price, discount = before, (before - price) / before * 100
        price = product._get_tax_included_unit_price_from_price(
            price, product_taxes=product.taxes_id._filter_taxes_by_company(company), fiscal_position=fiscal_position
        )
        return price, discount

    def _follows_pricelist_discount(self):
        """Whether the line's discount is the one of the pricelist."""
        return not float_is_zero(self.pricelist_discount, precision_digits=6) and self.discount == self.pricelist_discount

    def _catalogue_values(self, day, known=None):
        """What a line that follows the catalogue is to take from it; nothing where all is as it says.

        :param day: the day the price is for, today when there is none.
        """
        self.ensure_one()
        if self.price_manual or self.fixed_total or self.billing_type != const.FIXED_PRICE:
            return {}
        price, discount = self._catalogue_price(day=day, known=known)
        digits = self.env["decimal.precision"].precision_get
        values = {}
        if float_compare(self.price_unit, price, precision_digits=digits("Product Price")):
            values["price_unit"] = price
        if self._follows_pricelist_discount() and float_compare(self.discount, discount, precision_digits=digits("Discount")):
            values.update(discount=discount, pricelist_discount=discount)
        return values and {**values, "price_manual": False}
