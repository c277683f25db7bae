from odoo import api, models

from ..const import dunning as const


class RecurringDunningApproval(models.AbstractModel):
    """What becomes of steps whose message waited for a person's approval."""

    _name = "recurring.dunning.approval"
    _description = "Approved Steps"

    @api.private
    @api.model
    def decided(self, company, partner_ids=None):
        """Actions whose message waited for approval, and does no longer."""
        domain = [("company_id", "=", company.id), ("state", "=", const.TO_APPROVE)]
        mine = [("partner_id", "in", partner_ids)] if partner_ids is not None else []
        waiting = self.env["recurring.dunning.action"].search([*domain, *mine])
        return waiting.filtered(lambda action: action.message_id.state != const.TO_APPROVE)

    @api.private
    @api.model
    def settle(self, company, partner_ids):
        """Steps whose message was approved are done, with what follows; those whose message was not are cancelled."""
        decided = self.decided(company, partner_ids)
        refused = decided.filtered(lambda action: action.message_id.state in (False, const.CANCELLED))
        refused.write({"state": const.CANCELLED})
        approved = decided - refused
        approved.write({"state": const.DONE})
        self.env["recurring.dunning.doing"].follow(approved, company._recurring_today())
