import json

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .. import const
from ..rules import revenue

GRAPH_MONTHS = 6
GAINED = (revenue.NEW,)
LOST = (revenue.CONTRACTION, revenue.CHURN)


class RecurringDashboard(models.Model):
    """One card of the dashboard: a company, or a plan in a company. Every figure opens the records it counts.

    Figures are read with the user's own rights, so a card and the list behind it always agree.
    """

    _name = "recurring.dashboard"
    _description = "Recurring Billing Dashboard"
    _auto = False
    _order = "company_id, plan_sequence NULLS FIRST, plan_id"

    company_id = fields.Many2one("res.company", readonly=True)
    plan_id = fields.Many2one("recurring.plan", readonly=True)
    plan_sequence = fields.Integer(readonly=True)
    color = fields.Integer(compute="_compute_color")
    currency_id = fields.Many2one(related="company_id.currency_id")
    is_total = fields.Boolean(compute="_compute_color")

    active_count = fields.Integer("Active Subscriptions", compute="_compute_subscription_figures")
    mrr = fields.Monetary("MRR", compute="_compute_subscription_figures")
    mrr_new = fields.Monetary("New MRR this Month", compute="_compute_revenue_figures")
    mrr_lost = fields.Monetary("MRR Lost this Month", compute="_compute_revenue_figures")
    due_count = fields.Integer("Due", compute="_compute_subscription_figures")
    parked_count = fields.Integer("Parked", compute="_compute_parked_count")
    waiting_run_count = fields.Integer("Runs Waiting", compute="_compute_parked_count")
    draft_count = fields.Integer("Drafts", compute="_compute_invoice_figures")
    draft_amount = fields.Monetary("Amount in Drafts", compute="_compute_invoice_figures")
    overdue_count = fields.Integer("Overdue", compute="_compute_invoice_figures")
    overdue_amount = fields.Monetary("Amount Overdue", compute="_compute_invoice_figures")
    invoiced_count = fields.Integer("Invoices of this Month", compute="_compute_invoice_figures")
    invoiced_amount = fields.Monetary("Invoiced this Month", compute="_compute_invoice_figures")
    received_amount = fields.Monetary("Received of it", compute="_compute_invoice_figures")
    graph = fields.Text(compute="_compute_graph")

    @property
    def _table_query(self):
        # Plans of which the reader sees nothing have no card.
        seen = self.env["recurring.subscription"]._search([("state", "!=", const.DRAFT)])
        return SQL(
            """
            SELECT company.id * 100000 AS id, company.id AS company_id, NULL::integer AS plan_id, NULL::integer AS plan_sequence
              FROM res_company company
             WHERE company.active
             UNION ALL
            SELECT DISTINCT subscription.company_id * 100000 + plan.id, subscription.company_id, plan.id, plan.sequence
              FROM recurring_subscription subscription
              JOIN recurring_plan plan ON plan.id = subscription.plan_id
             WHERE subscription.id IN %s
            """,
            seen.subselect(),
        )

    @api.depends("company_id", "plan_id")
    def _compute_display_name(self):
        for card in self:
            card.display_name = card.plan_id.display_name if card.plan_id else card.company_id.display_name

    @api.depends("plan_id")
    def _compute_color(self):
        for card in self:
            card.color = card.plan_id.color
            card.is_total = not card.plan_id

    def _compute_subscription_figures(self):
        subscriptions = self.env["recurring.subscription"]
        for card in self:
            card.active_count = subscriptions.search_count(card._domain_active())
            ((card.mrr,),) = subscriptions._read_group(card._domain_mrr(), [], ["mrr:sum"])
            card.due_count = subscriptions.search_count(card._domain_due())

    def _compute_revenue_figures(self):
        events = self.env["recurring.revenue.event"]
        for card in self:
            ((card.mrr_new,),) = events._read_group(card._domain_revenue(*GAINED), [], ["amount:sum"])
            ((card.mrr_lost,),) = events._read_group(card._domain_revenue(*LOST), [], ["amount:sum"])

    def _compute_parked_count(self):
        for card in self:
            card.parked_count = self.env["recurring.billing.issue"].search_count(card._domain_parked())
            card.waiting_run_count = (
                0
                if card.plan_id
                else self.env["recurring.billing.run"].search_count(
                    [("company_id", "=", card.company_id.id), ("state", "=", const.RUN_WAITING)]
                )
            )

    def _compute_invoice_figures(self):
        moves = self.env["account.move"]
        for card in self:
            ((card.draft_count, card.draft_amount),) = moves._read_group(card._domain_draft(), [], ["__count", "amount_total_signed:sum"])
            ((card.overdue_count, card.overdue_amount),) = moves._read_group(
                card._domain_overdue(), [], ["__count", "amount_residual_signed:sum"]
            )
            groups = moves._read_group(
                card._domain_invoiced(),
                ["move_type", "payment_state"],
                ["__count", "amount_total_signed:sum", "amount_residual_signed:sum"],
            )
            card.invoiced_count = sum(count for _type, _state, count, _total, _residual in groups)
            card.invoiced_amount = sum(total for _type, _state, _count, total, _residual in groups)
            credits = Domain("reversed_entry_id", "any", card._domain_invoiced()) & Domain("state", "=", "posted")
            ((credit_total, credit_residual),) = moves._read_group(credits, [], ["amount_total_signed:sum", "amount_residual_signed:sum"])
            card.received_amount = (
                credit_total
                - credit_residual
                + sum(moves._recurring_received_of(kind, state, total, residual, 0.0) for kind, state, _count, total, residual in groups)
            )

    def _compute_graph(self):
        """Invoiced per month, for the small bar chart of the card."""
        for card in self:
            this_month = card._today().replace(day=1)
            since = this_month - relativedelta(months=GRAPH_MONTHS - 1)
            groups = self.env["account.move"]._read_group(
                card._domain_invoices() & Domain([("state", "=", "posted"), ("invoice_date", ">=", since)]),
                ["invoice_date:month"],
                ["amount_total_signed:sum"],
            )
            totals = dict(groups)
            values = []
            for n in range(GRAPH_MONTHS):
                month = since + relativedelta(months=n)
                values.append(
                    {
                        "label": format_date(self.env, month, date_format="MMM"),
                        "value": totals.get(month, 0.0),
                        "type": "past" if month < this_month else "future",
                    }
                )
            title = self.env._("Invoiced per month")
            card.graph = json.dumps([{"values": values, "title": title, "key": title, "is_sample_data": not any(totals.values())}])

    def action_open(self):
        """Open the records behind a figure; which one is in the context key ``figure``."""
        self.ensure_one()
        xml_id, domain = self._openers()[self.env.context.get("figure", "active")]
        action = self.env["ir.actions.actions"]._for_xml_id(xml_id)
        return dict(action, domain=list(domain), context={}, display_name=f"{action['name']}: {self.display_name}")

    def _openers(self):
        """By figure: the action that lists its records, and which ones."""
        return {
            "active": ("recurring_billing.action_recurring_subscription", self._domain_active()),
            "mrr": ("recurring_billing.action_recurring_subscription", self._domain_mrr()),
            "mrr_new": ("recurring_billing.action_recurring_revenue_event", self._domain_revenue(*GAINED)),
            "mrr_lost": ("recurring_billing.action_recurring_revenue_event", self._domain_revenue(*LOST)),
            "due": ("recurring_billing.action_recurring_subscription", self._domain_due()),
            "parked": ("recurring_billing.action_recurring_billing_issue", self._domain_parked()),
            "draft": ("recurring_billing.action_recurring_invoice", self._domain_draft()),
            "overdue": ("recurring_billing.action_recurring_invoice", self._domain_overdue()),
            "invoiced": ("recurring_billing.action_recurring_invoice", self._domain_invoiced()),
            "received": ("recurring_billing.action_recurring_invoice", self._domain_invoiced()),
            "runs": (
                "recurring_billing.action_recurring_billing_run",
                Domain([("company_id", "=", self.company_id.id), ("state", "=", const.RUN_WAITING)]),
            ),
        }

    def action_bill_now(self):
        """Open the dry count for everything due on this card."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_bill_now")
        return dict(action, context={"default_company_id": self.company_id.id, "default_plan_id": self.plan_id.id})

    def action_new_subscription(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_subscription")
        context = {"default_company_id": self.company_id.id, "default_plan_id": self.plan_id.id}
        return dict(action, views=[(False, "form")], context=context)

    def _today(self):
        return self.company_id._recurring_today()

    def _domain_subscriptions(self):
        domain = Domain("company_id", "=", self.company_id.id)
        return domain & Domain("plan_id", "=", self.plan_id.id) if self.plan_id else domain

    def _domain_active(self):
        return self._domain_subscriptions() & Domain("state", "=", const.ACTIVE)

    def _domain_mrr(self):
        """What was closed counts as long as its service goes on."""
        return self._domain_subscriptions() & (Domain("state", "=", const.ACTIVE) | Domain("mrr", "!=", 0))

    def _domain_revenue(self, *kinds):
        """Movements of this month up to today."""
        today = self._today()
        return self._domain_subscriptions() & Domain(
            [("kind", "in", kinds), ("effective_date", ">=", today.replace(day=1)), ("effective_date", "<=", today)]
        )

    def _domain_due(self):
        due = self.env["recurring.invoice.generation"]._due_domain(self._today())
        return self._domain_subscriptions() & due & Domain("is_parked", "=", False)

    def _domain_parked(self):
        domain = Domain([("company_id", "=", self.company_id.id), ("state", "=", const.ISSUE_OPEN)])
        return domain & Domain("subscription_id.plan_id", "=", self.plan_id.id) if self.plan_id else domain

    def _domain_invoices(self):
        domain = Domain([("company_id", "=", self.company_id.id), ("move_type", "in", ("out_invoice", "out_refund"))])
        if self.plan_id:
            return domain & Domain("line_ids.recurring_subscription_id.plan_id", "=", self.plan_id.id)
        return domain & Domain("line_ids.recurring_subscription_id", "!=", False)

    def _domain_draft(self):
        return self._domain_invoices() & Domain("state", "=", "draft")

    def _domain_overdue(self):
        return self._domain_invoices() & self.env["account.move"]._recurring_overdue_domain(today=self._today())

    def _domain_invoiced(self):
        first = self._today().replace(day=1)
        return self._domain_invoices() & Domain(
            [("state", "=", "posted"), ("invoice_date", ">=", first), ("invoice_date", "<", first + relativedelta(months=1))]
        )
