from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .. import const
from ..const.pix import SENDING, TO_SEND
from .service_owned import refuse_service_owned

PATIENCE = timedelta(hours=1)
"""How long a message waits for its code when the bank does not answer."""


class AccountMove(models.Model):
    """The message of an invoice waits some moments for the Pix code that confirms itself."""

    _inherit = "account.move"

    recurring_pix_waits_since = fields.Datetime("Waits for Its Pix Code Since", readonly=True, copy=False, index="btree_not_null")

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, {"recurring_pix_waits_since"}, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, {"recurring_pix_waits_since"}, [vals])
        return super().write(vals)

    def _recurring_after_posting(self):
        """Hold what would leave right now; the registration lets it go, whatever the bank says."""
        waiting = self.filtered(lambda move: move._recurring_shall_wait_for_pix())
        # sudo: kept by billing itself, whoever posts
        waiting.sudo().recurring_pix_waits_since = fields.Datetime.now()
        return super(AccountMove, self - waiting)._recurring_after_posting()

    def _recurring_shall_wait_for_pix(self):
        """Whether the bank is about to be asked for the code of an invoice that would be sent now."""
        self.ensure_one()
        if self.env.context.get("recurring_pix_waited") or self.recurring_stage != const.STAGE_TO_SEND or self.sending_data:
            return False
        account = self.env["recurring.pix.account"]._of(self.company_id)
        if not account or self._recurring_unsendable() or not self.env["recurring.identity"].is_confirmed():
            return False
        # sudo: codes decide, whoever may read them
        is_asked = self.sudo().recurring_pix_charge_ids.filtered(lambda charge: charge.state not in (TO_SEND, SENDING))
        return not is_asked and self.env["recurring.pix.terms"].wants(self, account)

    @api.model
    def _recurring_let_go_of_pix(self, company):
        """Messages that waited for their code leave with it; without it where the bank refused or was silent for an hour."""
        moves = self.search(Domain("company_id", "=", company.id) & Domain("recurring_pix_waits_since", "!=", False))
        if self.env["recurring.pix.account"]._of(company):
            since = fields.Datetime.now() - PATIENCE
            moves = moves.filtered(
                lambda move: (
                    move.recurring_pix_charge_ids[:1].state not in (False, TO_SEND, SENDING) or move.recurring_pix_waits_since < since
                )
            )
        moves.recurring_pix_waits_since = False
        moves.with_context(recurring_pix_waited=True)._recurring_after_posting()

    def _recurring_stage_in_words(self):
        if self.recurring_pix_waits_since and self.recurring_stage == const.STAGE_TO_SEND:
            return self.env._("It waits some moments for its Pix code from the bank, then it is sent.")
        return super()._recurring_stage_in_words()
