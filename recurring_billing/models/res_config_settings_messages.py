from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """How messages to customers who owe leave, and how long what they say is kept."""

    _inherit = "res.config.settings"

    recurring_sms = fields.Boolean(related="company_id.recurring_sms", readonly=False)
    recurring_message_keep_months = fields.Integer(related="company_id.recurring_message_keep_months", readonly=False)
    recurring_notice_keep_months = fields.Integer(related="company_id.recurring_notice_keep_months", readonly=False)
