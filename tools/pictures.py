"""The pictures of the README and of the Apps page, taken anew from a fresh demo: `./dev python -- -m tools.pictures`.

Draws the icon from its SVG as well. Odoo's date is today, so the pictures change with the day they are taken.
"""

import argparse
import base64
import contextlib
import pathlib
import sys

from . import databases, demo, places, postgres, server, web

DESCRIPTION = places.CHECKOUT / "recurring_billing" / "static" / "description"
IMAGES = places.CHECKOUT / "docs" / "images"
ICON_SIZE = 256
BANNER = {"width": 1120, "height": 560}
SCREEN = {"width": 1366, "height": 850}
BRAZIL = "Academia Ipê"


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./dev python -- -m tools.pictures", description=__doc__)
    parser.add_argument("--url", help="a demo that is served already; else a fresh one is made")
    options = parser.parse_args(words)
    with contextlib.ExitStack() as stack:
        url = options.url or stack.enter_context(_fresh_demo())
        browser = stack.enter_context(web.chromium())
        _draw(browser, (DESCRIPTION / "icon.svg").read_text(), DESCRIPTION / "icon.png")
        _screens(browser, url)
        _draw_banner(browser)
    return 0


@contextlib.contextmanager
def _fresh_demo():
    with postgres.running(), databases.temporary(databases.addon_template(), "pictures") as name:
        demo.bill(name)
        with server.serving(name) as running:
            yield running.url


def _screens(browser, url: str) -> None:
    """Each screen into the folders that show it."""
    page = web.open_page(browser, url, SCREEN)
    web.log_in(page, "admin", lang="en_US")
    _take(page, "/odoo/recurring-billing", IMAGES / "dashboard.png", DESCRIPTION / "dashboard.png")
    _take(page, f"/odoo/subscriptions/{_subscription(page)}", IMAGES / "subscription.png", DESCRIPTION / "subscription.png")
    _take(page, f"/odoo/billing-issues/{_issue(page)}", IMAGES / "issue.png", DESCRIPTION / "issue.png")
    _take(page, f"/odoo/action-recurring_billing.action_recurring_dunning_case/{_case(page)}", IMAGES / "case.png")
    page.goto("/web/session/logout")
    web.log_in(page, "admin", lang="pt_BR", company=BRAZIL)
    _take(page, "/odoo/recurring-billing", IMAGES / "dashboard-pt-br.png", DESCRIPTION / "dashboard-pt-br.png")
    page.goto("/web/session/logout")
    web.log_in(page, "admin", lang="en_US")  # the log-in it found
    page.context.close()


def _subscription(page) -> int:
    """The active subscription with the longest history: it shows most."""
    domain = [["state", "=", "active"], ["is_parked", "=", False], ["company_id", "=", _main_company(page)]]
    found = web.call(page, "recurring.subscription", "search_read", [domain, ["invoice_count", "line_ids"]])
    return max(found, key=lambda one: (len(one["line_ids"]) > 1, one["invoice_count"]))["id"]


def _issue(page) -> int:
    """An open issue of the main company about a record to mend."""
    domain = [["state", "=", "open"], ["kind", "!=", "catch_up"], ["company_id", "=", _main_company(page)]]
    return web.call(page, "recurring.billing.issue", "search", [domain], limit=1)[0]


def _case(page) -> int:
    """The open case with the longest time line."""
    domain = [["state", "=", "open"], ["company_id", "=", _main_company(page)]]
    found = web.call(page, "recurring.dunning.case", "search_read", [domain, ["message_line_ids"]])
    return max(found, key=lambda one: len(one["message_line_ids"]))["id"]


def _main_company(page) -> int:
    return web.call(page, "res.users", "search_read", [[["login", "=", "admin"]], ["company_id"]])[0]["company_id"][0]


def _take(page, address: str, *files: pathlib.Path) -> None:
    page.goto(address)
    web.settle(page)
    for file in files:
        web.picture(page, file)
        print(file.relative_to(places.CHECKOUT))


def _draw(browser, svg: str, file: pathlib.Path) -> None:
    """The icon as a PNG on nothing."""
    page = browser.new_page(viewport={"width": ICON_SIZE, "height": ICON_SIZE})
    page.set_content(f"<body style='margin:0'>{svg}</body>")
    page.screenshot(path=str(file), omit_background=True)
    page.close()
    print(file.relative_to(places.CHECKOUT))


def _draw_banner(browser) -> None:
    """What Apps shows first: the icon, the name, what it is, and the dashboard."""
    icon = (DESCRIPTION / "icon.svg").read_text()
    shot = base64.b64encode((DESCRIPTION / "dashboard.png").read_bytes()).decode()
    page = browser.new_page(viewport=BANNER)
    page.set_content(
        f"""<body style="margin:0;background:#714b67;color:#fff;font-family:Roboto,'Noto Sans',sans-serif;overflow:hidden">
        <div style="position:absolute;left:56px;top:96px;width:400px">
            <div style="background:#fff;border-radius:20px;width:136px;height:136px;display:flex;align-items:center;justify-content:center">
                {icon.replace('width="256" height="256"', 'width="104" height="104"')}</div>
            <h1 style="font-size:50px;line-height:1.05;margin:28px 0 16px">Recurring Billing</h1>
            <p style="font-size:22px;line-height:1.4;margin:0;opacity:.9">
                Subscriptions for Odoo Community: exact invoices, and nothing is ever billed twice.</p>
        </div>
        <img src="data:image/png;base64,{shot}"
             style="position:absolute;left:500px;top:64px;width:900px;border-radius:10px;box-shadow:0 12px 40px #0008"></body>"""
    )
    page.screenshot(path=str(DESCRIPTION / "banner.png"))
    page.close()
    print((DESCRIPTION / "banner.png").relative_to(places.CHECKOUT))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
