from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recurring_tz = fields.Selection(related="company_id.recurring_tz", readonly=False)
    recurring_catch_up_days = fields.Integer(related="company_id.recurring_catch_up_days", readonly=False)
    recurring_guard_factor = fields.Float(related="company_id.recurring_guard_factor", readonly=False)
    recurring_rate_max_age = fields.Integer(related="company_id.recurring_rate_max_age", readonly=False)
    recurring_send = fields.Boolean(related="company_id.recurring_send", readonly=False)
    recurring_wait_fiscal = fields.Boolean(related="company_id.recurring_wait_fiscal", readonly=False)
    recurring_responsible_id = fields.Many2one(related="company_id.recurring_responsible_id", readonly=False)
