from odoo import api, models


class RecurringPaymentCollection(models.AbstractModel):
    """Charges what is due on saved cards, and tries again: RULES "Collecting"."""

    _name = "recurring.payment.collection"
    _description = "Charging of Saved Cards"

    @api.private
    @api.model
    def run_scheduled(self):
        """The scheduled action."""
        return True
