import logging
from datetime import timedelta

from odoo import api, models

from .. import const
from ..const.pix import BOOKED, OPEN, PAID, RECEIVED

_logger = logging.getLogger(__name__)

DAY = timedelta(days=1)


class RecurringPixSettlement(models.AbstractModel):
    """Turns each Pix the bank received into one native payment, whatever is heard of it, and how often."""

    _name = "recurring.pix.settlement"
    _description = "Booking of Pix Payments"

    @api.private
    @api.model
    def book_all(self):
        """Book what was received, each in a transaction of its own; what cannot be booked keeps its problem and is tried again later."""
        queue = self.env["recurring.pix.queue"]
        # sudo: payments of all companies; the scheduled action works for everybody
        ids = self.sudo().env["recurring.pix.payment"].search([("state", "=", RECEIVED)], order="received_at, id").ids
        for position, payment_id in enumerate(ids):
            self._book_or_tell(payment_id)
            if queue.checkpoint(len(ids) - position - 1) <= 0:
                return

    @api.private
    @api.model
    def book_for_user(self, payments):
        """The button: book these, by whoever may receive money."""
        payments.check_access("read")
        self.env["recurring.invoice.generation"].check_may_bill()
        for payment in payments.filtered(lambda each: each.state == RECEIVED):
            # sudo: Pix payments are written by the service alone; who may was checked
            self.sudo().book(payment.id)

    def _book_or_tell(self, payment_id):
        queue = self.env["recurring.pix.queue"]
        try:
            # sudo: see ``book_all``
            queue.transaction(self.sudo().book, payment_id)
        except Exception as error:
            _logger.info("Pix %s not booked: %s", payment_id, error)
            queue.transaction(self._tell, payment_id, error)

    def _tell(self, payment_id, error):
        # sudo: see ``book_all``
        self.sudo().env["recurring.pix.payment"].browse(payment_id).problem = str(error)[:500] or type(error).__name__

    @api.private
    @api.model
    def book(self, payment_id):
        """One Pix, once: its row is locked first, and accounting refuses a second payment of the same name."""
        received = self.env["recurring.pix.payment"].browse(payment_id).try_lock_for_update()
        if not received or received.state != RECEIVED:
            return
        account, move = received.account_id, received.move_id.with_company(received.company_id)
        received.charge_id.filtered(lambda charge: charge.state in OPEN).state = PAID
        payment = self._taken_at_the_counter(received) or self._receipt(received).receive(
            move if move.state == "posted" else move.browse(),
            received.amount,
            account.journal_id,
            received.received_on,
            memo=self.env._("Pix %(invoice)s", invoice=move.name),
            unique_ref=f"pix:{received.end_to_end}",
            partner=move.commercial_partner_id,
        )
        received.write({"state": BOOKED, "payment_id": payment.id, "problem": False})

    def _taken_at_the_counter(self, received):
        """The payment a clerk made of this Pix, seen on the payer's phone: a code of the account alone is confirmed by hand there."""
        payments = self.env["account.payment"]
        if received.charge_id:
            return payments
        domain = [
            ("recurring_way", "=", const.COUNTER_PIX),
            ("state", "in", const.PAID_STATES),
            ("company_id", "=", received.company_id.id),
            ("partner_id", "=", received.move_id.commercial_partner_id.id),
            ("currency_id", "=", received.currency_id.id),
            ("amount", "=", received.amount),
            ("date", ">=", received.received_on - DAY),
            ("date", "<=", received.received_on + DAY),
        ]
        found = payments.search(domain, order="id")
        known = received.search([("payment_id", "in", found.ids)]).payment_id
        return (found - known)[:1]

    def _receipt(self, received):
        return self.env["recurring.receipt"].with_company(received.company_id)
