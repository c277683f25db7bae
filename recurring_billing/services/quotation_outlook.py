from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from odoo import Command, api, models

from .. import const
from ..rules import pricing
from ..rules.charges import ADVANCE
from ..rules.periods import Period, boundary, index_at

MOST_PERIODS = 120
"""So many periods are imagined at most; a discount that ends later is told in words alone."""
LINKS_TO_ORDER = ("sale.order", "sale.order.line")


class QuotedLine(NamedTuple):
    """A line of a quoted invoice.

    :param line: the subscription line it is for, in memory.
    :param amount: in the tax basis of the price; ``untaxed`` and ``total`` as the invoice will compute them.
    """

    line: Any
    text: str
    period: Period
    full: Period
    amount: float
    untaxed: float
    total: float

    @property
    def product(self) -> Any:
        return self.line.product_id

    @property
    def prorated(self) -> bool:
        return self.period != self.full


class QuotedInvoice(NamedTuple):
    """An invoice that billing will make for what is quoted, were it confirmed today.

    :param date: of the invoice; ``run_day``: the day it is made; ``due_date``: the day it is to be paid.
    :param period: the days it is about.
    :param tax: what the taxes add, the rounding of cash amounts apart, which is part of ``untaxed``.
    :param at_start: it is made by the day the subscription starts, or at once where that has passed: not after a trial, nor in arrears.
    """

    plan: Any
    date: date
    period: Period
    untaxed: float
    tax: float
    total: float
    lines: list
    run_day: date
    due_date: date
    at_start: bool

    @property
    def prorated(self) -> bool:
        return any(line.prorated for line in self.lines)

    @property
    def pattern(self) -> tuple:
        """What it has in common with another invoice of the same: products, parts of a period and amounts."""
        return self.total, self.untaxed, tuple((line.line, line.prorated, line.untaxed) for line in self.lines)


class Stage(NamedTuple):
    """Invoices of the same amount that follow each other.

    :param invoices: the first of them, and more as far as they were imagined.
    :param ends: no such invoice comes after these; else it goes on like this.
    """

    invoices: list
    ends: bool

    @property
    def first(self) -> QuotedInvoice:
        return self.invoices[0]


class QuotedSubscription(NamedTuple):
    """One subscription that the confirmation of an order will make.

    :param subscription: a record in memory, with its lines.
    :param invoices: those imagined, oldest first.
    :param metered: its lines that are billed by what is used.
    """

    subscription: Any
    invoices: list
    stages: list
    metered: Any

    @property
    def plan(self) -> Any:
        return self.subscription.plan_id

    @property
    def at_start(self) -> list:
        return [invoice for invoice in self.invoices if invoice.at_start]


