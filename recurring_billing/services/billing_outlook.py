from collections import defaultdict
from datetime import date
from typing import Any, NamedTuple

from odoo import api, models

from ..rules.charges import Charge, Credit
from ..rules.lineages import CREDIT, Row
from ..rules.periods import Period
from .billing_plan import CREDIT_NOTE, INVOICE, Moment


class ExpectedInvoice(NamedTuple):
    """An invoice or credit note that billing will make by the present rules, on the day of its run.

    :param planned: the ``PlannedInvoice`` it comes from.
    :param run_day: the day of the run that makes it: today for what is due already, else the first day it is billed.
    :param lines: its lines, in order; negative on a credit note.
    """

    planned: Any
    run_day: date
    due_date: date
    lines: list

    @property
    def subscription(self):
        return self.planned.subscription

    @property
    def untaxed(self) -> float:
        return self._sum("untaxed")

    @property
    def total(self) -> float:
        return self._sum("total")

    def _sum(self, name):
        return self.subscription.currency_id.round(sum(getattr(line, name) for line in self.lines))


class ExpectedLine(NamedTuple):
    """A line of an expected invoice, in the currency of its subscription.

    :param item: the ``PlannedLine`` it comes from.
    :param text: as it will stand on the invoice.
    :param amount: in the tax basis of the line's price; ``untaxed`` and ``total`` as the invoice will compute them.
    """

    item: Any
    text: str
    amount: float
    untaxed: float
    total: float


class Imagined:
    """Where a subscription stands between two imagined runs.

    :param left: the credits that wait; ``ledger`` its rows; ``by_day`` what is due on each later day; ``beside`` the one-offs that wait.
    """

    __slots__ = ("beside", "by_day", "ledger", "left")

    def __init__(self, left, ledger, by_day):
        self.left, self.ledger, self.by_day, self.beside = left, ledger, by_day, ()


