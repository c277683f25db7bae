from odoo import api, models

from ..const import dunning as const


class RecurringAgreementSigning(models.AbstractModel):
    """Money that was taken back paid no instalment."""

    _inherit = "recurring.agreement.signing"

    @api.private
    @api.model
    def look_again(self, agreement_records):
        """Agreements that were paid, of which a payment was taken back: they run again, or end at once where an instalment is late by
        now.
        """
        for agreement in agreement_records.filtered(lambda agreement: agreement.state == const.KEPT):
            if all(is_covered for _day, is_covered in agreement._covered()):
                continue
            case = agreement.case_id._of(agreement.partner_id, agreement.company_id)[agreement.partner_id]
            agreement.write({"case_id": case.id, "state": const.RUNNING, "kept_on": False})
            agreement.line_ids.move_id._recurring_refresh_charge_wait()
            words = self.env._("A payment of the agreement %s was taken back.", agreement.name)
            case._ask_owner(words, agreement.company_id._recurring_today())
            case._arrangement_made(words)
            self.refresh(agreement)
