from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ..rules import revenue


class RecurringRevenueMonth(models.Model):
    """A month of a company: the MRR it opened with, what moved it, and what it closed with. Every figure opens its movements.

    Figures are read with the user's own rights, so a month and the list behind it always agree.
    """

    _name = "recurring.revenue.month"
    _description = "MRR of a Month"
    _auto = False
    _order = "month desc, company_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(readonly=True)
    is_running = fields.Boolean(compute="_compute_is_running", help="The month is not over yet.")
    opening = fields.Monetary(compute="_compute_figures")
    new = fields.Monetary(compute="_compute_figures")
    reactivation = fields.Monetary(compute="_compute_figures")
    expansion = fields.Monetary(compute="_compute_figures")
    contraction = fields.Monetary(compute="_compute_figures")
    churn = fields.Monetary(compute="_compute_figures")
    closing = fields.Monetary(compute="_compute_figures")

    @property
    def _table_query(self):
        this_month = self.env.company._recurring_today().replace(day=1)
        return SQL(
            """
            SELECT span.company_id * 100000 + (EXTRACT(YEAR FROM calendar.month) * 12 + EXTRACT(MONTH FROM calendar.month))::integer AS id,
                   span.company_id, calendar.month::date AS month
              FROM (
                SELECT company_id, date_trunc('month', MIN(effective_date)) AS first, date_trunc('month', MAX(effective_date)) AS last
                  FROM recurring_revenue_event GROUP BY company_id
            ) AS span
        CROSS JOIN generate_series(span.first, GREATEST(span.last, %s), INTERVAL '1 month') AS calendar(month)
            """,
            this_month,
        )

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for month in self:
            month.display_name = format_date(self.env, month.month, date_format="MMMM y")

    @api.depends("month")
    def _compute_is_running(self):
        for month in self:
            month.is_running = month.month == month.company_id._recurring_today().replace(day=1)

    @api.depends("month", "company_id")
    def _compute_figures(self):
        """One query for all months."""
        groups = self.env["recurring.revenue.event"]._read_group(
            [("company_id", "in", self.company_id.ids)], ["company_id", "effective_date:month", "kind"], ["amount:sum"]
        )
        moved = defaultdict(lambda: defaultdict(float))
        for company, month, kind, amount in groups:
            moved[company][month, kind] = amount
        for month in self:
            mine = moved[month.company_id]
            for kind in revenue.KINDS:
                month[kind] = mine.get((month.month, kind), 0.0)
            month.opening = sum(amount for (day, _kind), amount in mine.items() if day < month.month)
            month.closing = sum(amount for (day, _kind), amount in mine.items() if day <= month.month)

    @api.model
    def _search(self, *args, **kwargs):
        """Who looks sees what this transaction has changed, too."""
        self.env["recurring.revenue.recording"].record_noted()
        self.env.flush_all()
        return super()._search(*args, **kwargs)

    def action_open(self):
        """The movements behind a figure; which one is in the context key ``figure``.

        Opening and closing open every movement before, and up to the end of, the month: they add up to the figure.
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_revenue_event")
        domain = self._domain(self.env.context.get("figure", "net"))
        return dict(action, domain=domain, context={}, display_name=f"{action['name']}: {self.display_name}")

    def _domain(self, figure):
        company, following = ("company_id", "=", self.company_id.id), self.month + relativedelta(months=1)
        if figure == "opening":
            return [company, ("effective_date", "<", self.month)]
        if figure == "closing":
            return [company, ("effective_date", "<", following)]
        month = [company, ("effective_date", ">=", self.month), ("effective_date", "<", following)]
        return [*month, ("kind", "=", figure)] if figure in revenue.KINDS else month
