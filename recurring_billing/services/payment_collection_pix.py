from odoo import models

from ..const.pix import RECEIVED, TOLD


class RecurringPaymentCollection(models.AbstractModel):
    _inherit = "recurring.payment.collection"

    def _waits_for_another(self, move):
        """A Pix that came, or that we were told of, and is not booked yet pays the invoice: no card is charged meanwhile."""
        # sudo: what came counts, whoever charges
        came = move.sudo().recurring_pix_payment_ids.filtered(lambda payment: payment.state in (TOLD, RECEIVED))
        return super()._waits_for_another(move) or bool(came)
