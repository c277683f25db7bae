from odoo import models

from .. import const


class AccountMove(models.Model):
    """Whatever pays a debt late, portal, bank or a plain payment: its fees are settled accounts with, before that is committed."""

    _inherit = "account.move"

    def _recurring_on_money_moved(self):
        res = super()._recurring_on_money_moved()
        bearing = self.filtered(lambda move: move.move_type != "entry" or move.company_id.recurring_fee_scope == const.FEES_OF_DEBTS)
        self.env["recurring.late.fee.settlement"].look_at(bearing)
        return res
