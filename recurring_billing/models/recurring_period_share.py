from odoo import fields, models

from .. import const


class RecurringPeriod(models.Model):
    _inherit = "recurring.period"

    share_ids = fields.One2many("recurring.payer.share", "period_id", "Shares of Payers")

    def _void(self):
        """With a row its shares are out of force."""
        res = super()._void()
        # sudo: shares are written by services alone
        self.sudo().filtered("voided").share_ids._in_force().state = const.SHARE_VOID
        return res
