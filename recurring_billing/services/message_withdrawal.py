from odoo import models

from ..const import dunning as const
from .billing_batch import CONFLICTS


class RecurringMessageDispatch(models.AbstractModel):
    """Takes back what people were asked to do, or to approve, about debts that are settled meanwhile."""

    _inherit = "recurring.message.dispatch"

    def _withdraw_what_is_settled(self):
        """Take back what is settled; what somebody works on at this moment is left to the next run."""
        try:
            self._withdraw()
            self.env.flush_all()
        except CONFLICTS:
            if self._one_transaction():
                raise
            self.env.cr.rollback()

    def _withdraw(self):
        # sudo: as ``run_scheduled``
        service = self.sudo()
        waiting = [("state", "in", (const.TO_DO, const.TO_APPROVE)), ("kind", "=", const.KIND_DUNNING)]
        asked = service.env["recurring.dunning.message"].search(waiting)
        closed = asked.filtered(lambda each: each.case_id.state == const.CASE_CLOSED)
        service.env["recurring.message.outcome"].cancel(closed, self.env._("Everything has been paid."))
        for company, mine in (asked - closed).filtered("line_ids").grouped("company_id").items():
            service._withdraw_of(company, mine)

    def _withdraw_of(self, company, messages):
        """Messages whose own debts are paid, though others are open; a letter whose debts wait for something waits with them."""
        words = self.env["recurring.dunning.words"]
        standing = words.standing(company, messages.case_id.partner_id)
        for message in messages:
            mine = [standing[line_id] for line_id in message.line_ids.ids if line_id in standing]
            if not mine:
                self.env["recurring.message.outcome"].cancel(message, words.why_nothing(message))
            elif all(mine) and message.state == const.TO_DO and message.channel == const.LETTER:
                # It is written again, or dropped, once it is known what becomes of them.
                message.write({"state": const.QUEUED, "waits_for": words.why_nothing(message), "not_before": self._now(company)})
