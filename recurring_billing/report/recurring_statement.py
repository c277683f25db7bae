from odoo import api, models
from odoo.tools import format_date

from ..rules.tax_number import is_cpf, readable


class ReportRecurringStatement(models.AbstractModel):
    """What the paper of a statement says."""

    _name = "report.recurring_billing.report_recurring_statement"
    _description = "Statement"

    @api.model
    def _get_report_values(self, docids, data=None):
        partners = self.env["res.partner"].browse(docids)
        company = self.env["res.company"].browse((data or {}).get("company_id")) or self.env.company
        found = {}
        for lang, mine in partners.grouped(lambda partner: partner.lang or company.partner_id.lang).items():
            found.update(self.with_context(lang=lang).env["recurring.customer.statement"].of(mine, company))
        return {
            "doc_ids": docids,
            "doc_model": "res.partner",
            "docs": partners,
            "company": company,
            "day": company._recurring_today(),
            "statements": {partner.id: found.get(partner.commercial_partner_id, []) for partner in partners},
            "issuer": lambda lang: self.with_context(lang=lang)._issuer(company),
            "address": self._address,
            "payer_number": self._payer_number,
            "link": lambda partner: partner._recurring_debts_link(company),
            "picture": self._picture,
            "in_words": lambda day, lang: format_date(self.env, day, lang_code=lang),
        }

    def _issuer(self, company):
        """Tax number, address, phone and e-mail of the company on one line: what a letter about a debt must say."""
        # sudo: what the company prints of itself, whoever prints
        partner = company.sudo().with_env(self.env(su=True)).partner_id
        label = company.country_id.vat_label
        vat = partner.vat and " ".join(part for part in (label, readable(partner.vat)) if part)
        return " · ".join(part for part in (vat, self._address(partner), partner.phone, partner.email) if part)

    def _address(self, partner):
        """An address on one line."""
        lines = partner._display_address(without_company=True).splitlines()
        return ", ".join(line.strip(" ,") for line in lines if line.strip(" ,"))

    def _payer_number(self, partner):
        vat = readable(partner.vat)
        label = "CPF" if is_cpf(vat) else partner.country_id.vat_label
        return vat and " ".join(part for part in (label, vat) if part)

    def _picture(self, text):
        return self.env["recurring.payment.code"].picture({"barcode_type": "QR", "value": text})
