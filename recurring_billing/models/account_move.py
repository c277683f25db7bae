from odoo import api, fields, models
from odoo.fields import Domain

from .service_owned import refuse_service_owned


class AccountMove(models.Model):
    _inherit = "account.move"

    recurring_run_id = fields.Many2one(
        "recurring.billing.run", "Billing Run", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    recurring_subscription_ids = fields.Many2many(
        "recurring.subscription",
        string="Subscriptions",
        compute="_compute_recurring_subscription_ids",
        search="_search_recurring_subscription_ids",
    )
    recurring_subscription_count = fields.Integer("Number of Subscriptions", compute="_compute_recurring_subscription_ids")
    # Odoo's invoice form counts payments with the reader's rights, and so opens for nobody who may only read invoices: salespeople.
    payment_count = fields.Integer(compute_sudo=True)
    recurring_received = fields.Monetary(
        "Received", compute="_compute_recurring_received", currency_field="company_currency_id", help="What was paid of it so far."
    )

    @api.depends("line_ids.recurring_subscription_id")
    def _compute_recurring_subscription_ids(self):
        for move in self:
            # sudo: the count is shown to everybody who may read the invoice; opening it obeys the reader's own rights
            subscriptions = move.line_ids.sudo().recurring_subscription_id
            move.recurring_subscription_ids = subscriptions
            move.recurring_subscription_count = len(subscriptions)

    @api.depends(
        "payment_state",
        "amount_total_signed",
        "amount_residual_signed",
        "reversal_move_ids.state",
        "reversal_move_ids.amount_total_signed",
        "reversal_move_ids.amount_residual_signed",
    )
    def _compute_recurring_received(self):
        for move in self:
            credits = move.reversal_move_ids.filtered(lambda credit: credit.state == "posted")
            move.recurring_received = self._recurring_received_of(
                move.move_type,
                move.payment_state,
                move.amount_total_signed,
                move.amount_residual_signed,
                sum(credit.amount_total_signed - credit.amount_residual_signed for credit in credits),
            )

    @api.model
    def _recurring_received_of(self, move_type, payment_state, total, residual, credited):
        """What was paid of an invoice, credit notes apart. The payment state decides where it can: a payment without an outstanding
        account settles an invoice and leaves a residual.

        :param credited: what credit notes settled of it, negative.
        """
        if move_type != "out_invoice":
            return 0.0
        settled = payment_state in ("paid", "in_payment", "reversed")
        return (total if settled else total - residual) + credited

    def _search_recurring_subscription_ids(self, operator, value):
        return Domain("line_ids.recurring_subscription_id", operator, value)

    @api.model
    def _recurring_overdue_domain(self, prefix="", today=None):
        """Posted customer invoices past their due date with something left to pay.

        :param prefix: path to the invoice, such as ``move_id.``.
        """
        today = today or self.env.company._recurring_today()
        # Not invoice_date_due: with instalments that is the last date.
        late = [("display_type", "=", "payment_term"), ("date_maturity", "<", today), ("reconciled", "=", False)]
        return Domain(
            [
                (f"{prefix}state", "=", "posted"),
                (f"{prefix}move_type", "=", "out_invoice"),
                (f"{prefix}payment_state", "in", ("not_paid", "partial")),
                (f"{prefix}line_ids", "any", late),
            ]
        )

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, {"recurring_run_id", "recurring_fingerprint"}, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, {"recurring_run_id", "recurring_fingerprint"}, [vals])
        return super().write(vals)

    def action_open_recurring_subscriptions(self):
        subscriptions = self.recurring_subscription_ids
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_subscription")
        action = dict(action, domain=[("id", "in", subscriptions.ids)], context={})
        if len(subscriptions) == 1:
            action.update(views=[(False, "form")], res_id=subscriptions.id)
        return action

    def button_cancel(self):
        res = super().button_cancel()
        # sudo: cancelling an invoice frees its periods, whoever may cancel it
        self.filtered(lambda move: move.state == "cancel").line_ids.sudo()._recurring_free_periods()
        return res

    def button_draft(self):
        cancelled = self.filtered(lambda move: move.state == "cancel")
        # sudo: an invoice that comes back claims its periods again, or is refused, whoever resets it
        cancelled.line_ids.sudo()._recurring_claim_periods()
        return super().button_draft()

    # Hooks, called by account_move_settled.py

    def _recurring_on_settled(self):
        """Called with ``sudo()``, before the commit, for customer invoices with nothing left to pay. Extend it; it must be fast
        and must not call anything outside.
        """

    def _recurring_on_reopened(self):
        """Called with ``sudo()``, before the commit, for customer invoices that were settled and are open again: a payment was undone."""
