from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """What was paid online with the order is reconciled with the invoices it was for, as soon as they are posted."""
        posted = super()._post(soft)
        # sudo: the payment belongs to these invoices, whoever posts them
        self.env["recurring.order.payment"].sudo()._on_posted(posted.sudo())
        return posted
