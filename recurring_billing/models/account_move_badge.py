from odoo import models


class AccountMove(models.Model):
    """A payment, or its reversal, shows in the badge of the subscription as soon as it is committed."""

    _inherit = "account.move"

    def _recurring_on_money_moved(self):
        res = super()._recurring_on_money_moved()
        invoices = self.filtered(lambda move: move.move_type == "out_invoice")
        invoices.line_ids.recurring_subscription_id._refresh_late()
        return res
