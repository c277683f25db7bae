from odoo import api, fields, models
from odoo.fields import Domain

from .. import const


class RecurringSubscription(models.Model):
    """One badge that sums a subscription up: in order, late, blocked, paused, waiting to start.

    It is stored, so that lists and cards can be grouped by it. What it depends on outside the subscription, unpaid invoices and the
    calendar, is brought in when a payment is committed (``account_move_badge.py``) and once a day.
    """

    _inherit = "recurring.subscription"

    service_state = fields.Selection(
        const.SERVICE_STATES,
        "Service",
        required=True,
        readonly=True,
        default=const.RUNNING_SERVICE,
        copy=False,
        help="Whether the service is delivered, or withheld because of a debt.",
    )
    is_late = fields.Boolean(readonly=True, default=False, copy=False, help="An invoice of it is past its due date and not paid.")
    badge = fields.Selection(const.BADGES, "Standing", compute="_compute_badge", store=True, index="btree_not_null")

    @api.depends("state", "service_state", "is_late")
    def _compute_badge(self):
        for subscription in self:
            subscription.badge = subscription._badge_now()

    def _badge_now(self):
        """The gravest thing there is to say; nothing of what is not sold yet, or over and paid."""
        self.ensure_one()
        if self.state == const.DRAFT:
            return False
        if self.state == const.CLOSED:
            return const.BADGE_LATE if self.is_late else False
        if self.service_state == const.BLOCKED_SERVICE:
            return const.BADGE_BLOCKED
        if self.is_late:
            return const.BADGE_LATE
        return {const.PAUSED: const.BADGE_PAUSED, const.WAITING: const.BADGE_WAITING}.get(self.state, const.BADGE_OK)

    @api.model
    def _service_owned_fields(self):
        return super()._service_owned_fields() | {"is_late", "service_state"}

    def _refresh_late(self):
        """Whether each is late, as its invoices are now; writes those that changed only."""
        late = set()
        for company, mine in self.grouped("company_id").items():
            late.update(mine.with_company(company)._late_subscription_ids(mine.ids))
        changed = self.filtered(lambda subscription: subscription.is_late != (subscription.id in late))
        for is_late, mine in changed.grouped(lambda subscription: subscription.id in late).items():
            # sudo: it follows from the invoices; who registers a payment may not edit subscriptions
            mine.sudo().is_late = is_late

    @api.model
    def _refresh_all_late(self):
        """Called daily: invoices that became overdue. Those it finds late or has as late are all that can differ."""
        for company in self.env["res.company"].search([("active", "=", True)]):
            here = self.with_company(company)
            mine = Domain("company_id", "=", company.id)
            found = here.search(mine & (Domain("is_late", "=", True) | Domain("id", "in", here._late_subscription_ids())))
            found._refresh_late()
