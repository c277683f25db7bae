import logging
from datetime import timedelta

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from .. import const

_logger = logging.getLogger(__name__)
DAY = timedelta(days=1)


class RecurringRenewal(models.AbstractModel):
    """Renewal by a quotation: made ahead of the end, accepted or not, taken back."""

    _inherit = "recurring.renewal"

    # By quotation

    @api.private
    @api.model
    def quote(self, subscription, term, method=None, percent=0.0):
        """A quotation for another term, with an activity for the salesperson. One per term: an open one is given back.

        :return: the order.
        """
        subscription.check_access("write")
        method = method or subscription.plan_id.renewal_price
        # sudo: who may renew a subscription may quote it; what ties the order to it is kept by services
        orders = self.env["sale.order"].sudo()
        subscription._hold_against_runs()
        open_ = orders.search(
            Domain(orders._recurring_renewal_domain(subscription, term.start)) & Domain("state", "in", ("draft", "sent")), limit=1
        )
        if open_:
            return open_.with_env(self.env)
        prices = self.prices(subscription, term, method, percent)
        order = orders.create(self._prepare_order(subscription, term, prices))
        subscription._message_log(
            body=self.env._(
                "Quotation for another term until %(day)s: %(order)s",
                day=format_date(self.env, term.last_day),
                order=order._get_html_link(),
            )
        )
        order.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=max(subscription.company_id._recurring_today(), term.start - timedelta(days=7)),
            summary=self.env._("Renewal: talk to the customer"),
            user_id=subscription._responsible_user().id,
        )
        return order.with_env(self.env)

    def _prepare_order(self, subscription, term, prices):
        return {
            "partner_id": subscription.partner_id.id,
            "partner_invoice_id": subscription.partner_invoice_id.id,
            "company_id": subscription.company_id.id,
            "pricelist_id": subscription.pricelist_id.id,
            "fiscal_position_id": subscription.fiscal_position_id.id,
            "payment_term_id": subscription.payment_term_id.id,
            "user_id": subscription.user_id.id,
            "team_id": subscription.team_id.id,
            "recurring_plan_id": subscription.plan_id.id,
            "recurring_purpose": const.PURPOSE_RENEW,
            "recurring_renews_id": subscription.id,
            "recurring_renews_from": term.start,
            "recurring_renews_until": term.last_day,
            "validity_date": term.start - DAY,
            "order_line": [Command.create(self._prepare_order_line(line, price)) for line, price in prices.items()],
        }

    def _prepare_order_line(self, line, price):
        return {
            "product_id": line.product_id.id,
            "name": line.name,
            "product_uom_qty": line.quantity,
            "product_uom_id": line.product_uom_id.id,
            "price_unit": price,
            "discount": line.discount,
            "tax_ids": [Command.set(line.tax_ids.ids)],
            "recurring_plan_id": line.plan_id.id,
            "recurring_renews_lineage_id": line.lineage_id.id,
        }

    @api.private
    @api.model
    def accept(self, order):
        """The subscription goes on for the term of a confirmed quotation, at its prices, from the first day of the term.

        :raises UserError: when it was ended otherwise meanwhile.
        """
        if order.recurring_is_renewed:
            return
        # sudo: whoever may confirm the order may renew what it was made for; the customer who signs online too
        order = order.sudo()
        subscription = order.recurring_renews_id
        subscription._hold_against_runs()
        start = order.recurring_renews_from
        self._take_back_end(subscription, start)
        before = {"recurring_end_before": subscription.end_date, "recurring_term_before": subscription.term_start_date}
        lines = self._lines_to_renew(order, subscription, start)
        self._check_goes_on(subscription, lines)
        order.write({**before, "recurring_is_renewed": True})
        self._extend(subscription, start, order.recurring_renews_until, ends=bool(order.recurring_end_before))
        values = {}
        for line in order._recurring_lines().filtered("recurring_renews_lineage_id"):
            mine = lines.filtered(lambda each, line=line: each.lineage_id == line.recurring_renews_lineage_id)
            if mine:
                values[mine] = {"price_unit": line.price_unit, "quantity": line.product_uom_qty, "discount": line.discount}
        self._put(subscription, start, values, order_id=order.id)
        change = self.env["recurring.subscription.change"]
        dropped = lines.filtered(lambda line: line not in values)
        if dropped:
            change.remove(dropped, start, order_id=order.id)
        for line in order._recurring_lines().filtered(lambda line: not line.recurring_renews_lineage_id):
            change.add(subscription, start, self._prepare_added(line), order_id=order.id)
        self._tell(subscription, order.recurring_renews_until, order)

    def _take_back_end(self, subscription, start):
        """Who renews stays: a close that was planned for the end of the term is taken back."""
        closing = subscription._planned_close()
        if closing.date == start:
            closing.withdraw()

    def _check_goes_on(self, subscription, lines):
        """Refuse to renew what does not run into the new term: it would be renewed in words alone, and never billed."""
        if not lines:
            raise UserError(
                self.env._(
                    "Nothing of %s runs to the end of its term, so it cannot be renewed. Take back its planned end or switch of plans "
                    "first, or make a new quotation.",
                    subscription.display_name,
                )
            )

    def _lines_to_renew(self, order, subscription, start):
        """The lines that go on; what ended with the term meanwhile is opened again."""
        change = self.env["recurring.subscription.change"]
        if subscription.state == const.CLOSED:
            if subscription.end_date != start - DAY:
                raise UserError(
                    self.env._(
                        "%(subscription)s was closed on %(day)s, so it cannot be renewed. Make a new quotation instead.",
                        subscription=subscription.display_name,
                        day=format_date(self.env, subscription.end_date),
                    )
                )
            lasts = [change._last(lineage) for lineage in subscription.line_ids.lineage_id]
            ended = self.env["recurring.subscription.line"].union(*(last for last in lasts if last.date_end == start - DAY))
            change.reopen(ended, start, order_id=order.id)
            return ended
        if subscription.end_date and subscription.end_date < start - DAY:
            raise UserError(
                self.env._("%s ends before the new term. Take its last day away, or make a new quotation.", subscription.display_name)
            )
        return subscription._renewed_lines(start)

    def _prepare_added(self, line):
        return {name: value for name, value in line._recurring_prepare_line().items() if name != "sale_line_id"}

    @api.private
    @api.model
    def take_back(self, order):
        """A confirmed renewal was cancelled: the subscription ends as it would have; what is billed of the new term is credited."""
        # sudo: whoever may cancel the order takes back what it did
        order = order.sudo()
        subscription = order.recurring_renews_id
        self.env["recurring.change"].search([("order_id", "=", order.id), ("state", "!=", const.CHANGE_WITHDRAWN)]).withdraw()
        subscription.write({"end_date": order.recurring_end_before, "term_start_date": order.recurring_term_before})
        order.recurring_is_renewed = False
        subscription._message_log(body=self.env._("The renewal by %s was cancelled.", order._get_html_link()))
