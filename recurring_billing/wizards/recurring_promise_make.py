from datetime import timedelta

from odoo import api, fields, models


class RecurringPromiseMake(models.TransientModel):
    """The customer says when how much will be paid."""

    _name = "recurring.promise.make"
    _inherit = ["recurring.arrangement"]
    _description = "Promise"

    date = fields.Date("Pays Until", required=True, compute="_compute_date", store=True, readonly=False)
    amount = fields.Monetary(compute="_compute_amount", store=True, readonly=False)
    note = fields.Char()
    replaces = fields.Char(compute="_compute_replaces")

    @api.depends("case_id")
    def _compute_date(self):
        for wizard in self:
            wizard.date = wizard.case_id.company_id._recurring_today() + timedelta(days=3) if wizard.case_id else False

    @api.depends("line_ids", "date")
    def _compute_amount(self):
        """All of the chosen debts, as it will be on that day."""
        for wizard in self:
            wizard._require_case()
            lines = wizard.line_ids._origin
            wizard.amount = wizard.case_id._owed(lines, wizard.date) if lines and wizard.date else 0.0

    @api.depends("line_ids")
    def _compute_replaces(self):
        for wizard in self:
            # sudo: who notes a promise may know which one it takes the place of
            lines = wizard.line_ids._origin.sudo()
            mine = lines.recurring_promise_ids.filtered(lambda promise: promise.state == "open")
            wizard.replaces = ", ".join(mine.mapped("display_name"))

    def action_save(self):
        self.ensure_one()
        self.env["recurring.promise.keeping"].make(self.case_id, self.date, self.amount, self.line_ids, self.note or "")
        return self._back_to_case()
