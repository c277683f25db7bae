"""A customer's whole life at the screens, month by month, from a signed quotation to the refund at the end.

10 January  a quotation: 3 seats a month, support by the year, a setup once; the customer signs it in the portal. The invoices are the quoted ones
"""

import itertools

import pytest
import screen
from playwright.sync_api import expect

from tools import databases, server, web

_days = itertools.count()
TAX = 0.15


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
    expect(page.locator("[name=recurring_quotation]")).to_contain_text("To pay at the start")
    page.locator("a[data-bs-target='#modalaccept']:visible").first.click()
    page.locator("#modalaccept input:visible").first.fill("Livia Moreno")
    page.locator(".o_portal_sign_submit:enabled").click()
    expect(page.locator(".alert-success").first).to_be_visible(timeout=60000)
    page.context.close()


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
