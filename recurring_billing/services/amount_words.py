from fractions import Fraction

from odoo import api, models
from odoo.tools import format_amount, format_date, formatLang

from .. import const
from ..rules import proration
from ..rules.money import to_decimal
from ..rules.periods import Period


class RecurringAmountWords(models.AbstractModel):
    """Days, shares and prices of ledger rows in words, in the language of the context."""

    _name = "recurring.amount.words"
    _description = "Words for Amounts"

    @api.private
    @api.model
    def span(self, start, end):
        """``[start, end)`` as people say it."""
        last = start.max if end is None else end.fromordinal(end.toordinal() - 1)
        if last <= start:
            return format_date(self.env, start)
        return self.env._("%(first)s to %(last)s", first=format_date(self.env, start), last=format_date(self.env, last))

    @api.private
    @api.model
    def money(self, amount, currency):
        """An amount; a price with more decimals than its currency keeps them."""
        amount = to_decimal(float(amount))
        if to_decimal(currency.round(float(amount))) == amount:
            return format_amount(self.env, float(amount), currency)
        return self.number(amount)

    @api.private
    @api.model
    def number(self, number):
        """A quantity with as many decimals as it has."""
        decimals = max(-to_decimal(number).as_tuple().exponent, 0)
        return formatLang(self.env, number, digits=decimals)

    @api.private
    @api.model
    def days(self, row):
        """How many of its full period's days a row is about, and why it begins or ends within it."""
        days, full_days = (row.end - row.start).days, (row.full_end - row.full_start).days
        if days == full_days:
            return [self.env._("It is the whole period of %s days.", days)]
        full = self.span(row.full_start, row.full_end)
        found = [self.env._("It is %(days)s of the %(full_days)s days of the period %(full)s.", days=days, full_days=full_days, full=full)]
        return found + self._why_partial(row)

    def _why_partial(self, row):
        line, found = row.line_id, []
        if row.kind == const.CREDIT:
            return found
        if row.start > row.full_start and row.start == line._paid_from():
            before = line.lineage_id.line_ids.filtered(lambda other: other.date_start < line.date_start).sorted("date_start")[-1:]
            day = format_date(self.env, row.start)
            if before.ended_by == const.BY_REPRICE:
                found.append(self.env._("This price holds from %s on.", day))
            elif before or line.lineage_id.follows_id:
                found.append(self.env._("It continues on %s.", day))
            else:
                found.append(self.env._("Service starts on %s.", day))
        if row.end < row.full_end and line.date_end and (row.end - line.date_end).days == 1:
            found.append(self._why_ended(line))
        return found

    def _why_ended(self, line):
        day = format_date(self.env, line.date_end)
        return {
            const.BY_PAUSE: self.env._("It is paused after %s.", day),
            const.BY_CHANGE: self.env._("It is replaced by something else after %s.", day),
            const.BY_REPRICE: self.env._("Another price or quantity holds after %s.", day),
        }.get(line.ended_by, self.env._("It ends on %s.", day))

    @api.private
    @api.model
    def share(self, row):
        """Which share of the price a part of a period is, by the plan's policy; nothing for a whole one."""
        days, full_days = (row.end - row.start).days, (row.full_end - row.full_start).days
        if not days or days == full_days:
            return []
        plan, share = row.subscription_id.plan_id, row._share()
        policy = proration.FULL if row.line_id.fixed_total else plan.proration
        months = plan._interval().months
        if policy in (proration.FULL, proration.NONE) and share != Fraction(days, full_days):
            if not share:
                return [self.env._("The plan gives a partial first period for free.")]
            return [
                self.env._(
                    "By the plan a partial first period costs a whole one, spread over its days: %(share)s of the price.",
                    share=share,
                )
            ]
        if policy == proration.THIRTY and months:
            base = months * proration.DAYS_PER_MONTH
            values = {"days": days, "base": base, "share": share}
            if share == Fraction(days, base):
                return [self.env._("The plan counts months of 30 days: %(days)s of %(base)s days.", **values)]
            return [
                self.env._(
                    "The plan counts months of 30 days, and the days of a whole period add up to exactly 1: %(share)s of the price.",
                    **values,
                )
            ]
        return [self.env._("The plan bills partial periods by the day.")]

    @api.private
    @api.model
    def price(self, row):
        """What a whole period costs: quantity, unit price, discounts."""
        currency, price = row.currency_id, row._price()
        whole = self.money(price.per_period, currency)
        if row.line_id.fixed_total:
            return self.env._(
                "%(total)s was agreed for %(periods)s periods: %(price)s for this one.",
                total=self.money(row.line_id.fixed_total, currency),
                periods=row.line_id.fixed_periods,
                price=whole,
            )
        if price.quantity == 1 and not price.discount and not price.off:
            return self.env._("A whole period costs %s.", whole)
        names = ", ".join(dict.fromkeys(discount.name for discount in row.line_id._discounts_in(Period(row.full_start, row.full_end))))
        terms = self.money(price.unit_price, currency)
        if price.quantity != 1:
            terms = f"{self.number(row.quantity)} × {terms}"
        if price.discount:
            terms += f" − {self.number(row.discount)} %"
        if price.off:
            terms += f" − {self.money(price.off, currency)}"
        if names:
            return self.env._("A whole period costs %(terms)s = %(price)s (%(names)s).", terms=terms, price=whole, names=names)
        return self.env._("A whole period costs %(terms)s = %(price)s.", terms=terms, price=whole)
