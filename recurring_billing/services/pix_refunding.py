import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const.pix import BOOKED, NOT_RETURNED, OF_BANK, RECEIVED, RETURNING, SENDING, TO_SEND
from ..rules.money import to_decimal
from .pix_errors import PixProblem, PixRefused


class RecurringPixRefunding(models.AbstractModel):
    """Sends money of a Pix back ("devolução"): asked once under a name of ours, which the bank never returns twice."""

    _name = "recurring.pix.refunding"
    _description = "Returning of Pix Payments"

    @api.private
    @api.model
    def ask(self, received, amount, words):
        """Send an amount of a Pix back; what becomes of it is read later.

        :param received: ``recurring.pix.payment``.
        :return: ``recurring.pix.refund``
        :raises UserError: for more than there is.
        """
        received.ensure_one()
        self.env["recurring.invoice.generation"].check_may_bill()
        received.check_access("read")
        self.env["recurring.identity"].require()
        # sudo: what went back is written by services only; who may bill may send money back
        received = received.sudo()
        received.lock_for_update()
        gone = received.refund_ids.filtered(lambda refund: refund.state != NOT_RETURNED)
        left = to_decimal(received.amount) - sum((to_decimal(refund.amount) for refund in gone), to_decimal(0))
        if received.state not in (RECEIVED, BOOKED) or not 0 < to_decimal(amount) <= left:
            raise UserError(
                self.env._(
                    "Enter an amount up to %(left)s: that is what is left of this Pix.", left=received.currency_id.format(float(left))
                )
            )
        refund = received.refund_ids.create(
            {
                "pix_payment_id": received.id,
                "name": f"RB{secrets.token_hex(15)}"[:32],
                "amount": amount,
                "reason": words,
                "asked": True,
                "state": TO_SEND,
            }
        )
        received.account_id._trigger()
        return refund

    @api.private
    @api.model
    def send(self, bank, refund_id):
        """Ask the bank for one return, after that was committed."""
        queue = self.env["recurring.pix.queue"]
        if not queue.transaction(self._announce, refund_id):
            return
        refund = self.env["recurring.pix.refund"].browse(refund_id)
        job = refund.pix_payment_id.end_to_end, refund.name, to_decimal(refund.amount), refund.reason
        try:
            answer = bank.give_back(*job)
        except PixRefused as refused:
            answer = bank.given_back(*job[:2]) or {"status": "NAO_REALIZADO", "motivo": str(refused)}
        except PixProblem as problem:
            queue.transaction(self._keep, refund_id, {"motivo": str(problem)})
            raise
        queue.transaction(self._keep, refund_id, answer)

    @api.private
    @api.model
    def follow(self, bank, refund_id):
        """What became of a return; one the bank never heard of is asked for again, under the same name."""
        refund = self.env["recurring.pix.refund"].browse(refund_id)
        known = refund.state != TO_SEND and bank.given_back(refund.pix_payment_id.end_to_end, refund.name)
        if known:
            self.env["recurring.pix.queue"].transaction(self._keep, refund_id, known)
        elif refund.state in (TO_SEND, SENDING):
            self.send(bank, refund_id)

    def _announce(self, refund_id):
        refund = self.env["recurring.pix.refund"].browse(refund_id).try_lock_for_update()
        if not refund or refund.state not in (TO_SEND, SENDING):
            return False
        refund.state = SENDING
        return True

    def _keep(self, refund_id, answer):
        refund = self.env["recurring.pix.refund"].browse(refund_id)
        refund.lock_for_update()
        status = answer.get("status")
        if not status:
            refund.problem = answer.get("motivo")
            return
        state = OF_BANK.get(status, RETURNING)
        refund.write({"state": state, "problem": answer.get("motivo") if state == NOT_RETURNED else False})
        if state != RETURNING:
            refund.ended_at = fields.Datetime.now()
