from odoo import api, fields, models

from .. import const


class RecurringLateFee(models.Model):
    """Fees of one receivable item, and what became of them: paid, charged, waived, or still to be decided.

    What an item has of fees is computed from its history; these records say what of them is dealt with. A record counts no more when its
    payment is cancelled or reversed.
    """

    _name = "recurring.late.fee"
    _inherit = ["recurring.service.written"]
    _description = "Late Fee"
    _order = "date desc, id desc"
    _check_company_auto = True

    move_line_id = fields.Many2one("account.move.line", "Receivable Item", required=True, index=True, ondelete="cascade", readonly=True)
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice", store=True, precompute=True, index=True)
    company_id = fields.Many2one(related="move_line_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one(related="move_line_id.currency_id", store=True, precompute=True)
    partner_id = fields.Many2one(related="move_line_id.partner_id", string="Customer", store=True, precompute=True, index=True)
    date_due = fields.Date(related="move_line_id.date_maturity", store=True, precompute=True)
    policy_id = fields.Many2one("recurring.fee.policy", readonly=True, ondelete="restrict")
    date = fields.Date("Paid On", required=True, readonly=True, help="The day the debt, or the part of it that is meant here, was paid.")
    fine = fields.Monetary(readonly=True)
    interest = fields.Monetary(readonly=True)
    total = fields.Monetary("Fees", compute="_compute_total", store=True)
    way = fields.Selection(const.FEE_WAYS, readonly=True, help="What was decided.")
    payment_id = fields.Many2one("account.payment", readonly=True, index="btree_not_null", ondelete="cascade")
    entry_id = fields.Many2one("account.move", "Document", readonly=True, index="btree_not_null", ondelete="set null")
    undone = fields.Boolean(readonly=True, default=False, copy=False, help="The money they came with was taken back.")
    state = fields.Selection(const.FEE_STATES, compute="_compute_state", store=True, index=True)

    _one_open = models.UniqueIndex("(move_line_id) WHERE way IS NULL", "The fees of this debt wait for a decision already.")

    @api.depends("fine", "interest")
    def _compute_total(self):
        for fee in self:
            fee.total = fee.currency_id.round(fee.fine + fee.interest) if fee.currency_id else fee.fine + fee.interest

    @api.depends(
        "way",
        "undone",
        "payment_id.state",
        "payment_id.move_id.reversal_move_ids.state",
        "entry_id.state",
        "entry_id.reversal_move_ids.state",
    )
    def _compute_state(self):
        for fee in self:
            # sudo: what became of a payment counts, whoever may see it
            fee.state = fee.sudo()._current_state()

    def _current_state(self):
        if not self.way:
            return const.FEE_OPEN
        payment = self.payment_id
        if self.undone or (payment and not (self._counts(payment.move_id) and payment.state in const.PAID_STATES)):
            return const.FEE_VOID
        if self.way == const.FEE_WAIVED_WAY:
            return const.FEE_WAIVED
        return const.FEE_BOOKED if payment or self._counts(self.entry_id) else const.FEE_VOID

    def _counts(self, entry):
        return bool(entry) and entry.state == "posted" and "posted" not in entry.reversal_move_ids.mapped("state")

    @api.depends("move_id.name", "partner_id.name")
    def _compute_display_name(self):
        for fee in self:
            fee.display_name = self.env._("Late fees of %s", fee.move_line_id._recurring_debt_name())
