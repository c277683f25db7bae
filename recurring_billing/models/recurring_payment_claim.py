from odoo import api, fields, models
from odoo.tools import format_date

from ..const import dunning as const


class RecurringPaymentClaim(models.Model):
    """A customer says that a debt was paid: messages wait until somebody has looked, at most until a day. Services write it."""

    _name = "recurring.payment.claim"
    _description = "Payment Said to Be Made"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "partner_id"
    _mail_post_access = "read"

    case_id = fields.Many2one("recurring.dunning.case", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="case_id.partner_id", string="Customer", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_ids = fields.Many2many("account.move.line", string="Debts", readonly=True)
    day = fields.Date("Said On", required=True, readonly=True)
    paid_on = fields.Date(readonly=True, help="As the customer says.")
    amount = fields.Monetary("Open", compute="_compute_amount", help="What is still open of these debts, in the company's currency.")
    holds_until = fields.Date("Messages Wait Until", required=True, readonly=True)
    note = fields.Char("What Was Said", readonly=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Receipt", readonly=True)
    state = fields.Selection(const.CLAIM_STATES, required=True, readonly=True, default=const.OPEN, index=True)
    answer = fields.Char(readonly=True, help="What the customer reads where the payment was not found.")
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_on = fields.Date(readonly=True)
    is_hold_over = fields.Boolean(compute="_compute_is_hold_over")

    @api.depends("line_ids.amount_residual")
    def _compute_amount(self):
        for claim in self:
            # sudo: what is open of a debt is told to whoever may see the claim
            claim.amount = sum(claim.sudo().line_ids.mapped("amount_residual"))

    @api.depends("holds_until", "state")
    @api.depends_context("recurring_today")
    def _compute_is_hold_over(self):
        for claim in self:
            claim.is_hold_over = claim.state == const.OPEN and claim.holds_until < claim.company_id._recurring_today()

    @api.depends("partner_id", "day")
    def _compute_display_name(self):
        for claim in self:
            claim.display_name = f"{claim.partner_id.display_name}, {format_date(self.env, claim.day)}"

    def action_accept(self):
        """The payment was found: messages wait a little longer, until it is booked."""
        self.env["recurring.payment.claims"].accept(self)
        return True

    def action_reject(self):
        """The payment was not found: say so to the customer."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_claim_reject")
        return dict(action, context={"default_claim_id": self.id})

    def action_register_payment(self):
        """Book the payment: Odoo's own dialog for the invoices of these debts."""
        self.ensure_one()
        return self.line_ids.filtered(lambda line: not line.reconciled).action_register_payment()

    def action_open_case(self):
        self.ensure_one()
        return self.case_id._get_records_action()
