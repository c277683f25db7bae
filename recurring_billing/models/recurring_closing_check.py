from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount, format_date

from .. import const

MONTHS_BACK = 24
MONTHS_AHEAD = 1
FIRST_YEAR = 2000
CHECKS_PER_MONTH = 16


class RecurringClosingCheck(models.Model):
    """One row of the closing checklist: a company, a month, and something that should be nothing before the month is closed.

    Figures are read with the user's own rights and by the domain of the list behind them, so that they always agree.
    """

    _name = "recurring.closing.check"
    _description = "Closing Checklist"
    _auto = False
    _order = "month desc, company_id, check_number"

    company_id = fields.Many2one("res.company", readonly=True)
    month = fields.Date(readonly=True, help="The first day of the month.")
    month_label = fields.Char(compute="_compute_month_label")
    check_number = fields.Integer(readonly=True)
    check_kind = fields.Selection(const.CLOSING_CHECKS, "What", readonly=True)
    count = fields.Integer("Left", compute="_compute_figures")
    amounts = fields.Char("Amount", compute="_compute_figures")
    is_clear = fields.Boolean(compute="_compute_figures")
    explanation = fields.Char("What to Do", compute="_compute_explanation")

    @property
    def _table_query(self):
        today = self.env.company._recurring_today().replace(day=1)
        first, last = today - relativedelta(months=MONTHS_BACK), today + relativedelta(months=MONTHS_AHEAD)
        checks = SQL(", ").join(SQL("(%s, %s)", n, kind) for n, (kind, _label) in enumerate(const.CLOSING_CHECKS, 1))
        return SQL(
            """
            SELECT company.id * %(per_company)s
                   + ((EXTRACT(YEAR FROM months.month)::integer - %(first_year)s) * 12 + EXTRACT(MONTH FROM months.month)::integer)
                   * %(per_month)s + checks.check_number AS id,
                   company.id AS company_id, months.month::date AS month, checks.check_number, checks.check_kind
              FROM res_company company
             CROSS JOIN generate_series(%(first)s::date, %(last)s::date, '1 month') AS months(month)
             CROSS JOIN (VALUES %(checks)s) AS checks(check_number, check_kind)
             WHERE company.active
            """,
            per_company=CHECKS_PER_MONTH * 12 * 100,
            first_year=FIRST_YEAR,
            per_month=CHECKS_PER_MONTH,
            first=first,
            last=last,
            checks=checks,
        )

    @api.depends("check_kind", "month")
    def _compute_display_name(self):
        labels = dict(self._fields["check_kind"]._description_selection(self.env))
        for check in self:
            check.display_name = f"{labels.get(check.check_kind, '')}: {check.month_label}"

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_month_label(self):
        for check in self:
            check.month_label = check.month and format_date(self.env, check.month, date_format="MMMM yyyy")

    def _compute_figures(self):
        for check in self:
            check.count = self.env[check._records_model()].search_count(check._records_domain())
        unbilled = self.filtered(lambda check: check.check_kind == const.CLOSING_UNBILLED and check.count)._expected_totals()
        for check in self:
            totals = unbilled[check] if check in unbilled else check._totals() if check.count else {}
            check.amounts = " · ".join(format_amount(self.env, total, currency) for currency, total in totals.items()) or False
            check.is_clear = not check.count

    @api.depends("check_kind", "is_clear")
    @api.depends_context("lang")
    def _compute_explanation(self):
        words = {
            const.CLOSING_UNBILLED: self.env._("Bill it, or know what it waits for."),
            const.CLOSING_DRAFT: self.env._("Review the drafts, then confirm or delete them."),
            const.CLOSING_PARKED: self.env._("Mend what the issue says, then retry."),
            const.CLOSING_LOCKED: self.env._("Their month was locked when they were posted: check the accounting date."),
            const.CLOSING_RUN: self.env._("Confirm the run, or start it again."),
            const.CLOSING_FISCAL: self.env._("Attach the fiscal document, or mend what was rejected."),
            const.CLOSING_TO_SEND: self.env._("Send them."),
            const.CLOSING_TO_CHARGE: self.env._("Charge them, or leave them as open invoices."),
        }
        for check in self:
            check.explanation = not check.is_clear and words.get(check.check_kind)

    def action_open(self):
        """Open exactly the records that are counted."""
        self.ensure_one()
        actions = {
            "recurring.subscription": "recurring_billing.action_recurring_subscription",
            "recurring.billing.issue": "recurring_billing.action_recurring_billing_issue",
            "recurring.billing.run": "recurring_billing.action_recurring_billing_run",
            "account.move": "recurring_billing.action_recurring_invoice",
        }
        action = self.env["ir.actions.actions"]._for_xml_id(actions[self._records_model()])
        return dict(action, domain=list(self._records_domain()), context={}, display_name=self.display_name)

    # The records behind a row

    def _last_day(self):
        return self.month + relativedelta(day=31)

    def _records_model(self):
        models_of = {
            const.CLOSING_UNBILLED: "recurring.subscription",
            const.CLOSING_PARKED: "recurring.billing.issue",
            const.CLOSING_RUN: "recurring.billing.run",
        }
        return models_of.get(self.check_kind, "account.move")

    def _records_domain(self):
        self.ensure_one()
        company = Domain("company_id", "=", self.company_id.id)
        if self.check_kind == const.CLOSING_UNBILLED:
            return company & self.env["recurring.invoice.generation"]._due_domain(self._last_day()) & Domain("is_parked", "=", False)
        if self.check_kind == const.CLOSING_PARKED:
            return company & self._domain_parked()
        if self.check_kind == const.CLOSING_RUN:
            return company & self._domain_runs()
        return company & self._domain_invoices()

    def _domain_parked(self):
        """Open issues of work that is due by the end of the month."""
        return Domain([("state", "=", const.ISSUE_OPEN), ("subscription_id.next_invoice_date", "<=", self._last_day())])

    def _domain_runs(self):
        """Runs that still wait for a person; interrupted ones only of the month itself: what they left is among the unbilled work."""
        waiting = Domain([("state", "in", (const.RUN_WAITING, const.QUEUED)), ("date", "<=", self._last_day())])
        interrupted = Domain([("state", "=", const.RUN_INTERRUPTED), ("date", ">=", self.month), ("date", "<=", self._last_day())])
        return waiting | interrupted

    def _domain_invoices(self):
        ours = Domain([("move_type", "in", ("out_invoice", "out_refund")), ("line_ids.recurring_subscription_id", "!=", False)])
        until = Domain("invoice_date", "<=", self._last_day())
        stages = {
            const.CLOSING_FISCAL: const.STAGE_FISCAL,
            const.CLOSING_TO_SEND: const.STAGE_TO_SEND,
            const.CLOSING_TO_CHARGE: const.STAGE_TO_CHARGE,
        }
        if self.check_kind == const.CLOSING_DRAFT:
            return ours & Domain("state", "=", "draft") & (until | Domain("invoice_date", "=", False))
        if self.check_kind == const.CLOSING_LOCKED:
            return ours & Domain("state", "=", "posted") & self._domain_moved()
        return ours & Domain("recurring_stage", "=", stages[self.check_kind]) & until

    def _domain_moved(self):
        """Invoices of the month that were accounted in a later one, and of earlier months accounted in this one."""
        out = Domain([("invoice_date", ">=", self.month), ("invoice_date", "<=", self._last_day()), ("date", ">", self._last_day())])
        into = Domain([("invoice_date", "<", self.month), ("date", ">=", self.month), ("date", "<=", self._last_day())])
        return out | into

    # Their money

    def _totals(self):
        """By currency, what the counted records come to; taxes included."""
        model, domain = self._records_model(), self._records_domain()
        if model == "account.move":
            groups = self.env[model]._read_group(domain, ["currency_id"], ["amount_total_in_currency_signed:sum"])
            return {currency: total for currency, total in groups if total}
        totals = defaultdict(float)
        for record in self.env[model].search(domain):
            if model == "recurring.billing.issue":
                totals[record.currency_id] += record.amount
            else:
                totals[record.company_id.currency_id] += record.expected_amount
        return {currency: total for currency, total in totals.items() if total}

    def _expected_totals(self):
        """By row, what billing up to the end of its month would make, by currency: one look ahead for all months of a company."""
        found = {}
        for checks in self.grouped("company_id").values():
            latest = max(checks, key=lambda check: check.month)
            subscriptions = self.env["recurring.subscription"].search(latest._records_domain())
            lines = self.env["recurring.billing.preview"].lines(subscriptions, latest._last_day())
            for check in checks:
                totals = defaultdict(float)
                for values in lines:
                    if values.get("amount_total") and values["bill_on"] <= check._last_day():
                        totals[self.env["res.currency"].browse(values["currency_id"])] += values["amount_total"]
                found[check] = totals
        return found
