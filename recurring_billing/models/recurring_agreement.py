from odoo import fields, models

from ..const import dunning as const


class RecurringAgreement(models.Model):
    """A renegotiated debt: when which part of it is to be paid. Revenue and taxes stay as they were."""

    _name = "recurring.agreement"
    _description = "Payment Agreement"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True, default="/")
    case_id = fields.Many2one("recurring.dunning.case", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    line_ids = fields.Many2many("account.move.line", string="Debts", readonly=True)
    instalment_ids = fields.One2many("recurring.agreement.instalment", "agreement_id", "Instalments", readonly=True)
    state = fields.Selection(const.AGREEMENT_STATES, required=True, readonly=True, default=const.DRAFT, index=True)
    broken_on = fields.Date(readonly=True)
