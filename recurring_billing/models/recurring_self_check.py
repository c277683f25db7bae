from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from ..const import self_check as const
from .service_owned import refuse_service_owned

MAY_CHECK = ("recurring_billing.group_manager", "account.group_account_invoice")


class RecurringSelfCheck(models.Model):
    """How billing and collections were one day, as they looked at themselves."""

    _name = "recurring.self.check"
    _description = "Self-Check"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "day desc, id desc"
    _rec_name = "day"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    day = fields.Date(required=True, readonly=True, index=True)
    checked_at = fields.Datetime("Looked At", readonly=True)
    state = fields.Selection(const.STATES, required=True, readonly=True, default=const.OK)
    finding_ids = fields.One2many("recurring.self.check.finding", "check_id", "Findings", readonly=True)
    finding_count = fields.Integer("What Was Found", compute="_compute_finding_count", store=True)
    told = fields.Char(readonly=True, help="The kinds of findings that managers were told.")

    _once = models.UniqueIndex("(company_id, day)", "This day was looked at already.")

    @api.depends("finding_ids")
    def _compute_finding_count(self):
        for check in self:
            check.finding_count = len(check.finding_ids)

    @api.depends("day", "company_id")
    def _compute_display_name(self):
        for check in self:
            check.display_name = self.env._("Self-check of %s", format_date(self.env, check.day))

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, self._kept_by_services(), vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, self._kept_by_services(), [vals])
        return super().write(vals)

    @api.model
    def _kept_by_services(self):
        return {"company_id", "day", "checked_at", "state", "finding_ids", "finding_count", "told"}

    @api.model
    def action_check_now(self):
        """Look now, and show what was found."""
        self._check_may_check()
        company = self[:1].company_id or self.env.company
        # sudo: who may look was checked; the check sees everything of the company
        check = self.env["recurring.self.check.service"].sudo().check(company)
        return check.with_env(self.env)._get_records_action(name=self.env._("Self-Check"))

    def _check_may_check(self):
        if not self.env.su and not any(self.env.user.has_group(group) for group in MAY_CHECK):
            raise AccessError(self.env._("The self-check is started by managers of Recurring Billing and by the group Billing."))


class RecurringSelfCheckFinding(models.Model):
    """Something the self-check found: what, how much of it, and what to do."""

    _name = "recurring.self.check.finding"
    _description = "Finding of the Self-Check"
    _order = "id"
    _rec_name = "kind"

    check_id = fields.Many2one("recurring.self.check", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="check_id.company_id", store=True, index=True)
    kind = fields.Selection(const.KINDS, "What", required=True, readonly=True)
    count = fields.Integer("How Many", readonly=True)
    detail = fields.Char("Which", readonly=True)
    todo = fields.Char("What to Do", compute="_compute_todo")
    record_model = fields.Char(readonly=True)
    record_ids = fields.Json(readonly=True)

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_todo(self):
        words = self._todo_words()
        for finding in self:
            finding.todo = words[finding.kind]

    def _todo_words(self):
        return {
            const.COVERAGE: self.env._(
                "Open the subscriptions and look at their next invoice date; then press Bill Now. Tell your administrator."
            ),
            const.NOT_BILLED: self.env._("Press Bill Now, and look at the billing issues."),
            const.RUN_WAITS: self.env._("Open the run, look at the expected amount, and confirm it."),
            const.RUN_LATE: self.env._("Press Bill Now. An administrator looks at the scheduled actions."),
            const.LEDGER: self.env._(
                "An administrator installs the extension btree_gist in PostgreSQL and upgrades the app. Nothing is billed until then."
            ),
            const.REVENUE: self.env._("Open the lines, and tell your administrator: figures of MRR are wrong by the difference."),
            const.ACTION_OFF: self.env._(
                "An administrator looks in Settings, Technical, Scheduled Actions why they failed, and switches them on."
            ),
            const.ACTION_LATE: self.env._("An administrator looks whether the server runs scheduled actions."),
            const.IDENTITY: self.env._(
                "An administrator opens Configuration, Calls to Outside, and confirms that this is the live database."
            ),
            const.MESSAGES: self.env._("Open them: say whether the customer has them. None is sent again by itself."),
            const.CHARGES: self.env._("Open them: look at the payment provider whether the card was charged, and say so."),
            const.FORGOTTEN: self.env._("Open the debts, and the preview of reminders, which says why nobody is reminded of them."),
            const.UNFINISHED: self.env._("Tell your administrator: the server's log says more."),
        }

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, set(self._fields), vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, set(self._fields), [vals])
        return super().write(vals)

    def action_open(self):
        """The records that were found."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": dict(self._fields["kind"]._description_selection(self.env))[self.kind],
            "res_model": self.record_model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.record_ids or [])],
        }
