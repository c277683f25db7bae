from odoo import models


class RecurringSubscription(models.Model):
    """Charging the invoices of a subscription by itself, as its form shows it."""

    _inherit = "recurring.subscription"
