from odoo import fields, models

from .. import const
from ..rules import bank_csv


class RecurringBankLayoutColumn(models.Model):
    """One column of a bank's CSV files."""

    _name = "recurring.bank.layout.column"
    _description = "Column of a Bank's CSV Files"
    _order = "sequence, id"

    layout_id = fields.Many2one("recurring.bank.layout", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="layout_id.company_id", store=True, precompute=True, index=True)
    sequence = fields.Integer(readonly=True)
    name = fields.Char("Column", readonly=True)
    sample = fields.Char("Such as", readonly=True)
    meaning = fields.Selection(const.BANK_COLUMNS, required=True, default=bank_csv.UNUSED)
