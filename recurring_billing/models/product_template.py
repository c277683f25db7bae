from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    recurring_ok = fields.Boolean(
        "Subscription",
        default=False,
        help="Sold for as long as the customer stays: on an order it has a plan, and it is billed every period of it.",
    )
    recurring_price_ids = fields.One2many(
        "recurring.price", "product_tmpl_id", "Subscription Prices", copy=True, help="What it costs per period of a plan."
    )

    def write(self, vals):
        res = super().write(vals)
        if "list_price" in vals:
            self.env["recurring.price.edit"]._note_products(self)
        return res
