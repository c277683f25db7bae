from odoo import fields, models

from ..const import dunning as const


class RecurringPromise(models.Model):
    """A customer said when how much will be paid."""

    _name = "recurring.promise"
    _description = "Promise of Payment"
    _order = "date desc, id desc"
    _rec_name = "date"

    case_id = fields.Many2one("recurring.dunning.case", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Promised For", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    line_ids = fields.Many2many("account.move.line", string="Debts", readonly=True)
    state = fields.Selection(const.PROMISE_STATES, required=True, readonly=True, default=const.OPEN, index=True)
    broken_on = fields.Date(readonly=True)
