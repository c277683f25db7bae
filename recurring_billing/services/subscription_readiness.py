from typing import Any, NamedTuple

from odoo import api, models
from odoo.fields import Domain

from .. import const


class Check(NamedTuple):
    """One thing to look at before the first bill.

    :param kind: a stable name.
    :param level: ``danger``: no right invoice comes without it; ``warning``: it will be missed later; ``info``: good to know.
    :param domain: the subscriptions that lack it.
    :param words: what is missing and what to do.
    :param target: path from the subscription to the record where it is mended; empty for the subscription itself.
    :param action: what the link says.
    """

    kind: str
    level: str
    domain: Any
    words: str
    target: str = ""
    action: str = ""


LEVELS = ("danger", "warning")
"""Those that make a subscription "to complete"; information does not."""


class RecurringSubscriptionReadiness(models.AbstractModel):
    """What a subscription lacks before its first bill: every check is a domain, so that a filter and a form say the same.

    Other modules add to ``_checks()``.
    """

    _name = "recurring.subscription.readiness"
    _description = "Checks before the First Bill"

    @api.private
    @api.model
    def missing(self, subscription):
        """The checks that one subscription does not pass, the gravest first.

        :return: list of Check
        """
        if subscription.state == const.CLOSED:
            return []
        found = [check for check in self._checks() if subscription.filtered_domain(self._when(check) & check.domain)]
        return sorted(found, key=lambda check: ("danger", "warning", "info").index(check.level))

    @api.private
    @api.model
    def incomplete_domain(self):
        """The subscriptions that lack something."""
        lacks = Domain.OR(self._when(check) & check.domain for check in self._checks() if check.level in LEVELS)
        return Domain("state", "!=", const.CLOSED) & lacks

    def _when(self, check):
        """What spoils an invoice matters as long as there are invoices, the rest before the first one."""
        return Domain.TRUE if check.level == "danger" else Domain("state", "in", (const.DRAFT, const.WAITING))

    @api.model
    def _checks(self):
        return [*self._checks_of_content(), *self._checks_of_customer(), *self._checks_of_accounting()]

    def _checks_of_content(self):
        fixed_price = Domain([("billing_type", "=", const.FIXED_PRICE), ("superseded", "=", False)])
        return [
            Check("lines", "danger", Domain("line_ids", "=", False), self.env._("Nothing is sold with it yet. Add a product below.")),
            Check(
                "price",
                "warning",
                Domain("line_ids", "any", fixed_price) & ~Domain("line_ids", "any", fixed_price & Domain("price_unit", "!=", 0)),
                self.env._("It costs nothing: every price is zero. Enter the prices, unless it is meant to be free."),
            ),
            Check(
                "old_start",
                "warning",
                self._starts_long_ago() & Domain("line_ids", "any", [("opening_until", "=", False)]),
                self.env._(
                    "It starts so long ago that the periods since then will wait for your confirmation. If they were billed elsewhere, "
                    'enter "Billed Until" on its lines; else choose a later start.'
                ),
            ),
        ]

    def _starts_long_ago(self):
        """Older than what is billed without a person's word, by each company's own limit and clock."""
        companies = self.env.companies
        limits = [
            Domain([("company_id", "=", company.id), ("start_date", "<", company._recurring_first_silent_day())]) for company in companies
        ]
        return Domain.OR(limits)

    def _checks_of_customer(self):
        return [
            Check(
                "archived",
                "danger",
                Domain("partner_id.active", "=", False) | Domain("partner_invoice_id.active", "=", False),
                self.env._("The customer is archived, so no invoice will be made. Unarchive the customer or choose another one."),
                "partner_id",
                self.env._("Open the customer"),
            ),
            Check(
                "email",
                "warning",
                Domain("partner_invoice_id.email", "=", False) & Domain("partner_id.email", "=", False),
                self.env._("The customer has no e-mail address, so invoices and reminders cannot be sent."),
                "partner_id",
                self.env._("Add an e-mail address"),
            ),
            Check(
                "vat",
                "warning",
                Domain("partner_id.commercial_partner_id.vat", "=", False) & self._needs_tax_id(),
                self.env._("The customer has no tax ID, which invoices, fiscal documents and payment slips need."),
                "partner_id.commercial_partner_id",
                self.env._("Add the tax ID"),
            ),
            Check(
                "phone",
                "info",
                Domain("partner_invoice_id.phone", "=", False) & Domain("partner_id.phone", "=", False),
                self.env._("The customer has no phone number: nobody can call or send a text message when a payment is late."),
                "partner_id",
                self.env._("Add a phone number"),
            ),
        ]

    def _needs_tax_id(self):
        """Companies everywhere; in Brazil persons too, by their CPF."""
        brazilian = self.env.companies.filtered(lambda company: company.country_id.code == "BR")
        return Domain("partner_id.commercial_partner_id.is_company", "=", True) | Domain("company_id", "in", brazilian.ids)

    def _checks_of_accounting(self):
        settings = self.env._("Open the journals")
        return [
            Check(
                "journal",
                "danger",
                Domain("journal_id.active", "=", False) & Domain("journal_id", "!=", False)
                | Domain("journal_id", "=", False) & Domain("company_id", "in", self._companies_without_journal().ids),
                self.env._("There is no sales journal for its invoices. Choose a journal, or create one in the accounting settings."),
                "journal_id",
                settings,
            ),
            Check(
                "product",
                "danger",
                Domain("line_ids.product_id.active", "=", False),
                self.env._("One of its products is archived, so no invoice will be made. Unarchive it or choose another product."),
                "line_ids.product_id",
                self.env._("Open the product"),
            ),
            Check(
                "rate",
                "danger",
                Domain("currency_id", "in", self._currencies_without_rate().ids),
                self.env._("There is no exchange rate for its currency. Enter one, or fetch the rates, before the first invoice."),
                "currency_id",
                self.env._("Open the currency"),
            ),
        ]

    def _companies_without_journal(self):
        companies = self.env.companies
        # sudo: salespeople may know whether there is a journal without reading it
        journals = self.env["account.journal"].sudo().search([("type", "=", "sale"), ("company_id", "parent_of", companies.ids)])
        return companies.filtered(lambda company: not journals.filtered(lambda journal: company in journal.company_id | company.child_ids))

    def _currencies_without_rate(self):
        """Foreign currencies in use that Odoo would convert at 1.0, for want of a rate."""
        lacking = self.env["res.currency"]
        for company in self.env.companies:
            # sudo: a rate belongs to the company, not to the reader
            used = self.env["recurring.subscription"].sudo()._read_group([("company_id", "=", company.id)], ["currency_id"])
            foreign = lacking.union(*(currency for (currency,) in used)) - company.currency_id
            rates = (
                self.env["res.currency.rate"]
                .sudo()
                ._read_group([("currency_id", "in", foreign.ids), ("company_id", "in", (False, company.root_id.id))], ["currency_id"])
            )
            lacking |= foreign - lacking.union(*(currency for (currency,) in rates))
        return lacking
