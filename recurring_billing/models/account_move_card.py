from odoo import models

from .. import const


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

    def _recurring_card_notice(self):
        """What the customer reads about the card on an invoice that is charged by itself.

        :return: dict level, words, url, action; {} where there is nothing to say
        """
        self.ensure_one()
        # sudo: customers may know which card of theirs pays, and what became of it
        move = self.sudo()
        subscription = move.line_ids.recurring_subscription_id[:1]
        is_ours = subscription and move.partner_id.commercial_partner_id == subscription.partner_invoice_id.commercial_partner_id
        if not (is_ours and subscription._is_charged() and move._recurring_is_payable()):
            return {}
        problem, refusal = subscription._card_problem(), subscription._card_refusal()
        notice = {"level": "danger", "url": subscription._card_page_link(), "action": self.env._("Change the card")}
        if refusal.move_id == move:
            words = self.env._("The card %s was refused. Save another card, or pay now another way.", refusal.token_id.display_name)
            return {**notice, "words": words}
        if problem:
            return {**notice, "words": self.env._("%s Save a card, or pay now another way.", problem), "action": self.env._("Save a card")}
        if not move._recurring_is_charged_by_itself():
            return {}
        token = move._recurring_payment_token().sudo()
        words = self.env._("It is charged to the card %s by itself: you need do nothing.", token.display_name)
        return {**notice, "level": "info", "words": words}

    def _recurring_is_charged_by_itself(self):
        """Whether a card that will do is charged for it without anybody doing anything; who paid otherwise meanwhile would pay twice."""
        self.ensure_one()
        # sudo: see ``_recurring_payment_token``
        move = self.sudo()
        if move.recurring_invoice_mode not in const.CHARGING_MODES or not move.company_id.recurring_charge or move.recurring_charge_stop:
            return False
        token = move._recurring_payment_token()
        return bool(token) and not token._recurring_unusable(move.company_id)
