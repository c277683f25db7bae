from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain

from .. import const as base_const
from ..const import dunning as const

# Why an item is left alone, as codes; ``recurring.dunning.reasons`` says them in words.
PAYING, EXCLUDED, DISPUTED, PROMISED, CLAIMED = "paying", "excluded", "disputed", "promised", "claimed"
CHARGE, CLARIFY, DEBIT, BANK_ROW, TAKEN_BACK = "charge", "clarify", "debit", "bank_row", "taken_back"

PATIENCE = 5
"""Days after which money that somebody set out to pay, and that never came, no longer keeps anybody from asking for it."""
BANK_PATIENCE = 10
RESERVED_DAYS = 30
"""Days after which the money a card reserved, and nobody took, is free again: providers give it back after a week to a month."""
LEFT_ALONE = ("blocked", "invoicing_legacy")


class Wait(NamedTuple):
    """Why an item is left alone.

    :param code: empty where it is only charged by itself later, so that nobody is reminded before it is due.
    """

    code: str
    until: object = None
    charged: bool = False


class RecurringDunningWaits(models.AbstractModel):
    """Which debts are left alone, and until when: contested, promised, said to be paid, or on their way already."""

    _name = "recurring.dunning.waits"
    _description = "Debts Left Alone"

    @api.private
    @api.model
    def of(self, rows, company, day):
        """Why items are left alone.

        :param rows: open debts as ``recurring.dunning.facts`` reads them.
        :return: dict id of the receivable line → Wait; what comes first counts
        """
        lines = [row["id"] for row in rows]
        moves = {row["move_id"] for row in rows}
        by_move = self._by_move(company, moves, day)
        found = {}
        for source in (self._disputes(lines), self._promises(lines, day), self._claims(lines, day)):
            for line_id, wait in source.items():
                found.setdefault(line_id, wait)
        chargeable = self._charged(company, rows, day)
        for row in rows:
            wait = self._of_row(row, day) or found.get(row["id"]) or by_move.get(row["move_id"]) or chargeable.get(row["id"])
            if wait:
                found[row["id"]] = wait
        return found

    def _of_row(self, row, day):
        """What the invoice itself says."""
        if row["payment_state"] in LEFT_ALONE or row["no_followup"]:
            return Wait(EXCLUDED)
        state = row["recurring_charge_state"]
        if state == base_const.CHARGE_CLARIFY:
            return Wait(CLARIFY)
        if state == base_const.CHARGE_RUNNING:
            return Wait(CHARGE)
        next_try = row["recurring_next_charge_date"]
        if state == base_const.CHARGE_PLANNED and next_try and day <= next_try + timedelta(days=PATIENCE) and row["due"] <= day:
            return Wait(CHARGE, next_try, charged=True)
        return None

    # What was said about them

    def _disputes(self, line_ids):
        return self._lines_of("recurring.dispute", line_ids, Domain.TRUE, lambda dispute: Wait(DISPUTED, None))

    def _promises(self, line_ids, day):
        """A promise holds until its last day is over and it was judged, which happens the day after."""
        since = day - timedelta(days=PATIENCE)
        kept = Domain("until", ">=", since) | Domain("until", "=", False) & Domain("date", ">=", since)
        return self._lines_of("recurring.promise", line_ids, kept, lambda promise: Wait(PROMISED, max(promise.date, day)))

    def _claims(self, line_ids, day):
        return self._lines_of(
            "recurring.payment.claim", line_ids, Domain("holds_until", ">=", day), lambda claim: Wait(CLAIMED, claim.holds_until)
        )

    def _lines_of(self, model, line_ids, domain, wait):
        # sudo: what was said about a debt counts, whoever asks
        records = self.env[model].sudo().search(Domain("line_ids", "in", line_ids) & Domain("state", "=", const.OPEN) & domain)
        return {line_id: wait(record) for record in records for line_id in record.line_ids.ids}

    # Money on its way

    @api.private
    @api.model
    def on_its_way(self, company, moves, day):
        """Invoices for which money is on its way, whatever else was said about them: id → Wait."""
        return self._by_move(company, set(moves.ids), day) if moves else {}

    def _by_move(self, company, move_ids, day):
        """Invoices for which money is on its way: begun online, received by the bank, debited, read from a bank file."""
        found = {}
        for source in (self._bank_rows, self._debits, self._pix, self._online):
            found.update(source(company, list(move_ids), day))
        return found

    def _online(self, company, move_ids, day):
        """What was begun online and has no end yet. Whoever chose to pay by transfer, and did not, is asked again after some days."""
        patience = {"pending": PATIENCE, "authorized": RESERVED_DAYS}
        since = {state: fields.Datetime.to_datetime(day - timedelta(days=days)) for state, days in patience.items()}
        under_way = Domain("state", "in", ("pending", "authorized")) | Domain("state", "=", "done") & Domain(
            "is_post_processed", "=", False
        )
        # sudo: what is being paid counts, whoever may read payments
        found = self.env["payment.transaction"].sudo().search(Domain("invoice_ids", "in", move_ids) & under_way)
        fresh = found.filtered(lambda each: each.state not in since or each.last_state_change >= since[each.state])
        until = {
            each: each.last_state_change.date() + timedelta(days=patience[each.state]) if each.state in patience else None for each in fresh
        }
        return {move.id: Wait(PAYING, until[each]) for each in fresh for move in each.invoice_ids}

    def _pix(self, company, move_ids, day):
        # sudo: see ``_online``
        found = self.env["recurring.pix.payment"].sudo().search([("move_id", "in", move_ids), ("state", "in", ("told", "received"))])
        return {payment.move_id.id: Wait(PAYING) for payment in found}

    def _debits(self, company, move_ids, day):
        # sudo: see ``_online``
        debits = self.env["recurring.mandate.debit"].sudo()
        found = debits.search([("move_id", "in", move_ids), ("state", "in", base_const.DEBITS_UNDER_WAY)])
        return {debit.move_id.id: Wait(DEBIT, max(debit.day, day), charged=True) for debit in found}

    def _bank_rows(self, company, move_ids, day):
        """Money in a bank file that was not booked yet and may be for these invoices."""
        since = day - timedelta(days=BANK_PATIENCE)
        waiting = (base_const.BANK_ROW_OPEN, base_const.BANK_ROW_QUEUED)
        # sudo: see ``_online``
        rows = self.env["recurring.bank.row"].sudo()
        found = rows.search([("move_ids", "in", move_ids), ("state", "in", waiting), ("amount", ">", 0), ("date", ">=", since)])
        return {move.id: Wait(BANK_ROW, row.date + timedelta(days=BANK_PATIENCE)) for row in found for move in row.move_ids}

    # Charged by itself

    def _charged(self, company, rows, day):
        """Items that are not due yet and will be charged by themselves: nobody is reminded of them."""
        if not company.recurring_charge:
            return {}
        coming = {
            row["move_id"]
            for row in rows
            if row["due"] >= day and row["recurring_stage"] == base_const.STAGE_TO_CHARGE and row["recurring_charge_state"] != "stopped"
        }
        # sudo: whether a card will do follows from the invoice, whoever asks
        moves = self.env["account.move"].sudo().with_company(company).browse(coming)
        able = {move.id for move in moves if self._has_way(move)}
        return {row["id"]: Wait("", charged=True) for row in rows if row["move_id"] in able and row["due"] >= day}

    def _has_way(self, move):
        if move._recurring_collect_by() != "card":
            return True
        return not move._recurring_no_card(move._recurring_payment_token())
