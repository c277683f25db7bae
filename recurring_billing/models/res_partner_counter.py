import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..rules.tax_number import readable

NUMBER = re.compile(r"[\d\s.,/()+-]*\d[\d\s.,/()+-]*")
FEWEST = 3  # digits before numbers are searched


class ResPartner(models.Model):
    """Payers are found as people at a counter say who they are: by name, CPF or phone, or by the name of whom they pay for."""

    _inherit = "res.partner"

    _recurring_vat_index = models.Index("(regexp_replace(upper(vat), '[^A-Z0-9]', '', 'g')) WHERE vat IS NOT NULL")

    @api.depends_context("recurring_find_payer")
    def _compute_display_name(self):
        res = super()._compute_display_name()
        if self.env.context.get("recurring_find_payer") and self.env.context.get("formatted_display_name"):
            for partner in self:
                # What tells people of one name apart, in the list that opens while somebody types.
                about = " · ".join(part for part in (readable(partner.vat), partner.phone) if part)
                partner.display_name = f"{partner.display_name} \t --{about}--" if about else partner.display_name
        return res

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        if not self.env.context.get("recurring_find_payer") or operator != "ilike" or not isinstance(value, str) or not value.strip():
            return domain
        return Domain(domain) | self._recurring_by_number(value.strip()) | self._recurring_by_beneficiary(value.strip())

    def _recurring_by_number(self, value):
        """Partners by a part of the tax number or phone, however it is written."""
        digits = re.sub(r"\D", "", value)
        if len(digits) < FEWEST or not NUMBER.fullmatch(value):
            return Domain.FALSE
        documents = SQL(
            "(SELECT id FROM res_partner WHERE vat IS NOT NULL AND regexp_replace(upper(vat), '[^A-Z0-9]', '', 'g') LIKE %s)", f"%{digits}%"
        )
        return Domain("id", "in", documents) | Domain("phone_mobile_search", "ilike", digits)

    def _recurring_by_beneficiary(self, value):
        """Who pays for somebody of this name."""
        subscriptions = self.env["recurring.subscription"]
        if not subscriptions.has_access("read"):
            return Domain.FALSE
        found = subscriptions.search([("beneficiary_id.name", "ilike", value)], limit=100)
        return Domain("id", "in", (found.partner_invoice_id | found.partner_id).commercial_partner_id.ids)

    def action_recurring_counter(self):
        """Take this customer's money."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_counter")
        return dict(action, context={"default_partner_id": self.commercial_partner_id.id})
