from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from ..const import statement as const

MAY_WORK = ("recurring_billing.group_collections", "account.group_account_invoice")


class RecurringStatementBatch(models.Model):
    """Statements for many customers, made in the background one after the other."""

    _name = "recurring.statement.batch"
    _inherit = ["recurring.service.written"]
    _description = "Batch of Statements"
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    day = fields.Date("As of", required=True, readonly=True)
    way = fields.Selection(const.WAYS, required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Asked for by", readonly=True, default=lambda self: self.env.user)
    statement_ids = fields.One2many("recurring.statement", "batch_id", "Statements", readonly=True)
    count = fields.Integer("Customers", compute="_compute_counts")
    waiting_count = fields.Integer("Waiting", compute="_compute_counts")
    done_count = fields.Integer("Done", compute="_compute_counts")
    skipped_count = fields.Integer("Not Needed", compute="_compute_counts")
    failed_count = fields.Integer("Failed", compute="_compute_counts")
    attachment_id = fields.Many2one("ir.attachment", "All in One PDF", readonly=True, ondelete="set null")

    @api.depends("statement_ids.state")
    def _compute_counts(self):
        groups = self.env["recurring.statement"]._read_group([("batch_id", "in", self.ids)], ["batch_id", "state"], ["__count"])
        found = {(batch.id, state): count for batch, state, count in groups}
        for batch in self:
            counts = {state: found.get((batch._origin.id, state), 0) for state, _words in const.STATES}
            batch.count = sum(counts.values())
            batch.waiting_count = counts[const.WAITING]
            batch.done_count = counts[const.DONE]
            batch.skipped_count = counts[const.NOT_NEEDED]
            batch.failed_count = counts[const.FAILED]

    @api.depends("day")
    def _compute_display_name(self):
        for batch in self:
            batch.display_name = self.env._("Statements of %s", format_date(self.env, batch.day))

    def action_download(self):
        """All statements in one file, to print them."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/web/content/{self.attachment_id.id}?download=true", "target": "self"}

    def action_refresh(self):
        """Look again how far it is."""
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _check_may_work(self):
        if not self.env.su and not any(self.env.user.has_group(group) for group in MAY_WORK):
            raise AccessError(self.env._("Statements are sent by the groups Collections and Billing."))

    def _wake(self):
        # sudo: the action belongs to the administrator
        self.env.ref("recurring_billing.cron_statement").sudo()._trigger()
