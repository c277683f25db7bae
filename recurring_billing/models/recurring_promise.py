from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ..const import dunning as const


class RecurringPromise(models.Model):
    """A customer said when how much will be paid. Nobody is spoken to about its debts before that day is over."""

    _name = "recurring.promise"
    _description = "Promise of Payment"
    _inherit = ["recurring.service.written"]
    _order = "date desc, id desc"

    case_id = fields.Many2one("recurring.dunning.case", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    day = fields.Date("Made On", readonly=True)
    date = fields.Date("Promised For", required=True, readonly=True)
    until = fields.Date("Waits Until", readonly=True, help="The last day on which money still counts as come in time.")
    amount = fields.Monetary(required=True, readonly=True)
    debt_amount = fields.Monetary("Of It Debt", readonly=True, help="What of it is the debt itself; the rest is late fees.")
    paid_before = fields.Monetary(readonly=True, help="The money that had come for these debts when the promise was made.")
    paid = fields.Monetary("Came", readonly=True, help="The money that came for these debts since, when it was judged.")
    line_ids = fields.Many2many("account.move.line", string="Debts", readonly=True)
    note = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", "Noted By", readonly=True)
    state = fields.Selection(const.PROMISE_STATES, required=True, readonly=True, default=const.OPEN, index=True)
    kept_on = fields.Date(readonly=True)
    broken_on = fields.Date(readonly=True, help="The day its debts begin again: their reminders start anew.")

    _amount_positive = models.Constraint("CHECK(amount > 0)", "What is promised is more than 0.")

    @api.depends("amount", "date")
    def _compute_display_name(self):
        for promise in self:
            promise.display_name = self.env._(
                "%(amount)s until %(day)s",
                amount=format_amount(self.env, promise.amount, promise.currency_id),
                day=format_date(self.env, promise.date),
            )

    def action_cancel(self):
        """It was noted by mistake: it counts neither as kept nor as broken."""
        self.env["recurring.promise.keeping"].cancel(self)
        return True
