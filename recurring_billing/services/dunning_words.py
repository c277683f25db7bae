import re
from datetime import timedelta
from decimal import Decimal

from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_amount, format_date, html_escape

from ..const import dunning as const
from ..rules import wording

NOTHING = Decimal(0)
ABOUT_DEBTS = (const.TEXT_COMING, const.TEXT_TODAY, const.TEXT_OVERDUE, const.TEXT_NOTICE, const.TEXT_LAST, const.TEXT_BROKEN)
"""Texts that ask for money."""
NEEDED = ("amount", "due_date", "documents", "promise_date", "promise_amount", "paid_amount")
"""Names that must stand for something where they are used."""
IMAGINED = "recurring_imagined_message"
"""Key of the context: nothing is kept of what is only shown."""


class RecurringDunningWords(models.AbstractModel):
    """Says what a message to a customer says: its text filled in for the person, the debts and the day, in the person's language."""

    _name = "recurring.dunning.words"
    _description = "Words of Collection Messages"

    # Names in braces

    @api.private
    @api.model
    def values(self, message, owed=None):
        """What the names in braces stand for.

        :return: dict name → text, in the language of the environment
        """
        company, partner = message.company_id.sudo(), self._spoken_to(message)  # sudo: what the company's letterhead says
        owed = self.owed(message) if owed is None else owed
        today = company._recurring_today()
        told = message.told or {}
        days = message.template_id.answer_days or const.ANSWER_DAYS
        spoken_of = self._spoken_of(message, owed, today)
        values = {
            "name": partner.name or partner.commercial_partner_id.name or "",
            "first_name": self._first_name(partner),
            "company": company.name,
            "company_tax_id": self._tax_id(company),
            "company_address": self._address(company),
            "company_phone": company.phone or "",
            "company_email": company.email or "",
            "contact": self._contact(message),
            "today": format_date(self.env, today),
            "link": self.link(message, owed),
            "deadline": format_date(self.env, today + timedelta(days=days)),
            "amount": self.total(spoken_of),
            "fees": self._sum(spoken_of, "fees"),
            "documents": ", ".join(each.document for each in owed),
            "what_for": ", ".join(dict.fromkeys(each.what for each in owed if each.what)),
        }
        if spoken_of:
            oldest = min(each.due for each in spoken_of)
            values.update(due_date=format_date(self.env, oldest), days_late=str(max((today - oldest).days, 0)))
        return {**values, **self._told(told, company)}

    def _spoken_of(self, message, owed, today):
        """What the sentences are about: words that say when something will be due leave out what is late, which the list tells."""
        if message.template_id.kind not in (const.TEXT_COMING, const.TEXT_TODAY):
            return owed
        return [each for each in owed if each.due >= today] or owed

    def _spoken_to(self, message):
        return message.example_id._contact() if message.example_id else message.partner_id

    def _told(self, told, company):
        """What was told when the message was made: a day as ISO text, money as a number in company currency, text as it is."""
        found = {}
        for name, value in told.items():
            if name.endswith("_date") and value:
                found[name] = format_date(self.env, value)
            elif isinstance(value, (int, float)):
                found[name] = format_amount(self.env, value, company.currency_id)
            else:
                found[name] = str(value or "")
        return found

    def _first_name(self, partner):
        """How a person is addressed; a company by its name."""
        name = partner.name or partner.commercial_partner_id.name or ""
        return name if partner.is_company else name.split(" ")[0]

    @api.private
    @api.model
    def total(self, owed):
        """What is to be paid of all, each currency by itself."""
        return self._sum(owed, "to_pay")

    def _sum(self, owed, what):
        sums = {}
        for each in owed:
            sums[each.currency] = sums.get(each.currency, NOTHING) + getattr(each, what)
        return " + ".join(format_amount(self.env, float(amount), currency) for currency, amount in sums.items() if amount)

    def _tax_id(self, company):
        country = company.country_id
        return wording.tax_id(company.vat, country.vat_label or self.env._("Tax ID"), country.code)

    def _address(self, company):
        """The address in one line."""
        lines = company.partner_id._display_address(without_company=True).split("\n")
        return ", ".join(re.sub(r"\s+,", ",", " ".join(line.split())).strip(" ,") for line in lines if line.strip(" ,"))

    def _contact(self, message):
        """Who can be asked, and how."""
        owner = (message.user_id or message.case_id.user_id).sudo()  # sudo: a colleague's name and number are for the customer
        company = message.company_id.sudo()
        parts = (owner.name or company.name, owner.phone or company.phone, owner.email or company.email)
        return ", ".join(part for part in parts if part)

    @api.private
    @api.model
    def link(self, message, owed=None):
        """Where the customer sees everything and pays, without a login."""
        partner = (message.example_id or message.case_id or message).partner_id
        # sudo: the link is for the customer, whoever lets the message go
        return partner.sudo()._recurring_debts_link(message.company_id)

    # Messages

    @api.private
    @api.model
    def in_language(self, message):
        """The message and this service in the language of who reads it."""
        env = self.env(context={**self.env.context, "lang": self._lang(message)})
        return message.with_env(env), self.with_env(env)

    def _lang(self, message):
        known = {code for code, _name in self.env["res.lang"].get_installed()}
        mine = message.lang or message.partner_id.lang
        return mine if mine in known else self.env.lang or "en_US"

    @api.private
    @api.model
    def text_of(self, message):
        """The text of a message before its names are filled in: own words, else the text's for the way it goes."""
        if message.own_text:
            return message.own_text
        template = message.template_id
        return {
            const.SMS: template.sms_text,
            const.WHATSAPP: template.whatsapp_text or template.sms_text,
            const.LETTER: template.letter_text or template.body,
        }.get(message.channel, template.body) or ""

    @api.private
    @api.model
    def missing(self, message):
        """The names the words of a message use though they stand for nothing, so that a sentence would have a hole."""
        message, service = self.in_language(message)
        subject, values = message.own_subject or message.template_id.subject, service.values(message)
        return [name for name in wording.names_in(f"{subject} {service.text_of(message)}") if name in NEEDED and not values.get(name)]

    @api.private
    @api.model
    def subject(self, message, values):
        """The subject: it never tells a debt."""
        return wording.fill(message.own_subject or message.template_id.subject or "{company}", _open(values))

    @api.private
    @api.model
    def short(self, message):
        """The text of a message that is text alone: SMS, a chat."""
        message, service = self.in_language(message)
        return wording.fill(service.text_of(message), _open(service.values(message)))

    @api.private
    @api.model
    def mail(self, message):
        """An e-mail.

        :return: {subject, html: as it leaves, shown: what it says, as it is kept, amount: in company currency}
        """
        return self._document_of(message, "recurring_billing.dunning_email_content", "recurring_billing.dunning_email")

    @api.private
    @api.model
    def letter(self, message):
        """A letter; see ``mail``."""
        return self._document_of(message, "recurring_billing.dunning_letter_body")

    def _document_of(self, message, template, around=None):
        message, service = self.in_language(message)
        owed = service.owed(message) if service._asks_for_money(message) else []
        values = service.values(message, owed)
        before, after = wording.pieces(service.text_of(message), values)
        # sudo: name, address and tax number of the company stand on every message
        page = {
            "message": message,
            "company": message.company_id.sudo(),
            "values": values,
            "before": before,
            "after": after,
            "owed": owed,
            "sums": service._page_sums(owed),
            "pay": service._pay(message, owed, values),
            "service": service,
        }
        content = service.env["ir.qweb"]._render(template, page)
        return {
            "subject": service.subject(message, values),
            "html": service.env["ir.qweb"]._render(around, {**page, "content": content}) if around else content,
            "shown": content,
            "amount": service._in_company_currency(message, owed),
        }

    def _asks_for_money(self, message):
        kind = message.template_id.kind
        return kind in (*ABOUT_DEBTS, const.TEXT_STATEMENT) or (message.kind == const.KIND_MANUAL and kind != const.TEXT_THANKS)

    def _page_sums(self, owed):
        """What the box says besides the total."""
        return {"total": self.total(owed), "fees": self._sum(owed, "fees"), "credit": self._sum(owed, "credit")}

    def _in_company_currency(self, message, owed):
        company = message.company_id
        today = company._recurring_today()
        return sum(each.currency._convert(float(each.to_pay), company.currency_id, company, today) for each in owed)

    @api.private
    @api.model
    def as_html(self, text):
        """Plain text as it is kept and shown."""
        return Markup("<p>%s</p>") % Markup("<br/>").join(html_escape(line) for line in (text or "").split("\n"))

    @api.model
    def _filler(self):
        """What keeps readers of e-mail from showing the text itself beside the subject."""
        return Markup("&#847;&#8203;&#160;") * 90


def _open(values):
    """What may be told where others read along: translations are written past the check of names."""
    return {name: value for name, value in values.items() if name in wording.OPEN_NAMES}
