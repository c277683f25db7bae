from odoo import models

from ..const import dunning as const


class AccountMove(models.Model):
    """A payment shows in the customer's case as soon as it is committed: what is paid is closed, not at the next run."""

    _inherit = "account.move"

    def _recurring_refresh_late(self):
        noted = set(self.env.cr.precommit.data.get("recurring_billing.moves", ()))
        res = super()._recurring_refresh_late()
        # sudo: the case follows from the invoices, whoever registered the payment
        moves = self.sudo().browse(noted).exists()
        domain = [
            ("partner_id", "in", moves.commercial_partner_id.ids),
            ("company_id", "in", moves.company_id.ids),
            ("state", "=", const.CASE_OPEN),
        ]
        if moves:
            self.env["recurring.dunning.case"].sudo().search(domain)._refresh()
            self.env.flush_all()
        return res
