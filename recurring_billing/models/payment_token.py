from odoo import api, fields, models
from odoo.tools import format_date

from ..rules.retry import without_card_numbers
from .service_owned import refuse_service_owned


class PaymentToken(models.Model):
    """What recurring billing knows of a saved card: until when it can be used, and why not."""

    _inherit = "payment.token"

    recurring_expiry = fields.Date(
        "Usable Until", help="The last day it can be charged, as the provider tells it. Empty: not known, the provider does not tell."
    )
    recurring_switched_off = fields.Boolean(
        "Removed with Its Provider",
        readonly=True,
        default=False,
        help="It was archived because its provider was switched off or changed, not by its owner.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, {"recurring_switched_off"}, vals_list)
        return super().create([self._recurring_without_number(vals) for vals in vals_list])

    def write(self, vals):
        refuse_service_owned(self, {"recurring_switched_off"}, [vals])
        return super().write(self._recurring_without_number(vals))

    @api.model
    def _recurring_without_number(self, vals):
        """A whole card number, which some provider may give as the card's details, is not kept: only its last digits."""
        details = vals.get("payment_details") or ""
        if without_card_numbers(details) == details:
            return vals
        return {**vals, "payment_details": "".join(filter(str.isdigit, details))[-4:]}

    def _recurring_unusable_for_customer(self, company=None):
        """Why the card cannot be charged, as its owner is told: what the bank answered, or who disputes what, is not repeated."""
        self.ensure_one()
        words = self._recurring_unusable(company)
        if words and self.sudo().recurring_refused:  # sudo: whether a card can be charged is told whoever asks
            return self.env._("The card %s was refused by its bank.", self.sudo().display_name)
        return words

    def get_linked_records_info(self):
        """A customer who removes a card reads first which subscriptions it pays."""
        found = super().get_linked_records_info()
        # sudo: the subscriptions that the customer's own card pays
        subscriptions = self.sudo().env["recurring.subscription"].search([("payment_token_id", "=", self.id), ("state", "!=", "closed")])
        return found + [
            {
                "description": self.env._("Subscription"),
                "id": each.id,
                "name": f"{each.name} ({each.product_summary})",
                "url": f"/my/subscriptions/{each.id}/payment_method",
            }
            for each in subscriptions
        ]

    def _recurring_unusable(self, company=None):
        """Why the card cannot be charged, in words for whoever looks after it; empty when it can.

        :param company: whose today counts; the card's own, else the environment's.
        """
        self.ensure_one()
        # sudo: whether a card can be charged follows from the provider's settings, whoever asks
        token = self.sudo()
        today = (company or token.company_id or self.env.company)._recurring_today()
        if not token.active:
            return self.env._("The card %s was removed.", token.display_name)
        if token.recurring_expiry and token.recurring_expiry < today:
            return self.env._(
                "The card %(card)s expired on %(day)s.", card=token.display_name, day=format_date(self.env, token.recurring_expiry)
            )
        if token.provider_id.state == "disabled":
            return self.env._("%s is switched off, so its cards cannot be charged.", token.provider_id.name)
        if not token.payment_method_id.active:
            return self.env._("%s is not accepted any more.", token.payment_method_id.name)
        return ""

    def _recurring_read_expiry(self):
        """The last day on which the card can be charged, where the provider tells it.

        A provider overrides this; it may ask over the network, with a time-out. Called from the scheduled action of card notices for
        cards whose expiry is not known, and never inside a charge.

        :return: date, or False where it is not known.
        """
        self.ensure_one()
        return False
