from odoo import models


class RecurringSubscription(models.Model):
    """Another pricelist: what runs takes its prices as after an edit of prices, see ``services/price_versions.py``."""

    _inherit = "recurring.subscription"

    def write(self, vals):
        moved = self.filtered(lambda each: each.pricelist_id.id != vals["pricelist_id"]) if "pricelist_id" in vals else self.browse()
        res = super().write(vals)
        if moved:
            self.env["recurring.price.edit"]._note([{"subscription_id": subscription.id} for subscription in moved])
        return res
