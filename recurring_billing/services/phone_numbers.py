import re

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.phone_validation.tools import phone_validation

from ..rules import whatsapp


class RecurringPhoneNumbers(models.AbstractModel):
    """Telephone numbers of customers as machines dial them."""

    _name = "recurring.phone.numbers"
    _description = "Telephone Numbers"

    @api.private
    @api.model
    def of(self, partner):
        """A customer's number with country code, and in words why there is none.

        A Brazilian mobile written without its ninth digit gets it.

        :return: ("+5551987654321", "") or ("", "Ana has no phone number.")
        """
        if not (partner.phone or "").strip():
            return "", self.env._("%(name)s has no phone number.", name=partner.display_name)
        country = partner.country_id or partner.commercial_partner_id.country_id or self.env.company.country_id
        number = self.dialled(partner.phone, country)
        if not number:
            return "", self.env._(
                "The phone number of %(name)s is not complete: write it with area code, like +55 51 98765-4321.", name=partner.display_name
            )
        return number, ""

    @api.private
    @api.model
    def dialled(self, written, country):
        """A number as it was written, with country code; empty where it is no number."""
        # From Brazil "0055 51…" would be a call by carrier 55 to Peru: nobody means that.
        written = re.sub(r"^\s*00", "+", str(written))
        for attempt in (written, f"+{whatsapp.person(written)}" if written.strip().startswith("+") else ""):
            try:
                found = attempt and phone_validation.phone_format(attempt, country.code, country.phone_code, force_format="E164")
            except UserError:
                continue
            if re.fullmatch(r"\+[1-9]\d{7,14}", found or ""):
                return f"+{whatsapp.person(found)}"
        return ""
