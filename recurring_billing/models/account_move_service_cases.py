from odoo import models


class AccountMove(models.Model):
    """A payment shows in the customer's case as soon as it is committed: what is paid is closed, not at the next run."""

    _inherit = "account.move"

    def _recurring_look_at_payers(self):
        noted = set(self.env.cr.precommit.data.get("recurring_billing.payers", ()))
        res = super()._recurring_look_at_payers()
        # sudo: the case follows from what was paid, whoever registered the payment
        partners = self.env["res.partner"].sudo().browse(noted).exists()
        self._recurring_follow("recurring.dunning.cases", "look_at", partners)
        self.env.flush_all()
        return res
