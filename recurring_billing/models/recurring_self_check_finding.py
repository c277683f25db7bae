from odoo import api, fields, models

from ..const import self_check as const


class RecurringSelfCheckFinding(models.Model):
    """Something the self-check found: what, how much of it, and what to do."""

    _name = "recurring.self.check.finding"
    _inherit = ["recurring.service.written"]
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
            const.MESSAGES_WAIT: self.env._(
                "An administrator looks at the mail server or WhatsApp: what cannot leave for two days goes another way, or to a person."
            ),
            const.CHARGES: self.env._("Open them: look at the payment provider whether the card was charged, and say so."),
            const.FORGOTTEN: self.env._("Open the debts, and the preview of reminders, which says why nobody is reminded of them."),
            const.CERTIFICATE_SOON: self.env._("Ask the bank for a new certificate now; an administrator gives it to the Pix account."),
            const.CERTIFICATE_NOW: self.env._(
                "An administrator gives the bank's new certificate to the Pix account: without it no Pix is registered or learnt of."
            ),
            const.UNFINISHED: self.env._("Tell your administrator: the server's log says more."),
        }

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
