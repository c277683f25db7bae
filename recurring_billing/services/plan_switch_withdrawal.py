from odoo import models
from odoo.exceptions import UserError

from .. import const
from .change_withdrawal import DAY


class RecurringChangeWithdrawal(models.AbstractModel):
    _inherit = "recurring.change.withdrawal"

    def _cancel_successor(self, change):
        """The successor goes, or, once it was billed, ends before its first day: what it billed for time is given back."""
        # sudo: links and states are kept by services
        successor, subscription = change.successor_id.sudo(), change.subscription_id.sudo()
        self._check_last_of_successor(change, successor)
        subscription.successor_id = False
        # What waits to be charged or credited once waits there again.
        successor.one_off_ids.filtered(lambda one_off: one_off.state == const.ONE_OFF_WAITING).subscription_id = subscription
        if not (successor.period_ids or successor.one_off_ids):
            successor.predecessor_id = False
            successor.write({"state": const.DRAFT, "activated_on": False, "end_date": False})
            successor.unlink()
            return
        for line in successor.line_ids.filtered(lambda line: not line._is_empty()):
            line.date_end = line.date_start - DAY
        successor.line_ids.ended_by = const.BY_CHANGE
        # What it gives back goes to the invoices of the subscription that goes on.
        successor.write({"predecessor_id": False, "successor_id": subscription.id})
        self.env["recurring.subscription.change"]._settle(successor.line_ids, successor)

    def _check_last_of_successor(self, change, successor):
        later = self._in_force(successor.lineage_ids)
        if later:
            raise UserError(
                self.env._(
                    "“%(change)s” cannot be withdrawn, because “%(later)s” came after it. Withdraw that one first, then this one.",
                    change=change.display_name,
                    later=later[-1].display_name,
                )
            )
        added = successor.line_ids.filtered(lambda line: line.lineage_id.follows_id not in change.lineage_ids and not line._is_empty())
        if added:
            raise UserError(
                self.env._(
                    "“%(change)s” cannot be withdrawn, because “%(line)s” was added to %(successor)s. Cancel the order that added it, or "
                    "end the line there, first.",
                    change=change.display_name,
                    line=added[0].name,
                    successor=successor.name,
                )
            )
