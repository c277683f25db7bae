from odoo import api, models
from odoo.fields import Domain

from ..const import dunning as const
from .dunning_waits import DISPUTED, PAYING, TAKEN_BACK, Wait


class RecurringDunningWaits(models.AbstractModel):
    """Debts that wait for what was arranged: those the customer was right about, and entries of agreements that are being paid."""

    _inherit = "recurring.dunning.waits"

    def _disputes(self, line_ids):
        """Those that were answered in the customer's favour too, until a person, who has a task for it, credits them."""
        found = super()._disputes(line_ids)
        # sudo: what was said about a debt counts, whoever asks
        accepted = self.env["recurring.dispute"].sudo().search([("line_ids", "in", line_ids), ("state", "=", const.ACCEPTED)])
        for line_id in accepted._holding(accepted.line_ids).ids:
            found.setdefault(line_id, Wait(DISPUTED))
        return found

    @api.private
    @api.model
    def of(self, rows, company, day):
        """A debt whose payment was taken back through the bank waits until that day is over, so that nobody who paid in the morning is
        asked in
        the evening. Whoever contests the debt itself has a dispute.
        """
        found = super().of(rows, company, day)
        moves = list({row["move_id"] for row in rows})
        # sudo: see ``_disputes``
        taken = self.env["recurring.chargeback"].sudo().search([("move_ids", "in", moves), ("date", ">=", day)]).move_ids.ids
        for row in rows:
            if row["move_id"] in taken and not (row["id"] in found and found[row["id"]].code):
                found[row["id"]] = Wait(TAKEN_BACK, day)
        return found

    def _online(self, company, move_ids, day):
        found = super()._online(company, move_ids, day)
        # sudo: what is being paid counts, whoever may read payments
        begun = Domain("recurring_agreement_id.state", "=", const.RUNNING) & Domain("state", "in", ("pending", "authorized", "done"))
        waiting = Domain("state", "!=", "done") | Domain("is_post_processed", "=", False)
        parts = Domain("recurring_agreement_id.part_ids.line_id.move_id", "in", move_ids)
        payments = self.env["payment.transaction"].sudo().search(begun & waiting & parts)._recurring_expected()
        for move in payments.recurring_agreement_id.part_ids.line_id.move_id:
            found.setdefault(move.id, Wait(PAYING))
        return found
