import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..const.pix import OF_BANK, RECEIVED, RETURNING, SENDING, TO_SEND, TOLD, UNKNOWN
from ..rules import pix
from .pix_errors import PixProblem, PixRefused

_logger = logging.getLogger(__name__)

WINDOW = timedelta(days=5)
"""Banks list payments of some days at a time."""
OVERLAP = timedelta(days=1)
"""What the bank lists late is read again: knowing a Pix twice is harmless."""
MOST_PAGES = 1000
GIVE_UP = timedelta(days=2)
"""What was told but is not known to the bank by then, is not true."""


class RecurringPixReading(models.AbstractModel):
    """Learns of payments: reads the bank's list, and asks the bank about every Pix that somebody told us of. Nothing is believed unread."""

    _name = "recurring.pix.reading"
    _description = "Reading of Pix Payments"

    @api.private
    @api.model
    def run_scheduled(self):
        """The scheduled action: read, verify, book."""
        if not self.env["recurring.identity"].is_confirmed():
            return
        # sudo: accounts are read by administrators only, and the scheduled action works for all companies
        service = self.sudo()
        for account in service.env["recurring.pix.account"]._at_work():
            service._work(account)
        service.env["recurring.pix.settlement"].book_all()
        service.env["recurring.pix.return.booking"].book_all()

    def _work(self, account):
        queue = self.env["recurring.pix.queue"]
        with queue.alone("read", account) as alone:
            if not alone:
                return
            try:
                with self.env["recurring.pix.api"].session(account) as bank:
                    self._verify(bank, account)
                    self._read_list(bank, account)
                    self._follow_refunds(bank, account)
            except PixProblem as problem:
                queue.transaction(account._remember, problem)
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                # Answers without sense stop neither other accounts nor the booking of what is known.
                _logger.exception("Pix: the work with the bank of account %s failed", account.id)
                if not self.env["recurring.invoice.generation"]._in_one_transaction():
                    self.env.cr.rollback()
                words = self.env._("The bank's answer cannot be read (%s).", error)
                queue.transaction(account._remember, words)

    def _read_list(self, bank, account):
        """The bank's list since the last time; how far it was read is kept only when a whole window was."""
        queue, now = self.env["recurring.pix.queue"], account._now()
        start = account.read_until - OVERLAP
        while start < now:
            end = min(start + WINDOW, now)
            page, pages = 0, 1
            while page < min(pages, MOST_PAGES):
                told, pages = bank.payments(start, end, page)
                queue.transaction(self.keep, account, told)
                page += 1
            queue.transaction(account.write, {"read_until": max(end, account.read_until)})
            start = end

    def _verify(self, bank, account):
        """Ask the bank about each Pix that a notification told of."""
        queue, silent = self.env["recurring.pix.queue"], None
        told = self.env["recurring.pix.payment"].search([("account_id", "=", account.id), ("state", "=", TOLD)], order="id")
        for name, since in told.mapped(lambda payment: (payment.end_to_end, payment.create_date)):
            try:
                known = bank.payment(name)
            except PixRefused as refused:
                if refused.status in (401, 403):
                    raise
                known = None
            except PixProblem as problem:
                silent = problem
                continue
            if known:
                queue.transaction(self.keep, account, [known])
            elif since < fields.Datetime.now() - GIVE_UP:
                queue.transaction(self._disbelieve, account, name)
        if silent:
            raise silent

    def _disbelieve(self, account, name):
        payment = self.env["recurring.pix.payment"].search([("end_to_end", "=", name), ("state", "=", TOLD)])
        payment.write(
            {"state": UNKNOWN, "problem": self.env._("A notification told of it, but the bank does not know it. Nothing was booked.")}
        )

    # Keeping

    @api.private
    @api.model
    def tell(self, account, told):
        """Note what a notification told: only its name, the rest is asked of the bank.

        :param told: list of (end-to-end id, txid).
        :return: how many concern us.
        """
        ours = self._ours(account, {txid for _name, txid in told})
        rows = [(name, txid) for name, txid in told if txid in ours]
        self._insert(account, rows, ours)
        names = [name for name, _txid in rows]
        known = self.env["recurring.pix.payment"].search([("end_to_end", "in", names), ("state", "in", [UNKNOWN])])
        known.state = TOLD
        return len(rows)

    @api.private
    @api.model
    def keep(self, account, told):
        """Keep payments as the bank told them, and what went back of them. What is not for a transaction id of ours is no business of ours.

        :param told: list of Pix in the bank's words.
        """
        read = []
        for words in told:
            try:
                read.append(pix.received(words))
            except ValueError:
                _logger.warning("Pix: the bank told of a payment that cannot be read")
        ours = self._ours(account, {each.txid for each in read})
        mine = {each.name: each for each in read if each.txid in ours}
        self._insert(account, [(each.name, each.txid) for each in mine.values()], ours)
        payments = self.env["recurring.pix.payment"].search([("end_to_end", "in", list(mine)), ("account_id", "=", account.id)])
        for payment in payments:
            each = mine[payment.end_to_end]
            if payment.state in (TOLD, UNKNOWN):
                charge, move = ours[each.txid]
                payment.write(
                    {
                        "state": RECEIVED,
                        "txid": each.txid,
                        "charge_id": charge.id,
                        "move_id": move.id,
                        "amount": float(each.amount),
                        "received_at": each.moment,
                        "received_on": each.day,
                        "late": float(each.late or 0),
                        "note": each.note,
                        "problem": False,
                    }
                )
            self._keep_returned(payment, each)

    def _ours(self, account, txids):
        """What transaction ids of ours stand for: dict txid → (charge, invoice). Static codes carry the invoice's own id."""
        txids = [txid for txid in txids if txid and txid.isascii() and txid.isalnum()]
        charges = self.env["recurring.pix.charge"].search([("txid", "in", txids), ("company_id", "=", account.company_id.id)])
        moves = self.env["account.move"].search([("recurring_txid", "in", txids), ("company_id", "=", account.company_id.id)])
        none = self.env["recurring.pix.charge"]
        return {move.recurring_txid: (none, move) for move in moves} | {charge.txid: (charge, charge.move_id) for charge in charges}

    def _insert(self, account, rows, ours):
        """A row for each Pix that is not known yet; two processes that learn of the same do not meet."""
        same = (account.id, account.company_id.id, self.env.ref("base.BRL").id, TOLD, self.env.uid, self.env.uid)
        values = [
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s, %s, %s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')",
                *(name, txid, ours[txid][1].id, *same),
            )
            for name, txid in rows
            if pix.is_end_to_end(name)
        ]
        if values:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO recurring_pix_payment (end_to_end, txid, move_id, account_id, company_id, currency_id, state,
                                                       create_uid, write_uid, create_date, write_date)
                    VALUES %s ON CONFLICT DO NOTHING
                    """,
                    SQL(", ").join(values),
                )
            )
            self.env["account.move"].invalidate_model(["recurring_pix_payment_ids"])

    def _keep_returned(self, payment, each):
        """What went back of a Pix, whoever asked for it."""
        known = {refund.name: refund for refund in payment.refund_ids}
        for returned in each.returned:
            if not returned.name:
                continue
            values = {"state": OF_BANK.get(returned.status, RETURNING), "amount": float(returned.amount), "problem": False}
            if returned.reason:
                values["reason"] = returned.reason
            refund = known.get(returned.name)
            if refund and any(refund[name] != value for name, value in values.items()):
                refund.write(values)
            elif not refund:
                refund = payment.refund_ids.create({"pix_payment_id": payment.id, "name": returned.name, **values})
                self._tell_returned(payment, refund)

    def _tell_returned(self, payment, refund):
        """Money that went back without us is told on the invoice."""
        payment.move_id._message_log(
            body=self.env._(
                "%(amount)s of the Pix %(pix)s went back to the payer at the bank.",
                amount=payment.currency_id.format(refund.amount),
                pix=payment.end_to_end,
            )
        )

    def _follow_refunds(self, bank, account):
        """Look after returns that are under way."""
        domain = [("pix_payment_id.account_id", "=", account.id), ("state", "in", [TO_SEND, SENDING, RETURNING])]
        for refund_id in self.env["recurring.pix.refund"].search(domain, order="id").ids:
            self.env["recurring.pix.refunding"].follow(bank, refund_id)
