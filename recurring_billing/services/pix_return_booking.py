import logging

from odoo import api, models

from .. import const
from ..const.pix import RETURNED

_logger = logging.getLogger(__name__)


class RecurringPixReturnBooking(models.AbstractModel):
    """Turns each Pix that went back ("devolução") into one native payment the other way, once.

    What stands open in the customer's favour is paid out by it: what was left over of the Pix, then credit notes for its invoice. Where
    that is
    not enough, the money that paid the invoice is gone, and the invoice is open again, as after a chargeback.
    """

    _name = "recurring.pix.return.booking"
    _description = "Booking of Returned Pix"

    @api.private
    @api.model
    def book_all(self):
        """Book what went back, each in a transaction of its own; what cannot be booked keeps its problem and is tried again later."""
        queue = self.env["recurring.pix.queue"]
        open_ones = [("state", "=", RETURNED), ("payment_id", "=", False), ("by_hand", "=", False), ("similar_move_id", "=", False)]
        waiting = [*open_ones, ("pix_payment_id.payment_id.state", "in", const.PAID_STATES)]
        # sudo: returns of all companies; the scheduled action works for everybody
        service = self.sudo()
        ids = service.env["recurring.pix.refund"].search(waiting, order="id").ids
        for position, refund_id in enumerate(ids):
            service._book_or_tell(refund_id)
            if queue.checkpoint(len(ids) - position - 1) <= 0:
                return

    def _book_or_tell(self, refund_id):
        queue = self.env["recurring.pix.queue"]
        try:
            queue.transaction(self.book, refund_id)
        except Exception as error:
            _logger.info("Pix return %s not booked: %s", refund_id, error)
            queue.transaction(self._tell, refund_id, error)

    def _tell(self, refund_id, error):
        self.env["recurring.pix.refund"].browse(refund_id).problem = str(error)[:500] or type(error).__name__

    @api.private
    @api.model
    def book(self, refund_id):
        """One return, once: its row is locked first, and accounting refuses a second payment of the same name."""
        refund = self.env["recurring.pix.refund"].browse(refund_id).try_lock_for_update()
        if not refund or refund.state != RETURNED or refund.payment_id or refund.by_hand:
            return
        company = refund.company_id
        back = self.env["recurring.charging.back"].with_company(company)
        inbound, day = refund.pix_payment_id.payment_id.with_company(company), company._recurring_today()
        if self._is_booked_by_hand(refund, inbound):
            return
        memo = self.env._("Pix returned: %s", inbound.memo or inbound.name)
        credits = self._open_credits(refund.pix_payment_id, inbound)
        enough = inbound.currency_id.compare_amounts(-sum(credits.mapped("amount_residual_currency")), refund.amount) >= 0
        if enough:
            outbound = back._pay_back(inbound, refund.amount, day, memo)
            for credit in credits:
                left = back._receivable(outbound).filtered(lambda line: not line.reconciled)
                if left:
                    (left | credit).reconcile()
        else:
            outbound = back._undo(inbound, refund.amount, day, memo)
        outbound.recurring_unique_ref = f"pix-return:{refund.pix_payment_id.end_to_end}:{refund.name}"
        refund.write({"payment_id": outbound.id, "problem": False})

    def _is_booked_by_hand(self, refund, inbound):
        """Whether a return is not to be booked by itself."""
        return False

    def _open_credits(self, received, inbound):
        """What stands open in the customer's favour: what is left of the Pix itself first, then credit notes for its invoice."""
        mine = inbound.move_id.line_ids
        notes = received.move_id.reversal_move_ids.filtered(lambda move: move.state == "posted" and move.move_type == "out_refund")
        lines = (mine | notes.line_ids.sorted(lambda line: (line.date, line.id))).filtered(
            lambda line: line.account_id == inbound.destination_account_id and line.amount_residual_currency < 0 and not line.reconciled
        )
        return lines.filtered(lambda line: line.currency_id == inbound.currency_id)
