from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import const
from ..rules import bank_csv


class RecurringBankLayout(models.Model):
    """What the columns of a bank's CSV files mean: chosen once, remembered for every file with these columns."""

    _name = "recurring.bank.layout"
    _description = "Columns of a Bank's CSV Files"
    _check_company_auto = True

    journal_id = fields.Many2one("account.journal", "Bank Account", required=True, readonly=True, ondelete="cascade", check_company=True)
    company_id = fields.Many2one(related="journal_id.company_id", store=True, precompute=True, index=True)
    signature = fields.Char(required=True, readonly=True, help="The names of its columns.")
    is_confirmed = fields.Boolean(required=True, default=False, readonly=True)
    day_order = fields.Selection(const.DAY_ORDERS, "Dates are written", required=True, default=bank_csv.DMY)
    decimal_mark = fields.Selection(const.DECIMAL_MARKS, "Cents follow a", required=True, default=bank_csv.COMMA)
    column_ids = fields.One2many("recurring.bank.layout.column", "layout_id", "Columns")

    _signature_unique = models.Constraint("UNIQUE(journal_id, signature)", "The columns of these files are known already.")

    @api.depends("journal_id")
    def _compute_display_name(self):
        for layout in self:
            layout.display_name = self.env._("CSV columns of %s", layout.journal_id.name)

    def _check_complete(self):
        """Refuse columns that leave out what every movement needs."""
        meanings = self._meanings()
        if bank_csv.DAY not in meanings or not {bank_csv.AMOUNT, bank_csv.CREDIT} & set(meanings):
            raise ValidationError(self.env._('Say which column is the date, and which is the amount (or "Money in").'))
        for meaning, words in const.BANK_COLUMNS:
            if meaning not in (bank_csv.TEXT, bank_csv.DOCUMENT, bank_csv.UNUSED) and meanings.count(meaning) > 1:
                raise ValidationError(self.env._("Two columns cannot both be: %s. Choose one of them.", words))

    def _meanings(self):
        return self.column_ids.sorted("sequence").mapped("meaning")
