from odoo import api, fields, models

from .service_owned import refuse_service_owned


class PaymentToken(models.Model):
    """A card that was refused for good is never charged again by itself."""

    _inherit = "payment.token"

    recurring_refused = fields.Char(
        "Refused", readonly=True, copy=False, help="Why this card is not charged by itself any more: the provider's words, or a chargeback."
    )

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, {"recurring_refused"}, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, {"recurring_refused"}, [vals])
        return super().write(vals)

    def _recurring_refuse(self, words):
        """Never charge this card by itself again."""
        for token in self:
            # sudo: what the provider answered is kept by the service
            token.sudo().recurring_refused = words

    def _recurring_unusable(self, company=None):
        self.ensure_one()
        why = super()._recurring_unusable(company)
        if not why and self.sudo().recurring_refused:  # sudo: whether a card can be charged is told whoever asks
            why = self.env._(
                "The card %(card)s was refused for good: %(words)s", card=self.sudo().display_name, words=self.sudo().recurring_refused
            )
        return why
