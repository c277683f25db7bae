from odoo import models

from ..const import dunning as const


class RecurringBankBooking(models.AbstractModel):
    """A movement that pays instalments of an agreement settles exactly their receivable items, wherever they are."""

    _inherit = "recurring.bank.booking"

    def _still_agrees(self, row):
        agreement = row.agreement_id
        if not agreement:
            return super()._still_agrees(row)
        return agreement.state == const.RUNNING and self.env["recurring.bank.matching"].instalments_for(agreement, row.amount, row.date)[1]

    def _receive(self, row, moves, reasons):
        agreement = row.agreement_id
        # Whoever chose other invoices by hand pays those.
        if not moves or agreement.state != const.RUNNING or moves - agreement.part_ids.line_id.move_id:
            return super()._receive(row, moves, reasons)
        lines, _agrees = self.env["recurring.bank.matching"].instalments_for(agreement, row.amount, row.date)
        payment = self.env["recurring.receipt"].receive(
            moves.browse(),
            row.amount,
            row.journal_id,
            row.date,
            payment_method_line=self._method_line(row.journal_id),
            memo=" · ".join(part for part in (agreement.name, row.name) if part),
            unique_ref=self._unique_ref(row),
            partner=agreement.partner_id.commercial_partner_id,
            lines=lines,
        )
        row.tries += 1
        return self.settle(row, payment, reasons)
