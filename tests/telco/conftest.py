"""The subscribers of ``../shared/data/telco_customers.csv``, imported and billed once for all tests of a size."""

import datetime

import pytest

from tools import databases, telco
from tools.odoo_session import boot, environment
from tools.pytest_ring import SHARED_DATA

SLICE = 450
MONTH = datetime.date(2026, 3, 1)


class Telco:
    """The database with the subscribers, what was loaded, and the run that billed the first month."""

    def __init__(self, registry, subscribers: list[dict]):
        self.registry, self.subscribers = registry, subscribers
        self.first_run = self.load_and_bill(month=MONTH)

    def load_and_bill(self, **options) -> dict:
        """What the command does; gives the figures of its run."""

        def work(env):
            loader = telco.Loader(env, say=lambda _text: None)
            loader.load(self.subscribers, **options)
            run = loader.bill()
            return {"changed": loader.changed, "invoices": run.invoice_count, "untaxed": run.amount_untaxed, "parked": run.parked_count}

        return self.work(work, at=None)

    def work(self, function, at: datetime.date | None = MONTH):
        """Do something in a transaction, as the administrator, in the subscribers' company, on a day."""
        with self.registry.cursor() as cursor:
            env = environment(cursor, user="admin", context={"lang": "en_US"})
            if at:
                company = env.ref("__import__.telco_company")
                env = env(context={**env.context, "allowed_company_ids": company.ids, "recurring_today": at})
            result = function(env)
            cursor.commit()
            return result

    def sql(self, query: str, *values) -> list[tuple]:
        with self.registry.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()


@pytest.fixture(
    scope="session",
    params=[pytest.param(SLICE, id=f"first {SLICE}"), pytest.param(None, id="whole file", marks=pytest.mark.long)],
)
def loaded(request, addon_template) -> Telco:
    with databases.temporary(addon_template, "telco") as name:
        subscribers = telco.read(SHARED_DATA / "telco_customers.csv")[: request.param]
        yield Telco(boot(name, log_level="error"), subscribers)
        from odoo import sql_db
        from odoo.modules.registry import Registry

        Registry.delete(name)
        sql_db.close_all()
