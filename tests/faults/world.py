"""A company with customers and subscriptions, how it is billed, and what must hold afterwards."""

import datetime
from datetime import date
from decimal import Decimal

from processes import wait_until

from tools.odoo_session import boot, environment

BATCH = 3
"""Subscriptions of one batch: small, so that few of them make many batches."""
FIRST_MONTH = datetime.date(2024, 1, 1)


def month_after(day: datetime.date) -> datetime.date:
    return (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)


def forget(database: str) -> None:
    """Close what is open of a database, so that it can be dropped."""
    from odoo import sql_db
    from odoo.modules.registry import Registry

    Registry.delete(database)
    sql_db.close_all()


class World:
    """A company in a database; several of them may share one.

    :ivar month: the month that is to be billed next; it never goes back, so that every test has months of its own.
    """

    NAME = "Faults"

    def __init__(self, database: str):
        self.registry = boot(database, log_level="critical")
        self.month = FIRST_MONTH
        self.company_id = self.work(self._set_up)()

    def close(self) -> None:
        forget(self.registry.db_name)

    def work(self, function, *arguments):
        """A piece of work without arguments, for this process or a child: the function in a transaction of its own."""
        day = str(self.month)

        def in_a_transaction():
            with self.registry.cursor() as cursor:
                return function(self.environment(cursor, day), *arguments)

        return in_a_transaction

    def environment(self, cursor, day: str | None = None):
        """An environment in the company, on the day the story has reached."""
        context = {"recurring_today": date.fromisoformat(str(day or self.month))}
        if getattr(self, "company_id", None):
            context["allowed_company_ids"] = [self.company_id]
        return environment(cursor, context=context)

    def wait_until_alone(self) -> None:
        """The connections of killed processes are gone, and their locks with them."""
        others = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        wait_until(lambda: not self.sql(others), "the killed process's connection is gone")

    def sql(self, query: str, *values) -> list[tuple]:
        with self.registry.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def next_month(self) -> datetime.date:
        self.month = month_after(self.month)
        return self.month

    def forget_the_past(self) -> None:
        """What was there before is never due again; the next month begins."""
        self.sql("UPDATE recurring_subscription SET next_invoice_date = NULL, state = 'closed'")
        self.next_month()

    def _set_up(self, env) -> int:
        company = env["res.company"].create({"name": self.NAME, "currency_id": env.ref("base.USD").id, "recurring_guard_factor": 0})
        env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        env["ir.config_parameter"].set_param("recurring_billing.batch_size", str(BATCH))
        if not env["product.product"].search([("default_code", "=", "FAULTS")]):
            env["product.product"].create({"name": "Internet", "type": "service", "taxes_id": False, "default_code": "FAULTS"})
        return company.id

    # Making and billing

    def make(self, count: int, **values) -> list[int]:
        """Active monthly subscriptions from this month on; the n-th costs 20.00 + n."""

        def create(env):
            plan = env["recurring.plan"].create({"name": "Monthly", "company_id": self.company_id})
            product = env["product.product"].search([("default_code", "=", "FAULTS")])
            partners = env["res.partner"].create([{"name": f"Customer {number}"} for number in range(count)])
            found = env["recurring.subscription"].create(
                [
                    {
                        "partner_id": partner.id,
                        "plan_id": plan.id,
                        "start_date": str(self.month),
                        "state": "active",
                        "client_order_ref": f"{number:03}",
                        "line_ids": [(0, 0, {"product_id": product.id, "price_unit": 20 + number})],
                        **values,
                    }
                    for number, partner in enumerate(partners)
                ]
            )
            return found.ids

        return self.work(create)()

    def billing(self, ids: list[int]):
        """The work of the button: bill these. Gives the run's figures."""
        return self.work(lambda env: figures(env["recurring.invoice.generation"].bill(env["recurring.subscription"].browse(ids))))

    def scheduled_billing(self):
        """The work of the scheduled action. Gives the figures of the day's run."""

        def bill(env):
            while not env["recurring.invoice.generation"].run_scheduled():
                env.cr.commit()
            domain = [("company_id", "=", self.company_id), ("trigger", "=", "scheduled"), ("date", "=", str(self.month))]
            return figures(env["recurring.billing.run"].search(domain))

        return self.work(bill)

    # What must hold

    def billed(self, ids: list[int]) -> int:
        """How many of these subscriptions have this month in the ledger."""
        query = "SELECT count(*) FROM recurring_period WHERE subscription_id IN %s AND start = %s AND voided IS NOT TRUE"
        return self.sql(query, tuple(ids), self.month)[0][0]

    def rows(self, ids: list[int], month: datetime.date | None = None) -> list[tuple]:
        """All that the ledger and the invoices say of a month, but for ids and numbers, by customer reference."""
        query = """
            SELECT s.client_order_ref, p.full_start, p.full_end, p.start, p.end, p.live_end, p.due_on, p.share_numerator,
                   p.share_denominator, p.price_unit, p.quantity, p.discount, p.amount, p.voided, s.next_invoice_date,
                   g.billed_until, m.state, m.invoice_date, m.invoice_date_due, m.amount_untaxed, m.amount_total, m.payment_state,
                   l.name, l.quantity, l.price_unit, l.price_subtotal
              FROM recurring_period p
              JOIN recurring_subscription s ON s.id = p.subscription_id
              JOIN recurring_lineage g ON g.id = p.lineage_id
              LEFT JOIN account_move_line l ON l.recurring_period_id = p.id
              LEFT JOIN account_move m ON m.id = l.move_id
             WHERE p.subscription_id IN %s AND p.start = %s
             ORDER BY s.client_order_ref, p.id, l.id
        """
        return self.sql(query, tuple(ids), month or self.month)

    def check_billed_once(self, ids: list[int], first: datetime.date) -> None:
        """Each subscription has each month from the first to the present one exactly once, invoiced at its amount, and none is parked."""
        months, wanted = first, []
        while months <= self.month:
            wanted.append(months)
            months = month_after(months)
        query = """
            SELECT p.subscription_id, p.start, p.amount, count(l.id), sum(l.price_subtotal)
              FROM recurring_period p LEFT JOIN account_move_line l ON l.recurring_period_id = p.id
             WHERE p.subscription_id IN %s AND p.voided IS NOT TRUE GROUP BY p.id ORDER BY p.subscription_id, p.start
        """
        rows = self.sql(query, tuple(ids))
        assert [(row[0], row[1]) for row in rows] == [(number, start) for number in sorted(ids) for start in wanted]
        for subscription, start, amount, lines, invoiced in rows:
            assert (lines, Decimal(str(invoiced))) == (1, Decimal(str(amount))), f"subscription {subscription}, {start}"
        assert self.issues(ids) == []
        due = self.sql("SELECT DISTINCT next_invoice_date FROM recurring_subscription WHERE id IN %s", tuple(ids))
        assert due == [(month_after(self.month),)]
        self.check_numbers()

    def issues(self, ids: list[int]) -> list[tuple]:
        query = "SELECT kind, name, technical_detail FROM recurring_billing_issue WHERE state = 'open' AND subscription_id IN %s"
        return self.sql(query, tuple(ids))

    def check_numbers(self) -> None:
        """Invoice numbers of a year run from 1 on, none missing, none twice."""
        query = """
            SELECT sequence_prefix, array_agg(sequence_number ORDER BY sequence_number), count(DISTINCT name) FROM account_move
             WHERE company_id = %s AND state = 'posted' AND move_type = 'out_invoice' GROUP BY sequence_prefix
        """
        for prefix, numbers, names in self.sql(query, self.company_id):
            assert numbers == list(range(1, len(numbers) + 1)), prefix
            assert names == len(numbers), prefix


def figures(run) -> dict:
    """A billing run in plain values."""
    run.ensure_one()
    return {
        "id": run.id,
        "state": run.state,
        "subscriptions": run.subscription_count,
        "invoices": run.invoice_count,
        "untaxed": run.amount_untaxed,
        "parked": run.parked_count,
    }
