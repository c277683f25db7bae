"""A parked subscription: the reason is read, the record mended, the retry bills it."""

import screen
from playwright.sync_api import expect


def test_issue_is_read_mended_retried_and_solved(page_as, administrator, active_subscription, product):
    administrator("product.product", "write", [product["id"]], {"active": False})
    wizard = administrator("recurring.bill.now", "create", [{"subscription_ids": [[6, 0, [active_subscription["id"]]]]}])
    administrator("recurring.bill.now", "action_bill", wizard)

    page = page_as("admin")
    page.goto(f"/odoo/subscriptions/{active_subscription['id']}")
    screen.settled(page)
    with screen.another_view(page):
        page.get_by_role("button", name="See why and mend it").click()
    with screen.another_view(page):
        page.locator(".o_data_row").get_by_text(product["name"]).first.click()
    expect(page.locator(".o_form_view h1")).to_contain_text(f"{product['name']} is archived")
    expect(page.locator(".o_form_view .alert-warning")).to_contain_text("Unarchive the product")
    assert screen.number(screen.field(page, "amount").inner_text()) == 98.00
    issue = page.url

    with screen.another_view(page):
        screen.press(page, "Open the Record")
    expect(page.locator(".ribbon:visible")).to_have_text("Archived")
    page.locator(".o_control_panel .o_cp_action_menus button").first.click()
    page.get_by_role("menuitem", name="Unarchive").click()
    expect(page.locator(".ribbon:visible")).to_have_count(0)

    page.goto(issue)
    screen.settled(page)
    screen.press(page, "Retry")
    screen.state_shown(page, "Solved")
    expect(page.locator(".o_form_view .alert-success")).to_be_visible()

    page.goto(f"/odoo/subscriptions/{active_subscription['id']}")
    screen.settled(page)
    expect(page.get_by_role("button", name="See why and mend it")).to_have_count(0)
    expect(page.locator(".o_form_view button[name=action_open_invoices]")).to_contain_text("1")
