from odoo import models

from .dunning_waits import PAYING, Wait


class RecurringDunningWaits(models.AbstractModel):
    """Money that was begun online for the entry of an agreement is on its way for what the entry carries."""

    _inherit = "recurring.dunning.waits"

    def _online(self, company, move_ids, day):
        found = super()._online(company, move_ids, day)
        # sudo: what is being paid counts, whoever may read payments
        agreements = self.env["recurring.agreement"].sudo().search([("entry_id", "in", move_ids), ("state", "=", "running")])
        for agreement in agreements:
            if agreement._recurring_under_way():
                found.setdefault(agreement.entry_id.id, Wait(PAYING))
        return found
