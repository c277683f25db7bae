from odoo import api, models
from odoo.exceptions import ConcurrencyError, LockError, RedirectWarning, UserError
from odoo.fields import Domain

from .. import const
from ..rules import bank_book, bank_matching
from ..rules.money import to_decimal
from .billing_batch import CONFLICTS
from .notification import notification

AT_ONCE = 40
BATCH = 20


class RecurringBankBooking(models.AbstractModel):
    """Books bank movements, each once: native payments that settle the invoices they pay."""

    _name = "recurring.bank.booking"
    _description = "Booking of Bank Movements"

    @api.private
    @api.model
    def book_certain(self, rows):
        """Book movements that are certain: a few at once, many in the background.

        :return: an action that says what was done
        """
        rows = self._held(rows)
        if len(rows) > AT_ONCE:
            rows.write({"state": const.BANK_ROW_QUEUED, "decided_by": self.env.uid})
            # sudo: the scheduled action runs for whoever may book
            self.env.ref("recurring_billing.cron_bank_booking").sudo()._trigger()
            message = self.env._("%s movements are booked in the background. Open the file again in some minutes.", len(rows))
        else:
            booked = sum(self._book_if_still_certain(row) for row in rows)
            message = self.env._("%s movements booked.", booked)
            if booked < len(rows):
                left = len(rows) - booked
                message += " " + self.env._("Of %s others the invoices changed meanwhile: decide on them in the list.", left)
        return notification(message)

    @api.private
    @api.model
    def run_scheduled(self):
        """Book what is queued, batch by batch; a batch and its payments are one transaction, so nothing is booked twice or lost."""
        busy, queued = [], Domain("state", "=", const.BANK_ROW_QUEUED)
        while rows := self.env["recurring.bank.row"].search(queued & Domain("id", "not in", busy), order="id", limit=BATCH):
            busy += self._book_batch(rows)
            left = self.env["recurring.bank.row"].search_count(queued & Domain("id", "not in", busy))
            if not self.env["ir.cron"]._commit_progress(len(rows), remaining=left):
                return

    def _book_batch(self, rows):
        """Book movements; one by one, where another process works on some of what they pay: those wait for the next run.

        :return: ids of those that wait
        """
        try:
            held = rows.try_lock_for_update()
            for row in held:
                self._book_if_still_certain(row)
            self.env["ir.cron"]._commit_progress()
            return (rows - held).ids
        except (*CONFLICTS, ConcurrencyError):
            self.env.cr.rollback()
        return [row_id for row in rows for row_id in self._book_batch(row)] if len(rows) > 1 else rows.ids

    @api.private
    @api.model
    def book(self, rows, on_account=False):
        """Book movements as a person decided: on the invoices they show, or on account of their customer."""
        for row in self._held(rows):
            if not on_account and not row.move_ids:
                raise UserError(self.env._("Choose the invoices that %s pays, or the customer and keep it on account.", row.display_name))
            if on_account and not row.partner_id:
                raise UserError(self.env._("Choose the customer whose money %s is.", row.display_name))
            moves = row.move_ids.browse() if on_account else row.move_ids
            self._receive(row, moves, [["decided_account" if on_account else "decided", None]])
        return True

    @api.private
    @api.model
    def link(self, rows):
        """Say that movements are payments that stand in the books already: no new money."""
        for row in self._held(rows):
            payment = row.registered_payment_id
            if not payment:
                raise UserError(self.env._("Choose the payment that %s is.", row.display_name))
            if self.env["recurring.bank.row"].search_count([("payment_id", "=", payment.id)], limit=1):
                raise UserError(self.env._("%s is another movement of the bank already. Choose another payment.", payment.name))
            self.settle(row, payment, [["decided_registered", payment.name]])
        return True

    @api.private
    @api.model
    def ignore(self, rows):
        """Leave movements out; they can be taken back."""
        self._held(rows).write({"state": const.BANK_ROW_IGNORED, "decided_by": self.env.uid, "reasons": [["decided_ignored", None]]})
        return True

    @api.private
    @api.model
    def reopen(self, rows):
        """Decide again on movements that were ignored, or whose payment was cancelled."""
        self.env["recurring.bank.import"].check_may_work()
        rows.check_access("write")
        # sudo: the state is kept by services; who may book was checked
        rows = rows.sudo()
        rows.lock_for_update()
        for row in rows:
            in_force = row.payment_id and row.payment_id.state in (*const.PAID_STATES, "draft")
            if row.state == const.BANK_ROW_QUEUED or (row.state == const.BANK_ROW_BOOKED and in_force):
                raise UserError(self.env._("%s is booked. Cancel its payment first, then decide again.", row.display_name))
            if row.amount <= 0:
                raise UserError(self.env._("%s is money that went out: there is nothing to decide.", row.display_name))
        rows.write({"state": const.BANK_ROW_OPEN, "payment_id": False, "decided_by": False})
        self.env["recurring.bank.matching"].match(rows)
        return True

    @api.private
    @api.model
    def settle(self, row, payment, reasons):
        """A movement is dealt with by a payment."""
        # sudo: the state is kept by services
        row.sudo().write(
            {"state": const.BANK_ROW_BOOKED, "payment_id": payment.id, "decided_by": row.decided_by.id or self.env.uid, "reasons": reasons}
        )

    def _held(self, rows):
        """The movements, held against who books them at the same time."""
        self.env["recurring.bank.import"].check_may_work()
        rows.check_access("write")
        # sudo: movements are written by services only; who may book was checked
        rows = rows.sudo()
        rows.lock_for_update()
        if any(row.state != const.BANK_ROW_OPEN for row in rows):
            raise UserError(self.env._("Some of these movements are booked or ignored already. Open the list again."))
        return rows

    def _book_if_still_certain(self, row):
        """Book a movement whose invoices still cost what it is; else a person decides.

        :return: whether it was booked
        """
        try:
            (row.slip_id or row.move_ids).lock_for_update()
        except LockError as error:
            # Somebody takes money for it right now: Odoo starts the transaction again.
            raise ConcurrencyError("what a bank movement pays is being settled by another process") from error
        why = ["changed", None]
        if self._still_agrees(row):
            try:
                with self.env.cr.savepoint():
                    self._receive(row, row.move_ids, row.reasons)
                return True
            except (UserError, RedirectWarning) as error:
                # One movement must not stop the others: a person reads why.
                why = ["refused", str(error.args[0] if error.args else error)]
        reasons = [*(row.reasons or ()), why]
        row.write({"state": const.BANK_ROW_OPEN, "match": bank_matching.DOUBTFUL, "reasons": reasons, "decided_by": False})
        return False

    def _still_agrees(self, row):
        if row.slip_id:
            slip = row.slip_id
            return slip.state == const.SLIP_OPEN and row.currency_id.compare_amounts(row.amount, slip.residual) == 0
        moves = row.move_ids
        waiting = moves.filtered_domain(Domain("state", "=", "posted") & Domain("payment_state", "in", ("not_paid", "partial")))
        if not moves or waiting != moves:
            return False
        dues = self.env["recurring.amount.due"].of(moves, row.date).values()
        totals = (sum(to_decimal(due.total) for due in dues), sum(to_decimal(due.residual) for due in dues))
        return to_decimal(row.amount) in totals

    def _receive(self, row, moves, reasons):
        if moves.currency_id - row.currency_id:
            raise UserError(
                self.env._(
                    "%(movement)s is money in %(currency)s: choose invoices in this currency.",
                    movement=row.display_name,
                    currency=row.currency_id.name,
                )
            )
        payment = self.env["recurring.receipt"].receive(
            moves.sorted(lambda move: (move.invoice_date_due, move.id)),
            row.amount,
            row.journal_id,
            row.date,
            payment_method_line=self._method_line(row.journal_id),
            memo=self._memo(row, moves),
            unique_ref=self._unique_ref(row),
            partner=row.partner_id.commercial_partner_id or None,
        )
        row.tries += 1
        self.settle(row, payment, reasons)

    def _unique_ref(self, row):
        """What names the money: the number of a Pix, by which its own notice knows it too, else the movement."""
        pix = bank_book.pix_number(row.name or "")
        name = f"pix:{pix}" if pix else f"bank:{row.id}"
        return name if not row.tries else f"{name}/{row.tries}"

    def _method_line(self, journal):
        """Money of the bank came by no provider."""
        lines = journal.inbound_payment_method_line_ids
        return lines.filtered(lambda line: line.code == "manual")[:1] or lines[:1]

    def _memo(self, row, moves):
        numbers = ", ".join(moves.mapped("name"))
        return " · ".join(part for part in (numbers, row.name) if part)
