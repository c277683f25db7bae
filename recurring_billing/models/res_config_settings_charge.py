from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recurring_charge = fields.Boolean(related="company_id.recurring_charge")
    recurring_charge_from = fields.Date(related="company_id.recurring_charge_from")
    recurring_retry_policy_id = fields.Many2one(related="company_id.recurring_retry_policy_id", readonly=False)
    recurring_retry_words = fields.Char(related="recurring_retry_policy_id.in_words")

    def action_recurring_charge_switch(self):
        """See what would be charged, then switch it on; or switch it off."""
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_charge_switch")
        return dict(action, context={"default_company_id": self.company_id.id})
