from odoo import api, fields, models
from odoo.tools import format_date

from ..const import dunning as const


class RecurringDispute(models.Model):
    """A customer contests a debt: it waits for an answer by a date, everything else goes on."""

    _name = "recurring.dispute"
    _description = "Disputed Debt"
    _inherit = ["recurring.service.written", "mail.thread", "mail.activity.mixin"]
    _order = "answer_by, id desc"
    _rec_name = "reason"

    _written_by_people = frozenset({"activity_ids", "message_ids", "message_follower_ids", "message_main_attachment_id"})

    case_id = fields.Many2one("recurring.dunning.case", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_ids = fields.Many2many("account.move.line", string="Debts", readonly=True)
    move_ids = fields.Many2many("account.move", string="Invoices", compute="_compute_move_ids")
    amount = fields.Monetary("Contested", compute="_compute_amount", help="What is open of the contested debts.")
    day = fields.Date("Since", readonly=True)
    reason = fields.Char(required=True, readonly=True)
    answer_by = fields.Date(required=True, readonly=True)
    answer = fields.Char(readonly=True)
    state = fields.Selection(const.DISPUTE_STATES, required=True, readonly=True, default=const.OPEN, index=True, tracking=True)
    is_late = fields.Boolean("Answer Overdue", compute="_compute_is_late", search="_search_is_late")
    closed_on = fields.Date(readonly=True)

    @api.depends("line_ids")
    def _compute_move_ids(self):
        for dispute in self:
            dispute.move_ids = dispute.line_ids.move_id

    @api.depends("line_ids.amount_residual")
    def _compute_amount(self):
        for dispute in self:
            dispute.amount = sum(dispute.line_ids.mapped("amount_residual"))

    @api.depends("state", "answer_by")
    @api.depends_context("recurring_today")
    def _compute_is_late(self):
        for dispute in self:
            today = (dispute.company_id or self.env.company)._recurring_today()
            dispute.is_late = dispute.state == const.OPEN and bool(dispute.answer_by) and dispute.answer_by < today

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "=", const.OPEN), ("answer_by", "<", self.env.company._recurring_today())]

    def _in_words(self):
        """The dispute in a sentence, for the invoice."""
        self.ensure_one()
        return self.env._(
            "Contested by the customer: %(reason)s. To be answered by %(day)s.",
            reason=self.reason.rstrip(". "),
            day=format_date(self.env, self.answer_by),
        )

    def _holding(self, lines):
        """Of debts, those nobody asks for or charges: their answer is to come, or the customer was right and no credit note came yet.

        What a credit note leaves stands.
        """
        held = lines.browse()
        for dispute in self.filtered(lambda dispute: dispute.state in (const.OPEN, const.ACCEPTED)):
            mine = dispute.line_ids & lines
            if dispute.state == const.ACCEPTED:
                mine = mine.filtered(lambda line, since=dispute.day: not line._recurring_is_credited(since))
            held |= mine
        return held

    def action_answer(self):
        self.ensure_one()
        self.case_id._check_may_collect()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_dispute_answer")
        return {**action, "context": {"default_dispute_id": self.id}}

    def action_open_invoices(self):
        return self.move_ids._get_records_action(name=self.env._("Contested Invoices"))
