from odoo import api, models
from odoo.tools import format_date, formatLang

from ..rules import usage
from ..rules.usage_account import LATE, REGULAR


class RecurringUsageWords(models.AbstractModel):
    """What an invoice line of usage says: the period, how much was used, and what each tier contributes."""

    _name = "recurring.usage.words"
    _description = "Words of Usage"

    @api.private
    @api.model
    def of_line(self, line, rows):
        """The text of an invoice line, in the language of the context.

        :param rows: UsageCharge rows of one full period and price, by due moment.
        :return: list of lines of text
        """
        first, last = rows[0], rows[-1]
        found = [self._period(rows)]
        if first.before:
            found.append(
                self.env._(
                    "%(total)s in all, %(before)s billed before",
                    total=self._quantity(line, last.quantity),
                    before=self.number(first.before),
                )
            )
        found.append(self.summary(line, last.price, last.quantity))
        return found

    def _period(self, rows):
        covered = [row.covered for row in rows]
        first, last = (format_date(self.env, day) for day in (min(part.start for part in covered), max(part.last_day for part in covered)))
        reasons = {row.reason for row in rows}
        if REGULAR in reasons:
            if LATE in reasons:
                return self.env._("%(first)s to %(last)s, late usage included", first=first, last=last)
            return self.env._("%(first)s to %(last)s", first=first, last=last)
        if LATE in reasons:
            return self.env._("Late usage of %(first)s to %(last)s", first=first, last=last)
        return self.env._("Correction of usage of %(first)s to %(last)s", first=first, last=last)

    @api.private
    @api.model
    def summary(self, line, price, quantity):
        """Such as "1,200 Calls: 1,000 × 1.50, 200 × 2.00, basic fee 30.00"."""
        parts = []
        if price.allowance:
            parts.append(self.env._("%s included", self.number(min(quantity, price.allowance))))
        for part in usage.usage_parts(price, quantity):
            cost = self.number(part.unit_price, 2)
            if price.model == usage.PACKAGE:
                parts.append(self.env._("%(count)s packages × %(price)s", count=self.number(part.count), price=cost))
            else:
                parts.append(f"{self.number(part.count)} × {cost}")
        if price.flat_fee:
            parts.append(self.env._("basic fee %s", self.number(price.flat_fee, line.currency_id.decimal_places)))
        if price.discount:
            parts.append(self.env._("less %s %%", self.number(price.discount)))
        used = self._quantity(line, quantity)
        return self.env._("%(used)s: %(parts)s", used=used, parts=", ".join(parts)) if parts else used

    def _quantity(self, line, quantity):
        return f"{self.number(quantity)} {line.product_uom_id.with_context(lang=self.env.lang).name}"

    @api.private
    @api.model
    def number(self, number, digits=0):
        """A quantity or price with as many decimals as it has, at least ``digits``."""
        decimals = max(digits, -number.normalize().as_tuple().exponent)
        return formatLang(self.env, float(number), digits=decimals)
