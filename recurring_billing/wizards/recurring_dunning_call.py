from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import dunning as const

AGAIN = {const.CALL_NO_ANSWER: 1, const.CALL_BACK: 1}
"""After these results the customer is called again, by default so many days later."""
SATURDAY = 5


class RecurringDunningCall(models.TransientModel):
    """A call was made: what came of it, and when to call again."""

    _name = "recurring.dunning.call"
    _inherit = ["recurring.case.contact"]
    _description = "Log a Call"

    partner_id = fields.Many2one(string="Spoke To")
    phone = fields.Char(compute="_compute_phone")
    result = fields.Selection(const.CALL_RESULTS, required=True, default=const.CALL_REACHED)
    again_on = fields.Date("Call Again On", compute="_compute_again_on", store=True, readonly=False)
    new_phone = fields.Char("New Number", help="Leave it empty while you do not know it: you are reminded to look for it.")
    note = fields.Text()

    @api.depends("partner_id")
    def _compute_phone(self):
        for wizard in self:
            wizard.phone = wizard.partner_id.phone or wizard.case_id.phone

    @api.depends("result")
    def _compute_again_on(self):
        for wizard in self:
            days = AGAIN.get(wizard.result)
            wizard.again_on = wizard._working_day(days) if days else False

    def _working_day(self, days):
        """So many days from today, past a weekend."""
        day = (self.company_id or self.env.company)._recurring_today() + timedelta(days=days)
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
        return day

    def action_save(self):
        """Keep it; a promise is asked for its day and amount right away."""
        self._keep()
        if self.result == const.CALL_PROMISED:
            return self.case_id.action_promise()
        return {"type": "ir.actions.act_window_close"}

    def action_save_next(self):
        """Keep it and go on with the next case."""
        if self.result == const.CALL_PROMISED:
            raise UserError(self.env._("Save first: you are asked for when and how much the customer promised."))
        self._keep()
        return self.case_id.action_next()

    def _keep(self):
        self.ensure_one()
        self.env["recurring.dunning.work"].log_call(
            self.case_id, self.result, self.note or "", partner=self.partner_id, phone=self.phone or "", again_on=self._again()
        )
        if self.result == const.CALL_WRONG:
            self.env["recurring.dunning.work"].wrong_number(self.case_id, self.partner_id, self.new_phone or "")

    def _again(self):
        return self.again_on if self.result in AGAIN else False
