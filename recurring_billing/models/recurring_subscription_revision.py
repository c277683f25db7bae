from odoo import api, fields, models
from odoo.exceptions import AccessError

from .. import const
from ..rules import price_revision


class RecurringSubscription(models.Model):
    """When the prices of a subscription were revised, and when they may be again."""

    _inherit = "recurring.subscription"

    last_revision_date = fields.Date(
        "Last Price Revision",
        copy=False,
        tracking=True,
        help="The day the revised prices count from. The next revision is counted from it.",
    )
    next_revision_date = fields.Date(
        "Next Price Revision",
        compute="_compute_next_revision_date",
        store=True,
        index="btree_not_null",
        help="The first day on which the prices may be revised: so many months after billing began or the prices were revised last.",
    )
    revision_kind = fields.Selection(related="plan_id.revision_kind")
    revision_line_ids = fields.One2many("recurring.price.revision.line", "subscription_id", "Price Revisions")

    @api.depends("state", "start_date", "trial_end_date", "last_revision_date", "plan_id.revision_months")
    def _compute_next_revision_date(self):
        for subscription in self:
            since = subscription.last_revision_date or subscription.trial_end_date or subscription.start_date
            months = subscription.plan_id.revision_months or price_revision.YEAR_MONTHS
            runs = subscription.state != const.CLOSED and since and since <= const.LATEST
            subscription.next_revision_date = price_revision.due_day(since, months) if runs else False

    def write(self, vals):
        if "last_revision_date" in vals and not self.env.su and not self.env.user.has_group("recurring_billing.group_manager"):
            raise AccessError(self.env._("When prices were revised last is written by price revisions, or by a manager."))
        return super().write(vals)

    def action_revise_prices(self):
        """A price revision of these subscriptions, to look at before anything changes."""
        company = self.company_id[:1] or self.env.company
        revision = self.env["recurring.price.revision"].create(
            {"company_id": company.id, "subscription_ids": self.filtered(lambda each: each.company_id == company).ids}
        )
        revision.action_preview()
        return revision._action_open()

    @api.model
    def _service_owned_fields(self):
        return super()._service_owned_fields() | {"next_revision_date"}

    def _revision_not_billed(self):
        """The first day of which no line is billed: what is billed keeps its price."""
        # sudo: how far lines are billed is the ledger's own, whoever may see it
        return max((day for lineage in self.sudo().line_ids.lineage_id if (day := lineage.billed_until)), default=None)
