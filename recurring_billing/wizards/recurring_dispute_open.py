from datetime import timedelta

from odoo import api, fields, models


class RecurringDisputeOpen(models.TransientModel):
    """The customer contests a debt."""

    _name = "recurring.dispute.open"
    _inherit = ["recurring.arrangement"]
    _description = "Dispute"

    reason = fields.Char("What the Customer Says", required=True)
    answer_by = fields.Date("Answer Until", required=True, compute="_compute_answer_by", store=True, readonly=False)

    @api.depends("case_id")
    def _compute_answer_by(self):
        for wizard in self:
            company = wizard.case_id.company_id
            wizard.answer_by = company._recurring_today() + timedelta(days=company.recurring_dispute_days) if company else False

    def _default_lines(self):
        return super()._default_lines()[:1]

    def action_save(self):
        self.ensure_one()
        self.env["recurring.dispute.handling"].open(self.case_id, self.line_ids, self.reason, self.answer_by)
        return self._back_to_case()
