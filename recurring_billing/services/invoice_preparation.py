from collections import defaultdict
from datetime import date, timedelta, timezone
from decimal import Decimal
from typing import Any, NamedTuple

from odoo import Command, api, models
from odoo.tools import format_date, groupby

from .. import const
from ..rules import billing_dates
from ..rules.money import CENT, line_price, to_decimal


class PlannedInvoice(NamedTuple):
    """One invoice to be made: what is charged on it, and its dates."""

    subscription: Any
    journal: Any
    lines: Any
    charges: list
    invoice_date: date
    due_on: date

    @property
    def amount(self) -> Decimal:
        return sum((charge.amount for charge in self.charges), Decimal(0))

    @property
    def is_free(self) -> bool:
        """Nothing on it costs anything: the ledger keeps the periods, and no invoice is made."""
        return not any(charge.amount for charge in self.charges)


class RecurringInvoicePreparation(models.AbstractModel):
    """Turns charges into the values of ledger rows and native invoices. Writes nothing."""

    _name = "recurring.invoice.preparation"
    _description = "Preparation of Recurring Invoices"

    @api.model
    def plan(self, charges_by_subscription, today):
        """Group the charges into invoices: one per subscription and due moment, or one for all where the plan says so.

        :param charges_by_subscription: dict subscription → charges by due moment.
        :return: list of PlannedInvoice
        """
        planned = []
        journals = {}
        for subscription, charges in charges_by_subscription.items():
            company = subscription.company_id
            if company not in journals:
                journals[company] = self._default_journal(company)
            journal = subscription.journal_id or journals[company]
            together = subscription.plan_id.catch_up == const.TOGETHER
            for _due_on, group in groupby(charges, key=lambda charge, together=together: None if together else charge.due_on):
                due_on = group[-1].due_on
                invoice_date = billing_dates.invoice_date(subscription.plan_id.invoice_date_policy, today, due_on)
                # What a line needs is read for the lines of the whole batch at once.
                batch = subscription.line_ids._prefetch_ids
                lines = subscription.line_ids.browse({charge.segment: None for charge in group}).with_prefetch(batch)
                planned.append(PlannedInvoice(subscription, journal, lines, group, invoice_date, due_on))
        return planned

    def _default_journal(self, company):
        return self.env["account.journal"].search(
            [*self.env["account.journal"]._check_company_domain(company), ("type", "=", "sale")], limit=1
        )

    @api.model
    def prepare_periods(self, invoice, run_id):
        """The values of the ledger rows of a planned invoice, in the order of its charges."""
        subscription = invoice.subscription
        return [
            {
                "lineage_id": charge.lineage,
                "line_id": charge.segment,
                "subscription_id": subscription.id,
                "company_id": subscription.company_id.id,
                "currency_id": subscription.currency_id.id,
                "kind": const.CHARGE,
                "full_start": charge.full.start,
                "full_end": charge.full.end,
                "start": charge.covered.start,
                "end": charge.covered.end,
                "live_end": charge.covered.end,
                "due_on": charge.due_on,
                "share_numerator": charge.share.numerator,
                "share_denominator": charge.share.denominator,
                "price_unit": float(charge.price.unit_price),
                "quantity": float(charge.price.quantity),
                "discount": float(charge.price.discount),
                "amount": float(charge.amount),
                "run_id": run_id,
            }
            for charge in invoice.charges
        ]

    @api.model
    def prepare_move(self, invoice, periods, run_id, words=None):
        """The values of a native invoice, as a native sale would set them.

        :param periods: the ledger rows of the invoice's charges, in their order.
        :param words: a cache of texts and dates shared by the invoices of a batch.
        """
        subscription = invoice.subscription
        words = {} if words is None else words
        lines = {line.id: line for line in invoice.lines}
        return {
            "move_type": "out_invoice",
            "company_id": subscription.company_id.id,
            "journal_id": invoice.journal.id,
            "partner_id": subscription.partner_invoice_id.id,
            "partner_shipping_id": (subscription.beneficiary_id or subscription.partner_id).id,
            "currency_id": subscription.currency_id.id,
            "fiscal_position_id": subscription.fiscal_position_id.id,
            "invoice_date": invoice.invoice_date,
            "invoice_user_id": subscription.user_id.id,
            "team_id": subscription.team_id.id,
            "ref": subscription.client_order_ref or subscription.name,
            "invoice_origin": subscription.name,
            "recurring_run_id": run_id,
            "invoice_line_ids": [
                Command.create(self._prepare_move_line(lines[charge.segment], charge, period, words))
                for charge, period in zip(invoice.charges, periods, strict=True)
            ],
            # Without a note of its own the invoice keeps the company's default terms.
            **({"narration": subscription.note} if subscription.note else {}),
            **self._prepare_due(invoice, words),
        }

    def _prepare_move_line(self, line, charge, period, words):
        unit = words.setdefault("unit", self._price_unit_precision())
        shown = line_price(charge.price, charge.amount, rounding=to_decimal(line.currency_id.rounding), unit=unit)
        return {
            "product_id": line.product_id.id,
            "product_uom_id": line.product_uom_id.id,
            "name": self._line_text(line, charge, words),
            "quantity": float(shown.quantity),
            "price_unit": float(shown.unit_price),
            "discount": float(shown.discount),
            "tax_ids": [Command.set(line.tax_ids.ids)],
            "analytic_distribution": line.analytic_distribution,
            "recurring_period_id": period.id,
            "recurring_subscription_id": period.subscription_id.id,
        }

    def _price_unit_precision(self):
        digits = self.env["decimal.precision"].precision_get("Product Price")
        return Decimal(1).scaleb(-digits) if digits is not None else CENT

    def _line_text(self, line, charge, words):
        """The line's text, the period in the customer's language, and, when prorated, why."""
        lang = line.subscription_id.partner_invoice_id.lang or self.env.lang
        key = ("period", lang, charge.covered, charge.full)
        if key not in words:
            spoken = self.with_context(lang=lang)
            words[key] = spoken._period_in_words(charge)
        parts = [line.name, words[key]]
        beneficiary = line.beneficiary_id or line.subscription_id.beneficiary_id
        if beneficiary:
            parts.append(beneficiary.with_context(lang=lang).display_name)
        return "\n".join(parts)

    def _period_in_words(self, charge):
        first, last = format_date(self.env, charge.covered.start), format_date(self.env, charge.covered.last_day)
        if not charge.prorated:
            return self.env._("%(first)s to %(last)s", first=first, last=last)
        return self.env._(
            "%(first)s to %(last)s (%(days)s of %(full_days)s days)",
            first=first,
            last=last,
            days=charge.covered.days,
            full_days=charge.full.days,
        )

    def _prepare_due(self, invoice, words):
        """Payment term, or a due date of ours with an empty term: Odoo overwrites the date wherever a term is set."""
        subscription, plan = invoice.subscription, invoice.subscription.plan_id
        term = subscription.payment_term_id
        early = invoice.invoice_date < invoice.due_on
        earliest = max(invoice.invoice_date, invoice.due_on)
        if subscription.due_day:
            due = billing_dates.day_on_or_after(subscription.due_day, earliest)
        elif len(term.line_ids) > 1 or term.early_discount or (term and not early and not plan.business_days):
            return {"invoice_payment_term_id": term.id}
        else:
            due = term.line_ids._get_due_date(earliest) if term.line_ids else earliest
        if plan.business_days:
            due = billing_dates.next_business_day(due, self._holidays(subscription.company_id, words))
        return {"invoice_payment_term_id": False, "invoice_date_due": due}

    def _holidays(self, company, words):
        """The public holidays of the company's working calendar, as days."""
        key = ("holidays", company.id)
        if key not in words:
            # sudo: public holidays are needed to date an invoice, whoever may read calendars
            leaves = (
                self.env["resource.calendar.leaves"]
                .sudo()
                .search(
                    [
                        ("resource_id", "=", False),
                        ("company_id", "in", (False, company.id)),
                        ("calendar_id", "in", (False, company.resource_calendar_id.id)),
                    ]
                )
            )
            words[key] = {day for leave in leaves for day in self._days_of(leave, company)}
        return words[key]

    def _days_of(self, leave, company):
        first, last = (company._recurring_local(moment.replace(tzinfo=timezone.utc)).date() for moment in (leave.date_from, leave.date_to))
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]

    @api.model
    def totals_by_currency(self, planned):
        """dict currency → untaxed or taxed total, in the basis of the lines' prices."""
        totals = defaultdict(Decimal)
        for invoice in planned:
            totals[invoice.subscription.currency_id] += invoice.amount
        return totals
