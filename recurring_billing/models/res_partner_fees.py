from odoo import models

from ..rules.tax_number import is_cpf


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _recurring_is_consumer(self, company):
        """Whether the customer is a person with a CPF, whose fines Brazilian law limits."""
        self.ensure_one()
        payer = self.commercial_partner_id
        country = payer.country_id.code
        return (country == "BR" or (not country and company._recurring_is_brazilian())) and is_cpf(payer.vat)
