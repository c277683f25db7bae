from odoo import Command, api, models

from .. import const


class RecurringOrderPreparation(models.AbstractModel):
    """What an order's recurring lines become, as values: one subscription per plan. Writes nothing.

    Confirmation creates subscriptions of these values, and the quotation shows the invoices they lead to, so both say the same. Orders
    may be in memory, while a quotation is edited.
    """

    _name = "recurring.order.preparation"
    _description = "Preparation of Subscriptions from Orders"

    @api.private
    @api.model
    def prepare(self, order):
        """The subscriptions of an order.

        :return: list of dict, one per plan in the order of the lines, as ``create()`` takes them
        """
        lines = order._recurring_lines()
        plans = lines.recurring_plan_id._origin
        return [
            self._prepare_subscription(order, plan, lines.filtered(lambda line, plan=plan: line.recurring_plan_id._origin == plan))
            for plan in plans
        ]

    def _prepare_subscription(self, order, plan, lines):
        start = self.start_date(order)
        values = {
            "partner_id": order.partner_id._origin.id,
            "partner_invoice_id": order.partner_invoice_id._origin.id,
            "partner_shipping_id": order.partner_shipping_id._origin.id,
            "company_id": order.company_id.id,
            "plan_id": plan.id,
            "start_date": start,
            "pricelist_id": order.pricelist_id._origin.id,
            "currency_id": order.currency_id.id,
            "fiscal_position_id": order.fiscal_position_id._origin.id,
            "payment_term_id": order.payment_term_id._origin.id,
            "journal_id": order.journal_id._origin.id,
            "user_id": order.user_id.id,
            "team_id": order.team_id._origin.id,
            "tag_ids": [Command.set(order.tag_ids._origin.ids)],
            "campaign_id": order.campaign_id._origin.id,
            "medium_id": order.medium_id._origin.id,
            "source_id": order.source_id._origin.id,
            "client_order_ref": order.client_order_ref,
            "note": order.note,
            "order_id": order.id,
        }
        # sudo: whoever may read a quotation may read what it leads to
        extended = order.recurring_extends_id._origin.sudo()
        if extended.plan_id == plan and order.recurring_purpose == const.PURPOSE_EXTEND:
            # The periods are those of the subscription that gets the lines.
            start = max(start, extended.start_date)
            values.update(start_date=extended.start_date, anchor_date=extended.anchor_date)
        values["line_ids"] = [Command.create({**line._recurring_prepare_line(), "date_start": start}) for line in lines]
        return values

    @api.private
    @api.model
    def prepare_line(self, line):
        """The values of a subscription line, its first day apart."""
        return {
            "product_id": line.product_id._origin.id,
            "name": line.name,
            "sequence": line.sequence,
            "quantity": line.product_uom_qty,
            "product_uom_id": line.product_uom_id._origin.id,
            "price_unit": line.price_unit,
            "discount": line.discount,
            **line._recurring_price_values(),
            "tax_ids": [Command.set(line.tax_ids._origin.ids)],
            "analytic_distribution": line.analytic_distribution,
            "discount_ids": [Command.create(values) for values in line._recurring_discount_values()],
            "sale_line_id": line.id,
        }

    @api.private
    @api.model
    def start_date(self, order):
        """The first day of service of what the order sells, were it confirmed today."""
        today = order.company_id._recurring_today()
        return (order.recurring_start == const.START_DATE and order.recurring_start_date) or today
