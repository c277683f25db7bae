from odoo import api, models

from ..const import dunning as const
from ..rules import promises
from ..rules.money import to_decimal


class RecurringPromiseKeeping(models.AbstractModel):
    """Money that was taken back kept no promise."""

    _inherit = "recurring.promise.keeping"

    @api.private
    @api.model
    def look_again(self, promise_records):
        """Promises that were kept, for which money was taken back: they are open again, or were not kept once their day is over."""
        for promise in promise_records.filtered(lambda promise: promise.state == const.KEPT):
            left = sum((to_decimal(line.amount_residual) for line in promise.line_ids), to_decimal(0))
            # Money that came and that nobody allocated yet keeps it too.
            paid = self._came(promise) + self._on_account(promise)
            today = promise.company_id._recurring_today()
            state = promises.judge(to_decimal(promise.debt_amount), paid, left, today, promise.until or promise.date)
            if state in (const.KEPT, const.CANCELLED):
                continue
            missed = state != const.OPEN
            case = promise.case_id._of(promise.partner_id, promise.company_id)[promise.partner_id]
            promise.write(
                {"case_id": case.id, "state": state, "paid": float(paid), "kept_on": False, "broken_on": today if missed else False}
            )
            words = self.env._("The money promised as %s was taken back.", promise.display_name)
            case._ask_owner(words, today)
            case._arrangement_made(words)
