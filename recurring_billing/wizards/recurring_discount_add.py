from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from .. import const
from ..rules import periods, pricing
from ..rules.money import round_money, to_decimal

PERCENT, AMOUNT = "percent", "amount"
COUNT, UNTIL, ENDLESS = "count", "until", "endless"
NEXT, ON_DATE = "next", "date"


class RecurringDiscountAdd(models.TransientModel):
    """Give a discount to all or some lines of subscriptions: how much, from when, how long."""

    _name = "recurring.discount.add"
    _description = "Add Discount"

    subscription_ids = fields.Many2many("recurring.subscription", string="Subscriptions", required=True)
    line_ids = fields.Many2many(
        "recurring.subscription.line",
        string="Lines",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        domain="[('subscription_id', 'in', subscription_ids), ('is_current', '=', True), ('billing_type', '!=', 'usage')]",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    name = fields.Char("Description", required=True, default=lambda self: self.env._("Discount"), help="What the invoice says.")
    kind = fields.Selection([(PERCENT, "Percentage"), (AMOUNT, "Amount")], "Reduction", required=True, default=PERCENT)
    percent = fields.Float("Percent Off", digits="Discount")
    amount = fields.Monetary("Amount Off", help="Off each line, per full period, in the tax basis of its price.")
    duration = fields.Selection(
        [(COUNT, "For a number of periods"), (UNTIL, "Until a date"), (ENDLESS, "For good")], "How Long", required=True, default=COUNT
    )
    periods = fields.Integer("Number of Periods", default=3)
    date_end = fields.Date("Last Day", help="A period that begins on this day is the last one with the discount.")
    begin = fields.Selection([(NEXT, "With the next period not billed"), (ON_DATE, "From a date")], "Begins", required=True, default=NEXT)
    date_start = fields.Date("From", help="With the first period that begins on this day or later.")
    summary = fields.Text(compute="_compute_summary")

    @api.depends("subscription_ids")
    def _compute_line_ids(self):
        for wizard in self:
            lines = wizard.subscription_ids.line_ids.filtered("is_current")
            # What is billed by usage has prices of its own, see the constraint of lines.
            wizard.line_ids = lines.filtered(lambda line: line.billing_type != const.USAGE_PRICE)

    @api.depends("line_ids")
    def _compute_currency_id(self):
        for wizard in self:
            wizard.currency_id = wizard.line_ids.currency_id[:1] or self.env.company.currency_id

    @api.depends("line_ids", "kind", "percent", "amount", "duration", "periods", "date_end", "begin", "date_start")
    def _compute_summary(self):
        for wizard in self:
            ready = wizard._is_complete()
            wizard.summary = "\n".join(wizard._in_words(line) for line in wizard.line_ids._origin[:5]) if ready else False

    def action_apply(self):
        """Give the discount to the chosen lines, and to what continues them."""
        self.ensure_one()
        self._check_complete()
        for line in self.line_ids:
            start = self._start_of(line)
            later = line.lineage_id.line_ids.filtered(
                lambda other, line=line, start=start: (
                    other.date_start >= line.date_start and (not other.date_end or other.date_end >= start)
                )
            )
            for segment in later:
                segment.write({"discount_ids": [Command.create(self._prepare_discount(line))]})
        return True

    def _check_complete(self):
        if not self.line_ids:
            raise UserError(self.env._("Choose the lines that get the discount."))
        if any(line.state == const.CLOSED for line in self.line_ids):
            raise UserError(self.env._("A closed subscription gets no discount."))
        if self.kind == AMOUNT and len(self.line_ids.currency_id) > 1:
            raise UserError(self.env._("An amount is in one currency. Choose lines of one currency, or give a percentage."))
        if not self._is_complete():
            raise UserError(self.env._("Say how much is taken off, and how long."))

    def _is_complete(self):
        value = self.percent if self.kind == PERCENT else self.amount
        how_long = {COUNT: self.periods > 0, UNTIL: self.date_end, ENDLESS: True}[self.duration] if self.duration else False
        return bool(value > 0 and how_long and (self.begin == NEXT or self.date_start))

    def _start_of(self, line):
        return self.date_start if self.begin == ON_DATE else line._first_free_day()

    def _prepare_discount(self, line):
        return {
            "name": self.name,
            "percent": self.percent if self.kind == PERCENT else 0.0,
            "amount": self.amount if self.kind == AMOUNT else 0.0,
            "date_start": self._start_of(line),
            "periods": self.periods if self.duration == COUNT else 0,
            "date_end": self.date_end if self.duration == UNTIL else False,
        }

    def _in_words(self, line):
        """ "Gym: 50.00 → 25.00 per period, from 05/01/2024 to 07/31/2024"."""
        discount = self.env["recurring.discount"].new({**self._prepare_discount(line), "line_id": line.id})._discount()
        anchor, interval, since = schedule = line._schedule()
        first = max(pricing.first_boundary(anchor, interval, discount.start), since) if discount.start > since else since
        full = periods.period_at(anchor, interval, first)
        offer = line._offer()
        before, after = (line._price_in(full, each, schedule) for each in (offer, offer._replace(discounts=(*offer.discounts, discount))))
        end = pricing.discount_end(discount, anchor, interval, since)
        money = [
            format_amount(self.env, float(round_money(price.per_period, to_decimal(line.currency_id.rounding))), line.currency_id)
            for price in (before, after)
        ]
        values = {
            "line": line.product_id.display_name,
            "before": money[0],
            "after": money[1],
            "first": format_date(self.env, first),
            "last": end and format_date(self.env, fields.Date.subtract(end, days=1)),
        }
        if end and end <= first:
            return self.env._("%(line)s: no period begins in that time.", line=values["line"])
        if end:
            return self.env._("%(line)s: %(before)s → %(after)s per period, %(first)s to %(last)s", **values)
        return self.env._("%(line)s: %(before)s → %(after)s per period, from %(first)s", **values)
