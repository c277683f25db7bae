from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from . import case_dialog  # noqa: F401  what is inherited here is loaded first


class RecurringCaseHold(models.TransientModel):
    """No reminders to a customer until a date."""

    _name = "recurring.case.hold"
    _inherit = ["recurring.case.dialog"]
    _description = "Hold"

    partner_id = fields.Many2one(related="case_id.partner_id", related_sudo=False, string="Customer")
    until = fields.Date(required=True, default=lambda self: self.env.company._recurring_today() + timedelta(days=7))
    reason = fields.Char(required=True)

    def action_save(self):
        self.ensure_one()
        company = self.case_id.company_id
        today = company._recurring_today()
        latest = today + timedelta(days=company.recurring_hold_max_days)
        if not today <= self.until <= latest:
            raise UserError(
                self.env._(
                    "A hold always ends: choose a day from today until %s, the longest the settings allow.", format_date(self.env, latest)
                )
            )
        self.case_id._hold(self.until, self.reason)
        return {"type": "ir.actions.act_window_close"}
