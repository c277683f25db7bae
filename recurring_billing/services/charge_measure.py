from odoo import api, models

from .. import const


class RecurringChargeMeasure(models.AbstractModel):
    """What is done when no try is left, as the retry plan says, and undone when the debt is paid."""

    _name = "recurring.charge.measure"
    _description = "When No Try Is Left"

    @api.private
    @api.model
    def take(self, move, then):
        """Block the service, or close the subscriptions of an invoice that could not be charged."""
        subscriptions = move.line_ids.recurring_subscription_id
        if then == const.RETRY_BLOCK:
            running = subscriptions.filtered(
                lambda subscription: (
                    subscription.state in (const.ACTIVE, const.PAUSED) and subscription.service_state == const.RUNNING_SERVICE
                )
            )
            running.write({"service_state": const.BLOCKED_SERVICE, "charge_blocked_by_id": move.id})
            self._tell(running, self.env._("The service is blocked: %s could not be charged.", move._get_html_link()))
        elif then == const.RETRY_CLOSE:
            active = subscriptions.filtered(lambda subscription: subscription.state in (const.ACTIVE, const.PAUSED))
            if active:
                self.env["recurring.subscription.closing"].close(active, self.env.ref("recurring_billing.reason_debt"))

    @api.private
    @api.model
    def lift(self, moves):
        """The debt is paid: what was blocked for it runs again, unless another debt blocks it too."""
        blocked = self.env["recurring.subscription"].search([("charge_blocked_by_id", "in", moves.ids)])
        blocked.write({"service_state": const.RUNNING_SERVICE, "charge_blocked_by_id": False})
        self._tell(blocked, self.env._("Paid: the service runs again."))

    def _tell(self, subscriptions, words):
        for subscription in subscriptions:
            subscription._message_log(body=words)
