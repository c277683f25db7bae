from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recurring_dunning = fields.Boolean(related="company_id.recurring_dunning")
    recurring_dunning_from = fields.Date(related="company_id.recurring_dunning_from")
    recurring_dunning_policy_id = fields.Many2one(related="company_id.recurring_dunning_policy_id", readonly=False)

    def action_recurring_dunning_preview(self):
        """See who would get what, then switch collections on; or off."""
        return self.env["recurring.dunning.preview"].with_company(self.company_id).action_open()
