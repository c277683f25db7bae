from odoo import api, fields, models


class RecurringWriteOffMake(models.TransientModel):
    """Debts are given up."""

    _name = "recurring.write.off.make"
    _inherit = ["recurring.arrangement"]
    _description = "Write Off"
    _check_company_auto = True

    date = fields.Date("On", required=True, default=lambda self: self.env.company._recurring_today())
    account_id = fields.Many2one(
        "account.account",
        "To Account",
        required=True,
        compute="_compute_account_id",
        store=True,
        readonly=False,
        check_company=True,
        domain="[('account_type', 'not in', ('asset_receivable', 'liability_payable', 'off_balance'))]",
    )
    reason = fields.Char(required=True)
    amount = fields.Monetary(
        "Given Up", compute="_compute_amount", help="The debts themselves, without late fees: those were never booked."
    )

    @api.depends("case_id")
    def _compute_account_id(self):
        for wizard in self:
            wizard.account_id = wizard.company_id.recurring_write_off_account_id

    @api.depends("line_ids")
    def _compute_amount(self):
        for wizard in self:
            wizard._require_case()
            wizard.line_ids._origin.check_access("read")
            wizard.amount = sum(wizard.line_ids.mapped("amount_residual"))

    def action_save(self):
        self.ensure_one()
        self.env["recurring.write.off.booking"].book(self.case_id, self.line_ids, self.account_id, self.date, self.reason)
        return self._back_to_case()
