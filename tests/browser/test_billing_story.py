"""From nothing to an invoice, at the screen: a salesperson sells, a billing user bills."""

import screen
from playwright.sync_api import expect


def test_salesperson_sells_and_billing_user_bills(page_as, people, plan, product):
    sales = page_as(people["sales"])
    sales.goto("/odoo/subscriptions/new")
    screen.settled(sales)
    customer = f"Customer of {plan['name']}"
    screen.choose(sales, screen.field(sales, "partner_id"), customer, f'Create "{customer}"')
    screen.choose(sales, screen.field(sales, "plan_id"), plan["name"])
    sales.get_by_role("button", name="Add a line").click()
    screen.choose(sales, screen.field(sales, "line_ids").locator(".o_selected_row [name=product_id]"), product["name"])
    quantity = screen.field(sales, "line_ids").locator(".o_selected_row [name=quantity] input")
    expect(screen.field(sales, "line_ids").locator(".o_selected_row [name=price_unit] input")).to_have_value("49.00")
    quantity.fill("3")
    screen.press(sales, "Activate")
    screen.state_shown(sales, "Active")
    assert screen.number(screen.field(sales, "amount_total").inner_text()) == 147.00

    billing = page_as(people["billing"])
    screen.open_dashboard(billing)
    card = screen.card(billing, plan["name"])
    assert (screen.count_of(card, "due"), screen.amount_of(card, "mrr")) == (1, 147.00)
    card.get_by_role("button", name="Bill Now").click()
    counted = billing.locator(".modal .o_data_row")
    expect(counted).to_have_count(1)
    assert counted.locator("[name=subscription_count]").inner_text() == "1"
    assert counted.locator("[name=invoice_count]").inner_text() == "1"
    assert screen.number(counted.locator("[name=amount]").inner_text()) == 147.00
    screen.press(billing, "Bill Now")
    screen.state_shown(billing, "Done")
    assert screen.number(screen.field(billing, "amount_total").inner_text()) == 147.00

    screen.open_dashboard(billing)
    card = screen.card(billing, plan["name"])
    assert (screen.count_of(card, "due"), screen.count_of(card, "invoiced")) == (0, 1)
    screen.figure(card, "invoiced").click()
    billing.locator(".o_data_row").get_by_text(customer).click()
    expect(billing.locator(".o_form_view [name=name]").first).to_contain_text("/")
    totals = screen.field(billing, "tax_totals")
    expect(totals).to_contain_text("147.00")
    expect(screen.field(billing, "partner_id")).to_contain_text(customer)
    screen.state_shown(billing, "Posted")


def test_a_second_bill_now_finds_nothing(page_as, people, administrator, active_subscription, plan):
    billing = page_as(people["billing"])
    for _time in range(2):
        wizard = administrator("recurring.bill.now", "create", [{"subscription_ids": [[6, 0, [active_subscription["id"]]]]}])
        if administrator("recurring.bill.now", "read", wizard, ["is_empty"])[0]["is_empty"]:
            break
        administrator("recurring.bill.now", "action_bill", wizard)
    else:
        raise AssertionError("The second count is not empty.")
    screen.open_dashboard(billing)
    card = screen.card(billing, plan["name"])
    assert card.get_by_role("button", name="Bill Now").count() == 0
    assert screen.count_of(card, "invoiced") == 1
