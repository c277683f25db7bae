"""Name, price, interval: the wizard makes a product and, where none fits, its plan."""

import os

import screen
from playwright.sync_api import expect


def test_new_offer_makes_product_and_plan(page_as, administrator):
    name = f"Swimming lessons {os.getpid()}"
    page = page_as("admin")
    page.goto("/odoo/action-recurring_billing.action_recurring_quick_offer")
    page.wait_for_selector(".modal [name=name]")
    screen.field(page, "name").locator("input").fill(name)
    screen.field(page, "price").locator("input").fill("35.50")
    screen.field(page, "interval_count").locator("input").fill("5")
    screen.field(page, "interval_unit").locator("input").click()
    page.locator(".o_select_menu_item").filter(has_text="Weeks").click()
    expect(screen.field(page, "plan_id").locator("input")).to_have_value("")
    screen.press(page, "Create")
    page.wait_for_selector(".o_form_view [name=list_price]")
    assert screen.number(screen.field(page, "list_price").locator("input").input_value()) == 35.50
    plans = administrator("recurring.plan", "search_read", [["name", "=", name]], ["interval_count", "interval_unit"])
    assert [(plan["interval_count"], plan["interval_unit"]) for plan in plans] == [(5, "week")]
    products = administrator("product.product", "search_read", [["name", "=", name]], ["list_price", "type"])
    assert [(product["list_price"], product["type"]) for product in products] == [(35.5, "service")]

    page.goto("/odoo/subscription-plans")
    screen.settled(page)
    expect(page.locator(".o_data_row").filter(has_text=name)).to_contain_text("every 5 weeks")
