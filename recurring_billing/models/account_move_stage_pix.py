from odoo import models

from .. import const
from .recurring_pix_charge import SENDING, TO_SEND


class AccountMove(models.Model):
    """An invoice that will be sent waits some moments for its Pix code."""

    _inherit = "account.move"

    def _recurring_after_posting(self):
        """A message waits some moments for the code that confirms itself; the registration lets it go, whatever the bank says."""
        waiting = self.filtered(lambda move: move._recurring_waits_for_pix())
        return super(AccountMove, self - waiting)._recurring_after_posting()

    def _recurring_waits_for_pix(self):
        """Whether the bank is about to be asked for the code of an invoice that will be sent."""
        self.ensure_one()
        if self.recurring_stage != const.STAGE_TO_SEND or self.sending_data or self.env.context.get("recurring_pix_waited"):
            return False
        account = self.env["recurring.pix.account"]._of(self.company_id)
        if not account or not self.env["recurring.identity"].is_confirmed():
            return False
        # sudo: see ``_recurring_pix_charge_of_today()`` of the invoice
        is_asked = self.sudo().recurring_pix_charge_ids.filtered(lambda charge: charge.state not in (TO_SEND, SENDING))
        return not is_asked and self.env["recurring.pix.terms"].wants(self, account)

    def _recurring_stage_in_words(self):
        if self._recurring_waits_for_pix():
            return self.env._("It waits some moments for its Pix code from the bank, then it is sent.")
        return super()._recurring_stage_in_words()
