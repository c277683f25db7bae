from odoo import models


class AccountMove(models.Model):
    """An invoice that was paid in another way is not debited as well."""

    _inherit = "account.move"

    def _recurring_on_settled(self):
        super()._recurring_on_settled()
        self.env["recurring.mandate.collection"].take_back(self.recurring_debit_ids)
