from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ..rules import revenue

MOVEMENTS = (revenue.NEW, revenue.REACTIVATION, revenue.EXPANSION, revenue.CONTRACTION, revenue.CHURN)


class RecurringRevenueBridge(models.Model):
    """How MRR came from the opening to the closing of a month: one row per month and company, plan, product, team, seller and country.

    Rows add up, so that any grouping opens with what it closed the month before.
    """

    _name = "recurring.revenue.bridge"
    _description = "MRR Bridge"
    _auto = False
    _order = "month desc, company_id, plan_id, product_id, id"

    month = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    plan_id = fields.Many2one("recurring.plan", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    owner_id = fields.Many2one("res.users", "Salesperson Today", readonly=True)
    opening = fields.Monetary("Opening MRR", readonly=True)
    new = fields.Monetary(readonly=True)
    reactivation = fields.Monetary(readonly=True)
    expansion = fields.Monetary(readonly=True)
    contraction = fields.Monetary(readonly=True)
    churn = fields.Monetary(readonly=True)
    closing = fields.Monetary("Closing MRR", readonly=True)

    @property
    def _table_query(self):
        groups = SQL("company_id, plan_id, product_id, team_id, user_id, country_id, owner_id")
        kinds = SQL(", ").join(
            SQL("COALESCE(SUM(amount) FILTER (WHERE kind = %s), 0) AS %s", kind, SQL.identifier(kind)) for kind in MOVEMENTS
        )
        sums = SQL(", ").join(SQL("COALESCE(moved.%(kind)s, 0) AS %(kind)s", kind=SQL.identifier(kind)) for kind in MOVEMENTS)
        return SQL(
            """
            WITH event AS (
                SELECT event.id, date_trunc('month', event.effective_date)::date AS month, event.company_id, event.plan_id,
                       event.product_id, event.team_id, event.user_id, event.country_id,
                       subscription.user_id AS owner_id, event.kind, event.amount
                  FROM recurring_revenue_event event
             LEFT JOIN recurring_subscription subscription ON subscription.id = event.subscription_id
            ), moved AS (
                SELECT month, %(groups)s, %(kinds)s, SUM(amount) AS net, MIN(id) AS first_event FROM event GROUP BY month, %(groups)s
            ), grouped AS (
                SELECT MIN(month) AS first, MIN(first_event) AS first_event, %(groups)s FROM moved GROUP BY %(groups)s
            ), cell AS (
                SELECT calendar.month::date AS month, grouped.*
                  FROM grouped
            CROSS JOIN generate_series(
                       grouped.first, GREATEST((SELECT MAX(month) FROM moved), %(this_month)s), INTERVAL '1 month'
                 ) AS calendar(month)
            ), level AS (
                SELECT cell.first_event::bigint * 1200
                       + (EXTRACT(YEAR FROM cell.month) * 12 + EXTRACT(MONTH FROM cell.month))::integer %% 1200 AS id,
                       cell.month, cell.company_id, cell.plan_id, cell.product_id, cell.team_id, cell.user_id, cell.country_id,
                       cell.owner_id, %(sums)s, COALESCE(moved.net, 0) AS net,
                       SUM(COALESCE(moved.net, 0)) OVER (
                           PARTITION BY cell.company_id, cell.plan_id, cell.product_id, cell.team_id, cell.user_id, cell.country_id,
                                        cell.owner_id ORDER BY cell.month
                       ) AS closing
                  FROM cell
             LEFT JOIN moved ON moved.month = cell.month AND moved.company_id = cell.company_id AND moved.plan_id = cell.plan_id
                   AND moved.product_id = cell.product_id AND moved.team_id IS NOT DISTINCT FROM cell.team_id
                   AND moved.user_id IS NOT DISTINCT FROM cell.user_id AND moved.country_id IS NOT DISTINCT FROM cell.country_id
                   AND moved.owner_id IS NOT DISTINCT FROM cell.owner_id
            )
            SELECT level.*, closing - net AS opening
              FROM level
             WHERE closing <> 0 OR closing - net <> 0 OR net <> 0 OR %(moves)s
            """,
            groups=groups,
            kinds=kinds,
            sums=sums,
            this_month=self.env.company._recurring_today().replace(day=1),
            moves=SQL(" OR ").join(SQL("%s <> 0", SQL.identifier(kind)) for kind in MOVEMENTS),
        )

    @api.model
    def _search(self, *args, **kwargs):
        """Who looks sees what this transaction has changed, too."""
        self.env["recurring.revenue.recording"].record_noted()
        self.env.flush_all()
        return super()._search(*args, **kwargs)

    def _read_group_select(self, aggregate_spec, query):
        """Of several months, the opening is that of the first one, and the closing that of the last: they do not add up over time."""
        edges = {"opening:sum": SQL("MIN"), "closing:sum": SQL("MAX")}
        if aggregate_spec not in edges:
            return super()._read_group_select(aggregate_spec, query)
        name = aggregate_spec.split(":")[0]
        return SQL(
            """(
                SELECT COALESCE(SUM((cell ->> 1)::numeric), 0)
                  FROM jsonb_array_elements(jsonb_agg(jsonb_build_array(%(month)s, %(amount)s))) AS cell
                 WHERE (cell ->> 0)::date = %(edge)s(%(month)s)
            )""",
            month=self._field_to_sql(self._table, "month", query),
            amount=self._field_to_sql(self._table, name, query),
            edge=edges[aggregate_spec],
        )

    def action_open(self):
        """The movements of a row, or of a figure of it: the context key ``figure`` names its field.

        Opening and closing open all movements before and up to the end of the month: they add up to the figure.
        """
        self.ensure_one()
        figure = self.env.context.get("figure", "net")
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_revenue_event")
        month = format_date(self.env, self.month, date_format="MMMM y")
        return dict(action, domain=self._domain(figure), context={}, display_name=f"{action['name']}: {month}")

    def _domain(self, figure):
        names = ("company_id", "plan_id", "product_id", "team_id", "user_id", "country_id")
        domain = [*((name, "=", self[name].id) for name in names), ("subscription_id.user_id", "=", self.owner_id.id)]
        following = self.month + relativedelta(months=1)
        if figure == "opening":
            return [*domain, ("effective_date", "<", self.month)]
        if figure == "closing":
            return [*domain, ("effective_date", "<", following)]
        domain += [("effective_date", ">=", self.month), ("effective_date", "<", following)]
        return [*domain, ("kind", "=", figure)] if figure in MOVEMENTS else domain
