import logging

from psycopg2 import OperationalError

from odoo import Command, api, models
from odoo.fields import Domain

from .. import const

_logger = logging.getLogger(__name__)


class RecurringOrderPayment(models.AbstractModel):
    """Money paid online with an order: which part of it is for the first invoices of its subscriptions, and how it gets there.

    A payment of 30 % of the one-off part and of the first invoices pays 30 % of each. What is for first invoices that do not exist yet
    stays an outstanding credit that nothing else takes.
    """

    _name = "recurring.order.payment"
    _description = "Payment of an Order with Subscriptions"

    # Shares

    @api.model
    def _ratio(self, order):
        """The part of what the order costs to start that is paid, at most 1."""
        if order.currency_id.compare_amounts(order.recurring_start_amount, 0.0) <= 0:
            return 0.0
        return min(order.amount_paid / order.recurring_start_amount, 1.0)

    @api.model
    def _first_share(self, order):
        """What of the money paid is for the first invoices."""
        return order.currency_id.round(order.recurring_first_amount * self._ratio(order))

    @api.private
    @api.model
    def one_off_share(self, order):
        """What of the money paid is for what the order invoices itself, less the down payments it made already."""
        paid = min(order.amount_paid, order.recurring_start_amount)
        made = sum(order.order_line.filtered("is_downpayment").mapped("amount_invoiced"))
        return order.currency_id.round(paid - self._first_share(order) - made)

    @api.private
    @api.model
    def is_reserved(self, order):
        """Whether money paid for the order is kept for first invoices to come."""
        # sudo: what was paid counts, whoever may see it
        order = order.sudo()
        return bool(order.amount_paid) and order.currency_id.compare_amounts(self._reserved(order), 0.0) > 0

    def _reserved(self, order):
        """What is for first invoices and not reconciled with them yet."""
        credits = self._payments(order).move_id.line_ids
        return self._first_share(order) - self._allocated(credits, self._first_invoices(order))

    # After a payment

    @api.private
    @api.model
    def settle(self, orders):
        """Bill what is due of the subscriptions that were paid for, keep the card, reconcile.

        Billing is part of the transaction of the post-processing: both are done or none. When billing fails, the scheduled action bills
        later, and the payment is reconciled then.
        """
        # sudo: the payment settles what it was for, whoever watches it arrive
        for order in orders.sudo().filtered(lambda order: order.state == "sale" and order._recurring_lines()):
            service = self.env["recurring.order.confirmation"]._for_order(order).env[self._name]
            order = order.with_env(service.env)
            subscriptions = order.order_line.subscription_line_ids.subscription_id
            service._keep_card(order, subscriptions)
            service._bill(subscriptions)
            service._reconcile_first(order)

    def _keep_card(self, order, subscriptions):
        token = order.transaction_ids.filtered(lambda tx: tx.state in ("done", "authorized")).sorted("id").token_id[-1:]
        if token:
            # A card of somebody else, who paid the order in the customer's place, pays nothing more than that.
            subscriptions.filtered(lambda each: each.plan_id.save_card and each._owns_card(token)).payment_token_id = token

    def _bill(self, subscriptions):
        due = subscriptions.filtered(
            lambda subscription: (
                subscription.state in const.BILLED_STATES
                and not subscription.is_parked
                and subscription.next_invoice_date
                and subscription.next_invoice_date <= subscription.company_id._recurring_today()
            )
        )
        if not due:
            return
        try:
            with self.env.cr.savepoint():
                self.env["recurring.invoice.generation"].with_context(recurring_one_transaction=True).bill(due)
        except OperationalError:
            raise  # the whole post-processing starts again
        except Exception:
            _logger.exception("subscriptions %s are paid, but could not be billed now; the scheduled action will", due.ids)

    # Reconciliation

    def _on_posted(self, moves):
        """Reconcile posted invoices with what was paid for them online."""
        invoices = moves.filtered(lambda move: move.move_type == "out_invoice")
        lines = invoices.line_ids
        subscriptions, order_lines = lines.recurring_subscription_id, lines.sale_line_ids
        if not subscriptions and not order_lines:
            return
        mine = Domain("order_line.subscription_line_ids.subscription_id", "in", subscriptions.ids)
        mine |= Domain("order_line", "in", order_lines.ids) & Domain("order_line.recurring_plan_id", "!=", False)
        paid = Domain("transaction_ids", "any", [("state", "=", "done"), ("payment_id", "!=", False)])
        for order in self.env["sale.order"].search(mine & paid & Domain("state", "=", "sale")):
            self._reconcile_first(order)
            self._reconcile_own(order, invoices.filtered(lambda move, order=order: order in move.line_ids.sale_line_ids.order_id))

    def _payments(self, order):
        transactions = order.transaction_ids | order.transaction_ids.child_transaction_ids
        return transactions.filtered(lambda tx: tx.state == "done").payment_id.filtered(lambda payment: payment.state != "canceled")

    def _first_invoices(self, order):
        """Posted invoices that bill what the order sold as a subscription, oldest first."""
        lines = self.env["account.move.line"].search(
            [
                ("recurring_period_id.line_id.sale_line_id.order_id", "=", order.id),
                ("parent_state", "=", "posted"),
                ("move_id.move_type", "=", "out_invoice"),
            ]
        )
        return lines.move_id.sorted(lambda move: (move.invoice_date, move.id))

    def _reconcile_first(self, order):
        """Give the first invoices what was paid for them: of each the part that is paid of all."""
        payments, currency = self._payments(order), order.currency_id
        invoices = self._first_invoices(order)
        left, ratio = self._first_share(order) - self._allocated(payments.move_id.line_ids, invoices), self._ratio(order)
        for invoice in invoices:
            mine = currency.round(invoice.amount_total * ratio) - self._allocated(payments.move_id.line_ids, invoice)
            amount = min(mine, left, invoice.amount_residual)
            if currency.compare_amounts(amount, 0.0) > 0:
                left -= self._reconcile(payments, invoice, amount)

    def _reconcile_own(self, order, invoices):
        """Give invoices of the order itself what is not kept for first invoices, and show them the transactions."""
        payments, reserved = self._payments(order), self._reserved(order)
        transactions = order.transaction_ids.filtered("payment_id")
        for invoice in invoices:
            # Native reconciliation passes over a payment that counts as settled, though a part of it is open.
            free = -sum(self._open_lines(payments, invoice).mapped("amount_residual_currency")) - max(reserved, 0.0)
            amount = min(free, invoice.amount_residual)
            if order.currency_id.compare_amounts(amount, 0.0) > 0:
                self._reconcile(payments, invoice, amount)
            invoice.transaction_ids = [Command.link(transaction.id) for transaction in transactions]

    def _allocated(self, credit_lines, invoices):
        """How much of payments is reconciled with invoices, in the currency of these."""
        partials = invoices.line_ids.matched_credit_ids.filtered(lambda partial: partial.credit_move_id in credit_lines)
        return sum(partials.mapped("debit_amount_currency"))

    def _open_lines(self, payments, invoice):
        accounts = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term").account_id
        return payments.move_id.line_ids.filtered(
            lambda line: line.account_id in accounts and not line.reconciled and line.parent_state == "posted" and line.balance < 0
        )

    def _reconcile(self, payments, invoice, amount):
        """Reconcile an amount of payments with an invoice.

        :return: what was reconciled.
        """
        before = invoice.amount_residual
        for credit in self._open_lines(payments, invoice):
            left = amount - (before - invoice.amount_residual)
            if invoice.currency_id.compare_amounts(left, 0.0) <= 0:
                break
            debits = invoice.line_ids.filtered(lambda line, credit=credit: line.account_id == credit.account_id and not line.reconciled)
            (credit | debits).with_context(recurring_reconcile_up_to={credit.id: left}).reconcile()
        for payment in payments.filtered(lambda payment: not payment.move_id):
            payment.invoice_ids |= invoice
        return before - invoice.amount_residual
