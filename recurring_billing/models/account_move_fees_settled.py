from odoo import models


class AccountMove(models.Model):
    """Whatever pays an invoice late, portal, bank or a plain payment: its fees are settled accounts with, before that is committed."""

    _inherit = "account.move"

    def _recurring_refresh_late(self):
        noted = set(self.env.cr.precommit.data.get("recurring_billing.moves", ()))
        res = super()._recurring_refresh_late()
        # sudo: fees follow from invoices and payments, whoever registered them
        self.env["recurring.late.fee.settlement"].sudo().look_at(self.sudo().browse(noted).exists())
        self.env.flush_all()
        return res
