from odoo import models


class AccountMove(models.Model):
    """What the portal and payment links ask for is the amount of the day."""

    _inherit = "account.move"

    def _get_invoice_next_payment_values(self, custom_amount=None):
        values = super()._get_invoice_next_payment_values(custom_amount=custom_amount)
        items = self._recurring_items_today() if values else []
        changed = any(item.fees.total or (item.discount and not item.is_native_discount) for item in items)
        if not changed:
            return values
        native = super()._get_invoice_next_payment_values()
        if native["installment_state"] == "epd":
            return values
        native.update(self._recurring_next_payment(items, native["installment_state"]))
        if custom_amount is None or not self.currency_id.compare_amounts(custom_amount, native["next_amount_to_pay"]):
            return native
        return {**values, **{name: native[name] for name in ("amount_due", "recurring_due", "recurring_fees_later")}}

    def _recurring_items_today(self):
        # sudo: the customer sees the amount of the day, with the rights of the portal
        move = self.sudo()
        return move.env["recurring.amount.due"].items(move)[move]

    def _recurring_next_payment(self, items, state):
        """The amounts to pay, with fees and discounts: all that is open, and the instalments to pay now."""
        today = self.company_id._recurring_today()
        now = items
        if state in ("overdue", "next"):
            # The company's day decides, not the one of who looks: by that of Greenwich tomorrow's instalments are late tonight.
            now = [item for item in items if (item.line.date_maturity or item.line.date) < today] or items[:1]
        return {
            "amount_due": float(sum(item.to_pay for item in items)),
            "next_amount_to_pay": float(sum(item.to_pay for item in now)),
            # sudo: see ``_recurring_items_today``
            "recurring_due": self.env["recurring.amount.due"].sudo().of(self)[self],
            "recurring_fees_later": any(item.fees.total and item.to_pay == item.residual - item.discount for item in items),
        }
