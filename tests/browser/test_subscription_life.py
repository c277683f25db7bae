"""A customer's whole life at the screens, month by month, from a signed quotation to the refund at the end.

10 January   a quotation: 3 seats a month, support by the year, a setup once; signed in the portal, invoiced as quoted
11 February  a better seat, at once; 20 February: two seats instead of three, from the next period on
5 March      paused; 16 March: resumed
20 January   prices are revised by ten percent, from March on; 10 March: everything ends, and unused time is given back
"""

import pytest
import screen
from playwright.sync_api import TimeoutError, expect

from tools import databases, server, web

TRIES = 5
PATIENCE = 60_000
"""Milliseconds for what computes something: previews, a signature."""


@pytest.fixture(scope="module")
def world(postgresql, addon_template, chromium):
    """A server of its own, whose clock the test moves, with two plans and three products."""
    with databases.temporary(addon_template, "life") as name:
        databases.install(name, ["test_recurring_billing"])
        with server.serving(name) as running:
            page = web.open_page(chromium, running.url)
            web.log_in(page, "admin")
            yield World(running, chromium, page)
            page.context.close()


class World:
    """What the story needs beside the screens: the clock, the scheduled actions, and what was posted."""

    def __init__(self, running, chromium, page):
        self.url, self.chromium, self.page = running.url, chromium, page
        self.tax = self.call("account.tax", "search", [["type_tax_use", "=", "sale"], ["amount", "=", 15]], limit=1)
        self.monthly = self._plan(name="Life monthly", alignment="fixed_day", anchor_day=1)
        self.yearly = self._plan(name="Life yearly", interval_unit="year")
        self.seat = self._product("Life seat", 50.0, {self.monthly: 49.9})
        self.seat_plus = self._product("Life seat plus", 80.0, {self.monthly: 79.9})
        self.support = self._product("Life support", 30.0, {self.monthly: 31.0, self.yearly: 300.0})
        self.setup = self._product("Life setup", 150.0, {})

    def call(self, model, method, *arguments, **keywords):
        return web.call(self.page, model, method, list(arguments), **keywords)

    def _plan(self, **values):
        return self.call("recurring.plan", "create", [values])[0]

    def _product(self, name, price, prices):
        return self.call(
            "product.product",
            "create",
            [
                {
                    "name": name,
                    "type": "service",
                    "list_price": price,
                    "recurring_ok": bool(prices),
                    "taxes_id": [[6, 0, self.tax]],
                    "recurring_price_ids": [[0, 0, {"plan_id": plan, "price": value}] for plan, value in prices.items()],
                }
            ],
        )[0]

    def day_comes(self, day):
        """It is that day, and the scheduled actions have run."""
        self.call("ir.config_parameter", "set_param", "test_recurring_billing.today", day)
        for name in ("cron_daily", "cron_bill"):
            cron = self.call("ir.model.data", "search_read", [["module", "=", "recurring_billing"], ["name", "=", name]], ["res_id"])
            assert self.call("ir.cron", "method_direct_trigger", [cron[0]["res_id"]])

    def posted(self, subscription):
        """Date, kind and total of every posted document of a subscription, in order."""
        lines = self.call(
            "account.move.line",
            "search_read",
            [["recurring_subscription_id", "=", subscription], ["parent_state", "=", "posted"]],
            ["move_id"],
        )
        moves = self.call(
            "account.move", "read", sorted({line["move_id"][0] for line in lines}), ["invoice_date", "move_type", "amount_total"]
        )
        return [(move["invoice_date"], "-" if move["move_type"] == "out_refund" else "+", move["amount_total"]) for move in moves]


class Quotation:
    """The order form, as a salesperson fills it in."""

    def __init__(self, page):
        self.page = page
        page.goto(page.url.split("/odoo")[0] + "/odoo/sales/new")
        screen.settled(page)
        self.lines = screen.field(page, "order_line")

    def add(self, product):
        rows = self.lines.locator("tr.o_data_row")
        before = rows.count()
        self.page.get_by_role("button", name="Add a product").first.click()
        expect(rows).to_have_count(before + 1)
        row = self.lines.locator("tr.o_selected_row")
        box = row.locator("[name=product_template_id], [name=product_id]").first.locator("input").first
        expect(box).to_be_focused()
        expect(box).to_have_value("")
        self.page.wait_for_timeout(500)  # the row is drawn anew once the form has answered
        box.press_sequentially(product, delay=30)
        self.page.locator(".o-autocomplete--dropdown-item").filter(has_text=product).first.click()
        expect(row.locator("[name=price_unit] input")).not_to_have_value("0.00")
        return row

    def save(self):
        with self.page.expect_navigation():
            self.page.locator(".o_form_button_save").click()
        screen.settled(self.page)
        return int(self.page.url.rsplit("/", 1)[1])


