from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recurring_cash_journal_id = fields.Many2one(related="company_id.recurring_cash_journal_id", readonly=False)
    recurring_card_journal_id = fields.Many2one(related="company_id.recurring_card_journal_id", readonly=False)
    recurring_pix_journal_id = fields.Many2one(related="company_id.recurring_pix_journal_id", readonly=False)
