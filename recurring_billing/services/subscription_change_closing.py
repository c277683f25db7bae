from odoo import api, models

from .. import const


class RecurringSubscriptionChange(models.AbstractModel):
    _inherit = "recurring.subscription.change"

    @api.private
    @api.model
    def close(self, subscriptions, day, days, reason):
        """End whole subscriptions, each line on its own day.

        :param day: the first day without any service, the same for all of them.
        :param days: by lineage, its first day without service; those that are not in it are over already.
        :param reason: ``recurring.close.reason``, kept with the subscriptions.
        :return: the changes, one for each subscription.
        """
        self._check_may_change(subscriptions)
        with self._recording(const.CHANGE_END, subscriptions.line_ids, day, {"reason": reason.name}, subscriptions) as story:
            for lineage in story.lineages:
                if lineage in days:
                    self._stop(lineage, days[lineage], const.BY_END)
            story.subscriptions.write({"close_reason_id": reason.id})
        return story.changes


class RecurringChangeWithdrawal(models.AbstractModel):
    _inherit = "recurring.change.withdrawal"

    @api.private
    @api.model
    def withdraw(self, changes):
        """What was cancelled goes on: its exit fee is not charged, or given back."""
        res = super().withdraw(changes)
        # sudo: cancellations are kept by services alone
        lines = self.env["recurring.cancellation.line"].sudo().search([("change_id", "in", changes.ids)])
        lines.fee_id.filtered(lambda fee: fee.state != const.ONE_OFF_WITHDRAWN and not fee._is_taken_back()).action_undo()
        lines.write({"state": const.CANCELLATION_KEPT})
        return res
