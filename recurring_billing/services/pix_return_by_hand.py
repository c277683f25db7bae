from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import const
from ..const.pix import RETURNED


class RecurringPixReturnBooking(models.AbstractModel):
    """Returned Pix that a person booked meanwhile: what is certain is left as it is, what only looks like it is asked of a person."""

    _inherit = "recurring.pix.return.booking"

    def _is_booked_by_hand(self, refund, inbound):
        """Whether a return is not to be booked by itself: it is in the books already, or may be."""
        if refund.is_apart:
            return False
        sure, alike = self._alike(refund, inbound)
        if not sure | alike:
            return False
        move = (sure or alike)[:1]
        refund.write({"by_hand": bool(sure), "similar_move_id": move.id, "problem": False})
        name = move.display_name
        if sure:
            words = self.env._("The Pix that went back is booked as %s already.", name)
        else:
            words = self.env._("Money of a Pix went back, and %s looks like its entry. Say on the Pix whether it is.", name)
            responsible = refund.company_id.recurring_responsible_id or self.env.ref("base.user_admin")
            refund.pix_payment_id.move_id.activity_schedule("mail.mail_activity_data_todo", summary=words, user_id=responsible.id)
        refund.pix_payment_id.move_id._message_log(body=words)
        return True

    def _alike(self, refund, inbound):
        """Entries of the same amount since the Pix came: those that certainly book its return, and those that may."""
        taken = self.env["recurring.pix.refund"].search([("similar_move_id", "!=", False), ("id", "!=", refund.id)]).similar_move_id
        reversals = inbound.move_id.reversal_move_ids.filtered(
            lambda move: move.state == "posted" and refund.currency_id.compare_amounts(move.amount_total, refund.amount) == 0
        )
        payments = (
            self.env["account.payment"]
            .search(
                Domain("payment_type", "=", "outbound")
                & Domain("company_id", "=", refund.company_id.id)
                & Domain("partner_id", "child_of", inbound.partner_id.commercial_partner_id.ids)
                & Domain("state", "in", const.PAID_STATES)
                & Domain("date", ">=", inbound.date)
                & Domain("currency_id", "=", refund.currency_id.id)
                & Domain("recurring_unique_ref", "=", False)
                & Domain("payment_transaction_id", "=", False)
            )
            .filtered(lambda payment: refund.currency_id.compare_amounts(payment.amount, refund.amount) == 0)
        )
        # sudo: chargebacks have entries of their own, whoever asks
        charged_back = self.env["recurring.chargeback"].sudo().search([("payment_id", "in", payments.ids)]).payment_id
        paid = (payments - charged_back).move_id - taken
        names = (refund.pix_payment_id.end_to_end, refund.name)
        named = paid.filtered(lambda move: any(name in f"{move.ref or ''} {move.origin_payment_id.memo or ''}" for name in names))
        return (reversals - taken) | named, paid - named

    @api.private
    @api.model
    def is_it(self, refunds):
        """A person says that the entry that looks like it is the entry of a return."""
        for refund in self._asked(refunds):
            refund.by_hand = True

    @api.private
    @api.model
    def is_another(self, refunds):
        """A person says that the entry that looks like it is something else: the return is booked."""
        for refund in self._asked(refunds):
            refund.write({"is_apart": True, "similar_move_id": False})
            if refund.pix_payment_id.payment_id.state in const.PAID_STATES:
                self.sudo().book(refund.id)  # sudo: returns are written by the service alone; ``_asked`` checked who may

    def _asked(self, refunds):
        refunds.check_access("read")
        self.env["recurring.invoice.generation"].check_may_bill()
        # sudo: returns are written by services; who may bill says how they are booked
        mine = refunds.sudo()
        mine.lock_for_update()
        if any(refund.state != RETURNED or refund.by_hand or refund.payment_id or not refund.similar_move_id for refund in mine):
            raise UserError(self.env._("This was decided already. Open the Pix again."))
        return mine
