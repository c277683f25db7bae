from odoo import fields, models

from ..const import dunning as const


class RecurringPaymentClaim(models.Model):
    """A customer says that a debt was paid: messages wait until somebody has looked."""

    _name = "recurring.payment.claim"
    _description = "Payment Said to Be Made"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "partner_id"

    case_id = fields.Many2one("recurring.dunning.case", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    line_ids = fields.Many2many("account.move.line", string="Debts", readonly=True)
    day = fields.Date("Said On", required=True, readonly=True)
    holds_until = fields.Date(required=True, readonly=True)
    note = fields.Char(readonly=True)
    state = fields.Selection(const.CLAIM_STATES, required=True, readonly=True, default=const.OPEN, index=True)
