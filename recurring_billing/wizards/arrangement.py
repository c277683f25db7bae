from odoo import api, fields, models

from . import case_dialog  # noqa: F401  what is inherited here is loaded first


class RecurringArrangement(models.AbstractModel):
    """What dialogs that arrange something have in common: the customer, and which debts are meant."""

    _name = "recurring.arrangement"
    _inherit = ["recurring.case.dialog"]
    _description = "Arranging Something with a Customer"

    partner_id = fields.Many2one(related="case_id.partner_id", related_sudo=False, string="Customer")
    currency_id = fields.Many2one(related="case_id.currency_id", related_sudo=False)
    open_line_ids = fields.Many2many("account.move.line", compute="_compute_open_line_ids")
    line_ids = fields.Many2many(
        "account.move.line", string="Debts", compute="_compute_line_ids", store=True, readonly=False, domain="[('id', 'in', open_line_ids)]"
    )
    credit = fields.Monetary("Open Credits", compute="_compute_credit")
    total = fields.Monetary("To Pay Today", compute="_compute_total", help="What these debts are today, late fees included.")

    @api.depends("case_id")
    def _compute_open_line_ids(self):
        for wizard in self:
            wizard.open_line_ids = wizard.case_id._open_items() if wizard.case_id else False

    @api.depends("case_id")
    def _compute_credit(self):
        for wizard in self:
            wizard.credit = wizard.case_id._open_credit() if wizard.case_id else 0.0

    @api.depends("case_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard._require_case()
            wizard.line_ids = wizard._default_lines() if wizard.case_id else False

    def _default_lines(self):
        return self.case_id._late_items()

    @api.depends("line_ids")
    def _compute_total(self):
        for wizard in self:
            lines = wizard.line_ids._origin
            wizard.total = wizard.case_id._owed(lines, wizard.case_id.company_id._recurring_today()) if lines else 0.0

    def _back_to_case(self):
        return {"type": "ir.actions.act_window_close"}
