from odoo import models
from odoo.fields import Domain

from ..const import dunning as const
from .dunning_waits import DISPUTED, PAYING, Wait


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
