from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """The plan of what is sold as a subscription."""

    _inherit = "sale.order"

    recurring_plan_id = fields.Many2one(
        "recurring.plan",
        compute="_compute_recurring_plan_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        tracking=True,
        help="How the subscriptions of this order are billed. A line may have a plan of its own.",
    )
    is_recurring = fields.Boolean("Sells Subscriptions", compute="_compute_is_recurring")

    @api.depends("sale_order_template_id")
    def _compute_recurring_plan_id(self):
        """The plan of the quotation template, where it has one."""
        for order in self:
            order.recurring_plan_id = order.sale_order_template_id.recurring_plan_id or order.recurring_plan_id

    @api.depends("order_line.product_id.recurring_ok")
    def _compute_is_recurring(self):
        for order in self:
            order.is_recurring = any(line.recurring_ok for line in order.order_line)

    def _confirmation_error_message(self):
        return super()._confirmation_error_message() or self._recurring_plans_missing()

    def _recurring_check_plans(self):
        """Refuse what is sold as a subscription without a plan.

        :raises UserError: naming the products.
        """
        for order in self:
            if message := order._recurring_plans_missing():
                raise UserError(message)

    def _recurring_plans_missing(self):
        """What to say of subscription products that have no plan; False when all is well."""
        self.ensure_one()
        without = self.order_line.filtered(lambda line: line.recurring_ok and line.product_uom_qty and not line.recurring_plan_id)
        if not without:
            return False
        return self.env._(
            "%(products)s is sold as a subscription, but nothing says how often it is billed. "
            "Choose a recurring plan on the order or on its lines.",
            products=", ".join(without.product_id.mapped("display_name")),
        )