class RecurringBillingOutlook(models.AbstractModel):
    """What billing will do on each day up to a horizon: the runs of those days, imagined by the same rules. Writes nothing."""

    _name = "recurring.billing.outlook"
    _description = "Outlook on Billing"

    @api.private
    @api.model
    def expected(self, subscriptions, horizon):
        """The invoices of every run from today up to the horizon, by subscription and day.

        :return: list of ExpectedInvoice, dict subscription → Problem of what would be parked
        """
        found, problems = [], {}
        for company, mine in subscriptions.grouped("company_id").items():
            generation = self.env["recurring.invoice.generation"]._for_company(company)
            expected, failed = generation.env[self._name]._expected_safely(mine.with_env(generation.env), horizon)
            found += expected
            problems |= failed
        return found, problems

    def _expected_safely(self, subscriptions, horizon):
        """What cannot even be planned is among the problems, as it will be parked, and stops nobody else."""
        try:
            with self.env.cr.savepoint(flush=False):
                return self._expected(subscriptions, horizon)
        except Exception as error:
            if len(subscriptions) == 1:
                return [], {subscriptions: self.env["recurring.billing.batch"]._problem_of(subscriptions, error)}
            half = len(subscriptions) // 2
            found, problems = self._expected_safely(subscriptions[:half], horizon)
            more, more_problems = self._expected_safely(subscriptions[half:], horizon)
            return found + more, problems | more_problems

    def _expected(self, subscriptions, horizon):
        if not subscriptions:
            return [], {}
        asked, subscriptions = subscriptions, self._with_linked(subscriptions)
        today = subscriptions.company_id._recurring_today()
        plan = self.env["recurring.invoice.planning"].plan(subscriptions, min(today, horizon), today)
        runs = [(today, invoice) for invoice in plan.invoices]
        able = subscriptions.filtered(lambda subscription: subscription not in plan.problems)
        if horizon > today:
            runs += self._imagined_runs(able, plan, horizon, today)
        invoices = [invoice for _day, invoice in runs]
        # A rate of today is the newest there can be for an invoice of next month.
        dated = [invoice._replace(invoice_date=min(invoice.invoice_date, today)) for invoice in invoices]
        problems = plan.problems | self.env["recurring.billing.preflight"].check(dated, today)
        words = {}
        found = [
            ExpectedInvoice(invoice, run_day, self._due_date(invoice, words), self._lines(invoice, words))
            for run_day, invoice in runs
            if not invoice.is_free and invoice.subscription in asked
        ]
        problems = {subscription: problem for subscription, problem in problems.items() if subscription in asked}
        return sorted(found, key=lambda invoice: (invoice.subscription.id, invoice.run_day, invoice.planned.due_on)), problems

    def _with_linked(self, subscriptions):
        """The subscriptions, those they continue and those that continue them: the credit of one is on the invoice of the other."""
        found = linked = subscriptions
        while linked:
            linked = (linked.predecessor_id | linked.successor_id) - found
            found |= linked
        return found

    # The runs of the days to come

    def _imagined_runs(self, subscriptions, plan, horizon, today):
        """(day, planned invoice) of every run after today."""
        planning = self.env["recurring.invoice.planning"]
        journals = {company: planning._default_journal(company) for company in subscriptions.company_id}
        extras = self.env["recurring.billing.extras"]
        beside = extras.waiting(subscriptions)
        found = []
        due = self.env["recurring.coverage"].due_rows(subscriptions, horizon)
        for family in self._families(subscriptions):
            imagined = {each: self._after_today(each, *due[each], plan, today) for each in family}
            for each in family:
                made = [invoice for invoice in plan.invoices if invoice.subscription == each]
                imagined[each].beside = extras.left_after(beside.get(each, ()), made)
                for day in extras.coming(imagined[each].beside, today):
                    imagined[each].by_day[min(day, horizon)] += []
            days = {day for each in imagined.values() for day in each.by_day}
            for day in sorted(days):
                found += [(day, invoice) for invoice in self._run_of(day, imagined, journals)]
        return found

    def _families(self, subscriptions):
        """Each subscription alone, or together with those that continue it on other plans."""
        families = {}
        for subscription in subscriptions:
            heirs = [heir for heir in self.env["recurring.invoice.planning"]._heirs(subscription) if heir in subscriptions]
            families.setdefault(heirs[-1] if heirs else subscription, []).append(subscription)
        return families.values()

    def _after_today(self, subscription, rows, ledger, plan, today):
        """Where one subscription stands after today's run."""
        due_now = [row for row in rows if row.bill_on <= today]
        # Credits that wait for the next invoice are due already and come with it.
        left = [row for row in due_now if isinstance(row, Credit)] if subscription in plan.waiting else []
        by_day = defaultdict(list)
        for row in rows:
            if row.bill_on > today and row.amount is not None:
                by_day[row.bill_on].append(row)
        return Imagined(left, self._after(ledger, [row for row in due_now if row not in left]), by_day)

    def _run_of(self, day, imagined, journals):
        """The invoices of the run of a day; what is left, and the ledger, are those after it.

        :param imagined: dict subscription → Imagined; updated.
        """
        planning, extras = self.env["recurring.invoice.planning"], self.env["recurring.billing.extras"]
        due = {each: ([*mine.left, *mine.by_day.get(day, [])], mine.ledger) for each, mine in imagined.items()}
        more = {each: extras.due(each, mine.beside, *due[each], day) for each, mine in imagined.items()}
        invoices, waiting = planning.documents(due, Moment(day, day, journals), more)
        made = [row for invoice in invoices for row in invoice.rows]
        for each, (rows, ledger) in due.items():
            mine = [row for row in rows if any(row is other for other in made)]
            state = imagined[each]
            state.left = [row for row in rows if row not in mine] if each in waiting else []
            state.ledger = self._after(ledger, mine)
            state.beside = extras.left_after(state.beside, [invoice for invoice in invoices if invoice.subscription == each])
        return invoices

    def _after(self, ledger, made):
        """The rows of the ledger once these charges and credits are made."""
        ends = {row.row: row.covered.start for row in made if isinstance(row, Credit) and row.covered.days}
        rows = [row._replace(covered=Period(row.covered.start, ends[row.key])) if row.key in ends else row for row in ledger]
        for row in made:
            if isinstance(row, Charge):
                rows.append(Row(row.lineage, row.full, row.covered, row.price, row.amount, segment=row.segment))
            elif isinstance(row, Credit):
                rows.append(Row(row.lineage, row.full, row.covered, row.price, row.amount, kind=CREDIT, credits=row.row))
        return rows

    # Dates and money

    def _due_date(self, invoice, words):
        """The day the invoice is to be paid; with instalments, the last."""
        values = self.env["recurring.invoice.preparation"]._prepare_due(invoice, words)
        if values.get("invoice_date_due"):
            return values["invoice_date_due"]
        term = self.env["account.payment.term"].browse(values["invoice_payment_term_id"])
        return max((line._get_due_date(invoice.invoice_date) for line in term.line_ids), default=invoice.invoice_date)

    def _lines(self, invoice, words):
        """The lines of an invoice, with taxes as the invoice will compute them."""
        return self._with_cash_rounding(invoice, self._lines_and_bases(invoice, words)[0])

    def _lines_and_bases(self, invoice, words):
        """The lines of an invoice before cash rounding, and the base lines of Odoo's tax computation behind them."""
        preparation, no_period = self.env["recurring.invoice.preparation"], self.env["recurring.period"]
        items = [item for item in invoice.items if not item.is_silent]
        values = [preparation._prepare_lines_of(invoice, item, no_period, words) for item in items]
        # A line with money off has a second one beside it.
        base_lines = [[self._base_line(invoice, each) for each in mine] for mine in values]
        together = [base for mine in base_lines for base in mine]
        self.env["account.tax"]._add_tax_details_in_base_lines(together, invoice.subscription.company_id)
        self.env["account.tax"]._round_base_lines_tax_details(together, invoice.subscription.company_id)
        sign = -1 if invoice.move_type == CREDIT_NOTE else 1
        found = []
        for item, mine, bases in zip(items, values, base_lines, strict=True):
            amounts = [self._untaxed_and_total(base["tax_details"]) for base in bases]
            untaxed, total = (sign * sum(each) for each in zip(*amounts, strict=True))
            found.append(ExpectedLine(item, mine[0]["name"], float(item.amount), untaxed, total))
        return found, together

    def _with_cash_rounding(self, invoice, lines):
        """What the rounding of cash amounts adds is part of the last line."""
        subscription = invoice.subscription
        if not subscription.cash_rounding_id or not lines:
            return lines
        total = sum(line.total for line in lines)
        added = subscription.cash_rounding_id.compute_difference(subscription.currency_id, total)
        return [*lines[:-1], lines[-1]._replace(total=lines[-1].total + added)]

    def _untaxed_and_total(self, details):
        untaxed = details["total_excluded_currency"] + details["delta_total_excluded_currency"]
        return untaxed, untaxed + sum(tax["tax_amount_currency"] for tax in details["taxes_data"])

    def _base_line(self, invoice, values):
        """The values of an invoice line as Odoo's tax computation takes them."""
        return self.env["account.tax"]._prepare_base_line_for_taxes_computation(
            None,
            product_id=self.env["product.product"].browse(values["product_id"]),
            product_uom_id=self.env["uom.uom"].browse(values["product_uom_id"]),
            tax_ids=self.env["account.tax"].browse(values["tax_ids"][0][2]),
            price_unit=values["price_unit"],
            quantity=values["quantity"],
            discount=values["discount"],
            currency_id=invoice.subscription.currency_id,
            partner_id=invoice.partner,
            is_refund=invoice.move_type != INVOICE,
            rate=1.0,
        )
