from odoo import models
from odoo.fields import Domain

from ..const import dunning as const
from .dunning_waits import CLAIMED, Wait


class RecurringDunningWaits(models.AbstractModel):
    """A payment that was found and is not booked yet keeps messages away for its days too."""

    _inherit = "recurring.dunning.waits"

    def _claims(self, line_ids, day):
        # sudo: what was said about a debt counts, whoever asks
        claims = self.env["recurring.payment.claim"].sudo()
        domain = Domain("line_ids", "in", line_ids) & Domain("state", "in", (const.OPEN, const.ACCEPTED)) & Domain("holds_until", ">=", day)
        return {line_id: Wait(CLAIMED, claim.holds_until) for claim in claims.search(domain) for line_id in claim.line_ids.ids}
