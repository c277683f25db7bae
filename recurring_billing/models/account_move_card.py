from odoo import models


class AccountMove(models.Model):
    """The card that pays an invoice."""

    _inherit = "account.move"

    def _recurring_payment_token(self):
        """The card to charge for the invoice, usable or not: that of its subscriptions where they agree and this is their payer, else the
        payer's own. Nobody's card pays what somebody else owes.
        """
        self.ensure_one()
        # sudo: which card is charged follows from the invoice, whoever may read cards
        move = self.sudo()
        payer = move.partner_id.with_company(move.company_id)
        subscriptions = move.line_ids.recurring_subscription_id.filtered(
            lambda subscription: subscription.partner_invoice_id.commercial_partner_id == payer.commercial_partner_id
        )
        chosen = {subscription._recurring_payment_token() for subscription in subscriptions}
        token = chosen.pop() if len(chosen) == 1 else payer._recurring_default_token()
        return token.with_env(self.env)
