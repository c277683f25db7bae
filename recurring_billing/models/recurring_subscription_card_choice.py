from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq, format_date, hmac

from .. import const
from ..rules import retry

PAGE = "recurring_billing.card_page"


class RecurringSubscription(models.Model):
    """Whether the card of a subscription will do, and the page on which the customer chooses another one."""

    _inherit = "recurring.subscription"

    card_label = fields.Char("Pays With", compute="_compute_card_label", compute_sudo=True)
    card_problem = fields.Char(compute="_compute_card_label", compute_sudo=True)

    @api.depends("card_state", "payment_token_id.payment_details")
    @api.depends_context("lang", "recurring_today")
    def _compute_card_label(self):
        for subscription in self:
            subscription.card_label = subscription._card_in_words()
            subscription.card_problem = subscription._card_problem() if subscription._is_charged() else False

    def _is_charged(self):
        """Whether its invoices are charged by themselves."""
        self.ensure_one()
        return self._effective_invoice_mode() in const.CHARGING_MODES

    def _card_problem(self):
        """Why its card cannot be charged, or that there is none; empty when all is well."""
        self.ensure_one()
        token = self._recurring_payment_token()
        return token._recurring_unusable_for_customer(self.company_id) if token else self.env._("No payment method is saved.")

    def _card_in_words(self):
        """ "Visa •••• 4242, usable until 03/31/2027"."""
        self.ensure_one()
        # sudo: cards are told by their last digits to whoever may see the subscription
        token = self._recurring_payment_token().sudo()
        if not token:
            return False
        name = f"{token.payment_method_id.name} {token.display_name}"
        if not token.recurring_expiry:
            return self.env._("%s (expiry date not known)", name)
        return self.env._("%(card)s, usable until %(day)s", card=name, day=format_date(self.env, token.recurring_expiry))

    def _card_refusal(self):
        """The last charge of its present card that was refused, for an invoice that is not paid yet; empty when there is none.

        :return: the attempt
        """
        self.ensure_one()
        # sudo: customers may know what became of their card
        attempts = self.env["recurring.charge.attempt"].sudo()
        found = attempts.search(
            [
                ("subscription_ids", "in", self.ids),
                ("token_id", "in", self._recurring_payment_token().ids),
                ("move_id.payment_state", "in", ("not_paid", "partial")),
                ("outcome", "!=", False),
            ],
            limit=1,
        )
        return found if found.outcome in (retry.DECLINED_SOFT, retry.DECLINED_HARD) else attempts

    # Choosing another card

    def _choose_card(self, token):
        """From now on this card pays the subscription; it becomes the payer's own where the payer has none that will do.

        :raises UserError: for a card that cannot be charged, or of somebody else.
        """
        self.ensure_one()
        problem = token._recurring_unusable(self.company_id)
        if problem:
            raise UserError(self.env._("%s Choose another one.", problem))
        if not self._owns_card(token):
            raise UserError(self.env._("This card belongs to somebody else. Choose a card of your own."))
        self._hold_against_runs()
        before = self._recurring_payment_token()
        self.payment_token_id = token
        payer = self.partner_invoice_id.with_company(self.company_id)
        default = payer._recurring_default_token()
        if token.partner_id.commercial_partner_id == payer.commercial_partner_id and (
            not default or default._recurring_unusable(self.company_id)
        ):
            payer.recurring_token_id = token
        if before != token:
            self._message_log(body=self.env._("It is paid with the card %s from now on.", token.display_name))
        self._on_card_chosen()

    def _on_card_chosen(self):
        """For extensions: what waits for another card goes on."""

    # The page of the customer

    def _is_paid_by(self, partner):
        """Whether a customer, or their company or family, pays it."""
        return partner.commercial_partner_id == self.partner_invoice_id.commercial_partner_id

    def _is_card_known_to(self, partner):
        """Whether a customer may see the card that pays it: a card of theirs; where there is none, that it lacks one."""
        # sudo: whose card it is counts, whoever may read cards
        token = self._recurring_payment_token().sudo()
        return not token or token.partner_id.commercial_partner_id == partner.commercial_partner_id

    def _card_page_signature(self):
        """What opens the page without a login. It is worth nothing any more once somebody else pays."""
        self.ensure_one()
        # sudo: the database's secret signs it, whoever sends the link
        return hmac(self.sudo().env, PAGE, (self.id, self.partner_id.id, self.partner_invoice_id.id))

    def _is_card_page_signature(self, signature):
        return bool(signature) and consteq(self._card_page_signature(), signature)

    def _card_page_link(self):
        """The absolute address of the page on which the customer chooses the card, without a login."""
        self.ensure_one()
        path = f"/my/subscriptions/{self.id}/payment_method?signature={self._card_page_signature()}"
        return f"{self.get_base_url()}{path}"

    def action_card_page(self):
        """The page as the customer sees it: to send its address, or to let the customer type the card here."""
        self.check_access("write")
        return {"type": "ir.actions.act_url", "url": self._card_page_link(), "target": "new"}
