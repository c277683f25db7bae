from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const
from ..services.closing_plan import Choice


class RecurringClose(models.TransientModel):
    """Close subscriptions: when, why, and what happens to the money. Each ends by its own contract."""

    _name = "recurring.close"
    _description = "Close Subscription"

    subscription_ids = fields.Many2many("recurring.subscription", required=True, readonly=True)
    subscription_count = fields.Integer(compute="_compute_subscription_count")
    reason_id = fields.Many2one("recurring.close.reason", required=True)
    when = fields.Selection(const.CLOSE_WHEN, required=True, default=const.CLOSE_AT_BILLED)
    date = fields.Date("Last Day", help="The last day of service, that day included.")
    refund = fields.Selection(const.REFUNDS, "Paid and Unused", required=True, default=const.REFUND_PLAN)
    withdrawal = fields.Boolean("The customer withdraws", help="Everything that was billed is given back, and no exit fee is charged.")
    can_withdraw = fields.Boolean(compute="_compute_can_withdraw")
    waive_fee = fields.Boolean("Waive the exit fee")
    override = fields.Boolean("Close against the contract")
    exception_reason = fields.Char("Reason for the Exception", help="Kept with the subscription, for whoever asks later.")
    is_manager = fields.Boolean(compute="_compute_is_manager")
    has_fee = fields.Boolean(compute="_compute_preview")
    has_exception = fields.Boolean(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("subscription_ids")
    def _compute_subscription_count(self):
        for wizard in self:
            wizard.subscription_count = len(wizard.subscription_ids)

    @api.depends("subscription_ids")
    def _compute_can_withdraw(self):
        for wizard in self:
            wizard.can_withdraw = any(wizard._may_be_withdrawn(each) for each in wizard.subscription_ids)

    def _may_be_withdrawn(self, subscription):
        deadline = subscription._withdrawal_deadline()
        return bool(deadline) and subscription.company_id._recurring_today() <= deadline and subscription.state != const.CLOSED

    @api.depends_context("uid")
    def _compute_is_manager(self):
        self.is_manager = self.env.user.has_group("recurring_billing.group_manager")

    @api.depends("subscription_ids", "when", "date", "refund", "withdrawal", "waive_fee", "override")
    @api.depends_context("lang", "uid")
    def _compute_preview(self):
        for wizard in self:
            if not wizard.subscription_ids or wizard._date_is_missing():
                wizard.update({"preview": False, "has_fee": False, "has_exception": False})
                continue
            subscriptions = wizard.subscription_ids._origin
            # By RPC the wizard may name anything: what is shown is what the user may close.
            subscriptions.check_access("write")
            values = self.env["recurring.closing.preview"].values(subscriptions, wizard._choice())
            wizard.has_fee, wizard.has_exception = values["has_fee"], values["has_exception"]
            wizard.preview = self.env["ir.qweb"]._render("recurring_billing.closing_preview", values)

    def action_close(self):
        """Close them. What is due up to the last day is still billed, what was billed beyond it is given back by the next run."""
        self.ensure_one()
        if self._date_is_missing():
            raise UserError(self.env._("Choose the last day of service."))
        cancellations = self.env["recurring.subscription.closing"].close(
            self.subscription_ids, self.reason_id, self._choice(), self.exception_reason
        )
        if self.subscription_count == 1:
            return True
        action = cancellations.with_env(self.env)._get_records_action(name=self.env._("Cancellation"))
        return dict(action, target="current")

    def _date_is_missing(self):
        return self.when == const.CLOSE_ON_DATE and not self.date and not self.withdrawal

    def _choice(self):
        self.ensure_one()
        return Choice(self.when, self.date or None, self.refund, self.withdrawal, self.waive_fee, self.override)
