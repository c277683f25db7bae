from odoo import api, fields, models

from .. import const


class RecurringSubscription(models.Model):
    """Where a subscription comes from: the order, and what was agreed there."""

    _inherit = "recurring.subscription"

    order_id = fields.Many2one(
        "sale.order",
        "Sales Order",
        copy=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="The order whose confirmation made the subscription.",
    )
    order_count = fields.Integer("Orders", compute="_compute_order_count")
    partner_shipping_id = fields.Many2one(
        "res.partner", "Delivery Address", check_company=True, help="Empty: who uses it, else the customer."
    )
    campaign_id = fields.Many2one("utm.campaign", copy=False, ondelete="set null")
    medium_id = fields.Many2one("utm.medium", copy=False, ondelete="set null")
    source_id = fields.Many2one("utm.source", copy=False, ondelete="set null")

    def _compute_order_count(self):
        for subscription in self:
            subscription.order_count = len(subscription._orders())

    def _orders(self):
        """The orders that made or extended the subscriptions."""
        return self.order_id | self.line_ids.sale_line_id.order_id

    def action_open_orders(self):
        """The orders that made or extended these subscriptions."""
        orders = self._orders()
        action = self.env["ir.actions.actions"]._for_xml_id("sale.action_orders")
        action.update(domain=[("id", "in", orders.ids)], context={"create": False})
        if len(orders) == 1:
            action.update(views=[(False, "form")], res_id=orders.id)
        return action

    def action_sell_more(self):
        """A new quotation whose confirmation adds to this subscription."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("sale.action_quotations")
        action.update(
            views=[(False, "form")],
            context={
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_pricelist_id": self.pricelist_id.id,
                "default_recurring_extends_id": self.id,
                "default_recurring_plan_id": self.plan_id.id,
            },
        )
        return action

    @api.model
    def _service_owned_fields(self):
        return super()._service_owned_fields() | {"order_id"}

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for vals in vals_list:
            for command in vals.get("line_ids", ()):
                command[2].pop("sale_line_id", None)
        return vals_list

    def _is_billed(self):
        """Whether any period of it is billed and in force, on a draft invoice or a posted one."""
        self.ensure_one()
        # sudo: every billed period counts, whoever may see it
        return any(not period.voided and period.kind != const.OPENING for period in self.sudo().period_ids)
