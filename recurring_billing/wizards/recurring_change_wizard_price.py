from odoo import api, fields, models


class RecurringChangeWizardPrice(models.TransientModel):
    """What a line costs on the new plan: the catalogue's price and the present one beside each other."""

    _name = "recurring.change.wizard.price"
    _description = "Price on Another Plan"

    wizard_id = fields.Many2one("recurring.change.wizard", required=True, ondelete="cascade")
    line_id = fields.Many2one("recurring.subscription.line", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="line_id.currency_id", related_sudo=False)
    product_id = fields.Many2one(related="line_id.product_id", related_sudo=False)
    quantity = fields.Float(related="line_id.quantity", related_sudo=False)
    present = fields.Float(related="line_id.price_unit", related_sudo=False, string="Present Price")
    is_manual = fields.Boolean(related="line_id.price_manual", related_sudo=False, string="Agreed")
    kept = fields.Float("As Now", digits="Product Price", help="The present price, for as long as a period of the new plan is.")
    listed = fields.Float("In the Catalogue", digits="Product Price")
    is_listed = fields.Boolean("Has a Catalogue Price")
    price = fields.Float("New Price", digits="Product Price", help="Of one unit for one period of the new plan.")
    remark = fields.Char(compute="_compute_remark")

    @api.depends("is_manual", "is_listed")
    def _compute_remark(self):
        for price in self:
            if not price.is_listed:
                price.remark = self.env._("Not in the catalogue")
            elif price.is_manual:
                price.remark = self.env._("Agreed price")
            else:
                price.remark = False
