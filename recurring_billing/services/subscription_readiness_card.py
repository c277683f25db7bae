from odoo import api, models
from odoo.fields import Domain

from .. import const
from .subscription_readiness import Check


class RecurringSubscriptionReadiness(models.AbstractModel):
    """What is charged by itself needs a card, at the first bill and at every later one."""

    _inherit = "recurring.subscription.readiness"

    @api.model
    def _checks(self):
        return [*super()._checks(), *self._checks_of_card()]

    def _checks_of_card(self):
        page = self.env._("The button Payment Page leads to where the customer does it.")
        return [
            Check(
                "card_missing",
                "warning",
                Domain("card_state", "=", const.CARD_MISSING),
                self.env._("It is charged by itself, but no card is saved: its invoices stay open until the customer pays. %s", page),
            ),
            Check(
                "card_unusable",
                "warning",
                Domain("card_state", "=", const.CARD_UNUSABLE),
                self.env._("Its card cannot be charged any more: the customer has to save another one. %s", page),
            ),
            Check(
                "card_expiring",
                "warning",
                Domain("card_state", "=", const.CARD_EXPIRING),
                self.env._("Its card expires within 30 days. The customer may save the new one already. %s", page),
            ),
            Check(
                "card_undated",
                "info",
                Domain("card_state", "=", const.CARD_UNDATED),
                self.env._("The payment provider does not tell until when its card can be used: nobody is warned before it expires."),
            ),
        ]

    def _when(self, check):
        """A card matters as long as there is something to charge."""
        if check.kind.startswith("card_") and check.level != "info":
            return Domain("state", "in", (const.DRAFT, const.WAITING, const.ACTIVE, const.PAUSED))
        return super()._when(check)
