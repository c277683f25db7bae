from odoo import models
from odoo.tools import format_amount, format_date


class AccountMove(models.Model):
    """What customers read about paying an invoice, in messages, on paper and in the portal."""

    _inherit = "account.move"

    def _recurring_code_words(self, code):
        """The words around a payment code, in the language of the environment.

        :return: dict title, hint, amount, fees (or empty), confirmation
        """
        self.ensure_one()
        is_pix = self.env["recurring.payment.code"].is_pix(code)
        return {
            "title": self.env._("Pay with Pix") if is_pix else self.env._("Pay by bank transfer"),
            "hint": (
                self.env._("Open your bank's app, choose Pix and scan the code, or copy the code below and paste it there.")
                if is_pix
                else self.env._("Scan the code with your bank's app.")
            ),
            "amount": format_amount(self.env, code["amount"], self.currency_id),
            "fees": self._recurring_fees_in_words(),
            "confirmation": self._recurring_confirmation_in_words(code),
        }

    def _recurring_confirmation_in_words(self, code):
        if code["confirmed_by_hand"]:
            return self.env._("We confirm payments by this code by hand, so it may take until the next business day.")
        return self.env._("The payment is confirmed by itself within moments.")

    def _recurring_fees_in_words(self):
        """What the amount of the day is made of, where it is not simply what is open."""
        today = format_date(self.env, self.company_id._recurring_today())
        if self.currency_id.compare_amounts(self.recurring_fees_today, 0.0) > 0:
            fees = format_amount(self.env, self.recurring_fees_today, self.currency_id)
            return self.env._("Amount of %(day)s, with %(fees)s of late fees. It changes from day to day.", day=today, fees=fees)
        if self.currency_id.compare_amounts(self.recurring_discount_today, 0.0) > 0:
            discount = format_amount(self.env, self.recurring_discount_today, self.currency_id)
            return self.env._("Amount of %(day)s, less %(discount)s for paying early.", day=today, discount=discount)
        return ""

    def _recurring_link_in_words(self):
        """What the link of a message promises."""
        if self._recurring_is_charged_by_itself():
            return self.env._("View the invoice")
        if self._recurring_is_paid_online():
            return self.env._("Pay online")
        return self.env._("View and pay")

    def _recurring_payment_block(self):
        """How the invoice is paid, as messages show it; nothing where there is nothing to pay."""
        self.ensure_one()
        if not self._recurring_is_payable():
            return ""
        lang = self.partner_id.lang or self.env.lang
        move = self.with_context(lang=lang)
        code = move._recurring_shown_code()
        charged = move._recurring_is_charged_by_itself()
        values = {
            "move": move,
            "code": code,
            "words": move._recurring_code_words(code) if code else {},
            "picture": self.env["recurring.payment.code"].picture_for_mail(code) if code else "",
            "link": f"{move.get_base_url()}{move.get_portal_url()}" if charged else move._recurring_pay_link(),
            "charged": move._recurring_card_notice().get("words") if charged else "",
        }
        return self.env["ir.qweb"].with_context(lang=lang)._render("recurring_billing.message_payment_block", values)
