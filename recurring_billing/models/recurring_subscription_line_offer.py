from contextlib import contextmanager
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_amount, format_date

from .. import const
from ..rules import periods, pricing
from ..rules.money import to_decimal


class RecurringSubscriptionLine(models.Model):
    """What was agreed about a line's price beside the price: discounts that begin and end, or a total for a number of periods."""

    _inherit = "recurring.subscription.line"

    discount_ids = fields.One2many("recurring.discount", "line_id", "Discounts", copy=True)
    fixed_total = fields.Monetary(
        "Agreed Total", help="What all the periods of the line cost together, such as 12 000 in 12. The last one takes the remainder."
    )
    fixed_periods = fields.Integer("In Periods", help="In how many periods the agreed total is billed; a partial first one costs as much.")
    offer_label = fields.Text("Agreed", compute="_compute_offer_label", help="Discounts that hold or will hold, or the agreed total.")
    amount_changes_on = fields.Date(
        compute="_compute_amounts",
        store=True,
        index="btree_not_null",
        help="The day a discount begins or ends next: the amounts are computed anew.",
    )

    _fixed_not_negative = models.Constraint(
        "CHECK(COALESCE(fixed_total, 0) >= 0 AND COALESCE(fixed_periods, 0) >= 0)",
        "An agreed total and its number of periods cannot be negative.",
    )

    @api.constrains("fixed_total", "fixed_periods")
    def _check_fixed_total(self):
        for line in self:
            if bool(line.fixed_total) != bool(line.fixed_periods):
                raise ValidationError(
                    self.env._('An agreed total of "%s" needs both: the total and in how many periods it is billed.', line.name)
                )

    @api.depends(
        "fixed_total",
        "fixed_periods",
        "discount_ids.percent",
        "discount_ids.amount",
        "discount_ids.date_start",
        "discount_ids.date_end",
        "discount_ids.periods",
    )
    @api.depends_context("lang")
    def _compute_offer_label(self):
        for line in self:
            line.offer_label = "\n".join(line._agreed(lambda discount: discount._in_short()))

    def _agreed(self, words):
        """What was agreed and is not over.

        :param words: how a discount is told.
        :return: list of texts
        """
        today = (self.company_id or self.env.company)._recurring_today()
        parts = [words(discount) for discount in self.discount_ids if not discount.holds_until or discount.holds_until >= today]
        if self.fixed_total:
            total = format_amount(self.env, self.fixed_total, self.currency_id or self.env.company.currency_id)
            parts.insert(0, self.env._("%(total)s in %(count)s periods", total=total, count=self.fixed_periods))
        return parts

    @api.depends(
        "fixed_total",
        "fixed_periods",
        "discount_ids.percent",
        "discount_ids.amount",
        "discount_ids.date_start",
        "discount_ids.date_end",
        "discount_ids.periods",
        "date_start",
        "lineage_id.line_ids.date_start",
        "subscription_id.anchor_date",
        "subscription_id.trial_end_date",
    )
    def _compute_amounts(self):
        res = super()._compute_amounts()
        for line in self:
            offer = line._offer()
            schedule = line._schedule() if offer != pricing.Offer() else None
            line.amount_changes_on = pricing.next_change(offer, *schedule, line._day_priced()) if schedule else False
        return res

    def _prepare_base_line(self):
        """The amounts are those of the period of the day, its discounts taken off."""
        base_line = super()._prepare_base_line()
        price = self._price_of_the_day()
        if price != self._price():
            base_line.update(price_unit=float(price.per_period), quantity=1.0, discount=0.0)
        return base_line

    @api.onchange("fixed_total", "fixed_periods")
    def _onchange_fixed_total(self):
        if self.fixed_total and self.fixed_periods > 0:
            self.update(self._values_of_fixed_total())

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        for line in lines.filtered("fixed_total"):
            line.write(line._values_of_fixed_total())
        return lines

    def write(self, vals):
        if not vals.keys() & {"fixed_total", "fixed_periods", "discount_ids"}:
            self._check_price_not_fixed(vals)
            return super().write(vals)
        with self._billed_prices_kept(), self._last_day_follows():
            res = super().write(vals)
        if vals.keys() & {"fixed_total", "fixed_periods"}:
            for line in self.filtered("fixed_total"):
                line.write(line._values_of_fixed_total())
        for line in self.filtered(lambda line: line.state != const.DRAFT):
            agreed = ", ".join(line._agreed(lambda discount: discount.terms)) or self.env._("no discount")
            line.subscription_id._message_log(body=self.env._("%(line)s: %(agreed)s", line=line.product_id.display_name, agreed=agreed))
        return res

    def copy_data(self, default=None):
        """A segment that continues the lineage keeps what was agreed. A change to another product gets what is left of the discounts, as
        does the copy of a billed line; the copy of an offer not begun counts anew.
        """
        vals_list = super().copy_data(default)
        default = default or {}
        for line, vals in zip(self, vals_list, strict=True):
            if not vals or default.get("lineage_id") == line.lineage_id.id:
                continue
            day = fields.Date.to_date(vals.get("date_start")) or line.date_start
            anew = "lineage_id" not in default and not line._is_billed()
            vals["discount_ids"] = line._discounts_anew(day) if anew else line._discounts_left(day)
            if "lineage_id" in default:
                vals.update(fixed_total=0.0, fixed_periods=0)
        return vals_list

    def _discounts_anew(self, day):
        """Commands that give the discounts to a line that starts on the day."""
        return [
            Command.create(discount._values(date_start=max(day, discount.date_start) if discount.date_start > self.date_start else day))
            for discount in self.discount_ids
        ]

    def _discounts_left(self, day):
        """Commands that give what is left of the discounts to a line that starts on the day: their counts go on."""
        return [
            Command.create(discount._values(date_start=max(day, discount.date_start), periods=0, date_end=discount.holds_until))
            for discount in self.discount_ids
            if not discount.holds_until or discount.holds_until >= day
        ]

    def action_edit_offer(self):
        """Open the line with its discounts and agreed total."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.product_id.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("recurring_billing.view_recurring_subscription_line_offer_form").id, "form")],
            "target": "new",
        }

    @api.model
    def _refresh_current(self):
        """Amounts and MRR move on the day a discount begins or ends."""
        for company in self.env["res.company"].search([("active", "=", True)]):
            today = company._recurring_today()
            lines = self.search([("company_id", "=", company.id), ("amount_changes_on", "<=", today)])
            for name in ("amount_untaxed", "amount_total", "amount_changes_on"):
                self.env.add_to_compute(self._fields[name], lines)
            lines.modified(["amount_untaxed", "amount_total"])
            self.env.flush_all()
        return super()._refresh_current()

    def _offer(self):
        """What was agreed about the price, as the rules take it."""
        self.ensure_one()
        discounts = tuple(
            discount._discount() for discount in self.discount_ids.sorted(lambda each: (each.date_start, each._origin.id or 0))
        )
        return pricing.Offer(discounts, self._fixed())

    def _fixed(self):
        if not self.fixed_total or self.fixed_periods < 1:
            return None
        return pricing.FixedTotal(to_decimal(self.fixed_total), self.fixed_periods, self._lineage_start())

    def _schedule(self):
        """Anchor, interval and the lineage's first day, as the rules of pricing take them; None while there is no plan or date yet."""
        self.ensure_one()
        subscription = self.subscription_id
        if not subscription.plan_id or not subscription.anchor_date or not self.date_start:
            return None
        return subscription.anchor_date, subscription.plan_id._interval(), self._lineage_start()

    def _lineage_start(self):
        """The first paid day of the lineage, through all its changes."""
        others = self.lineage_id.line_ids - self._origin - self
        earlier = others.filtered(lambda line: not line.date_end or line.date_end >= line._paid_from())
        return min(line._paid_from() for line in earlier | self)

    def _price_of_the_day(self):
        """The price in force today; before the line starts or after it ends, that of its first or last day."""
        offer = self._offer()
        schedule = self._schedule() if offer != pricing.Offer() else None
        if not schedule:
            return self._price()
        full = periods.period_at(*schedule[:2], self._day_priced())
        return self._price_in(full, offer, schedule)

    def _price_in(self, full, offer, schedule):
        anchor, interval, since = schedule
        rounding = to_decimal((self.currency_id or self.env.company.currency_id).rounding)
        return pricing.period_price(self._price(), offer, anchor, interval, full, since, rounding)

    def _discounts_in(self, full):
        """The discounts in force in a full period, as the rules take them."""
        anchor, interval, since = self._schedule()
        return pricing.discounts_in_force(self._offer(), anchor, interval, full, since)

    def _day_priced(self):
        day = max((self.company_id or self.env.company)._recurring_today(), self._paid_from())
        return max(min(day, self.date_end), self._paid_from()) if self.date_end else day

    def _first_free_day(self):
        """The first day of the line that is not billed yet."""
        return max(self.billed_until or self._paid_from(), self._paid_from())

    def _fixed_last_day(self):
        """The last day of the agreed total's last period."""
        schedule = self._schedule()
        fixed = schedule and self._fixed()
        return fixed and pricing.fixed_end(fixed, *schedule[:2]) - timedelta(days=1)

    def _values_of_fixed_total(self):
        """What an agreed total says of the line: one piece, the part of one period, up to the last of the periods."""
        self.ensure_one()
        rounding = to_decimal((self.currency_id or self.env.company.currency_id).rounding)
        fixed = self._fixed() or pricing.FixedTotal(to_decimal(self.fixed_total), self.fixed_periods, None)
        last_day = self._fixed_last_day() or self.date_end
        return {
            "price_unit": float(pricing.fixed_amount(fixed, 0, rounding)),
            "quantity": 1.0,
            "discount": 0.0,
            "date_end": min(self.date_end, last_day) if self.date_end and last_day else last_day,
        }

    def _check_price_not_fixed(self, vals):
        for line in self.filtered("fixed_total"):
            agreed = line._values_of_fixed_total()
            if any(name in vals and vals[name] != agreed[name] for name in line._price_fields()):
                raise UserError(
                    self.env._(
                        'The price of "%(line)s" follows from its agreed total of %(total)s. Change the agreed total instead.',
                        line=line.name,
                        total=format_amount(self.env, line.fixed_total, line.currency_id),
                    )
                )

    @contextmanager
    def _last_day_follows(self):
        """Where the line ends with its agreed total, it goes on doing so when the total or the schedule changes."""
        following = self.filtered(lambda line: line.fixed_total and line.date_end == line._fixed_last_day())
        yield
        for line in following:
            last_day = line._fixed_last_day()
            if line.date_end != last_day:
                line.date_end = last_day

    @contextmanager
    def _billed_prices_kept(self):
        """Refuse what changes the price of a billed period: it would be credited and billed again without anybody having said so."""
        before = {line: line._billed_prices() for line in self}
        yield
        for line, prices in before.items():
            if prices and line.exists() and line._billed_prices() != prices:
                billed = line._first_free_day() - timedelta(days=1)
                raise UserError(
                    self.env._(
                        '"%(line)s" is billed until %(billed)s, and what is billed keeps its price. Let a discount begin after that day; '
                        "to take one away, give it %(billed)s as its last day.",
                        line=line.name,
                        billed=format_date(self.env, billed),
                    )
                )
        self.subscription_id.exists()._refresh_billing_dates()

    def _billed_prices(self):
        """The price in force for every full period of the line that is billed."""
        schedule = self._schedule()
        if not schedule:
            return {}
        # sudo: every billed period counts, whoever may see it
        rows = (
            self.env["recurring.period"]
            .sudo()
            .search([("line_id", "=", self._origin.id), ("voided", "=", False), ("kind", "=", const.CHARGE)])
        )
        offer = self._offer()
        billed = {periods.Period(row.full_start, row.full_end) for row in rows if row.live_end > row.start}
        return {full: self._price_in(full, offer, schedule) for full in billed}
