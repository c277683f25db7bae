from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import const
from ..rules import bank_matching
from .service_owned import refuse_service_owned


class RecurringBankFile(models.Model):
    """A file of movements as a bank gives it: OFX, CSV or camt.053. What is in it counts once, however often it is read."""

    _name = "recurring.bank.file"
    _description = "Bank File"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("File Name", required=True, default=lambda self: self.env._("Bank file"))
    content = fields.Binary("File", required=True, attachment=True, copy=False)
    journal_id = fields.Many2one(
        "account.journal",
        "Bank Account",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
        domain="[('type', 'in', ('bank', 'credit'))]",
        default=lambda self: self._default_journal(),
    )
    company_id = fields.Many2one(related="journal_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    kind = fields.Selection(const.BANK_FILE_KINDS, "Format", readonly=True, copy=False)
    state = fields.Selection(const.BANK_FILE_STATES, required=True, readonly=True, copy=False, default=const.BANK_FILE_NEW)
    layout_id = fields.Many2one("recurring.bank.layout", readonly=True, copy=False, ondelete="restrict", index="btree_not_null")
    layout_day_order = fields.Selection(related="layout_id.day_order", readonly=False)
    layout_decimal_mark = fields.Selection(related="layout_id.decimal_mark", readonly=False)
    layout_column_ids = fields.One2many(related="layout_id.column_ids", readonly=False)

    row_ids = fields.One2many("recurring.bank.row", "file_id", "Movements", readonly=True)
    repeated_count = fields.Integer("Read Before", readonly=True, copy=False)
    date_from = fields.Date("From", compute="_compute_figures")
    date_to = fields.Date("To", compute="_compute_figures")
    row_count = fields.Integer("All Movements", compute="_compute_figures")
    certain_count = fields.Integer("Certain", compute="_compute_figures")
    open_count = fields.Integer("To Decide", compute="_compute_figures")
    queued_count = fields.Integer("Being Booked", compute="_compute_figures")
    booked_count = fields.Integer("Booked", compute="_compute_figures")
    ignored_count = fields.Integer("Ignored", compute="_compute_figures")
    certain_amount = fields.Monetary(compute="_compute_figures")
    booked_amount = fields.Monetary(compute="_compute_figures")

    def _default_journal(self):
        """The account of the last file, else the first bank account."""
        last = self.search([("company_id", "=", self.env.company.id)], limit=1).journal_id
        return last or self.env["account.journal"].search(
            [*self.env["account.journal"]._check_company_domain(self.env.company), ("type", "=", "bank")], limit=1
        )

    @api.depends("journal_id")
    def _compute_currency_id(self):
        for file in self:
            file.currency_id = file.journal_id.currency_id or file.journal_id.company_id.currency_id

    @api.depends("row_ids.state", "row_ids.match")
    def _compute_figures(self):
        groups = self.env["recurring.bank.row"]._read_group(
            Domain("file_id", "in", self.ids), ["file_id", "state", "match"], ["__count", "amount:sum", "date:min", "date:max"]
        )
        for file in self:
            mine = [group[1:] for group in groups if group[0] == file]

            def count(state, *matches, mine=mine):
                return sum(group[2] for group in mine if group[0] == state and (not matches or group[1] in matches))

            certain = bank_matching.CERTAIN
            file.row_count = sum(group[2] for group in mine)
            file.certain_count = count(const.BANK_ROW_OPEN, certain)
            file.open_count = count(const.BANK_ROW_OPEN) - file.certain_count
            file.queued_count = count(const.BANK_ROW_QUEUED)
            file.booked_count = count(const.BANK_ROW_BOOKED)
            file.ignored_count = count(const.BANK_ROW_IGNORED)
            file.certain_amount = sum(group[3] for group in mine if (group[0], group[1]) == (const.BANK_ROW_OPEN, certain))
            file.booked_amount = sum(group[3] for group in mine if group[0] == const.BANK_ROW_BOOKED)
            file.date_from = min((group[4] for group in mine), default=False)
            file.date_to = max((group[5] for group in mine), default=False)

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, self._service_owned(), vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, self._service_owned(), [vals])
        if vals.keys() & {"content", "journal_id"} and any(file.state == const.BANK_FILE_READ for file in self):
            raise UserError(self.env._("This file was read already. Add the other one as a new file."))
        return super().write(vals)

    def _service_owned(self):
        return {"kind", "state", "layout_id", "row_ids", "repeated_count", "company_id"}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        if self.row_ids.filtered(lambda row: row.state in (const.BANK_ROW_BOOKED, const.BANK_ROW_QUEUED)):
            raise UserError(self.env._("Movements of this file are booked, so the file stays. Only files without booked movements can go."))

    def action_read(self):
        """Read the file; of a CSV file with unknown columns, ask what they mean first."""
        self.ensure_one()
        self.env["recurring.bank.import"].import_file(self)
        return True

    def action_columns(self):
        """Look at the columns of a CSV file again, before any of it is booked."""
        self.ensure_one()
        self.env["recurring.bank.import"].reopen_columns(self)
        return True

    def action_match(self):
        """Look for the invoices of what is still to decide again: others were billed or paid meanwhile."""
        self.env["recurring.bank.matching"].match(self.row_ids.filtered(lambda row: row.state == const.BANK_ROW_OPEN))
        return True

    def action_book_certain(self):
        """Book every movement that is certain."""
        self.ensure_one()
        certain = self.row_ids.filtered(lambda row: row.state == const.BANK_ROW_OPEN and row.match == bank_matching.CERTAIN)
        if not certain:
            raise UserError(self.env._("No movement is certain. Decide on those that are left in the list."))
        return self.env["recurring.bank.booking"].book_certain(certain)

    def action_open_to_decide(self):
        """The movements a person decides on."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_bank_row")
        return dict(action, domain=[("file_id", "=", self.id)], context={"search_default_to_decide": 1})

    def action_open_payments(self):
        """The payments made of this file."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("account.action_account_payments")
        return dict(action, domain=[("id", "in", self.row_ids.payment_id.ids)], context={"create": False})
