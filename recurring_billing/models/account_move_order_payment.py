from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """What was paid online with the order is reconciled with the invoices it was for, as soon as they are posted."""
        posted = super()._post(soft)
        # sudo: the payment belongs to these invoices, whoever posts them
        self.env["recurring.order.payment"].sudo()._on_posted(posted.sudo())
        return posted

    def _recurring_orders(self):
        """The orders that sold what is billed here."""
        # sudo: whoever bills or charges need not see orders
        return self.sudo().line_ids.recurring_period_id.line_id.sale_line_id.order_id

    def _recurring_order_payments(self):
        """The payments of its order, which are for it too. Invoices after the first ones are not paid with the order."""
        self.ensure_one()
        first = self.env["recurring.order.payment"]._first_invoices
        orders = self._recurring_orders().filtered(lambda order: not (made := first(order)) or made[0].invoice_date == self.invoice_date)
        return orders.transaction_ids

    def _recurring_is_charged_first(self):
        # What was paid with the order pays the invoice once it is posted; only what is left is charged.
        payment = self.env["recurring.order.payment"]
        return super()._recurring_is_charged_first() and not any(payment.is_reserved(order) for order in self._recurring_orders())
