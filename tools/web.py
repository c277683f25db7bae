"""A person at the screen: a browser driven by Playwright, logged in to Odoo."""

import contextlib
import pathlib

from . import browser

SIZE = {"width": 1366, "height": 800}
SETTLE_MS = 600
PATIENCE_MS = 30_000
VIEW = ".o_action_manager > *, .o_portal, .oe_website_login_container, main"


@contextlib.contextmanager
def chromium():
    """The browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(browser.ensure()), headless=True)
        try:
            yield started
        finally:
            started.close()


def open_page(started, url: str, size: dict | None = None):
    """A page of its own session (cookies shared with no other), its complaints kept in `page.complaints`."""
    context = started.new_context(base_url=url, viewport=size or SIZE, timezone_id="UTC")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda said: said.type == "error" and page.complaints.append(said.text))
    return page


def log_in(page, login: str, password: str | None = None, lang: str | None = None, company: str | None = None) -> None:
    """Log in through the login page, then choose language and company.

    :param password: the login itself unless told, as in Odoo's demo data
    :param lang: code of an installed language, `pt_BR`; stays with the user
    :param company: name of one of the user's companies
    """
    page.goto("/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password or login)
    page.click(".oe_login_form button[type=submit]")
    page.wait_for_url(lambda address: "/web/login" not in address)
    if lang:
        user = call(page, "res.users", "search", [[["login", "=", login]]])
        if call(page, "res.users", "read", [user, ["lang"]])[0]["lang"] != lang:
            call(page, "res.users", "write", [user, {"lang": lang}])
            page.goto("/web/session/logout")  # the session keeps the language of its log-in
            log_in(page, login, password)
    if company:
        choose_company(page, company)


def choose_company(page, company: str) -> None:
    """Work in one company, as the company menu does."""
    found = call(page, "res.company", "search", [[["name", "ilike", company]]])
    if not found:
        raise ValueError(f"The user sees no company named {company!r}.")
    page.context.add_cookies([{"name": "cids", "value": str(found[0]), "url": page.url}])


def call(page, model: str, method: str, arguments: list, **keywords):
    """Call a model's method as the user of the page."""
    answer = page.request.post(
        f"/web/dataset/call_kw/{model}/{method}",
        data={
            "jsonrpc": "2.0",
            "method": "call",
            "params": {"model": model, "method": method, "args": arguments, "kwargs": keywords},
        },
    ).json()
    if "error" in answer:
        raise RuntimeError(answer["error"]["data"]["message"])
    return answer["result"]


def settle(page) -> None:
    """Wait until a screen is drawn: a view is there, nothing is loading, nothing moves."""
    page.wait_for_selector(VIEW, state="visible")
    with contextlib.suppress(Exception):  # a page that polls is never idle; what matters is waited for above and below
        page.wait_for_load_state("networkidle", timeout=5000)
    page.wait_for_function("() => !document.querySelector('.o_loading_indicator, .o_blockUI')")
    page.wait_for_timeout(SETTLE_MS)


def picture(page, file: pathlib.Path, full: bool = False) -> None:
    """Save what the screen shows; with `full`, the whole length of it."""
    if full:
        height = page.evaluate(
            "() => Math.max(document.documentElement.scrollHeight, "
            "...[...document.querySelectorAll('.o_content, .o_action_manager')].map(e => e.scrollHeight + 120))"
        )
        page.set_viewport_size({"width": page.viewport_size["width"], "height": min(int(height), 8000)})
        page.wait_for_timeout(SETTLE_MS)
    file.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(file), full_page=full)
