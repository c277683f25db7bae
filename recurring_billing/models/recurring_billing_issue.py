from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from .. import const
from ..services.billing_problem import Problem
from .service_owned import refuse_service_owned


class RecurringBillingIssue(models.Model):
    """One subscription left out of billing: what happened, which record, what to do, and a button to try again.

    Kinds of ``const.ISSUES_NOT_PARKING`` concern an invoice that exists; its subscription is billed on.
    """

    _name = "recurring.billing.issue"
    _description = "Billing Issue"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state, id desc"
    _check_company_auto = True

    name = fields.Char("What Happened", required=True, readonly=True)
    kind = fields.Selection(const.ISSUE_KINDS, required=True, readonly=True, index=True)
    state = fields.Selection(const.ISSUE_STATES, required=True, readonly=True, default=const.ISSUE_OPEN, tracking=True, index=True)
    message = fields.Text("What to Do", readonly=True)
    detail = fields.Text("Periods and Money", readonly=True)
    technical_detail = fields.Text(readonly=True, groups="recurring_billing.group_manager")
    subscription_id = fields.Many2one("recurring.subscription", required=True, readonly=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one(related="subscription_id.partner_id", store=True, precompute=True)
    company_id = fields.Many2one(related="subscription_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    amount = fields.Monetary("Waiting", readonly=True, help="Untaxed amount that waits, in the subscription's currency.")
    user_id = fields.Many2one("res.users", "Responsible", index=True)
    run_id = fields.Many2one("recurring.billing.run", "Found by", readonly=True, ondelete="set null", index="btree_not_null")
    horizon = fields.Date(readonly=True, help="The day up to which was to be billed.")
    record_model = fields.Char(readonly=True)
    record_id = fields.Many2oneReference(model_field="record_model", readonly=True)
    record_name = fields.Char("Record Concerned", readonly=True)
    tried_at = fields.Datetime("Last Try", readonly=True, default=fields.Datetime.now)
    tries = fields.Integer(readonly=True, default=1)
    solved_at = fields.Datetime("Solved", readonly=True)

    _one_open = models.UniqueIndex(
        "(subscription_id) WHERE state = 'open' AND kind <> 'fiscal'", "This subscription has an open billing issue already."
    )
    _one_open_fiscal = models.UniqueIndex(
        "(record_id) WHERE state = 'open' AND kind = 'fiscal'", "This invoice has an open billing issue already."
    )

    def write(self, vals):
        # Only who looks after it is a person's choice: followers and activities have models of their own.
        refuse_service_owned(self, vals.keys() & self._fields.keys() - {"user_id"} - self._fields_of_conversation(), [vals])
        return super().write(vals)

    def _fields_of_conversation(self):
        return {name for name, field in self._fields.items() if name.startswith(("message_", "activity_", "my_activity_"))}

    def action_retry(self):
        """Bill the subscriptions of these issues again; what still fails stays open with its newest reason."""
        self._check_may_work()
        open_issues = self.filtered_domain(self._parking_domain())
        if not open_issues and const.ISSUE_OPEN in self.mapped("state"):
            raise UserError(self.env._("These subscriptions are billed. Open the invoice and follow what the issue says."))
        if not open_issues:
            raise UserError(self.env._("These issues are solved already."))
        self.env["recurring.invoice.generation"].retry(open_issues)
        return True

    def action_confirm_catch_up(self):
        """Agree to bill the old periods shown, and do it."""
        self._check_may_work()
        waiting = self.filtered(lambda issue: issue.state == const.ISSUE_OPEN and issue.kind == const.ISSUE_CATCH_UP)
        if not waiting:
            raise UserError(self.env._("None of these issues is old work that waits for a confirmation."))
        for company, issues in waiting.grouped("company_id").items():
            # sudo: confirming old work is part of working an issue, which is checked above; Billing users may not edit subscriptions
            issues.sudo().subscription_id.catch_up_confirmed_until = company._recurring_today()
        return waiting.action_retry()

    def action_open_record(self):
        """Open the record that has to be mended."""
        self.ensure_one()
        if not self.record_model or not self.record_id:
            return self.action_open_subscription()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.record_model,
            "res_id": self.record_id,
            "views": [(False, "form")],
            "context": {"active_test": False},
        }

    def action_open_subscription(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recurring.subscription",
            "res_id": self.subscription_id.id,
            "views": [(False, "form")],
        }

    @api.model
    def _parking_domain(self):
        """Open issues that leave their subscription out of billing."""
        return Domain([("state", "=", const.ISSUE_OPEN), ("kind", "not in", const.ISSUES_NOT_PARKING)])

    @api.model
    def _open_of(self, record):
        """The open issues that concern a record and park nothing."""
        return self.search(
            [
                ("record_model", "=", record._name),
                ("record_id", "=", record.id),
                ("state", "=", const.ISSUE_OPEN),
                ("kind", "in", const.ISSUES_NOT_PARKING),
            ]
        )

    @api.model
    def _report_rejected(self, move):
        """A fiscal document was rejected: somebody has to mend it. An invoice without subscription gets an activity instead."""
        subscription = move.line_ids.recurring_subscription_id[:1]
        words = self.with_context(lang=(subscription._responsible_user() if subscription else self.env.user).lang or self.env.lang)
        problem = Problem(
            const.ISSUE_FISCAL,
            words.env._("The fiscal document of %s was rejected", move.name),
            words.env._(
                "%s\n\nMend this and issue the document again. The invoice is not sent or charged before it is authorized.",
                move.recurring_fiscal_message or words.env._("No reason was given."),
            ),
            move,
            amount=move.amount_untaxed,
        )
        if subscription:
            return self._park(subscription, problem, self.env["recurring.billing.run"])
        move.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=problem.name,
            note=plaintext2html(problem.message),
            user_id=(move.invoice_user_id or self.env.user).id,
        )
        return self.browse()

    @api.model
    def _park(self, subscription, problem, run):
        """Leave the subscription out of billing, with the reason, an activity for the responsible user, and no second issue.

        :param problem: a ``Problem`` of the pre-flight or of a failed batch.
        """
        user = subscription._responsible_user()
        values = {
            **problem._asdict_for_issue(),
            "run_id": run.id,
            "horizon": run.horizon,
            "user_id": user.id,
            "tried_at": fields.Datetime.now(),
        }
        if problem.kind in const.ISSUES_NOT_PARKING:
            known = self._open_of(problem.record)
        else:
            known = self.search(Domain("subscription_id", "=", subscription.id) & self._parking_domain(), limit=1)
        if known:
            known.write({**values, "tries": known.tries + 1})
            return known
        issue = self.create({**values, "subscription_id": subscription.id})
        issue.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo", summary=issue.name, note=issue.message, user_id=user.id
        )
        return issue

    def _solve(self, feedback):
        """Close the issues, and their activities."""
        self.write({"state": const.ISSUE_SOLVED, "solved_at": fields.Datetime.now()})
        self.activity_feedback(["mail.mail_activity_data_todo"], feedback=feedback)

    def _check_may_work(self):
        self.env["recurring.invoice.generation"].check_may_bill()
        self.check_access("read")
