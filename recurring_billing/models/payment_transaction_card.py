from odoo import fields, models

from ..rules import card_expiry


class PaymentTransaction(models.Model):
    """Cards that are saved: until when they can be charged, and what they pay from now on."""

    _inherit = "payment.transaction"

    recurring_card_subscription_id = fields.Many2one(
        "recurring.subscription",
        "Card for Subscription",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The customer saves this card to pay the subscription.",
    )

    def _tokenize(self, payment_data):
        res = super()._tokenize(payment_data)
        if self.token_id and not self.token_id.recurring_expiry:
            self.token_id.recurring_expiry = self._recurring_expiry_told(payment_data)
        return res

    def _recurring_expiry_told(self, payment_data):
        """The last day of the card, where the provider's answer tells it; providers with another shape override this.

        :return: date, or False where it is not known.
        """
        return card_expiry.expiry_in(payment_data) or False

    def _post_process(self):
        """After the money is booked, never while the provider's answer is: nothing of ours may undo what was paid."""
        res = super()._post_process()
        for transaction in self:
            is_new = transaction.operation in ("online_direct", "online_redirect", "validation")
            if is_new and transaction.token_id and transaction.state in ("done", "authorized"):
                transaction._recurring_adopt_card()
        return res

    def _recurring_adopt_card(self):
        """A card saved for a subscription pays it; one saved with the payment of an invoice pays what had no usable card."""
        # sudo: who pays may be anybody with the link; the card belongs to the customer, or it is not adopted
        mine = self.sudo()
        lacking = mine.invoice_ids.line_ids.recurring_subscription_id.filtered(lambda each: each._is_charged() and each._card_problem())
        for subscription in lacking | mine.recurring_card_subscription_id:
            token = mine.token_id
            if subscription._owns_card(token) and not token._recurring_unusable(subscription.company_id):
                subscription._choose_card(token)
