from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _recurring_is_brazilian(self):
        """Whether Brazilian law on price revisions concerns the company: by its country or its currency."""
        self.ensure_one()
        # sudo: everybody may know where a company is
        company = self.sudo()
        return company.country_id.code == "BR" or company.currency_id.name == "BRL"
