from datetime import timedelta

from odoo import models
from odoo.tools import format_date

from ..const import self_check as const
from .self_check import Finding

SOON, NOW = timedelta(days=30), timedelta(days=7)
"""Banks take days to issue a certificate, and without one no Pix is registered or learnt of."""


class RecurringSelfCheckService(models.AbstractModel):
    """Certificates of Pix accounts that end soon: told 30 days before, and again 7 days before."""

    _inherit = "recurring.self.check.service"

    def _checks(self):
        return {**super()._checks(), "certificates": self._certificates}

    def _certificates(self, company):
        today = company._recurring_today()
        # sudo: Pix accounts are the administrators'; that a certificate ends is told to who answers for billing
        accounts = self.env["recurring.pix.account"].sudo()
        ending = [("company_id", "=", company.id), ("certificate_until", "!=", False), ("certificate_until", "<=", today + SOON)]
        found = accounts.search(ending, order="certificate_until, id")
        pressing = found.filtered(lambda account: account.certificate_until <= today + NOW)
        return [
            Finding(kind, len(mine), self._until_in_words(mine))
            for kind, mine in ((const.CERTIFICATE_SOON, found - pressing), (const.CERTIFICATE_NOW, pressing))
            if mine
        ]

    def _until_in_words(self, accounts):
        return ", ".join(
            self.env._("%(account)s until %(day)s", account=account.name, day=format_date(self.env, account.certificate_until))
            for account in accounts
        )
