import ast
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from .. import const
from ..services.notification import notification
from .service_owned import refuse_service_owned


class RecurringPriceRevision(models.Model):
    """A revision of prices: found, looked at, confirmed and, if need be, undone together."""

    _name = "recurring.price.revision"
    _description = "Price Revision"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, copy=False, default=lambda self: self._default_name())
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Prepared By", default=lambda self: self.env.user, readonly=True, copy=False)
    state = fields.Selection(
        const.REVISION_STATES, required=True, default=const.DRAFT, readonly=True, copy=False, index=True, tracking=True
    )
    method = fields.Selection(
        const.REVISION_METHODS,
        "New Prices",
        required=True,
        default=const.AS_PLAN,
        help="As each plan says, by its percentage or its index; or one percentage for all.",
    )
    percent = fields.Float("Percentage", digits=(16, 4))
    plan_ids = fields.Many2many("recurring.plan", string="Plans", check_company=True, help="Empty: every plan that revises its prices.")
    domain = fields.Char("Only Where", help="Further conditions, such as a sales team or a tag.")
    subscription_ids = fields.Many2many("recurring.subscription", string="Subscriptions", help="Empty: all that are due.")
    renews_terms = fields.Boolean(readonly=True, default=False, help="New prices count from the next term, as the plans say.")
    due_until = fields.Date(
        required=True,
        default=lambda self: self._default_due_until(),
        help="Revised prices that may count from this day or earlier.",
    )
    previewed_on = fields.Date(readonly=True, copy=False)
    not_due_count = fields.Integer(
        "Not Due Yet", readonly=True, copy=False, help="Subscriptions left out because it is too early for them."
    )

    line_ids = fields.One2many("recurring.price.revision.line", "revision_id", "Prices", copy=False)
    notice_ids = fields.One2many("recurring.price.revision.notice", "revision_id", "Notices", copy=False)
    job = fields.Selection(const.REVISION_JOBS, readonly=True, copy=False, help="What the scheduled action still works on.")
    confirmed_on = fields.Date(readonly=True, copy=False)
    line_count = fields.Integer("New Prices Counted", compute="_compute_figures")
    excluded_count = fields.Integer("Left Out", compute="_compute_figures")
    done_count = fields.Integer("Done", compute="_compute_figures")
    failed_count = fields.Integer("Failed", compute="_compute_figures")
    to_send_count = fields.Integer("Notices to Send", compute="_compute_figures")
    progress = fields.Float(compute="_compute_figures")
    old_mrr = fields.Monetary("MRR Today", compute="_compute_figures")
    new_mrr = fields.Monetary("New MRR", compute="_compute_figures")
    mrr_difference = fields.Monetary("Change of MRR", compute="_compute_figures")
    effective_from = fields.Date("First Day", compute="_compute_figures")
    effective_to = fields.Date("Last First Day", compute="_compute_figures")

    @api.model
    def _default_name(self):
        month = format_date(self.env, self.env.company._recurring_today(), date_format="MMMM yyyy")
        return self.env._("Price revision, %s", month)

    @api.model
    def _default_due_until(self):
        today = self.env.company._recurring_today()
        plans = self.env["recurring.plan"].search([("revision_kind", "!=", const.REVISE_NEVER)])
        return today + timedelta(days=max(plans.mapped("revision_notice_days"), default=30))

    @api.constrains("percent")
    def _check_percent(self):
        for revision in self:
            if not -100 < revision.percent < 1000:
                raise ValidationError(self.env._("A percentage lies between -100 and 1000."))

    @api.constrains("domain")
    def _check_domain(self):
        for revision in self:
            revision._further_domain()

    @api.depends(
        "line_ids.included", "line_ids.state", "line_ids.old_mrr", "line_ids.new_mrr", "line_ids.date_effective", "notice_ids.state"
    )
    def _compute_figures(self):
        groups = self.env["recurring.price.revision.line"]._read_group(
            [("revision_id", "in", self.ids)],
            ["revision_id", "included", "state"],
            ["__count", "old_mrr:sum", "new_mrr:sum", "date_effective:min", "date_effective:max"],
        )
        to_send = dict(
            self.env["recurring.price.revision.notice"]._read_group(
                [("revision_id", "in", self.ids), ("state", "=", const.NOTICE_TO_SEND)], ["revision_id"], ["__count"]
            )
        )
        for revision in self:
            mine = [rest for grouped, *rest in groups if grouped == revision]
            counted = [rest for rest in mine if rest[0]]
            revision.line_count = sum(count for _included, _state, count, *_rest in counted)
            revision.excluded_count = sum(rest[2] for rest in mine) - revision.line_count
            revision.done_count = sum(rest[2] for rest in counted if rest[1] in (const.ROW_DONE, const.ROW_UNDONE))
            revision.failed_count = sum(rest[2] for rest in counted if rest[1] == const.ROW_FAILED)
            waiting = sum(rest[2] for rest in counted if rest[1] == const.ROW_PENDING)
            revision.progress = 100.0 * (1 - waiting / revision.line_count) if revision.line_count else 100.0
            revision.old_mrr, revision.new_mrr = sum(rest[3] for rest in counted), sum(rest[4] for rest in counted)
            revision.mrr_difference = revision.new_mrr - revision.old_mrr
            revision.effective_from = min((rest[5] for rest in counted if rest[5]), default=False)
            revision.effective_to = max((rest[6] for rest in counted if rest[6]), default=False)
            revision.to_send_count = to_send.get(revision, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        if any(revision.state != const.DRAFT for revision in self):
            raise UserError(self.env._("A revision that was confirmed stays in the history. Undo it instead."))

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, self._service_owned_fields(), vals_list)
        return super().create(vals_list)

    @api.model
    def _service_owned_fields(self):
        """What only services write; see ``refuse_service_owned``."""
        return {"state", "job", "confirmed_on", "renews_terms"}

    def write(self, vals):
        refuse_service_owned(self, self._service_owned_fields(), [vals])
        fixed = {"company_id", "method", "percent", "plan_ids", "domain", "subscription_ids", "due_until"} & vals.keys()
        if fixed and any(revision.state != const.DRAFT for revision in self):
            raise UserError(
                self.env._("The revision was confirmed, so what it covers cannot change any more. Undo it and prepare another.")
            )
        return super().write(vals)

    # What people press

    def action_preview(self):
        """Find what is due and work out the new prices, without changing anything; what was edited by hand stays."""
        for revision in self:
            revision._check_state(const.DRAFT)
            self.env["recurring.price.revision.preview"].fill(revision)
        return True

    def action_confirm(self):
        """The new prices are planned, and customers are told."""
        for revision in self:
            revision._check_state(const.DRAFT)
            if revision.previewed_on != revision.company_id._recurring_today():
                revision.action_preview()
                return revision._action_look_again()
            self.env["recurring.price.revision.run"].confirm(revision)
        return True

    def action_undo(self):
        """Take back the whole revision: prices to come are withdrawn, prices that are billed are credited by the next run."""
        for revision in self:
            if revision.state not in (const.REVISION_CONFIRMED, const.REVISION_APPLIED):
                raise UserError(self.env._("Only a revision that was confirmed can be undone."))
            self.env["recurring.price.revision.run"].undo(revision)
        return True

    def action_send_notices(self):
        """Send the notices that were not sent yet."""
        self.notice_ids.filtered(lambda notice: notice.state == const.NOTICE_TO_SEND).action_send()
        return True

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_price_revision_line")
        return dict(action, domain=[("revision_id", "=", self.id)], context={"search_default_included": 1, "revision_state": self.state})

    def action_open_excluded(self):
        self.ensure_one()
        return dict(self.action_open_lines(), context={"search_default_excluded": 1})

    def action_open_notices(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_price_revision_notice")
        return dict(action, domain=[("revision_id", "=", self.id)], context={})

    def _action_look_again(self):
        return notification(
            self.env._("The preview was of another day, so it was made anew. Look at it, then confirm it."),
            "warning",
            title=self.env._("Please look again"),
        )

    def _action_open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _check_state(self, state):
        self.ensure_one()
        if self.state != state:
            raise UserError(self.env._("%s was confirmed already.", self.name))

    def _further_domain(self):
        """The conditions a person gave, checked."""
        self.ensure_one()
        try:
            domain = fields.Domain(ast.literal_eval(self.domain or "[]"))
            domain.validate(self.env["recurring.subscription"])
        except (ValueError, SyntaxError, TypeError, KeyError) as error:
            raise ValidationError(self.env._("The conditions of the revision cannot be read. Please choose them anew.")) from error
        return domain
