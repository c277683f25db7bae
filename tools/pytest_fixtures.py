"""Fixtures of the rings `faults`, `telco`, `demo` and `browser`: real databases, a real server, a real browser.

def test_dashboard(page_as):
    page = page_as("admin", lang="pt_BR")
    page.goto("/odoo/action-recurring_billing.action_dashboard")

def test_two_runs(clone_database):
    database = clone_database("two_runs")  # its name; processes open it with tools.odoo_session.session(database)
"""

import itertools
import os

import pytest

from tools import databases, demo, places, postgres, web
from tools import server as servers

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgresql():
    """PostgreSQL, running for as long as the tests do."""
    with postgres.running():
        yield


@pytest.fixture(scope="session")
def addon_template(postgresql) -> str:
    """The name of the database the others are cloned from: our addons without their demo story."""
    return databases.addon_template(demo=False)


@pytest.fixture(scope="session")
def demo_template(postgresql) -> str:
    """The same with the demo story, nothing billed today."""
    return databases.addon_template()


@pytest.fixture(scope="session")
def demo_database(demo_template):
    """The name of a fresh demo, billed up to today."""
    with databases.temporary(demo_template, "demo") as name:
        demo.bill(name)
        yield name


@pytest.fixture
def clone_database(addon_template):
    """A function giving the name of a fresh clone of the addon template, dropped after the test."""
    made = []

    def clone(label: str = "clone", template: str = addon_template) -> str:
        name = f"rb{places.checkout_key()}_{label}_{os.getpid()}_{next(_numbers)}"
        made.append(databases.clone(template, name))
        return name

    yield clone
    for name in made:
        databases.drop(name)


@pytest.fixture(scope="session")
def demo_server(demo_database):
    """A server on a fresh demo, billed up to today; `.url`, `.database` and `.log`."""
    with servers.serving(demo_database) as running:
        yield running


@pytest.fixture(scope="session")
def chromium():
    with web.chromium() as started:
        yield started


@pytest.fixture
def page_as(demo_server, chromium, request):
    """A function giving a page logged in as a user; a picture of each page is kept when the test fails.

    A page that logged a JavaScript error fails its test.
    """
    pages = []

    def page_as(login: str, password: str | None = None, lang: str | None = None, company: str | None = None):
        page = web.open_page(chromium, demo_server.url)
        pages.append(page)
        web.log_in(page, login, password, lang, company)
        return page

    yield page_as
    complaints = [complaint for page in pages for complaint in page.complaints]
    failed = getattr(request.node, "failed_call", False) or complaints
    for number, page in enumerate(pages):
        if failed:
            file = places.home() / "logs" / "pictures" / f"{request.node.name}-{number}.png"
            web.picture(page, file)
            print(f"The screen when it failed: {file}")
        page.context.close()
    assert not complaints, f"The browser's console: {complaints}"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call":
        item.failed_call = outcome.get_result().failed
