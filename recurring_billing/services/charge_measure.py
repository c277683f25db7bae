from odoo import api, models

from .. import const


class RecurringChargeMeasure(models.AbstractModel):
    """What is done when no try is left, as the retry plan says. Payments undo it: ``recurring.service.state``."""

    _name = "recurring.charge.measure"
    _description = "When No Try Is Left"

    @api.private
    @api.model
    def take(self, move, then):
        """Block the service, or close the subscriptions of an invoice that could not be charged."""
        if then == const.RETRY_BLOCK:
            self.env["recurring.service.state"].block_for_charge(move, move.company_id._recurring_today())
        elif then == const.RETRY_CLOSE:
            subscriptions = move.line_ids.recurring_subscription_id
            active = subscriptions.filtered(lambda subscription: subscription.state in (const.ACTIVE, const.PAUSED))
            if active:
                self.env["recurring.subscription.closing"].close(active, self.env.ref("recurring_billing.reason_debt"))
