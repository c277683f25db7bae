from odoo import models


class RecurringChargingBack(models.AbstractModel):
    """A payment that was taken back whole takes its late fees along: they are owed again with the invoice."""

    _inherit = "recurring.charging.back"

    def _undo(self, inbound, amount, day, memo=None):
        outbound = super()._undo(inbound, amount, day, memo)
        if inbound.currency_id.compare_amounts(amount, inbound.amount) == 0:
            inbound.recurring_late_fee_ids.undone = True
        return outbound
