from bisect import bisect_right
from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.tools import format_amount, format_date

from .. import const
from ..rules import billing_dates
from .billing_problem import Problem


class RecurringBillingPreflight(models.AbstractModel):
    """What Odoo would post wrongly or crash on, found before an invoice is made, for a whole batch at once."""

    _name = "recurring.billing.preflight"
    _description = "Billing Pre-flight"

    @api.private
    @api.model
    def check(self, planned, today):
        """The first problem of each subscription.

        :param planned: planned invoices, see ``recurring.invoice.preparation``.
        :return: dict subscription → Problem
        """
        problems = {}
        # Archived taxes too are read for all lines at once, not line by line.
        lines = self.env["recurring.subscription.line"].browse(
            {item.line.id: None for invoice in planned for item in invoice.items if item.line}
        )
        lines.with_context(active_test=False).mapped("tax_ids")
        rates = self._rate_dates(planned, today)
        income_accounts = {}
        for invoice in planned:
            subscription = invoice.subscription
            if subscription in problems:
                continue
            if self._first_problem(invoice, income_accounts, rates):
                problems[subscription] = self._in_words_for(subscription)._first_problem(invoice, income_accounts, rates)
        waiting = defaultdict(list)
        for invoice in planned:
            waiting[invoice.subscription].append(invoice)
        for subscription, invoices in waiting.items():
            if subscription not in problems and self._waits(subscription, invoices, today):
                problems[subscription] = self._in_words_for(subscription)._catch_up_problem(subscription, invoices)
        return {
            subscription: problem._replace(amount=float(sum(invoice.amount for invoice in waiting[subscription])))
            for subscription, problem in problems.items()
        }

    def _in_words_for(self, subscription):
        """The pre-flight in the language of who looks after the subscription."""
        return self.with_context(lang=subscription._responsible_user().lang or self.env.lang)

    def _first_problem(self, invoice, income_accounts, rates):
        return (
            self._check_partner(invoice)
            or self._check_journal(invoice)
            or self._check_lines(invoice, income_accounts)
            or self._check_receivable(invoice)
            or self._check_rate(invoice, rates)
        )

    def _check_partner(self, invoice):
        subscription = invoice.subscription
        for partner in (subscription.partner_id, invoice.partner):
            if not partner.active:
                return Problem(
                    const.ISSUE_PARTNER,
                    self.env._("The customer %s is archived", partner.display_name),
                    self.env._(
                        "Unarchive the customer, or choose another customer or invoice address, then retry. If the customer left, "
                        "close the subscription."
                    ),
                    partner,
                )
        return None

    def _check_journal(self, invoice):
        journal = invoice.journal
        if not journal:
            return Problem(
                const.ISSUE_JOURNAL,
                self.env._("%s has no sales journal", invoice.subscription.company_id.name),
                self.env._("Create a sales journal in Invoicing > Configuration > Journals, then retry."),
                invoice.subscription,
            )
        if not journal.active:
            return Problem(
                const.ISSUE_JOURNAL,
                self.env._("The journal %s is archived", journal.display_name),
                self.env._("Unarchive the journal, or choose another one on the subscription, then retry."),
                journal,
            )
        return None

    def _check_lines(self, invoice, income_accounts):
        fiscal_position = invoice.subscription.fiscal_position_id
        # What is given back copies account and taxes of the invoice line it reduces, whatever became of the product.
        own = [item for item in invoice.items if not (item.origin and item.amount <= 0)]
        for line in dict.fromkeys(self.env["recurring.billing.extras"].sold_by(item) for item in own):
            product = line.product_id
            if not product.active:
                return Problem(
                    const.ISSUE_PRODUCT,
                    self.env._("The product %s is archived", product.display_name),
                    self.env._("Unarchive the product, or end the line and add one with another product, then retry."),
                    product,
                )
            archived = line.with_context(active_test=False).tax_ids.filtered(lambda tax: not tax.active)
            if archived:
                return Problem(
                    const.ISSUE_TAX,
                    self.env._("The tax %s is archived", archived[0].display_name),
                    self.env._("Unarchive the tax, or replace it on the line of the subscription, then retry."),
                    archived[0],
                )
            key = (product.id, fiscal_position.id, line.company_id.id)
            if key not in income_accounts:
                template = product.product_tmpl_id.with_company(line.company_id)
                income_accounts[key] = template.get_product_accounts(fiscal_pos=fiscal_position)["income"]
            if not income_accounts[key] or not income_accounts[key].active:
                return Problem(
                    const.ISSUE_INCOME,
                    self.env._("The product %s has no income account", product.display_name),
                    self.env._(
                        "Set an income account on the product or on its category (Odoo would use the journal's default and the "
                        "revenue would land in the wrong account), then retry."
                    ),
                    product,
                )
        return None

    def _check_receivable(self, invoice):
        partner = invoice.partner.commercial_partner_id.with_company(invoice.subscription.company_id)
        account = partner.property_account_receivable_id
        if account and account.active:
            return None
        return Problem(
            const.ISSUE_RECEIVABLE,
            self.env._("The customer %s has no receivable account", partner.display_name),
            self.env._("Set a receivable account in the customer's Invoicing tab, then retry."),
            partner,
        )

    def _check_rate(self, invoice, rates):
        subscription = invoice.subscription
        currency, company = subscription.currency_id, subscription.company_id
        if currency == company.currency_id:
            return None
        dates = rates[company, currency]
        n = bisect_right(dates, invoice.invoice_date)
        if not n:
            return Problem(
                const.ISSUE_RATE,
                self.env._(
                    "There is no rate of %(currency)s on or before %(date)s",
                    currency=currency.name,
                    date=format_date(self.env, invoice.invoice_date),
                ),
                self.env._("Add a rate of this currency (Odoo would convert one to one), then retry."),
                currency,
            )
        if company.recurring_rate_max_age and dates[n - 1] < invoice.invoice_date - timedelta(days=company.recurring_rate_max_age):
            return Problem(
                const.ISSUE_OLD_RATE,
                self.env._(
                    "The newest rate of %(currency)s is of %(date)s", currency=currency.name, date=format_date(self.env, dates[n - 1])
                ),
                self.env._(
                    "Add a rate of this currency that is at most %s days old, or allow older ones in the settings, then retry.",
                    company.recurring_rate_max_age,
                ),
                currency,
            )
        return None

    def _rate_dates(self, planned, today):
        """By company and currency, the sorted dates of the known rates."""
        rates = defaultdict(list)
        pairs = {(invoice.subscription.company_id, invoice.subscription.currency_id) for invoice in planned}
        foreign = {(company, currency) for company, currency in pairs if currency != company.currency_id}
        for company, currency in foreign:
            # sudo: rates are read for whoever may bill
            found = (
                self.env["res.currency.rate"]
                .sudo()
                .search(
                    [
                        ("currency_id", "=", currency.id),
                        ("company_id", "in", (False, company.root_id.id)),
                        ("name", "<=", today),
                    ],
                    order="name",
                )
            )
            rates[company, currency] = found.mapped("name")
        return rates

    def _waits(self, subscription, invoices, today):
        return billing_dates.needs_confirmation(
            [charge.due_on for invoice in invoices if not invoice.is_free for charge in invoice.charges],
            today,
            limit_days=subscription.company_id.recurring_catch_up_days,
            confirmed_until=subscription.catch_up_confirmed_until or None,
        )

    def _catch_up_problem(self, subscription, invoices):
        currency = subscription.currency_id
        shown = "\n".join(
            self.env._(
                "%(start)s – %(end)s: %(amount)s",
                start=format_date(self.env, min((row.covered.start for row in invoice.rows), default=invoice.due_on)),
                end=format_date(self.env, max((row.covered.last_day for row in invoice.rows), default=invoice.due_on)),
                amount=format_amount(self.env, float(invoice.amount), currency),
            )
            for invoice in invoices
        )
        return Problem(
            const.ISSUE_CATCH_UP,
            self.env._(
                "%(count)s old invoices of %(subscription)s wait for a confirmation",
                count=len(invoices),
                subscription=subscription.display_name,
            ),
            self.env._(
                "The oldest work was due more than %s days ago. Look at the periods and the money below. Confirm to bill all of it; if "
                "it was billed elsewhere, set the last day billed there on the lines and retry.",
                subscription.company_id.recurring_catch_up_days,
            ),
            subscription,
            detail=shown,
        )
