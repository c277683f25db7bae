from odoo import api, models


class ResPartner(models.Model):
    """How a customer who owes is reached, and what of it was asked not to be used."""

    _inherit = "res.partner"

    @api.private
    def _recurring_debts_link(self, company):
        """Where the customer sees what is owed to a company and pays."""
        self.ensure_one()
        return f"{company.get_base_url()}/my/invoices"
