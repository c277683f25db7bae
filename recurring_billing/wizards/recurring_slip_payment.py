from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const


class RecurringSlipPayment(models.TransientModel):
    """Receive the money of booklet slips: one native payment each."""

    _name = "recurring.slip.payment"
    _description = "Register Payment of Slips"
    _check_company_auto = True

    slip_ids = fields.Many2many("recurring.booklet.slip", required=True)
    is_single = fields.Boolean(compute="_compute_is_single")
    company_id = fields.Many2one("res.company", compute="_compute_company_id", store=True, precompute=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_company_id", store=True, precompute=True)
    journal_id = fields.Many2one(
        "account.journal",
        compute="_compute_journal_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit')), ('inbound_payment_method_line_ids', '!=', False)]",
    )
    date = fields.Date("Received on", required=True, default=lambda self: self.env.company._recurring_today())
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        help="A difference to the invoice of the period stays open there, or as a credit of the customer.",
    )

    @api.depends("slip_ids")
    def _compute_company_id(self):
        for wizard in self:
            companies, currencies = wizard.slip_ids.company_id, wizard.slip_ids.currency_id
            if len(companies) > 1 or len(currencies) > 1:
                raise UserError(self.env._("Choose slips of one company and one currency: they are paid into one journal."))
            wizard.company_id, wizard.currency_id = companies, currencies

    @api.depends("slip_ids")
    def _compute_is_single(self):
        for wizard in self:
            wizard.is_single = len(wizard.slip_ids) == 1

    @api.depends("company_id")
    def _compute_journal_id(self):
        journals = self.env["account.journal"]
        for wizard in self:
            account = wizard.slip_ids[:1].partner_bank_id
            mine = journals.search(
                [
                    *journals._check_company_domain(wizard.company_id),
                    ("type", "in", ("bank", "cash", "credit")),
                    ("inbound_payment_method_line_ids", "!=", False),
                ]
            )
            wizard.journal_id = (
                mine.filtered(lambda journal, account=account: account and journal.bank_account_id == account)[:1] or mine[:1]
            )

    @api.depends("slip_ids")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = sum(wizard.slip_ids.mapped("residual"))

    def action_register(self):
        """Make and post the payments; invoices that are there already are settled at once."""
        self.ensure_one()
        slips = self.slip_ids
        if any(slip.state != const.SLIP_OPEN for slip in slips):
            raise UserError(self.env._("Some of these slips were paid or voided meanwhile. Open the list again."))
        if self.currency_id.compare_amounts(self.amount, 0.0) <= 0:
            raise UserError(self.env._("Enter the amount received: it is more than 0."))
        amount = self.amount if len(slips) == 1 else None
        self.env["recurring.slip.settlement"].register_payment(slips, self.journal_id, self.date, amount)
        return {"type": "ir.actions.act_window_close"}