def sign(world, order):
    """The customer opens the link, signs with a name, and is thanked."""
    world.call("sale.order", "write", [order], {"require_signature": True, "require_payment": False})
    link = world.call("sale.order", "action_preview_sale_order", [order])["url"]
    page = web.open_page(world.chromium, world.url)
    page.goto(world.url + link)
    expect(page.locator("[name=recurring_quotation]")).to_contain_text("What is invoiced, and when")
    page.locator("a[data-bs-target='#modalaccept']:visible").first.click()
    page.locator("#modalaccept input:visible").first.fill("Livia Moreno")
    page.locator(".o_portal_sign_submit:enabled").click()
    expect(page.locator(".alert-success").first).to_be_visible(timeout=PATIENCE)
    page.context.close()


def select(page, name, label):
    """Choose in a selection; a list that closes because the form has just answered is opened again."""
    choice = page.locator(".o_select_menu_item, .dropdown-item").get_by_text(label, exact=True).first
    for _time in range(TRIES):
        screen.field(page, name).locator("input").first.click()
        try:
            choice.click(timeout=3000)
            break
        except TimeoutError:
            screen.settled(page)
    expect(screen.field(page, name).locator("input").first).to_have_value(label)
    screen.settled(page)


class Change:
    """The wizard of a subscription that changes what runs."""

    def __init__(self, world, subscription, kind, when):
        self.page = page = world.page
        open_subscription(world, subscription)
        with screen.another_view(page):
            screen.press(page, "Change")
        select(page, "kind", kind)
        select(page, "when", when)

    def apply(self):
        expect(screen.field(self.page, "preview")).to_contain_text("With the change", timeout=PATIENCE)
        screen.press(self.page, "Apply")
        expect(self.page.locator(".modal:visible")).to_have_count(0)
        screen.settled(self.page)


def open_subscription(world, subscription):
    world.page.goto(f"{world.url}/odoo/subscriptions/{subscription}")
    screen.settled(world.page)


def revise(world, percent):
    """A manager revises the prices of the monthly plan."""
    page = world.page
    page.goto(f"{world.url}/odoo/action-recurring_billing.action_recurring_price_revision/new")
    screen.settled(page)
    screen.field(page, "name").locator("input").fill("Prices of 2027")
    screen.field(page, "method").get_by_label("One percentage for all").check()
    screen.field(page, "percent").locator("input").fill(str(percent))
    screen.field(page, "percent").locator("input").press("Tab")
    screen.choose(page, screen.field(page, "plan_ids"), "Life monthly")
    screen.press(page, "Preview")
    expect(screen.field(page, "line_ids")).to_contain_text("87.89", timeout=PATIENCE)
    screen.press(page, "Confirm")
    page.locator(".modal:visible").get_by_role("button", name="Confirm", exact=True).click()
    screen.state_shown(page, "Confirmed")


def close(world, subscription):
    """The customer leaves today, and gets back what is paid and not used."""
    page = world.page
    open_subscription(world, subscription)
    with screen.another_view(page):
        screen.press(page, "Close")
    reason = screen.field(page, "reason_id").locator("input").first
    reason.click()
    reason.press_sequentially("Moved away", delay=30)
    expect(page.locator(".o-autocomplete--dropdown-item").first).to_have_text("Moved away")
    reason.press("Tab")
    expect(reason).to_have_value("Moved away")
    screen.field(page, "when").get_by_label("Now", exact=True).check()
    select(page, "refund", "Give back what is not used")
    expect(screen.field(page, "preview")).to_contain_text("Given back", timeout=PATIENCE)
    screen.press(page, "Close Subscription")
    expect(page.locator(".modal:visible")).to_have_count(0)
    screen.settled(page)


def movements(world, customer):
    """Effective date, kind and amount of the customer's MRR movements, in order."""
    found = world.call(
        "recurring.revenue.event",
        "search_read",
        [["partner_id", "=", customer]],
        ["effective_date", "kind", "amount"],
        order="effective_date, id",
    )
    return [(event["effective_date"], event["kind"], event["amount"]) for event in found]


