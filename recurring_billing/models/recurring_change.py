from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import const


class RecurringChange(models.Model):
    """A change of a subscription: what, from which day on, what it does to the money, and how it was before, so that it can be withdrawn.

    Services write it, whoever makes the change; ``recurring.subscription.change`` records, ``withdraw`` takes back.
    """

    _name = "recurring.change"
    _description = "Change of a Subscription"
    _order = "date desc, id desc"

    subscription_id = fields.Many2one("recurring.subscription", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="subscription_id.company_id", store=True, precompute=True, index=True)
    partner_id = fields.Many2one(related="subscription_id.partner_id", store=True, precompute=True, index=True)
    plan_id = fields.Many2one(related="subscription_id.plan_id", store=True, precompute=True)
    salesperson_id = fields.Many2one(related="subscription_id.user_id", string="Salesperson")
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    kind = fields.Selection(const.CHANGE_KINDS, "Change", required=True, readonly=True, index=True)
    date = fields.Date("From", required=True, readonly=True, index=True, help="The first day on which it counts.")
    state = fields.Selection(const.CHANGE_STATES, required=True, readonly=True, default=const.CHANGE_PLANNED, index=True)
    description = fields.Char("What", readonly=True)
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", "Recorded by", readonly=True, default=lambda self: self.env.user, index=True)
    recorded_on = fields.Date(readonly=True, help="The day it was recorded.")
    withdrawn_by_id = fields.Many2one("res.users", "Withdrawn by", readonly=True)
    withdrawn_on = fields.Date(readonly=True)
    mrr_before = fields.Monetary("MRR Before", readonly=True, currency_field="company_currency_id", help="On its first day, without it.")
    mrr_after = fields.Monetary("MRR After", readonly=True, currency_field="company_currency_id", help="On its first day, with it.")
    mrr_difference = fields.Monetary(
        "MRR Difference", compute="_compute_mrr_difference", store=True, readonly=True, currency_field="company_currency_id"
    )
    amount_due = fields.Monetary(
        "Money on Its First Day",
        readonly=True,
        help="What the change alone adds to what is billed up to its first day; negative: what is given back. As the prices are, with or "
        "without tax.",
    )
    lineage_ids = fields.Many2many("recurring.lineage", string="Lineages", readonly=True)
    line_ids = fields.Many2many("recurring.subscription.line", string="Lines", readonly=True, help="The lines that came with it.")
    successor_id = fields.Many2one("recurring.subscription", "Continues as", readonly=True, ondelete="set null")
    order_id = fields.Many2one("sale.order", "Quotation", readonly=True, ondelete="set null", index="btree_not_null", copy=False)
    asked = fields.Json("Asked For", readonly=True, help="What an offered change will do once it is accepted.")
    snapshot = fields.Json(readonly=True, help="How the lines were before and after, for taking it back.")

    @api.depends("mrr_before", "mrr_after")
    def _compute_mrr_difference(self):
        for change in self:
            change.mrr_difference = change.mrr_after - change.mrr_before

    @api.depends("kind", "date", "subscription_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for change in self:
            change.display_name = self.env._(
                "%(kind)s from %(day)s: %(subscription)s",
                kind=kinds.get(change.kind, ""),
                day=format_date(self.env, change.date),
                subscription=change.subscription_id.display_name,
            )

    def action_withdraw(self):
        """Take these changes back, as if they had never been made."""
        self.withdraw()
        return True

    def withdraw(self):
        """Take these changes back: what is not billed leaves no trace in what is billed, the next run gives the rest back.

        :raises UserError: naming the later change, where one stands on it.
        """
        self.env["recurring.change.withdrawal"].withdraw(self)

    def action_open_subscription(self):
        self.ensure_one()
        return self.subscription_id._get_records_action()

    def _tell(self):
        """Keep in the chatter who changed what, from when on."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for change in self:
            words = {"kind": kinds[change.kind], "day": format_date(self.env, change.date), "what": change.description}
            body = self.env._("%(kind)s from %(day)s: %(what)s", **words)
            change.subscription_id.message_post(body=f"{body} ({change.reason})" if change.reason else body)

    @api.model
    def _refresh_states(self):
        """Called daily: what was planned for today or before is in effect."""
        for company in self.env["res.company"].search([("active", "=", True)]):
            today = company._recurring_today()
            self.search(
                [("company_id", "=", company.id), ("state", "=", const.CHANGE_PLANNED), ("date", "<=", today)]
            ).state = const.CHANGE_APPLIED

    @api.ondelete(at_uninstall=False)
    def _unlink_except_recorded(self):
        for change in self:
            if change.state != const.CHANGE_OFFERED and change.subscription_id.exists():
                raise UserError(self.env._("%s is part of the history. Withdraw it instead of deleting it.", change.display_name))
