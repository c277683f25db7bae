from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from .. import const


class RecurringRenew(models.TransientModel):
    """Renew a subscription for another term: at once, or by a quotation that the customer accepts."""

    _name = "recurring.renew"
    _description = "Renew Subscription"

    subscription_id = fields.Many2one("recurring.subscription", required=True, readonly=True)
    currency_id = fields.Many2one(related="subscription_id.currency_id", related_sudo=False)
    start = fields.Date("New Term From", compute="_compute_term")
    last_day = fields.Date("New Term Until", compute="_compute_term")
    price = fields.Selection(const.RENEW_NOW_PRICES, "Prices", required=True, default=const.SAME_PRICE)
    percent = fields.Float("Percentage", digits=(16, 4))
    preview = fields.Text("What Changes", compute="_compute_preview")
    problem = fields.Char(compute="_compute_preview")

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        subscription = self.env["recurring.subscription"].browse(values.get("subscription_id"))
        if subscription and "price" in names:
            values["price"] = subscription.plan_id.renewal_price
        return values

    @api.depends("subscription_id")
    def _compute_term(self):
        for wizard in self:
            term = wizard.subscription_id._next_term() if wizard.subscription_id.plan_id.term_count else None
            wizard.start, wizard.last_day = (term.start, term.last_day) if term else (False, False)

    @api.depends("subscription_id", "price", "percent")
    def _compute_preview(self):
        for wizard in self:
            try:
                wizard.preview, wizard.problem = "\n".join(wizard._in_words()), False
            except UserError as error:
                wizard.preview, wizard.problem = False, str(error)

    def _in_words(self):
        subscription = self.subscription_id
        prices = self.env["recurring.renewal"].prices(subscription, subscription._next_term(), self.price, self.percent)
        for line, price in prices.items():
            old, new = (format_amount(self.env, amount, line.currency_id) for amount in (line.price_unit, price))
            words = {"product": line.product_id.display_name, "old": old, "new": new}
            yield self.env._("%(product)s: %(old)s → %(new)s", **words) if old != new else self.env._("%(product)s: %(old)s", **words)

    def action_renew(self):
        """Renew at once."""
        self.env["recurring.renewal"].renew(self.subscription_id, self.price, self.percent)
        return True

    def action_quote(self):
        """Make the quotation, or open the one there is."""
        subscription = self.subscription_id
        order = self.env["recurring.renewal"].quote(subscription, subscription._next_term(), self.price, self.percent)
        return {"type": "ir.actions.act_window", "res_model": "sale.order", "res_id": order.id, "views": [(False, "form")]}
