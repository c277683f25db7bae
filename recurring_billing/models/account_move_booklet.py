from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """An invoice whose period was paid ahead by a slip of a booklet is settled as soon as it is posted."""
        posted = super()._post(soft)
        # sudo: money that came early belongs to the invoice, whoever posts it
        self.env["recurring.slip.settlement"].sudo()._on_posted(posted.sudo())
        return posted
