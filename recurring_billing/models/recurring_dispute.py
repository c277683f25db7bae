from odoo import fields, models

from ..const import dunning as const


class RecurringDispute(models.Model):
    """A customer contests a debt: it waits for an answer by a date, everything else goes on."""

    _name = "recurring.dispute"
    _description = "Disputed Debt"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "answer_by, id desc"
    _rec_name = "reason"

    case_id = fields.Many2one("recurring.dunning.case", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    line_ids = fields.Many2many("account.move.line", string="Debts", readonly=True)
    reason = fields.Char(required=True)
    answer_by = fields.Date(required=True)
    answer = fields.Char(readonly=True)
    state = fields.Selection(const.DISPUTE_STATES, required=True, readonly=True, default=const.OPEN, index=True)
    closed_on = fields.Date(readonly=True)
