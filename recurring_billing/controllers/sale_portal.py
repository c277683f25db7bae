from odoo.addons.sale.controllers.portal import CustomerPortal


class RecurringSalePortal(CustomerPortal):
    """The quotation in the portal asks for the one-off part and the first invoices, not for a full period of everything."""

    def _determine_is_down_payment(self, order_sudo, amount_selection, payment_amount):
        if order_sudo._recurring_lines() and amount_selection not in ("down_payment", "full_amount") and payment_amount is not None:
            return payment_amount < order_sudo.recurring_start_amount
        return super()._determine_is_down_payment(order_sudo, amount_selection, payment_amount)

    def _get_payment_values(self, order_sudo, is_down_payment=False, payment_amount=None, **kwargs):
        if order_sudo._recurring_lines():
            # What is asked for in full is asked for as a down payment of all of it: its amount is ours.
            whole = order_sudo.recurring_start_amount
            rest = max(whole - order_sudo.amount_paid, 0.0)
            if order_sudo.state == "sale":
                is_down_payment, payment_amount = False, min(payment_amount or rest, rest) or payment_amount
            else:
                is_part = is_down_payment and payment_amount and payment_amount < whole
                payment_amount = payment_amount if is_part else None
                order_sudo = order_sudo.with_context(recurring_pay_in_full=not is_down_payment)
                is_down_payment = True
        return super()._get_payment_values(order_sudo, is_down_payment=is_down_payment, payment_amount=payment_amount, **kwargs)
