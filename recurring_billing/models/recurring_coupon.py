from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_amount, format_date


class RecurringCoupon(models.Model):
    """A code that gives a discount on what a quotation sells by subscription: how much, for how long, for whom."""

    _name = "recurring.coupon"
    _description = "Coupon for Subscriptions"
    _order = "code"
    _rec_name = "code"
    _check_company_auto = True

    code = fields.Char(required=True, help="What is typed on the quotation; capitals or not makes no difference.")
    name = fields.Char(
        "Description", required=True, translate=True, default=lambda self: self.env._("Coupon"), help="What quotation and invoice say."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company, index=True, help="Empty: in every company.")
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, readonly=False, required=True, precompute=True
    )
    percent = fields.Float("Percent Off", digits="Discount", default=0.0)
    amount = fields.Monetary(
        "Amount Off", help="Once per full period of the order, off the first lines that take part; in the tax basis of their prices."
    )
    periods = fields.Integer("For Periods", default=0, help="For so many periods; a partial first period counts as one. 0: not counted.")
    date_start = fields.Date("Discount From", help="With the first period that begins on this day or later. Empty: from the start.")
    date_end = fields.Date("Discount Until", help="A period that begins on this day is the last one with the discount.")
    valid_until = fields.Date(help="The last day on which an order with the code is confirmed. Empty: no such day.")
    plan_ids = fields.Many2many("recurring.plan", string="Plans", check_company=True, help="Empty: every plan.")
    product_tmpl_ids = fields.Many2many(
        "product.template", string="Products", check_company=True, domain="[('recurring_ok', '=', True)]", help="Empty: every product."
    )
    max_uses = fields.Integer("Most Uses", default=0, help="How many orders may use it. 0: as many as come.")
    once_per_customer = fields.Boolean(default=True)
    use_ids = fields.One2many("recurring.coupon.use", "coupon_id", "Uses", copy=False)
    use_count = fields.Integer("Used", compute="_compute_use_count", store=True)
    terms = fields.Char(compute="_compute_terms")

    _code_unique = models.UniqueIndex("(lower(code), COALESCE(company_id, 0))", "There is a coupon with this code already.")
    _values_valid = models.Constraint(
        "CHECK(percent BETWEEN 0 AND 100 AND COALESCE(amount, 0) >= 0 AND periods >= 0 AND max_uses >= 0)",
        "A percentage lies between 0 and 100; amount, periods and uses cannot be negative.",
    )

    @api.depends("company_id")
    def _compute_currency_id(self):
        for coupon in self:
            coupon.currency_id = coupon.currency_id or (coupon.company_id or self.env.company).currency_id

    @api.depends("use_ids")
    def _compute_use_count(self):
        for coupon in self:
            coupon.use_count = len(coupon.use_ids)

    @api.depends("percent", "amount", "periods", "date_start", "date_end", "currency_id")
    @api.depends_context("lang")
    def _compute_terms(self):
        for coupon in self:
            coupon.terms = coupon._in_words()

    def _in_words(self):
        """Such as "20% for 3 periods"."""
        self.ensure_one()
        parts = [f"{self.percent:g}%" if self.percent else format_amount(self.env, self.amount, self.currency_id)]
        if self.periods:
            parts.append(self.env._("for 1 period") if self.periods == 1 else self.env._("for %s periods", self.periods))
        if self.date_start:
            parts.append(self.env._("from %s", format_date(self.env, self.date_start)))
        if self.date_end:
            parts.append(self.env._("until %s", format_date(self.env, self.date_end)))
        return " ".join(parts)

    @api.constrains("percent", "amount")
    def _check_percent_or_amount(self):
        for coupon in self:
            if bool(coupon.percent) == bool(coupon.amount):
                raise ValidationError(
                    self.env._('The coupon "%s" takes off either a percentage or an amount: give one of the two.', coupon.code)
                )

    @api.constrains("date_start", "date_end")
    def _check_dates(self):
        for coupon in self:
            if coupon.date_start and coupon.date_end and coupon.date_end < coupon.date_start:
                raise ValidationError(
                    self.env._('The discount of the coupon "%s" would end before it begins. Choose a later last day.', coupon.code)
                )

    @api.constrains("code")
    def _check_code(self):
        for coupon in self:
            if not coupon.code.strip() or coupon.code != coupon.code.strip():
                raise ValidationError(self.env._("A code neither begins nor ends with a space, and it is not empty."))

    @api.onchange("percent")
    def _onchange_percent(self):
        if self.percent:
            self.amount = 0.0

    @api.onchange("amount")
    def _onchange_amount(self):
        if self.amount:
            self.percent = 0.0

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for coupon, vals in zip(self, vals_list, strict=True):
            vals["code"] = (default or {}).get("code") or self.env._("%s-COPY", coupon.code)
        return vals_list

    @api.model
    def _by_code(self, code, company):
        """The coupon of a code, one of the company before one of all; empty where there is none."""
        code = (code or "").strip()
        if not code:
            return self.browse()
        found = self.search([("code", "=ilike", code.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_"))])
        return found.filtered(lambda coupon: coupon.company_id in (company, company.browse())).sorted(lambda coupon: not coupon.company_id)[
            :1
        ]

    def _refusal(self, order):
        """Why an order may not use the coupon; False when it may."""
        self.ensure_one()
        words = {"code": self.code}
        if not self.active or (self.valid_until and self.valid_until < order.company_id._recurring_today()):
            return self.env._("The coupon %(code)s is not valid any more.", **words)
        if self.amount and self.currency_id != order.currency_id:
            return self.env._("The coupon %(code)s is for orders in %(currency)s.", currency=self.currency_id.name, **words)
        others = self.use_ids.filtered(lambda use: use.order_id != order._origin)
        if self.max_uses and len(others) >= self.max_uses:
            return self.env._("The coupon %(code)s is used up.", **words)
        if self.once_per_customer and order.partner_id.commercial_partner_id._origin in others.partner_id:
            return self.env._("%(customer)s has used the coupon %(code)s already.", customer=order.partner_id.display_name, **words)
        return False

    def _takes_part(self, line):
        """Whether the coupon is for what a line of an order sells."""
        self.ensure_one()
        return (not self.plan_ids or line.recurring_plan_id._origin in self.plan_ids) and (
            not self.product_tmpl_ids or line.product_template_id._origin in self.product_tmpl_ids
        )

    def _hold(self):
        """Wait for others who use these coupons: whoever is second starts again and counts the first, since every use writes the count."""
        if self.ids:
            self.env.execute_query(SQL("SELECT id FROM recurring_coupon WHERE id IN %s ORDER BY id FOR UPDATE", self._ids))

    def _discount_values(self, start):
        """The values of ``recurring.discount`` for a line that starts on a day; None where the discount is over by then."""
        self.ensure_one()
        begin = max(start, self.date_start or start)
        if self.date_end and self.date_end < begin - timedelta(days=1):
            return None
        return {
            "name": f"{self.name} {self.code}",
            "percent": self.percent,
            "amount": self.amount,
            "date_start": begin,
            "periods": self.periods,
            "date_end": self.date_end,
        }
