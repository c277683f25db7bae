from odoo import api, models


class RecurringSubscription(models.Model):
    """Whether the card will do is part of what is missing."""

    _inherit = "recurring.subscription"

    @api.depends("card_state")
    @api.depends_context("recurring_today")
    def _compute_readiness(self):
        return super()._compute_readiness()
