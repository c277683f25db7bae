from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount, format_date

from ..rules import pricing
from ..rules.money import to_decimal


class RecurringDiscount(models.Model):
    """A reduction of a line's price in some of its periods: a percentage or an amount, for a number of periods, until a day, or for good.

    Whether it holds for a period is decided at the period's start (``rules/pricing.py``). What is billed keeps its price: a discount that
    would change a billed period is refused.
    """

    _name = "recurring.discount"
    _description = "Discount of a Subscription Line"
    _order = "line_id, date_start, id"

    line_id = fields.Many2one("recurring.subscription.line", required=True, ondelete="cascade", index=True)
    subscription_id = fields.Many2one(related="line_id.subscription_id", store=True, precompute=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one(related="line_id.currency_id")
    name = fields.Char(
        "Description", required=True, default=lambda self: self.env._("Discount"), help="What the invoice says of money taken off."
    )
    percent = fields.Float("Disc.%", digits="Discount", default=0.0, help="Taken off what the line's own discount leaves.")
    amount = fields.Monetary("Amount Off", help="Off a full period, in the tax basis of the price. A part of a period gets a part of it.")
    date_start = fields.Date(
        "From",
        compute="_compute_date_start",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="From the first period that begins on this day or later, or from the line's own first day.",
    )
    periods = fields.Integer("For Periods", help="For so many periods; a partial first period counts as one. 0: not counted.")
    date_end = fields.Date("Last Day", help="A period that begins on this day is the last one with the discount. Empty: no such day.")
    holds_until = fields.Date(compute="_compute_holds_until", help="The last day of the last period with the discount.")
    terms = fields.Char(compute="_compute_terms")

    _percent_valid = models.Constraint("CHECK(percent BETWEEN 0 AND 100)", "A discount lies between 0 and 100 percent.")
    _amount_not_negative = models.Constraint("CHECK(amount >= 0)", "The amount taken off cannot be negative.")
    _periods_not_negative = models.Constraint(
        "CHECK(periods >= 0)", "A discount holds for 1 or more periods, or for 0 where they are not counted."
    )

    @api.constrains("percent", "amount")
    def _check_percent_or_amount(self):
        for discount in self:
            if bool(discount.percent) == bool(discount.amount):
                raise ValidationError(
                    self.env._('The discount "%s" is either a percentage or an amount: give one of the two.', discount.name)
                )

    @api.constrains("date_start", "date_end")
    def _check_dates(self):
        for discount in self:
            if discount.date_end and discount.date_end < discount.date_start - timedelta(days=1):
                raise ValidationError(
                    self.env._(
                        'The discount "%(discount)s" would end on %(end)s, before it begins on %(start)s. Choose a later last day.',
                        discount=discount.name,
                        end=format_date(self.env, discount.date_end),
                        start=format_date(self.env, discount.date_start),
                    )
                )

    @api.depends("line_id")
    def _compute_date_start(self):
        """From the first day that is not billed yet."""
        for discount in self:
            discount.date_start = discount.date_start or (discount.line_id and discount.line_id._first_free_day())

    @api.depends(
        "date_start", "periods", "date_end", "line_id.date_start", "line_id.subscription_id.anchor_date", "line_id.subscription_id.plan_id"
    )
    def _compute_holds_until(self):
        for discount in self:
            schedule = discount.line_id._schedule() if discount.line_id and discount.date_start else None
            end = schedule and pricing.discount_end(discount._discount(), *schedule)
            discount.holds_until = end and end - timedelta(days=1)

    @api.depends("percent", "amount", "periods", "date_start", "date_end", "currency_id")
    @api.depends_context("lang")
    def _compute_terms(self):
        for discount in self:
            discount.terms = discount._in_words()

    @api.depends("name", "terms")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for discount in self:
            discount.display_name = f"{discount.name}: {discount.terms}"

    @api.onchange("percent")
    def _onchange_percent(self):
        if self.percent:
            self.amount = 0.0

    @api.onchange("amount")
    def _onchange_amount(self):
        if self.amount:
            self.percent = 0.0

    @api.model_create_multi
    def create(self, vals_list):
        lines = self.env["recurring.subscription.line"].browse({vals["line_id"]: None for vals in vals_list if vals.get("line_id")})
        lines.subscription_id._hold_against_runs()
        with lines._billed_prices_kept():
            return super().create(vals_list)

    def write(self, vals):
        self.subscription_id._hold_against_runs()
        with self.line_id._billed_prices_kept():
            return super().write(vals)

    def unlink(self):
        lines = self.line_id
        lines.subscription_id._hold_against_runs()
        with lines._billed_prices_kept():
            return super().unlink()

    def _values(self, **changed):
        """The values of a discount like this one for another line."""
        self.ensure_one()
        return {name: self[name] for name in ("name", "percent", "amount", "periods", "date_start", "date_end")} | changed

    def _in_words(self):
        """Such as "50% for 3 periods", "10.00 $ from 05/01/2024 until 06/30/2024"."""
        parts = [self._value_in_words()]
        if self._is_to_come():
            parts.append(self.env._("from %s", format_date(self.env, self.date_start)))
        if self.periods:
            parts.append(self.env._("for 1 period") if self.periods == 1 else self.env._("for %s periods", self.periods))
        if self.date_end:
            parts.append(self.env._("until %s", format_date(self.env, self.date_end)))
        return " ".join(parts)

    def _in_short(self):
        """What fits in a list: "50% until 06/30/2024", or "50% from 05/01/2024" where it is still to come."""
        if self._is_to_come():
            return self.env._("%(value)s from %(day)s", value=self._value_in_words(), day=format_date(self.env, self.date_start))
        if self.holds_until:
            return self.env._("%(value)s until %(day)s", value=self._value_in_words(), day=format_date(self.env, self.holds_until))
        return self._value_in_words()

    def _value_in_words(self):
        self.ensure_one()
        if self.percent:
            return f"{self.percent:g}%"
        return format_amount(self.env, self.amount, self.currency_id or self.env.company.currency_id)

    def _is_to_come(self):
        return bool(self.date_start) and self.date_start > (self.company_id or self.env.company)._recurring_today()

    def _discount(self):
        """The discount as the rules take it."""
        self.ensure_one()
        return pricing.Discount(
            self.name,
            to_decimal(self.percent),
            to_decimal(self.amount),
            self.date_start,
            self.periods or None,
            self.date_end + timedelta(days=1) if self.date_end else None,
        )
