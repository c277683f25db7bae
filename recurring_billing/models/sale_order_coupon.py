from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class SaleOrder(models.Model):
    """A coupon code on a quotation: its discount becomes part of the subscriptions."""

    _inherit = "sale.order"

    recurring_coupon_code = fields.Char("Coupon", copy=False, help="The code of a coupon for what is sold by subscription.")
    recurring_coupon_id = fields.Many2one(
        "recurring.coupon", "Coupon Found", compute="_compute_recurring_coupon_id", store=True, index="btree_not_null", copy=False
    )
    recurring_coupon_terms = fields.Char("Discount of the Coupon", compute="_compute_recurring_coupon_terms")

    @api.depends("recurring_coupon_code", "company_id")
    def _compute_recurring_coupon_id(self):
        for order in self:
            # sudo: whoever is told a code may use it
            coupon = self.env["recurring.coupon"].sudo()._by_code(order.recurring_coupon_code, order.company_id)
            order.recurring_coupon_id = coupon.id

    @api.depends("recurring_coupon_id", "order_line.product_id", "order_line.recurring_plan_id", "order_line.product_uom_qty")
    @api.depends_context("lang")
    def _compute_recurring_coupon_terms(self):
        for order in self:
            # sudo: the terms are for whoever reads the order
            coupon = order.recurring_coupon_id.sudo()
            products = order._recurring_coupon_lines().product_id.mapped("display_name")
            if coupon and products:
                order.recurring_coupon_terms = self.env._("%(terms)s off %(products)s", terms=coupon.terms, products=", ".join(products))
            else:
                order.recurring_coupon_terms = self.env._("Takes nothing off the lines of this order.") if coupon else False

    @api.constrains("recurring_coupon_code", "partner_id")
    def _check_recurring_coupon(self):
        for order in self.filtered(lambda order: order.state in ("draft", "sent")):
            if message := order._recurring_coupon_refusal():
                raise ValidationError(message)

    @api.onchange("recurring_coupon_code")
    def _onchange_recurring_coupon_code(self):
        if message := self._recurring_coupon_refusal():
            return {"warning": {"title": self.env._("Coupon"), "message": message}}
        return None

    def _recurring_coupon_refusal(self):
        """Why the code cannot be used; False when it can, or when there is none."""
        self.ensure_one()
        if not (self.recurring_coupon_code or "").strip():
            return False
        # sudo: uses by colleagues' orders count as well
        coupon = self.recurring_coupon_id.sudo()
        if not coupon:
            return self.env._('There is no coupon "%s". Check the code, or leave it empty.', self.recurring_coupon_code)
        return coupon._refusal(self)

    def write(self, vals):
        if "recurring_coupon_code" in vals:
            for order in self.filtered(lambda order: order.state == "sale"):
                if (order.recurring_coupon_code or "") != (vals["recurring_coupon_code"] or ""):
                    raise UserError(
                        self.env._("%s is confirmed, so its coupon stays. Give a discount to the subscription instead.", order.name)
                    )
        return super().write(vals)

    def _action_confirm(self):
        self._recurring_use_coupons()
        return super()._action_confirm()

    def _action_cancel(self):
        """A coupon is free again, unless it took something off what is billed and stays so."""
        res = super()._action_cancel()
        # sudo: uses are kept by orders alone
        uses = self.env["recurring.coupon.use"].sudo().search([("order_id", "in", self.ids)])
        uses.coupon_id._hold()
        billed = uses.filtered(lambda use: any(line._is_billed() for line in use.order_id.order_line.subscription_line_ids))
        (uses - billed).unlink()
        return res

    def _recurring_use_coupons(self):
        """Count the coupons of these orders, each order once.

        :raises UserError: when a coupon cannot be used any more.
        """
        orders = self.filtered("recurring_coupon_id")
        # sudo: uses are kept by orders alone
        coupons = orders.recurring_coupon_id.sudo()
        coupons._hold()
        uses = coupons.use_ids.browse()
        known = uses.search([("order_id", "in", orders.ids)]).order_id
        for order in orders - known.with_env(orders.env):
            if message := order._recurring_coupon_refusal():
                raise UserError(message)
            if not order._recurring_coupon_discounts():
                raise UserError(
                    self.env._(
                        "The coupon %s takes nothing off the lines of this order. Take the code away, or change plan or products.",
                        order.recurring_coupon_id.sudo().code,
                    )
                )
            uses.create(
                {
                    "coupon_id": order.recurring_coupon_id.id,
                    "order_id": order.id,
                    "partner_id": order.partner_id.commercial_partner_id.id,
                }
            )
        self.env.flush_all()

    def _recurring_coupon_lines(self):
        """The lines that take part in the coupon."""
        # sudo: see above
        coupon = self.recurring_coupon_id.sudo()
        return self._recurring_lines().filtered(coupon._takes_part) if coupon else self.order_line.browse()

    def _recurring_coupon_discounts(self):
        """What the coupon takes off each line.

        An amount is taken off once: off the first lines that take part, as far as their price goes.

        :return: dict line → values of ``recurring.discount``
        """
        self.ensure_one()
        lines = self._recurring_coupon_lines()
        start = self.env["recurring.order.preparation"].start_date(self)
        # sudo: see above
        coupon = self.recurring_coupon_id.sudo()
        values = coupon._discount_values(start) if lines else None
        if not values:
            return {}
        if coupon.percent:
            return dict.fromkeys(lines, values)
        left, found = coupon.amount, {}
        for line in lines:
            price = self.currency_id.round(line.price_unit * line.product_uom_qty * (1 - (line.discount or 0.0) / 100))
            off = self.currency_id.round(min(left, price))
            if self.currency_id.compare_amounts(off, 0) > 0:
                found[line] = {**values, "amount": off}
                left = self.currency_id.round(left - off)
        return found
