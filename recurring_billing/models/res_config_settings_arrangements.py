from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recurring_promise_max_days = fields.Integer(related="company_id.recurring_promise_max_days", readonly=False)
    recurring_promise_grace_days = fields.Integer(related="company_id.recurring_promise_grace_days", readonly=False)
    recurring_agreement_max = fields.Integer(related="company_id.recurring_agreement_max", readonly=False)
    recurring_agreement_grace_days = fields.Integer(related="company_id.recurring_agreement_grace_days", readonly=False)
    recurring_dispute_days = fields.Integer(related="company_id.recurring_dispute_days", readonly=False)
    recurring_hold_max_days = fields.Integer(related="company_id.recurring_hold_max_days", readonly=False)
    recurring_write_off_account_id = fields.Many2one(related="company_id.recurring_write_off_account_id", readonly=False)
    recurring_recovery_account_id = fields.Many2one(related="company_id.recurring_recovery_account_id", readonly=False)
