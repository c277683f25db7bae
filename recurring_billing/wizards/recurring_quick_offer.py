from odoo import api, fields, models

from .. import const
from ..rules import periods


class RecurringQuickOffer(models.TransientModel):
    """Name, price, interval: a product and the plan it is billed by, in one go."""

    _name = "recurring.quick.offer"
    _description = "New Offer"

    name = fields.Char("What do you sell?", required=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company, required=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    price = fields.Monetary(required=True)
    interval_count = fields.Integer("Every", required=True, default=1)
    interval_unit = fields.Selection(const.UNITS, "Unit", required=True, default=periods.MONTH)
    plan_id = fields.Many2one(
        "recurring.plan",
        compute="_compute_plan_id",
        store=True,
        readonly=False,
        domain="[('interval_count', '=', interval_count), ('interval_unit', '=', interval_unit)]",
        check_company=True,
        help="A plan you have already that is billed this often. Empty: a new plan is made.",
    )

    _interval_positive = models.Constraint("CHECK(interval_count > 0)", "An offer is billed every 1 or more days, weeks, months or years.")
    _price_not_negative = models.Constraint("CHECK(price >= 0)", "A price cannot be negative.")

    @api.depends("interval_count", "interval_unit", "company_id")
    def _compute_plan_id(self):
        for wizard in self:
            wizard.plan_id = self.env["recurring.plan"].search(
                [
                    ("interval_count", "=", wizard.interval_count),
                    ("interval_unit", "=", wizard.interval_unit),
                    ("company_id", "in", (False, wizard.company_id.id)),
                ],
                limit=1,
            )

    def action_create(self):
        """Make the product, and the plan where none fits; open the product."""
        product, _plan = self._create_offer()
        return {
            "type": "ir.actions.act_window",
            "res_model": "product.template",
            "res_id": product.product_tmpl_id.id,
            "views": [(False, "form")],
        }

    def action_create_and_sell(self):
        """Make the offer and open a new subscription with it."""
        product, plan = self._create_offer()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_subscription")
        context = {"default_plan_id": plan.id, "default_line_ids": [fields.Command.create({"product_id": product.id})]}
        return dict(action, views=[(False, "form")], context=context)

    def _create_offer(self):
        self.ensure_one()
        plan = self.plan_id or self.env["recurring.plan"].create(
            {"name": self.name, "interval_count": self.interval_count, "interval_unit": self.interval_unit}
        )
        product = self.env["product.product"].create(
            {
                "name": self.name,
                "type": "service",
                "list_price": self.price,
                "invoice_policy": "order",
                "recurring_ok": True,
                "recurring_price_ids": [
                    fields.Command.create({"plan_id": plan.id, "price": self.price, "currency_id": self.currency_id.id})
                ],
            }
        )
        return product, plan
