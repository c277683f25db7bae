from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from odoo import api, models

from .. import const
from ..rules import revenue, revenue_stretches
from ..rules.lineages import Ledger, by_lineage
from ..rules.money import round_money, to_decimal


class RecurringRevenueLevels(models.AbstractModel):
    """What subscriptions are worth a month, on each day: reads lines, asks the rules. Writes nothing."""

    _name = "recurring.revenue.levels"
    _description = "MRR of Subscriptions over Time"

    @api.private
    @api.model
    def steps(self, subscriptions, until, rates=None):
        """What counts as booked and released of each line, up to a day.

        :param until: by subscription id, the last day that counts.
        :param rates: by (line id, day), rates that were fixed before.
        :return: list of ``revenue.Step``, by lines' ids
        """
        found = []
        untaxed, rate = self._untaxed(subscriptions), self._rate(subscriptions, rates or {})
        for subscription in subscriptions:
            if subscription.state not in const.BILLED_STATES:
                continue
            day = until[subscription.id]
            rounding = to_decimal(subscription.company_id.currency_id.rounding)
            for thread in self._threads(subscription, day, untaxed):
                found += revenue.booked_steps(thread, day, rate, rounding)
        return found

    @api.private
    @api.model
    def of_lines(self, subscriptions, until):
        """What is booked of each line at the end of a day.

        :param until: as in ``steps``.
        :return: dict line id → Decimal, in company currency
        """
        levels = defaultdict(Decimal)
        for step in self.steps(subscriptions, until, self._recorded_rates(subscriptions)):
            levels[step.line] += step.amount
        return levels

    @api.private
    @api.model
    def on_day(self, subscriptions, day):
        """The MRR of subscriptions on a day, which may lie ahead: as far as is decided today.

        :return: dict subscription → Decimal, in its company's currency
        """
        levels = self.of_lines(subscriptions, dict.fromkeys(subscriptions.ids, day))
        return {subscription: sum((levels[line.id] for line in subscription.line_ids), Decimal(0)) for subscription in subscriptions}

    def _threads(self, subscription, until, untaxed):
        """The amounts per month of its lineages, each joined to the one it replaces."""
        lines = subscription.line_ids
        segments = [segment for line in lines if (segment := line._segment())]
        if not segments:
            return []
        paused = {line.id for line in lines if line.ended_by == const.BY_PAUSE}
        # sudo: lineages are the ledger's own records
        follows = {lineage.id: lineage.follows_id.id for lineage in lines.sudo().lineage_id if lineage.follows_id}
        rounding = to_decimal(subscription.currency_id.rounding)
        lineages = by_lineage(subscription._billing_terms(), segments, Ledger(), rounding=rounding)
        parts = {lineage.key: list(revenue_stretches.stretches(lineage, until, untaxed, paused)) for lineage in lineages}
        return revenue_stretches.threads(parts, follows)

    def _untaxed(self, subscriptions):
        """How much of a price per period is left without the taxes it includes, rounded as on an invoice."""
        lines, known = {line.id: line for line in subscriptions.line_ids}, {}

        def untaxed(line_id, amount):
            line = lines[line_id]
            rounding = to_decimal(line.currency_id.rounding)
            if not any(tax.price_include for tax in line.tax_ids.flatten_taxes_hierarchy()):
                return Fraction(round_money(amount, rounding))
            key = (line.tax_ids, line.product_id, line.subscription_id.partner_id, line.currency_id, line.company_id, amount)
            if key not in known:
                known[key] = Fraction(to_decimal(self._without_taxes(line, amount)))
            return known[key]

        return untaxed

    def _without_taxes(self, line, amount):
        taxes = self.env["account.tax"]
        base_line = taxes._prepare_base_line_for_taxes_computation(
            line,
            tax_ids=line.tax_ids,
            price_unit=float(amount),
            quantity=1.0,
            discount=0.0,
            partner_id=line.subscription_id.partner_id,
            currency_id=line.currency_id,
            rate=1.0,
        )
        taxes._add_tax_details_in_base_line(base_line, line.company_id)
        taxes._round_base_lines_tax_details([base_line], line.company_id)
        return base_line["tax_details"]["total_excluded_currency"]

    def _rate(self, subscriptions, fixed):
        """Company currency for one of a line's: as it was fixed when something was recorded for that day, else as it is known now."""
        # Lines that were superseded count no more, but what was booked of them is released at its rate.
        lines, known = {line.id: line for line in subscriptions.lineage_ids.line_ids}, {}

        def rate(line_id, day):
            line = lines[line_id]
            company = line.company_id
            if line.currency_id == company.currency_id:
                return Fraction(1)
            if (line_id, day) in fixed:
                return Fraction(to_decimal(fixed[line_id, day], 12))
            key = (line.currency_id, company, day)
            if key not in known:
                known[key] = self.env["res.currency"]._get_conversion_rate(line.currency_id, company.currency_id, company, day)
            return Fraction(to_decimal(known[key], 12))

        return rate

    def _recorded_rates(self, subscriptions):
        """By (line id, day), the rates of what is recorded; nothing where all is in the company's own currency."""
        foreign = subscriptions.filtered(lambda subscription: subscription.currency_id != subscription.company_id.currency_id)
        if not foreign:
            return {}
        # sudo: what is booked follows from all movements, whoever may see them
        events = self.env["recurring.revenue.event"].sudo().with_context(recurring_revenue_recording=const.RECORDING)
        found = events.search_fetch([("subscription_id", "in", foreign.ids), ("line_id", "!=", False)], ["currency_rate"])
        return {(event.line_id.id, event.effective_date): event.currency_rate for event in found if event.currency_rate}
