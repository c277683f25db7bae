from odoo import api, fields, models

from ..const import dunning as const


class RecurringDunningAction(models.Model):
    """What a step did, or did not, about one receivable item, and why. Written by services only."""

    _name = "recurring.dunning.action"
    _description = "Collection Action"
    _order = "day desc, id desc"
    _rec_name = "step_id"

    case_id = fields.Many2one("recurring.dunning.case", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    line_id = fields.Many2one("account.move.line", "Debt", required=True, readonly=True, index=True, ondelete="cascade")
    move_id = fields.Many2one(related="line_id.move_id", string="Invoice")
    step_id = fields.Many2one("recurring.dunning.step", required=True, readonly=True, index=True, ondelete="restrict")
    policy_id = fields.Many2one(related="step_id.policy_id", store=True)
    offset_days = fields.Integer(readonly=True, help="How far the step was from the due date then.")
    cycle = fields.Integer(required=True, readonly=True, default=0)
    day = fields.Date(required=True, readonly=True, index=True)
    state = fields.Selection(const.ACTION_STATES, required=True, readonly=True, default=const.PLANNED, index=True)
    why = fields.Json("Facts", readonly=True, help="What is told of it, in any language.")
    reason = fields.Char("Why", compute="_compute_reason")
    amount = fields.Monetary(readonly=True, help="What was open of it on that day, in the company's currency.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    message_id = fields.Many2one("recurring.dunning.message", readonly=True, index=True, ondelete="set null")

    _once = models.UniqueIndex("(line_id, step_id, cycle)", "This step was already done for this debt.")

    @api.depends("why", "state")
    @api.depends_context("lang")
    def _compute_reason(self):
        for action in self:
            action.reason = self.env["recurring.dunning.silence"].done(action) or False
