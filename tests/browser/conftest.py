"""People of the tests: a salesperson, a billing user and an auditor beside the demo's administrator.

The demo tells a story of its own that may change; these tests bring along what they need and count nothing of the demo's.
"""

import datetime
import itertools
import os

import pytest
import screen
from playwright.sync_api import expect

from tools import web

expect.set_options(timeout=web.PATIENCE_MS)  # as all else that waits: a machine may take longer than five seconds for a first page

ROLES = {
    "browser_sales": ["base.group_user", "base.group_partner_manager", "recurring_billing.group_user"],
    "browser_billing": ["base.group_user", "account.group_account_invoice"],
    "browser_auditor": ["base.group_user", "recurring_billing.group_auditor"],
}


@pytest.fixture(scope="session")
def administrator(demo_server, chromium):
    """A function that calls a model's method as the administrator."""
    page = web.open_page(chromium, demo_server.url)
    web.log_in(page, "admin")

    def call(model: str, method: str, *arguments, **keywords):
        return web.call(page, model, method, list(arguments), **keywords)

    yield call
    page.context.close()


@pytest.fixture(scope="session")
def main_company(administrator) -> int:
    return administrator("res.users", "search_read", [["login", "=", "admin"]], ["company_id"])[0]["company_id"][0]


@pytest.fixture(scope="session")
def people(administrator, main_company):
    """Log-ins by role, each its own password, all in the main company."""
    for login, groups in ROLES.items():
        references = [reference.split(".") for reference in groups]
        ids = [
            administrator("ir.model.data", "search_read", [["module", "=", module], ["name", "=", name]], ["res_id"])[0]["res_id"]
            for module, name in references
        ]
        values = {
            "name": login.replace("_", " ").title(),
            "login": login,
            "password": login,
            "company_id": main_company,
            "company_ids": [[6, 0, [main_company]]],
            "group_ids": [[6, 0, ids]],
        }
        known = administrator("res.users", "search", [["login", "=", login]])
        if known:
            administrator("res.users", "write", known, values)
        else:
            administrator("res.users", "create", [values], context={"no_reset_password": True})
    return {"sales": "browser_sales", "billing": "browser_billing", "auditor": "browser_auditor", "admin": "admin"}


_numbers = itertools.count(1)


def _named(what: str) -> str:
    """A name that no other test has, nor an earlier run on the same database."""
    return f"{screen.OF_THE_TESTS}{what} {os.getpid()}-{next(_numbers)}"


@pytest.fixture
def plan(administrator):
    """A monthly plan of the test's own, so that its card shows nothing but the test's subscriptions."""
    name = _named("monthly")
    return {"name": name, "id": administrator("recurring.plan", "create", [{"name": name}])[0]}


@pytest.fixture
def product(administrator):
    """A service of 49.00 without taxes."""
    name = _named("service")
    values = {"name": name, "type": "service", "list_price": 49.0, "taxes_id": [[6, 0, []]]}
    return {"name": name, "id": administrator("product.product", "create", [values])[0]}


@pytest.fixture
def active_subscription(administrator, plan, product):
    """A subscription that begins today, activated, not billed; a customer of its own."""
    partner = administrator("res.partner", "create", [{"name": _named("customer")}])[0]
    values = {
        "partner_id": partner,
        "plan_id": plan["id"],
        "start_date": datetime.date.today().isoformat(),
        "line_ids": [[0, 0, {"product_id": product["id"], "quantity": 2}]],
    }
    subscription = administrator("recurring.subscription", "create", [values])[0]
    administrator("recurring.subscription", "action_activate", [subscription])
    return administrator("recurring.subscription", "read", [subscription], ["name", "partner_id"])[0]