def test_from_the_signed_quotation_to_the_refund_at_the_end(world):
    page = world.page
    world.day_comes("2026-01-10")
    quotation = Quotation(page)
    screen.choose(page, screen.field(page, "partner_id"), "Livia Moreno", 'Create "Livia Moreno"')
    quotation.add("Life seat").locator("[name=product_uom_qty] input").fill("3")
    screen.choose(page, screen.field(page, "recurring_plan_id"), "Life monthly")
    screen.choose(page, quotation.add("Life support").locator("[name=recurring_plan_id]").first, "Life yearly")
    quotation.add("Life setup")
    order = quotation.save()

    # 3 × 49.90 × 22/31 = 106.24 and 15.94 of tax; the year 300.00 and 45.00; the setup 150.00 and 22.50.
    block = screen.field(page, "recurring_quotation")
    for text in ("$ 122.18", "22 of 31 days", "$ 172.16", "$ 345.00", "$ 172.50", "$ 639.68"):
        expect(block).to_contain_text(text)

    sign(world, order)
    subscriptions = world.call("recurring.subscription", "search_read", [["order_id", "=", order]], ["plan_id", "state"])
    by_plan = {subscription["plan_id"][0]: subscription["id"] for subscription in subscriptions}
    assert sorted(by_plan) == sorted([world.monthly, world.yearly])
    monthly, yearly = by_plan[world.monthly], by_plan[world.yearly]
    world.day_comes("2026-01-10")
    assert world.posted(monthly) == [("2026-01-10", "+", 122.18)]
    assert world.posted(yearly) == [("2026-01-10", "+", 345.00)]
    world.day_comes("2026-02-01")
    assert world.posted(monthly)[1:] == [("2026-02-01", "+", 172.16)]

    # The better seat from 11 February on: 18 of 28 days. 149.70 − 53.46 = 96.24 go back, 239.70 × 18/28 = 154.09 are charged, and taxes.
    world.day_comes("2026-02-11")
    change = Change(world, monthly, "Another product (upgrade or downgrade)", "Now")
    screen.choose(page, screen.field(page, "product_id"), "Life seat plus")
    change.apply()
    world.day_comes("2026-02-11")
    assert sorted(world.posted(monthly)[2:]) == [("2026-02-11", "+", 177.20), ("2026-02-11", "-", 110.68)]

    # Two seats from the next period on: 159.80 and 23.97.
    world.day_comes("2026-02-20")
    change = Change(world, monthly, "New price or quantity", "With the next period")
    quantity = screen.field(page, "quantity").locator("input")
    quantity.fill("2")
    quantity.press("Tab")
    change.apply()
    world.day_comes("2026-02-20")
    assert len(world.posted(monthly)) == 4, "nothing is billed for a change to come"
    world.day_comes("2026-03-01")
    assert world.posted(monthly)[4:] == [("2026-03-01", "+", 183.77)]

    # Paused from 5 March: 27 of 31 days go back, 159.80 − 20.62 = 139.18 and 20.88; resumed on the 16th: 103.10 − 20.62 = 82.48 and 12.37.
    world.day_comes("2026-03-05")
    Change(world, monthly, "Pause", "Now").apply()
    screen.state_shown(page, "Paused")
    world.day_comes("2026-03-05")
    world.day_comes("2026-03-16")
    Change(world, monthly, "Resume", "Now").apply()
    screen.state_shown(page, "Active")
    world.day_comes("2026-03-16")
    assert world.posted(monthly)[5:] == [("2026-03-05", "-", 160.06), ("2026-03-16", "+", 94.85)]

    months = ["2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11", "2026-12", "2027-01"]
    for month in months:
        world.day_comes(f"{month}-01")
    assert world.posted(monthly)[7:] == [(f"{month}-01", "+", 183.77) for month in months]
    world.day_comes("2027-01-10")
    assert world.posted(yearly)[1:] == [("2027-01-10", "+", 345.00)]

    # A year has passed: ten percent more, told thirty days ahead, from 1 March on: 2 × 87.89 = 175.78 and 26.37.
    world.day_comes("2027-01-20")
    revise(world, 10)
    for day in ("2027-02-01", "2027-03-01"):
        world.day_comes(day)
    assert world.posted(monthly)[17:] == [("2027-02-01", "+", 183.77), ("2027-03-01", "+", 202.15)]

    # From 10 March on nothing is wanted. Of the month 175.78 − 51.03 = 124.75 and 18.71 go back,
    # of the year 300.00 − 48.49 = 251.51 and 37.73.
    world.day_comes("2027-03-10")
    close(world, monthly)
    close(world, yearly)
    world.day_comes("2027-03-10")
    world.day_comes("2027-03-11")
    assert world.posted(monthly)[19:] == [("2027-03-10", "-", 143.46)]
    assert world.posted(yearly)[2:] == [("2027-03-10", "-", 289.24)]
    open_subscription(world, monthly)
    screen.state_shown(page, "Closed")

    customer = world.call("recurring.subscription", "read", [monthly], ["partner_id"])[0]["partner_id"][0]
    found = movements(world, customer)
    assert round(sum(amount for _day, _kind, amount in found), 2) == 0
    # A year's 300.00 are 25.00 a month.
    assert {kind for _day, kind, _amount in found} == {"new", "expansion", "contraction", "churn"}
    assert round(sum(amount for _day, kind, amount in found if kind == "new"), 2) == 174.70
