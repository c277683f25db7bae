from datetime import timedelta

from odoo import api, models
from odoo.tools import format_amount, format_date

from .. import const
from ..rules.charges import ARREARS

DAY = timedelta(days=1)


class RecurringQuotationWords(models.AbstractModel):
    """What a quotation says of its recurring part, in the language of the environment. Screen, PDF and portal show the same."""

    _name = "recurring.quotation.words"
    _description = "Words of a Quotation"

    @api.private
    @api.model
    def block(self, order):
        """What the template ``recurring_billing.quotation_block`` shows; empty for an order that sells nothing recurring.

        :return: dict {plans, starts: when all of it starts, start: what is paid then, or None}
        """
        quoted = self.env["recurring.quotation.outlook"].quote(order)
        if not quoted:
            return {}
        starts = {self._start_in_words(order, each) for each in quoted}
        return {
            "plans": [self._plan(order, each, tells_start=len(starts) > 1) for each in quoted],
            "starts": starts.pop() if len(starts) == 1 else "",
            "start": self._start(order, quoted),
        }

    def _plan(self, order, quoted, tells_start):
        plan = quoted.plan.with_env(self.env)
        return {
            "title": plan.name,
            "interval": plan.interval_label,
            "stages": [self._stage(quoted, n, stage) for n, stage in enumerate(quoted.stages)],
            "facts": [{"label": label, "text": text} for label, text in self._facts(order, quoted, tells_start)],
            "terms": self._terms(quoted),
        }

    # Invoices

    def _stage(self, quoted, n, stage):
        first = stage.first
        return {
            "when": self._when(quoted, n, stage),
            "what": self._what(quoted, stage),
            "lines": self._lines(stage),
            "total": self._money(quoted, first.total),
            "detail": self._tax_detail(quoted, first),
            "is_open": not stage.ends,
        }

    def _when(self, quoted, n, stage):
        """ "First invoice", "3 × every month, from 12/01/2026", "Then every month, from 03/01/2027"."""
        day, interval = self._day(stage.first.period.start), quoted.plan.with_env(self.env).interval_label
        count = len(stage.invoices)
        is_once = stage.ends and count == 1
        if is_once:
            words = self.env._("First invoice, %s") if not n else self.env._("Then once, %s")
            return words % self._day(stage.first.date)
        if stage.ends:
            return self.env._("%(count)s times %(interval)s, from %(day)s", count=count, interval=interval, day=day)
        words = self.env._("Then %(interval)s, from %(day)s") if n else self.env._("%(interval)s, from %(day)s")
        text = words % {"interval": interval, "day": day}
        return text[:1].upper() + text[1:]

    def _what(self, quoted, stage):
        """The period of an invoice that comes once, and when it is made and paid where that is another day."""
        invoice, parts = stage.first, []
        if stage.ends and len(stage.invoices) == 1:
            parts.append(self._period(invoice))
        elif invoice.date != invoice.period.start:
            made = self.env._("Invoiced after each period, first on %s") if self._in_arrears(quoted) else self.env._("First invoiced on %s")
            parts.append(made % self._day(invoice.date))
        if invoice.due_date > max(invoice.date, invoice.period.start):
            parts.append(self.env._("due %s", self._day(invoice.due_date)))
        return " · ".join(parts)

    def _period(self, invoice):
        words = {"first": self._day(invoice.period.start), "last": self._day(invoice.period.last_day)}
        partial = {(line.period.days, line.full.days) for line in invoice.lines if line.prorated}
        if len(partial) == 1 and all(line.prorated for line in invoice.lines):
            (days, full_days), *_rest = partial
            return self.env._("%(first)s to %(last)s, %(days)s of %(full_days)s days", days=days, full_days=full_days, **words)
        return self.env._("%(first)s to %(last)s", **words)

    def _lines(self, stage):
        """What is on the invoice: each product, and, where there are several, what it costs in it and for how many days."""
        invoice = stage.first
        if len(invoice.lines) == 1:
            return [self._product(invoice.lines[0])]
        are_alike = len({(line.period, line.full) for line in invoice.lines}) == 1
        return [" · ".join(filter(None, self._line_parts(line, are_alike))) for line in invoice.lines]

    def _line_parts(self, line, are_alike):
        yield self._product(line)
        if line.prorated and not are_alike:
            yield self.env._("%(days)s of %(full_days)s days", days=line.period.days, full_days=line.full.days)
        yield format_amount(self.env, line.untaxed, line.line.currency_id)

    def _product(self, line):
        name = line.product.with_env(self.env).name
        return name if line.line.quantity == 1 else f"{line.line.quantity:g} × {name}"

    def _tax_detail(self, quoted, invoice):
        if not invoice.tax:
            return ""
        return self.env._("%(untaxed)s + %(tax)s taxes", untaxed=self._money(quoted, invoice.untaxed), tax=self._money(quoted, invoice.tax))

    # What is paid to start

    def _start(self, order, quoted):
        """One-off part and first invoices, as far as they are due when it starts; nothing starts where a term goes on."""
        if order.recurring_purpose not in (const.PURPOSE_NEW, const.PURPOSE_EXTEND):
            return None
        one_off = order._recurring_one_off_total()
        first = sum(invoice.total for each in quoted for invoice in each.at_start)
        if not one_off and not first:
            return None
        currency = order.currency_id
        parts = []
        if one_off and first:
            parts = [
                (self.env._("One-off"), format_amount(self.env, one_off, currency)),
                (self.env._("First invoices"), format_amount(self.env, currency.round(first), currency)),
            ]
        return {"total": format_amount(self.env, currency.round(one_off + first), currency), "parts": parts}

    # Terms

    def _facts(self, order, quoted, tells_start):
        """(label, text) of what is agreed beside the price."""
        if tells_start:
            yield self.env._("Start"), self._start_in_words(order, quoted)
        yield from self._facts_of_time(quoted)
        yield from self._facts_of_price(order, quoted)

    def _facts_of_time(self, quoted):
        subscription, plan = quoted.subscription, quoted.plan.with_env(self.env)
        paid_from = subscription.trial_end_date
        if paid_from > min(subscription.line_ids.mapped("date_start")):
            yield self.env._("Trial"), self.env._("free until %s", self._day(paid_from - DAY))
        if self._in_arrears(quoted):
            yield self.env._("Invoiced"), self.env._("after each period")
        if subscription.end_date and not plan._term():
            yield self.env._("Last day"), self._day(subscription.end_date)

    def _facts_of_price(self, order, quoted):
        # sudo: who may read a quotation may read what it says; the prices of other plans need not be theirs
        saving = self.env["recurring.quotation.saving"].sudo().saving(order.sudo(), quoted)
        if saving:
            yield (
                self.env._("You save"),
                self.env._(
                    "%(amount)s %(interval)s, against %(other)s",
                    amount=self._money(quoted, float(saving.amount)),
                    interval=quoted.plan.with_env(self.env).interval_label,
                    other=saving.plan.with_env(self.env).name,
                ),
            )
        discounts = quoted.subscription.line_ids.discount_ids
        for words in dict.fromkeys(discount.with_env(self.env).display_name for discount in discounts):
            yield self.env._("Discount"), words
        for line in quoted.metered:
            line = line.with_env(self.env)
            yield self.env._("By usage"), self.env._("%(product)s: %(price)s", product=line.product_id.name, price=line.usage_label)

    def _terms(self, quoted):
        """What the contract says of staying and leaving."""
        subscription = quoted.subscription
        whole = next((stage.first.untaxed for stage in quoted.stages if not stage.ends), 0.0)
        return quoted.plan.with_env(self.env)._terms_in_words(
            whole, subscription.trial_end_date, subscription.currency_id, subscription.company_id
        )

    def _start_in_words(self, order, quoted):
        """When a subscription starts, and by which day that was counted where nobody knows it yet."""
        start = min(quoted.subscription.line_ids.mapped("date_start"))
        today = order.company_id._recurring_today()
        if order.state in ("draft", "sent") and order.recurring_start == const.START_ACTIVATION:
            return self.env._("on the day of activation, counted here from %s", self._day(start))
        if order.state in ("draft", "sent") and order.recurring_start == const.START_SIGNATURE and start == today:
            return self.env._("on the day of signature, counted here from %s", self._day(start))
        return self._day(start)

    # Little words

    def _in_arrears(self, quoted):
        return quoted.plan.timing == ARREARS

    def _day(self, day):
        return format_date(self.env, day)

    def _money(self, quoted, amount):
        return format_amount(self.env, amount, quoted.subscription.currency_id)
