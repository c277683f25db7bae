from odoo import api, fields, models


class RecurringPriceEdit(models.Model):
    """An edit of prices whose consequences for what runs are still to be drawn: what it touches, and on which day it was made.

    A scheduled action works through them (``services/price_versions.py``) and removes them.
    """

    _name = "recurring.price.edit"
    _description = "Edit of Prices"
    _order = "id"

    day = fields.Date(required=True, help="The day of the edit.")
    product_tmpl_id = fields.Many2one("product.template", "Product", ondelete="cascade", help="Empty: any.")
    plan_id = fields.Many2one("recurring.plan", ondelete="cascade", help="Empty: any.")
    pricelist_id = fields.Many2one("product.pricelist", ondelete="cascade", help="Empty: any, and none.")
    subscription_id = fields.Many2one("recurring.subscription", ondelete="cascade", help="Empty: any.")
    after_id = fields.Integer(default=0, help="Subscriptions up to this one are dealt with.")

    @api.model
    def _note(self, vals_list):
        """Keep edits made today, each once, and let the scheduled action begin soon."""
        today = self.env.company._recurring_today()
        # sudo: whoever may edit a price has its consequences drawn
        edits = self.sudo()
        known = {tuple(sorted(edit._touches().items())) for edit in edits.search([("day", "=", today), ("after_id", "=", 0)])}
        new = []
        for vals in vals_list:
            key = tuple(sorted({name: vals.get(name) or False for name in self._names()}.items()))
            if key not in known:
                known.add(key)
                new.append({**vals, "day": today})
        if new:
            edits.create(new)
            if cron := self.env.ref("recurring_billing.cron_price_versions", raise_if_not_found=False):
                cron.sudo()._trigger()

    @api.model
    def _note_products(self, templates):
        """Keep the edit of products' own prices, where any of them is sold by subscription."""
        # sudo: subscriptions of colleagues count as well
        lines = self.env["recurring.subscription.line"].sudo()
        found = lines._read_group([("product_id.product_tmpl_id", "in", templates.ids)], ["product_id"])
        if found:
            sold = lines.env["product.product"].union(*(product for (product,) in found)).product_tmpl_id
            self._note([{"product_tmpl_id": template.id} for template in sold])

    @api.model
    def _names(self):
        return ("product_tmpl_id", "plan_id", "pricelist_id", "subscription_id")

    def _touches(self):
        self.ensure_one()
        return {name: self[name].id for name in self._names()}
