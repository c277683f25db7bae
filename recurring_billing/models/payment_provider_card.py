from odoo import models


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    def _archive_linked_tokens(self):
        """Cards that go with their provider were not removed by their owners, who are not told so."""
        tokens = self.env["payment.token"].search([("provider_id", "in", self.ids)])
        # sudo: kept by billing itself
        tokens.sudo().recurring_switched_off = True
        return super()._archive_linked_tokens()
