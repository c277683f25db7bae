from odoo import api, fields, models
from odoo.tools import format_date

from .. import const
from ..services.closing_plan import Choice


class RecurringCancellation(models.Model):
    """The decision to close subscriptions, and how far it is carried out: who, when, why, and which exceptions were made.

    Services write it; its lines that are still to do are the work that is left.
    """

    _name = "recurring.cancellation"
    _description = "Cancellation"
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Decided by", required=True, readonly=True, index=True)
    date = fields.Date("Decided on", required=True, readonly=True)
    reason_id = fields.Many2one("recurring.close.reason", required=True, readonly=True, index=True)
    when = fields.Selection(const.CLOSE_WHEN, "Service Ends", required=True, readonly=True)
    last_day = fields.Date(readonly=True)
    refund = fields.Selection(const.REFUNDS, required=True, readonly=True)
    withdrawal = fields.Boolean("Customer Withdraws", readonly=True)
    waive_fee = fields.Boolean("Exit Fee Waived", readonly=True)
    override = fields.Boolean("Against the Contract", readonly=True)
    exception_reason = fields.Char("Reason for the Exception", readonly=True)
    state = fields.Selection(
        [each for each in const.RUN_STATES if each[0] in (const.QUEUED, const.RUNNING, const.RUN_DONE)], required=True, readonly=True
    )
    ended_at = fields.Datetime("Carried out", readonly=True)
    line_ids = fields.One2many("recurring.cancellation.line", "cancellation_id", "Subscriptions", readonly=True)
    total_count = fields.Integer("Subscriptions in All", compute="_compute_counts")
    done_count = fields.Integer("Closed", compute="_compute_counts")
    refused_count = fields.Integer("Not Closed", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts")
    mrr = fields.Monetary("MRR Lost", compute="_compute_counts")

    @api.depends("date", "user_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for cancellation in self:
            cancellation.display_name = self.env._(
                "Cancellation of %(day)s by %(user)s",
                day=format_date(self.env, cancellation.date),
                user=cancellation.user_id.name,
            )

    @api.depends("line_ids.state", "line_ids.mrr")
    def _compute_counts(self):
        groups = self.env["recurring.cancellation.line"]._read_group(
            [("cancellation_id", "in", self.ids)], ["cancellation_id", "state"], ["__count", "mrr:sum"]
        )
        for cancellation in self:
            mine = {state: (count, mrr) for other, state, count, mrr in groups if other == cancellation}
            total = sum(count for count, _mrr in mine.values())
            left = mine.get(const.CANCELLATION_TO_DO, (0, 0.0))[0]
            cancellation.total_count = total
            cancellation.done_count, cancellation.mrr = mine.get(const.CANCELLATION_DONE, (0, 0.0))
            cancellation.refused_count = mine.get(const.CANCELLATION_REFUSED, (0, 0.0))[0]
            cancellation.progress = 100.0 * (total - left) / total if total else 100.0

    def action_open_refused(self):
        """The subscriptions that could not be closed, with the reason."""
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_cancellation_line")
        domain = [("cancellation_id", "in", self.ids), ("state", "=", const.CANCELLATION_REFUSED)]
        return dict(action, domain=domain, context={})

    def _choice(self):
        """What was chosen, as the services take it."""
        self.ensure_one()
        return Choice(self.when, self.last_day or None, self.refund, self.withdrawal, self.waive_fee, self.override)

    def _lines_to_do(self):
        """The ids of the lines that are left."""
        self.ensure_one()
        lines = self.env["recurring.cancellation.line"]
        return lines.search([("cancellation_id", "=", self.id), ("state", "=", const.CANCELLATION_TO_DO)], order="id").ids
