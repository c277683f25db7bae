from odoo import api, models

from ..const import dunning as const


class RecurringDunningApproval(models.AbstractModel):
    """What becomes of steps whose message waited for a person's approval."""

    _name = "recurring.dunning.approval"
    _description = "Approved Steps"

    @api.private
    @api.model
    def settle(self, company):
        """Steps whose message was approved are done, with what follows; those whose message was not are cancelled."""
        domain = [("company_id", "=", company.id), ("state", "=", const.TO_APPROVE)]
        waiting = self.env["recurring.dunning.action"].search(domain)
        decided = waiting.filtered(lambda action: action.message_id.state != const.TO_APPROVE)
        refused = decided.filtered(lambda action: action.message_id.state in (False, const.CANCELLED))
        refused.write({"state": const.CANCELLED})
        approved = decided - refused
        approved.write({"state": const.DONE})
        self.env["recurring.dunning.doing"].follow(approved, company._recurring_today())
