from markupsafe import Markup

from odoo import api, models

PAYMENT_BLOCK = "o_recurring_payment"


class AccountMoveSend(models.AbstractModel):
    """Every message with an invoice says how it is paid."""

    _inherit = "account.move.send"

    @api.model
    def _get_default_mail_body(self, move, mail_template, mail_lang):
        """A template places the block itself (``object._recurring_payment_block()``); behind every other text it is added."""
        body = super()._get_default_mail_body(move, mail_template, mail_lang)
        if not body or PAYMENT_BLOCK in body:
            return body
        return Markup(body) + move._recurring_payment_block()
