from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.misc import split_every

ROWS_AT_ONCE = 1000
HOURS_KEPT = 12


class RecurringDeferral(models.TransientModel):
    """Asks for a day and shows what is deferred and accrued at its end."""

    _name = "recurring.deferral"
    _description = "Deferred and Accrued Revenue"

    day = fields.Date(
        "As of",
        required=True,
        default=lambda self: self.env.company._recurring_today().replace(day=1) - timedelta(days=1),
        help="The end of this day: what was posted and what was rendered up to it.",
    )
    since = fields.Date(
        "Recognised Since",
        help="Also show what is fully recognised, if its service or accounting date reaches this day. Empty: open amounts only.",
    )

    def action_open_lines(self):
        """The invoice lines, each with its total and what of it is recognised, deferred and accrued."""
        self.ensure_one()
        schedule = self.env["recurring.deferral.schedule"]
        self._write_rows("recurring.deferral.line", [schedule.prepare_line(line, self.day) for line in self._lines()])
        return self._action("recurring_billing.action_recurring_deferral_line")

    def action_open_months(self):
        """The same by the month that earns it."""
        self.ensure_one()
        schedule = self.env["recurring.deferral.schedule"]
        self._write_rows("recurring.deferral.month", [row for line in self._lines() for row in schedule.prepare_months(line, self.day)])
        return self._action("recurring_billing.action_recurring_deferral_month")

    def _lines(self):
        if self.since and self.since > self.day:
            raise UserError(self.env._('"Recognised Since" lies after the day looked at. Choose an earlier day, or leave it empty.'))
        return self.env["recurring.deferral.schedule"].lines(self.env.companies, self.day, self.since)

    def _write_rows(self, model, rows):
        # sudo: the rows are this wizard's own output, nobody writes them by hand
        rows_model = self.env[model].sudo()
        rows_model.search([("deferral_id", "=", self.id)]).unlink()
        for some in split_every(ROWS_AT_ONCE, rows):
            rows_model.create([{**row, "deferral_id": self.id} for row in some])

    def _action(self, xmlid):
        action = self.env["ir.actions.actions"]._for_xml_id(xmlid)
        name = self.env._("%(report)s, %(day)s", report=action["name"], day=format_date(self.env, self.day))
        return dict(action, name=name, display_name=name, domain=[("deferral_id", "=", self.id)], target="current")


class RecurringDeferralRow(models.AbstractModel):
    """What a row is about: its invoice line, and the words to group by."""

    _name = "recurring.deferral.row"
    _description = "Row of Deferred and Accrued Revenue"

    deferral_id = fields.Many2one("recurring.deferral", required=True, ondelete="cascade", index=True)
    move_line_id = fields.Many2one("account.move.line", "Invoice Line", ondelete="cascade")
    move_id = fields.Many2one("account.move", "Invoice", ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Customer", ondelete="cascade")
    product_id = fields.Many2one("product.product", ondelete="cascade")
    account_id = fields.Many2one("account.account", ondelete="cascade")
    plan_id = fields.Many2one("recurring.plan", ondelete="cascade")
    company_id = fields.Many2one("res.company", ondelete="cascade")
    company_currency_id = fields.Many2one("res.currency", ondelete="cascade")
    currency_id = fields.Many2one("res.currency", ondelete="cascade")

    deferred = fields.Monetary(currency_field="company_currency_id", help="Posted, service not rendered yet.")
    accrued = fields.Monetary(currency_field="company_currency_id", help="Service rendered, not posted yet on that day.")
    deferred_currency = fields.Monetary("Deferred in Currency")
    accrued_currency = fields.Monetary("Accrued in Currency")

    def action_open_invoice(self):
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "account.move", "res_id": self.move_id.id, "views": [(False, "form")]}


class RecurringDeferralLine(models.TransientModel):
    _name = "recurring.deferral.line"
    _description = "Deferred and Accrued Revenue of an Invoice Line"
    _inherit = ["recurring.deferral.row"]
    _order = "account_id, start, id"
    _transient_max_hours = HOURS_KEPT

    date = fields.Date("Accounting Date")
    start = fields.Date("Service From")
    last_day = fields.Date("Service To")
    total = fields.Monetary(currency_field="company_currency_id")
    earned = fields.Monetary("Recognised", currency_field="company_currency_id", help="For the service rendered up to the day.")
    total_currency = fields.Monetary("Total in Currency")
    earned_currency = fields.Monetary("Recognised in Currency")


class RecurringDeferralMonth(models.TransientModel):
    _name = "recurring.deferral.month"
    _description = "Deferred and Accrued Revenue by Month"
    _inherit = ["recurring.deferral.row"]
    _order = "month, account_id, id"
    _transient_max_hours = HOURS_KEPT

    month = fields.Date(help="The calendar month that earns it.")
    amount = fields.Monetary("Recognised in Month", currency_field="company_currency_id")
    amount_currency = fields.Monetary("Recognised in Month, in Currency")
