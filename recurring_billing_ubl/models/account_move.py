from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _recurring_service_period(self):
        """The first and the last day of service on the invoice, or None. Every line's period lies inside, as Peppol demands."""
        self.ensure_one()
        dated = self.invoice_line_ids.filtered("recurring_start")
        if not dated:
            return None
        return min(dated.mapped("recurring_start")), max(dated.mapped("recurring_last_day"))