class RecurringQuotationOutlook(models.AbstractModel):
    """What the recurring part of an order will cost, invoice by invoice, before there is a subscription. Writes nothing.

    There is no arithmetic here: the subscriptions that the confirmation would create are made in memory, of the same values, and go through
    the planning, preparation and tax computation that make the invoices.
    """

    _name = "recurring.quotation.outlook"
    _description = "Outlook of a Quotation"

    @api.private
    @api.model
    def quote(self, order):
        """What is quoted, by subscription.

        :param order: a sale order, saved or still being edited.
        :return: list of QuotedSubscription, one for each subscription that its confirmation makes
        """
        order = order.with_context(recurring_today=order._recurring_quoted_on())
        service = self.with_env(order.env)
        # sudo: what was made of an order counts, whoever may see it
        made = order.sudo().subscription_ids._origin
        running = (order.recurring_extends_id | order.recurring_renews_id)._origin.sudo()
        return [
            service.quote_values(values, running.filtered(lambda each, values=values: each.plan_id.id == values["plan_id"]), made)
            for values in order._recurring_quotation_values()
        ]

    @api.private
    @api.model
    def first_invoices(self, order):
        """What the confirmation of an order bills: of each subscription the invoices due up to the day it starts, or up to today where
        that has passed. A trial, billing in arrears and a free first period leave none; a start in the past leaves one per period passed.

        :return: list of QuotedInvoice, whole
        """
        return [invoice for quoted in self.quote(order) for invoice in quoted.at_start]

    @api.private
    @api.model
    def quote_values(self, values, part_of=None, made=None):
        """What a subscription of these values will cost.

        :param values: as ``create()`` of a subscription takes them, with ``line_ids`` as commands.
        :param part_of: the subscription that runs already and gets the lines; ``made``: those that were made of these values.
        :return: QuotedSubscription
        """
        company = self.env["res.company"].browse(values.get("company_id")) or self.env.company
        # sudo: who may read a quotation may read what it says; journals, taxes and plans behind it need not be theirs
        service = self.sudo().with_company(company).with_context(allowed_company_ids=company.ids)
        none = service.env["recurring.subscription"]
        subscription = service._imagine(service._with_family_discount(values, part_of or none, made or none))
        try:
            metered = subscription.line_ids.filtered(lambda line: line.billing_type == const.USAGE_PRICE)
            invoices = service._invoices(subscription) if subscription.line_ids - metered else []
            return QuotedSubscription(subscription, invoices, service._stages(subscription, invoices), metered)
        finally:
            service._forget(subscription)

    # Subscriptions in memory

    def _imagine(self, values):
        """A subscription in memory with lines of lineages of their own."""
        commands = [command for command in values.get("line_ids", ()) if command[0] == Command.CREATE]
        lines = [
            (
                Command.CREATE,
                object(),
                {
                    **self._without_order("recurring.subscription.line", command[2]),
                    "lineage_id": self.env["recurring.lineage"].new({}, ref=object()),
                },
            )
            for command in commands
        ]
        mine = self._without_order("recurring.subscription", values) | {"line_ids": lines}
        subscription = self.env["recurring.subscription"].new(mine, ref=object())
        if not subscription.end_date and (end := self.env["recurring.subscription.activation"].planned_end(subscription)):
            subscription.end_date = end
        return subscription

    def _with_family_discount(self, values, part_of, made):
        """The values with the family discount that the subscription will have by its rank."""
        plan = self.env["recurring.plan"].browse(values["plan_id"])
        if not plan.family_discount_id:
            return values
        subscription = self._imagine(values)
        foreseen = self.env["recurring.family.ranking"].foreseen(subscription, part_of, made)
        self._forget(subscription)
        lines = [
            Command.create({**line, "discount_ids": [*line.get("discount_ids", ()), *discounts]})
            for (_command, _id, line), discounts in zip(values["line_ids"], foreseen, strict=True)
        ]
        return {**values, "line_ids": lines}

    def _without_order(self, model, values):
        """Values without links to the order, which may be in memory itself: it must not know what was only imagined."""
        known = self.env[model]._fields
        return {name: value for name, value in values.items() if getattr(known.get(name), "comodel_name", None) not in LINKS_TO_ORDER}

    def _forget(self, subscription):
        """Other records must not know in memory what was only imagined: a plan its subscriptions, say."""
        for records in (subscription, subscription.line_ids):
            for field in records._fields.values():
                if field.type == "many2one":
                    for inverse in records.pool.field_inverses[field]:
                        self._forget_inverse(inverse, records, records.mapped(field.name)._origin)

    def _forget_inverse(self, inverse, records, others):
        cache = inverse._get_cache(self.env)
        for other in others:
            known = cache.get(other.id)
            if known and set(known) & set(records._ids):
                inverse._update_cache(other, tuple(id_ for id_ in known if id_ not in records._ids))

    # Invoices

    def _invoices(self, subscription):
        """The invoices of every run up to the last change of what a period costs, and the one after it."""
        outlook, today = self.env["recurring.billing.outlook"], subscription.company_id._recurring_today()
        plan = self.env["recurring.invoice.planning"].plan(subscription, today, today)
        runs = [(today, planned) for planned in plan.invoices]
        runs += outlook._imagined_runs(subscription, plan, self._horizon(subscription, today), today)
        words = {}
        return [self._invoice(planned, run_day, words) for run_day, planned in runs if not planned.is_free]

    def _horizon(self, subscription, today):
        """The day up to which runs are imagined: two periods after the last day known on which an amount changes."""
        terms = subscription._billing_terms()
        changes = [subscription.trial_end_date, subscription.start_date, today, *filter(None, [subscription.end_date])]
        for line in subscription.line_ids:
            changes += [line.date_start, *([line.date_end] if line.date_end else []), *self._price_changes(line)]
        first = index_at(terms.anchor, terms.interval, subscription.trial_end_date)
        last = min(index_at(terms.anchor, terms.interval, max(changes)), first + MOST_PERIODS)
        return boundary(terms.anchor, terms.interval, last + (2 if terms.billing == ADVANCE else 3))

    def _price_changes(self, line):
        """The days on which a discount of the line begins or ends."""
        offer, schedule = line._offer(), line._schedule()
        day = line._paid_from()
        while offer != pricing.Offer() and schedule and (day := pricing.next_change(offer, *schedule, day)):
            yield day

    def _invoice(self, planned, run_day, words):
        subscription = planned.subscription
        outlook, taxes = self.env["recurring.billing.outlook"], self.env["account.tax"]
        lines, bases = outlook._lines_and_bases(planned, words)
        totals = taxes._get_tax_totals_summary(bases, subscription.currency_id, subscription.company_id, subscription.cash_rounding_id)
        tax, total = totals["tax_amount_currency"], totals["total_amount_currency"]
        quoted = [
            QuotedLine(each.item.line, each.text, each.item.service, each.item.rows[0].full, each.amount, each.untaxed, each.total)
            for each in lines
        ]
        period = Period(min(line.period.start for line in quoted), max(line.period.end for line in quoted))
        start = max(min(subscription.line_ids.mapped("date_start")), subscription.company_id._recurring_today())
        round_ = subscription.currency_id.round
        return QuotedInvoice(
            subscription.plan_id,
            planned.invoice_date,
            period,
            round_(total - tax),
            round_(tax),
            round_(total),
            quoted,
            run_day,
            outlook._due_date(planned, words),
            run_day <= start,
        )

    def _stages(self, subscription, invoices):
        """The invoices by amount."""
        # pylint: disable-next=bad-builtin-groupby  # invoices of one pattern that follow each other, not all of them
        consecutive = groupby(invoices, key=lambda invoice: invoice.pattern)
        found = [list(mine) for _pattern, mine in consecutive]
        ends = self._last_day(subscription)
        return [Stage(mine, n + 1 < len(found) or ends) for n, mine in enumerate(found)]

    def _last_day(self, subscription):
        """Whether nothing is billed for ever."""
        lines = subscription.line_ids.filtered(lambda line: line.billing_type != const.USAGE_PRICE)
        return bool(subscription.end_date) or all(line.date_end for line in lines)
