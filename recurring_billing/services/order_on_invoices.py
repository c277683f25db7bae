from odoo import api, models


class RecurringInvoicePreparation(models.AbstractModel):
    """What an order agreed beyond money goes on to the invoices of its subscriptions, as on those of the order itself."""

    _inherit = "recurring.invoice.preparation"

    @api.private
    @api.model
    def prepare_move(self, invoice, periods, run_id, words=None):
        values = super().prepare_move(invoice, periods, run_id, words)
        subscription = invoice.subscription
        if subscription.partner_shipping_id and not subscription.beneficiary_id:
            values["partner_shipping_id"] = subscription.partner_shipping_id.id
        values.update({name: subscription[name].id for name in ("campaign_id", "medium_id", "source_id") if subscription[name]})
        return values
