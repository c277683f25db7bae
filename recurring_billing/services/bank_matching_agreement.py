from odoo import api, models

from ..const import dunning as const
from ..rules import bank_matching
from ..rules.bank_matching import Match, Reason
from ..rules.bank_text import runs, tokens
from ..rules.money import to_decimal

SURE = {bank_matching.REFERENCE, bank_matching.DOCUMENT}
"""What says beyond doubt who pays."""
AGAINST = {
    bank_matching.REFERENCES_DIFFER,
    bank_matching.SETTLED_REFERENCE,
    bank_matching.OTHER_DOCUMENT,
    bank_matching.REGISTERED,
    bank_matching.OTHER_FILE,
    bank_matching.PIX_UNREAD,
}


class RecurringBankMatching(models.AbstractModel):
    """Movements that pay instalments of an agreement: those that name its number, and those of its customer with the amount of
    instalments.
    """

    _inherit = "recurring.bank.matching"

    def _match_slips(self, rows):
        matched = super()._match_slips(rows)
        return matched | self._match_agreements(rows - matched)

    def _match_agreements(self, rows):
        """Movements that name the number of one agreement in force."""
        numbers = {"".join(tokens(each.name)): each for each in self._running([("company_id", "in", rows.company_id.ids)])}
        matched = rows.browse()
        for row in rows if numbers else ():
            named = {numbers[text] for text, _run in runs(row.name or "") if text in numbers}
            mine = [each for each in named if each.company_id == row.company_id and each.currency_id == row.currency_id]
            if len(mine) == 1 == len(named):
                self._keep_instalments(row, mine[0], (Reason("agreement", mine[0].name),), is_sure=True)
                matched |= row
        return matched

    def _match(self, rows):
        res = super()._match(rows)
        open_ones = rows.filtered(lambda row: row.partner_id and row.match == bank_matching.DOUBTFUL)
        payers = open_ones.partner_id.commercial_partner_id
        by_payer = self._running([("partner_id", "in", payers.ids), ("company_id", "in", rows.company_id.ids)]).grouped("partner_id")
        for row in open_ones:
            mine = by_payer.get(row.partner_id.commercial_partner_id, self.env["recurring.agreement"])
            mine = mine.filtered(lambda each, row=row: each.company_id == row.company_id and each.currency_id == row.currency_id)
            codes = {code for code, _value in row.reasons or ()}
            moves = mine.part_ids.line_id.move_id | mine.part_ids.source_line_id.move_id
            elsewhere = bank_matching.REFERENCE in codes and row.move_ids - moves
            if len(mine) == 1 and not elsewhere and self.instalments_for(mine, row.amount, row.date)[1]:
                reasons = tuple(
                    Reason(*each) for each in row.reasons if each[0] not in (bank_matching.AMOUNT_LESS, bank_matching.AMOUNT_MORE)
                )
                sure = bool(codes & SURE) and not codes & AGAINST
                self._keep_instalments(row, mine, (*reasons, Reason("instalment", mine.name)), is_sure=sure)
        return res

    def _running(self, domain):
        return self.env["recurring.agreement"].search([("state", "=", const.RUNNING), *domain])

    def _keep_instalments(self, row, agreement, reasons, is_sure):
        """Certain where it is sure whose money it is and the amount is that of instalments; else a person decides."""
        payer = agreement.partner_id.commercial_partner_id
        lines, agrees = self.instalments_for(agreement, row.amount, row.date)
        suspicions = tuple(Reason(*each) for each in row.suspicions or ())
        registered = bank_matching.twin(self._row(row), payer.id, self._registered(row))
        if registered:
            suspicions += (Reason(bank_matching.REGISTERED, registered.id),)
        certain = is_sure and agrees and not suspicions
        said = (Reason(bank_matching.AMOUNT),) if agrees else (Reason("instalment_differs"),)
        known = {reason.code for reason in reasons}
        more = tuple(reason for reason in (*said, *suspicions) if reason.code not in known)
        verdict = bank_matching.CERTAIN if certain else bank_matching.DOUBTFUL
        self._keep(row, Match(verdict, tuple(lines.move_id.ids), payer.id, (*reasons, *more)))
        row.agreement_id = agreement

    def _keep(self, row, match):
        row.agreement_id = False
        return super()._keep(row, match)

    @api.private
    @api.model
    def instalments_for(self, agreement, amount, day):
        """The open receivable items that money of a day pays: those of the oldest instalments.

        :return: (items, whether the money is exactly what these instalments cost, with the fees of the day or without)
        """
        lines = agreement.part_ids.line_id.filtered(lambda line: not line.reconciled)
        dues = self.env["recurring.amount.due"].of_lines(lines, day)
        found, total, residual = lines.browse(), to_decimal(0), to_decimal(0)
        for instalment in agreement.instalment_ids.sorted("date"):
            mine = instalment.part_ids.line_id & lines
            found |= mine
            total += sum(dues[line].to_pay for line in mine if line in dues)
            residual += sum(dues[line].residual for line in mine if line in dues)
            if mine and to_decimal(amount) in (total, residual):
                return found, True
        return found, False
