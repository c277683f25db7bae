from odoo import models

from ..const import dunning as const


class RecurringDunningFacts(models.AbstractModel):
    """A debt that was renegotiated begins anew with the dates of its instalments: what was done about its old date is another cycle."""

    _inherit = "recurring.dunning.facts"

    def _broken(self, line_ids):
        found = super()._broken(line_ids)
        # sudo: the cycle of a debt follows from what was agreed, whoever asks
        agreements = self.env["recurring.agreement"].sudo()
        signed = agreements.search([("line_ids", "in", line_ids), ("state", "in", (const.RUNNING, const.KEPT, const.BROKEN))])
        wanted = set(line_ids)
        for agreement in signed:
            for line_id in wanted.intersection(agreement.line_ids.ids):
                number, last = found.get(line_id, (0, None))
                found[line_id] = (number + 1, max(last or agreement.day, agreement.day))
        return found
