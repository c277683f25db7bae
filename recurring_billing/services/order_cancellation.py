from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import const


class RecurringOrderCancellation(models.AbstractModel):
    """What happens to subscriptions when their order is cancelled, changed after its confirmation, or deleted.

    What was never billed follows the order; what was billed is closed by a person first, who decides about credits there.
    """

    _name = "recurring.order.cancellation"
    _description = "Subscriptions of a Cancelled Order"

    @api.private
    @api.model
    def cancel(self, order):
        """Subscriptions that were not billed go back to draft and stay with the order; lines it added elsewhere are taken away.

        Draft invoices are cancelled, as those of the order itself.

        :raises UserError: when something was billed and is not closed.
        """
        service = self.env["recurring.order.confirmation"]._for_order(order)
        made = service._made_by(order).filtered(lambda subscription: subscription.state != const.CLOSED)
        added = service.env["recurring.subscription.line"].search([("sale_line_id.order_id", "=", order.id)])
        added = added.filtered(lambda line: line.subscription_id.order_id != order and line.subscription_id.state != const.CLOSED)
        (made | added.subscription_id)._hold_against_runs()
        service.env["recurring.order.cancellation"]._drop_drafts(made.period_ids | added.period_ids)
        for subscription in made:
            if subscription._is_billed():
                self._refuse_cancel(order, subscription)
        for line in added.filtered(lambda line: line._is_billed()):
            if line._ends_after(line.company_id._recurring_today()):
                self._refuse_cancel_line(order, line)
        made.filtered(lambda subscription: subscription.state != const.DRAFT).action_back_to_draft()
        service.drop_lines(added.filtered(lambda line: not line._is_billed()))

    def _drop_drafts(self, periods):
        """Cancel draft invoices that bill these periods alone; of others only the lines of these."""
        lines = periods.filtered(lambda period: not period.voided).move_line_ids.filtered(lambda line: line.parent_state == "draft")
        for move in lines.move_id:
            mine = move.invoice_line_ids & lines
            if move.invoice_line_ids - mine:
                mine.unlink()
            else:
                move.button_cancel()

    def _refuse_cancel(self, order, subscription):
        raise UserError(
            self.env._(
                "%(order)s cannot be cancelled: its subscription %(subscription)s is billed until %(day)s and would go on. Close the "
                "subscription first; there you decide whether unused time is given back.",
                order=order.display_name,
                subscription=subscription.display_name,
                day=format_date(self.env, subscription._last_billed_day() or subscription.start_date),
            )
        )

    def _refuse_cancel_line(self, order, line):
        raise UserError(
            self.env._(
                '%(order)s cannot be cancelled: it added "%(line)s" to %(subscription)s, which is billed. End that line first, with Change '
                "on the subscription.",
                order=order.display_name,
                line=line.product_id.display_name,
                subscription=line.subscription_id.display_name,
            )
        )

    @api.private
    @api.model
    def forget(self, orders):
        """The subscriptions of orders that are deleted: never billed ones go with them.

        :raises UserError: when one was billed.
        """
        # sudo: who may delete an order may delete what it made, as long as nothing was billed
        made = self.env["recurring.subscription"].sudo().search([("order_id", "in", orders.ids)])
        for subscription in made:
            if subscription.state not in (const.DRAFT, const.WAITING) or subscription.period_ids:
                raise UserError(
                    self.env._(
                        "%(subscription)s came from %(order)s and was billed, so the order must stay.",
                        subscription=subscription.display_name,
                        order=subscription.order_id.display_name,
                    )
                )
        made.filtered(lambda subscription: subscription.state == const.WAITING).action_back_to_draft()
        # Lines first: PostgreSQL checks what points to both of them, where that was written in the same transaction.
        made.line_ids.unlink()
        made.unlink()

    @api.private
    @api.model
    def forget_lines(self, order_lines):
        """The subscription lines of order lines that are deleted: never billed ones go with them; billed ones stay as they are."""
        # sudo: who may delete an order line may delete what it made, as long as nothing was billed
        lines = self.env["recurring.subscription.line"].sudo().search([("sale_line_id", "in", order_lines.ids)])
        free = lines.filtered(lambda line: not line._is_billed() and line.subscription_id.state != const.CLOSED)
        self.env["recurring.order.confirmation"].sudo().drop_lines(free)

    @api.private
    @api.model
    def follow(self, order_lines):
        """Confirmed order lines have changed: what was not billed follows them.

        :raises UserError: when one was billed; then the subscription itself is changed.
        """
        for order in order_lines.order_id:
            mine = order_lines.filtered(lambda line, order=order: line.order_id == order)
            # sudo: every billed period counts, whoever may see it
            for line in mine.sudo().subscription_line_ids:
                if line._is_billed() or (line.subscription_id._is_billed() and line.subscription_id.state == const.CLOSED):
                    raise UserError(
                        self.env._(
                            '"%(line)s" of %(order)s is billed by %(subscription)s. Open that subscription and use Change: there '
                            "you choose from when on it counts, and see what is credited.",
                            line=line.product_id.display_name,
                            order=order.display_name,
                            subscription=line.subscription_id.display_name,
                        )
                    )
            self.forget_lines(mine.filtered(lambda line: not line.product_uom_qty or not line._is_recurring()))
            order._recurring_follow()
