from odoo import api, fields, models


class RecurringCounterLine(models.TransientModel):
    """An open invoice at the counter, with what it costs today."""

    _name = "recurring.counter.line"
    _description = "Invoice at the Counter"
    _order = "due_date, id"

    counter_id = fields.Many2one("recurring.counter", required=True, ondelete="cascade", index=True)
    move_id = fields.Many2one("account.move", "Invoice", required=True, readonly=True)
    is_chosen = fields.Boolean("Pay")
    shown_total = fields.Monetary(readonly=True, help="What was to be paid when the customer was told.")
    currency_id = fields.Many2one(related="move_id.currency_id", related_sudo=False)
    due_date = fields.Date(related="move_id.invoice_date_due", related_sudo=False, store=True)
    for_whom = fields.Char("For", compute="_compute_for_whom")
    residual = fields.Monetary(related="move_id.amount_residual", related_sudo=False, string="Open")
    fees = fields.Monetary("Late Fees", compute="_compute_total")
    discount = fields.Monetary(compute="_compute_total")
    total = fields.Monetary("To Pay Today", compute="_compute_total")
    to_pay_now = fields.Monetary(compute="_compute_total", help="Of an invoice in instalments, those that are due.")
    is_late = fields.Boolean(compute="_compute_total")

    @api.depends("move_id")
    def _compute_total(self):
        for line in self:
            move = line.move_id
            # sudo(False): the counter is computed with all rights, and a request may name any invoice
            move._origin.sudo(False).check_access("read")
            line.fees = move.recurring_fees_today
            line.total = move.recurring_amount_today
            line.discount = move.recurring_discount_today
            line.to_pay_now = move._recurring_amount_to_pay() if move else 0.0
            line.is_late = bool(move.invoice_date_due) and move.invoice_date_due < move.company_id._recurring_today()

    @api.depends("move_id")
    def _compute_for_whom(self):
        for line in self:
            line.for_whom = line.move_id._recurring_for_whom() if line.move_id else False
