from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ..const import dunning as const


class RecurringWriteOff(models.Model):
    """Debts given up: one native entry, to an account a person chose. What is paid after all is booked as recovered."""

    _name = "recurring.write.off"
    _description = "Write-Off"
    _inherit = ["recurring.service.written", "mail.thread"]
    _order = "date desc, id desc"

    _written_by_people = frozenset({"message_ids", "message_follower_ids", "message_main_attachment_id"})

    case_id = fields.Many2one("recurring.dunning.case", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("On", required=True, readonly=True)
    amount = fields.Monetary("Written Off", required=True, readonly=True)
    recovered = fields.Monetary(readonly=True, help="What came of it after all.")
    left = fields.Monetary("Lost", compute="_compute_left", store=True)
    account_id = fields.Many2one("account.account", required=True, readonly=True)
    reason = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "By", readonly=True)
    line_ids = fields.Many2many("account.move.line", string="Debts", readonly=True)
    entry_id = fields.Many2one("account.move", "Journal Entry", readonly=True, ondelete="restrict")
    entry_ids = fields.One2many("account.move", "recurring_write_off_id", "Journal Entries", readonly=True)
    state = fields.Selection(const.WRITE_OFF_STATES, required=True, readonly=True, default=const.WRITTEN_OFF, index=True, tracking=True)

    @api.depends("amount", "recovered", "state")
    def _compute_left(self):
        for write_off in self:
            write_off.left = 0.0 if write_off.state == const.UNDONE else write_off.amount - write_off.recovered

    @api.depends("amount", "date", "partner_id")
    def _compute_display_name(self):
        for write_off in self:
            write_off.display_name = self.env._(
                "%(amount)s of %(customer)s, %(day)s",
                amount=format_amount(self.env, write_off.amount, write_off.currency_id),
                customer=write_off.partner_id.display_name,
                day=format_date(self.env, write_off.date),
            )

    def action_recover(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_write_off_recover")
        return {**action, "context": {"default_write_off_id": self.id}}

    def action_undo(self):
        """It was a mistake: the debts are open as before."""
        for write_off in self:
            self.env["recurring.write.off.booking"].undo(write_off)
        return True

    def action_open_entries(self):
        return self.entry_ids._get_records_action(name=self.env._("Entries of the Write-Off"))
