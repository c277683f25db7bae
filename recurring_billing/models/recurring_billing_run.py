from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from .. import const

MAY_CONFIRM = ("recurring_billing.group_manager", "account.group_account_invoice")


class RecurringBillingRun(models.Model):
    """One run of billing in one company, and its figures. They are written with every batch, so a killed run keeps them too."""

    _name = "recurring.billing.run"
    _description = "Billing Run"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    trigger = fields.Selection(const.RUN_TRIGGERS, required=True, readonly=True)
    state = fields.Selection(const.RUN_STATES, required=True, readonly=True, default=const.RUNNING, tracking=True)
    date = fields.Date("Day", required=True, readonly=True, help="The day of the run: what was due by then, dated on it.")
    horizon = fields.Date("Billed up to", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Started by", readonly=True, default=lambda self: self.env.user)
    ended_at = fields.Datetime("Ended", readonly=True)
    seconds = fields.Float(readonly=True, digits=(16, 1))
    expected_amount = fields.Monetary("Expected", readonly=True, help="What was due when the run began, untaxed, in company currency.")
    subscription_count = fields.Integer("Billed Subscriptions", readonly=True)
    invoice_count = fields.Integer("Invoices Made", readonly=True)
    amount_untaxed = fields.Monetary("Untaxed", readonly=True)
    amount_total = fields.Monetary("Total", readonly=True)
    parked_count = fields.Integer("Parked", readonly=True)
    is_confirmed = fields.Boolean(readonly=True, help="A person has agreed to bill far more than usual.")
    in_background = fields.Boolean(readonly=True, help="Done by the scheduled action, because there is much to bill.")
    subscription_ids = fields.Many2many("recurring.subscription", string="Selected Subscriptions", readonly=True)
    move_ids = fields.One2many("account.move", "recurring_run_id", "Invoices")
    issue_ids = fields.One2many("recurring.billing.issue", "run_id", "Issues")

    @api.depends("date", "company_id", "trigger")
    @api.depends_context("lang")
    def _compute_name(self):
        triggers = dict(self._fields["trigger"]._description_selection(self.env))
        for run in self:
            run.name = self.env._("%(trigger)s of %(date)s", trigger=triggers.get(run.trigger, ""), date=format_date(self.env, run.date))

    def action_confirm(self):
        """Bill although the total is far above the usual: the run goes on where it waits."""
        if not self.env.su and not any(self.env.user.has_group(group) for group in MAY_CONFIRM):
            raise AccessError(self.env._("Only managers and users of Invoicing confirm a run that would bill far more than usual."))
        for run in self:
            if run.state != const.RUN_WAITING:
                raise UserError(self.env._("%s does not wait for a confirmation.", run.display_name))
            self.env["recurring.invoice.generation"].continue_confirmed(run)
        return True

    def action_open_invoices(self):
        action = self.env["ir.actions.actions"]._for_xml_id("account.action_move_out_invoice_type")
        action["context"] = {"default_move_type": "out_invoice", "create": False}
        action["domain"] = [("recurring_run_id", "in", self.ids)]
        return action

    def action_open_issues(self):
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_billing_issue")
        return dict(action, domain=[("run_id", "in", self.ids)], context={})
