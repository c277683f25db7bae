from odoo import api, fields, models

from .. import const
from .service_owned import refuse_service_owned


class SaleOrder(models.Model):
    """What is paid online: a percentage of the one-off part and of the first invoices as quoted, these taken whole."""

    _inherit = "sale.order"

    recurring_first_kept = fields.Monetary(
        "First Invoices Quoted", readonly=True, copy=False, help="What the first invoices came to when the order was confirmed."
    )
    recurring_start_kept = fields.Monetary(
        "Quoted to Start", readonly=True, copy=False, help="One-off part and first invoices when the order was confirmed."
    )
    recurring_first_amount = fields.Monetary("First Invoices", compute="_compute_recurring_start_amount")
    recurring_start_amount = fields.Monetary(
        "To Pay to Start",
        compute="_compute_recurring_start_amount",
        help="What is sold once, and the first invoices of the subscriptions. A percentage to be paid online is one of this.",
    )

    @api.depends(
        "state",
        "amount_total",
        "recurring_first_kept",
        "recurring_start_kept",
        "recurring_purpose",
        "recurring_start",
        "recurring_start_date",
        "recurring_extends_id",
        "order_line.recurring_plan_id",
        "order_line.price_total",
    )
    @api.depends_context("recurring_today")
    def _compute_recurring_start_amount(self):
        for order in self:
            if not order._recurring_lines():
                order.recurring_first_amount, order.recurring_start_amount = 0.0, order.amount_total
            elif order.state == "sale":
                order.recurring_first_amount, order.recurring_start_amount = order.recurring_first_kept, order.recurring_start_kept
            else:
                order.recurring_first_amount, order.recurring_start_amount = order._recurring_amounts()

    def _recurring_amounts(self):
        """What the first invoices come to as quoted, and with the one-off part, in the currency of the order."""
        first = self.currency_id.round(sum(invoice.total for invoice in self._recurring_first_invoices()))
        return first, self.currency_id.round(first + self._recurring_one_off_total())

    def _recurring_first_invoices(self):
        """The invoices that its confirmation leads to at once, as quoted."""
        self.ensure_one()
        if self.recurring_purpose not in (const.PURPOSE_NEW, const.PURPOSE_EXTEND):
            return []
        return self.env["recurring.quotation.outlook"].first_invoices(self)

    def _recurring_keep_amounts(self):
        """Keep what was quoted when the order is confirmed: it is what the payment is for, whatever a later day would quote."""
        if self._recurring_lines() and not self.recurring_start_kept:
            first, start = self._recurring_amounts()
            # sudo: kept by the confirmation, whoever confirms
            self.sudo().write({"recurring_first_kept": first, "recurring_start_kept": start})

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, self._recurring_payment_owned_fields(), vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, self._recurring_payment_owned_fields(), [vals])
        if vals.get("state") in ("draft", "cancel"):
            # sudo: what was quoted is quoted anew when it is confirmed again
            super(SaleOrder, self.sudo().filtered("recurring_start_kept")).write({"recurring_first_kept": 0.0, "recurring_start_kept": 0.0})
        return super().write(vals)

    @api.model
    def _recurring_payment_owned_fields(self):
        return {"recurring_first_kept", "recurring_start_kept"}

    # The amounts that Odoo asks for

    def _get_prepayment_required_amount(self):
        self.ensure_one()
        if not self.require_payment or not self._recurring_lines():
            return super()._get_prepayment_required_amount()
        percent = 1.0 if self.env.context.get("recurring_pay_in_full") else self.prepayment_percent
        return self.currency_id.round(self.recurring_start_amount * percent)

    def _is_paid(self):
        self.ensure_one()
        if not self._recurring_lines():
            return super()._is_paid()
        return self.currency_id.compare_amounts(self.amount_paid, self.recurring_start_amount) >= 0

    def _get_default_payment_link_values(self):
        values = super()._get_default_payment_link_values()
        if self._recurring_lines():
            rest = max(self.recurring_start_amount - self.amount_paid, 0.0)
            is_quotation = self.state in ("draft", "sent") and self.require_payment
            values.update(amount_max=rest, amount=values["prepayment_amount"] if is_quotation else rest)
        return values

    def _generate_downpayment_invoices(self):
        """The part of the payment that is for what the order invoices itself; the rest is for the first invoices."""
        recurring = self.filtered(lambda order: order._recurring_lines())
        invoices = super(SaleOrder, self - recurring)._generate_downpayment_invoices()
        for order in recurring:
            amount = self.env["recurring.order.payment"].one_off_share(order)
            if order.currency_id.compare_amounts(amount, 0.0) <= 0:
                continue
            wizard = order.env["sale.advance.payment.inv"].create(
                {"sale_order_ids": order, "advance_payment_method": "fixed", "fixed_amount": amount}
            )
            invoices |= wizard._create_invoices(order)
        return invoices

    def _prepare_invoice(self):
        """Money kept for first invoices that are still to come is not taken by the order's own invoice; see the service."""
        values = super()._prepare_invoice()
        if self._recurring_lines() and self.env["recurring.order.payment"].is_reserved(self):
            # sudo: as natively, the invoice is linked to transactions whoever makes it
            open_transactions = self.sudo().transaction_ids.filtered(lambda tx: tx.state in ("pending", "authorized"))
            values["transaction_ids"] = [fields.Command.set(open_transactions.ids)]
        return values

    def _recurring_saves_card(self):
        """Whether a plan of the order wants the card that pays it to be kept."""
        return any(plan.save_card for plan in self._recurring_lines().recurring_plan_id)
