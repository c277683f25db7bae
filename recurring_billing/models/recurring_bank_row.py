from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from .. import const
from .service_owned import refuse_service_owned

DECIDED_BY_PEOPLE = {"partner_id", "move_ids", "registered_payment_id"}


class RecurringBankRow(models.Model):
    """One movement of a bank file: whose money it is, how sure that is and why, and what became of it."""

    _name = "recurring.bank.row"
    _description = "Bank Movement"
    _order = "date desc, id"
    _check_company_auto = True

    file_id = fields.Many2one("recurring.bank.file", "Bank File", required=True, readonly=True, ondelete="cascade", index=True)
    journal_id = fields.Many2one("account.journal", "Bank Account", required=True, readonly=True, index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True, index=True)
    amount = fields.Monetary(required=True, readonly=True)
    name = fields.Char("What the Bank Says", readonly=True)
    payer_name = fields.Char("Paid By", readonly=True)
    bank_number = fields.Char("Number", readonly=True)
    key = fields.Char(required=True, readonly=True, help="Tells this movement from every other one of the account.")

    state = fields.Selection(const.BANK_ROW_STATES, required=True, readonly=True, default=const.BANK_ROW_OPEN, index=True)
    match = fields.Selection(const.BANK_MATCHES, readonly=True)
    reasons = fields.Json(readonly=True)
    suspicions = fields.Json(readonly=True, help="Why its money may be in the books already.")
    why = fields.Text(compute="_compute_why")
    partner_id = fields.Many2one(
        "res.partner", "Customer", check_company=True, domain="[('parent_id', '=', False)]", help="Whose money it is."
    )
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        check_company=True,
        domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted'), ('payment_state', 'in', ('not_paid', 'partial')),"
        " ('currency_id', '=', currency_id), ('company_id', '=', company_id), ('commercial_partner_id', '=?', partner_id)]",
        help="What it pays, the oldest due first.",
    )
    slip_id = fields.Many2one("recurring.booklet.slip", "Booklet Slip", readonly=True, index="btree_not_null")
    registered_payment_id = fields.Many2one(
        "account.payment",
        check_company=True,
        domain="[('payment_type', '=', 'inbound'), ('journal_id', '=', journal_id), ('amount', '=', amount),"
        " ('state', 'in', ('in_process', 'paid'))]",
        help="A payment that is in the books already and is this very money.",
    )
    to_pay = fields.Monetary("Cost on That Day", compute="_compute_to_pay", help="What these invoices cost on the day of the movement.")
    difference = fields.Monetary("Left Over", compute="_compute_to_pay", help="Less than 0: what is missing.")
    payment_id = fields.Many2one("account.payment", readonly=True, index="btree_not_null", ondelete="set null")
    payment_state = fields.Selection(related="payment_id.state", string="Payment Status")
    decided_by = fields.Many2one("res.users", readonly=True)
    tries = fields.Integer(readonly=True, default=0, required=True)

    _once = models.UniqueIndex("(journal_id, key)", "This movement was read already.")

    @api.depends("reasons", "state")
    @api.depends_context("lang")
    def _compute_why(self):
        for row in self:
            row.why = " ".join(self.env["recurring.bank.words"].of(row))

    @api.depends("move_ids", "amount", "date")
    def _compute_to_pay(self):
        for row in self:
            dues = self.env["recurring.amount.due"].of(row.move_ids._origin, row.date)
            row.to_pay = sum(due.total for due in dues.values())
            row.difference = row.currency_id.round(row.amount - row.to_pay) if row.currency_id else 0.0

    @api.depends("date", "amount", "currency_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{format_date(self.env, row.date)} · {format_amount(self.env, row.amount, row.currency_id)}"

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Another customer: the open invoices the money reaches."""
        if self.partner_id and self.move_ids.commercial_partner_id - self.partner_id.commercial_partner_id:
            self.move_ids = False
        if self.partner_id and not self.move_ids:
            self.move_ids = self.env["recurring.bank.matching"].reached(self)

    @api.onchange("move_ids")
    def _onchange_move_ids(self):
        if not self.partner_id and len(self.move_ids.commercial_partner_id) == 1:
            self.partner_id = self.move_ids.commercial_partner_id

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, set(self._fields), vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, set(self._fields) - DECIDED_BY_PEOPLE, [vals])
        if vals.keys() & DECIDED_BY_PEOPLE and not self.env.su and any(row.state != const.BANK_ROW_OPEN for row in self):
            raise UserError(self.env._("This movement is decided. Take the decision back first."))
        return super().write(vals)

    def action_book(self):
        """Book on the invoices that stand there."""
        return self.env["recurring.bank.booking"].book(self)

    def action_on_account(self):
        """Book for the customer, without an invoice: the money waits for the next one."""
        return self.env["recurring.bank.booking"].book(self, on_account=True)

    def action_is_registered(self):
        """It is a payment that stands in the books already."""
        return self.env["recurring.bank.booking"].link(self)

    def action_ignore(self):
        """It is no customer's money, or is dealt with elsewhere."""
        return self.env["recurring.bank.booking"].ignore(self)

    def action_reopen(self):
        """Decide again: ignored by mistake, or the payment was cancelled."""
        return self.env["recurring.bank.booking"].reopen(self)

    def action_match(self):
        """Look for the invoices again."""
        self.env["recurring.bank.matching"].match(self.filtered(lambda row: row.state == const.BANK_ROW_OPEN))
        return True

    def action_open_payment(self):
        """The payment it became."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.payment",
            "res_id": self.payment_id.id,
            "views": [[False, "form"]],
        }
