"""A customer saves a card in the portal and is charged; another card fails, the page says so, and the link in the invoice pays.

The invoices are made by the scheduled actions; the cards are those of Odoo's demo provider.
"""

import datetime
import itertools
import os

import pytest
from playwright.sync_api import expect

from tools import web

PATIENCE = 60_000
_numbers = itertools.count(1)


class Customer:
    """A customer with a log-in and a subscription that is charged."""

    def __init__(self, administrator, company, product):
        self.call = administrator
        self.login = f"browser_customer_{os.getpid()}_{next(_numbers)}"
        self.partner = administrator("res.partner", "create", [{"name": "Browser Customer", "email": f"{self.login}@example.com"}])[0]
        portal = administrator("ir.model.data", "search_read", [["module", "=", "base"], ["name", "=", "group_portal"]], ["res_id"])[0]
        values = {
            "name": "Browser Customer",
            "login": self.login,
            "password": self.login,
            "partner_id": self.partner,
            "company_id": company,
            "company_ids": [[6, 0, [company]]],
            "group_ids": [[6, 0, [portal["res_id"]]]],
        }
        administrator("res.users", "create", [values], context={"no_reset_password": True})
        self.plan = administrator("recurring.plan", "create", [{"name": f"By card {self.login}", "invoice_mode": "post_charge"}])[0]
        self.product = product
        administrator("res.company", "write", [company], {"recurring_charge": True, "recurring_charge_from": str(datetime.date.today())})

    def subscribe(self):
        values = {
            "partner_id": self.partner,
            "plan_id": self.plan,
            "start_date": str(datetime.date.today()),
            "line_ids": [[0, 0, {"product_id": self.product, "quantity": 1}]],
        }
        subscription = self.call("recurring.subscription", "create", [values])[0]
        self.call("recurring.subscription", "action_activate", [subscription])
        return subscription

    def bill_and_charge(self, subscription):
        """The scheduled actions run; gives the one invoice."""
        for name in ("cron_bill", "cron_charge"):
            cron = self.call("ir.model.data", "search_read", [["module", "=", "recurring_billing"], ["name", "=", name]], ["res_id"])
            assert self.call("ir.cron", "method_direct_trigger", [cron[0]["res_id"]])
        return self.invoice_of(subscription)

    def invoice_of(self, subscription):
        lines = self.call("account.move.line", "search_read", [["recurring_subscription_id", "=", subscription]], ["move_id"])
        (move,) = {line["move_id"][0] for line in lines}
        fields = ["payment_state", "amount_residual", "recurring_charge_state", "recurring_stage_hint", "access_url"]
        return self.call("account.move", "read", [move], fields)[0]


@pytest.fixture
def customer(administrator, main_company, product):
    return Customer(administrator, main_company, product["id"])


def save_card(page, subscription, number, state):
    """Save a card on the page of a subscription; what it does later is chosen with it."""
    page.goto(f"{page.url.split('/my')[0].split('/odoo')[0]}/my/subscriptions/{subscription}/payment_method")
    expect(page.locator("button[name=o_payment_submit_button]")).to_be_visible(timeout=PATIENCE)
    expand = page.locator("button[name=o_payment_expand_button]")
    if expand.count() and expand.first.is_visible():
        expand.first.click()
    page.locator("#o_payment_methods label.o_payment_option_label").first.click()
    page.locator("#customer_input").fill(number)
    page.locator("#simulated_payment_state").select_option(state)
    page.locator("button[name=o_payment_submit_button]").click()
    expect(page.locator("[name=current_card], [name=card_refused]").first).to_be_visible(timeout=PATIENCE)


@pytest.fixture
def portal_page(demo_server, chromium, customer):
    """A page on which the customer is logged in."""
    page = web.open_page(chromium, demo_server.url)
    page.goto(f"{demo_server.url}/web/login")
    page.locator("input[name=login]").fill(customer.login)
    page.locator("input[name=password]").fill(customer.login)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/my**", timeout=PATIENCE)
    yield page
    page.context.close()


def test_a_card_saved_in_the_portal_pays_the_next_invoice(portal_page, customer):
    subscription = customer.subscribe()
    page = portal_page
    page.goto(f"{page.url.split('/my')[0]}/my/subscriptions")
    page.get_by_text("Payment method", exact=True).last.click()
    expect(page.locator("[name=card_missing]")).to_contain_text("No payment method is saved")
    save_card(page, subscription, "4111 1111 1111 1111", "done")
    expect(page.locator("[name=current_card]")).to_contain_text("1111")
    invoice = customer.bill_and_charge(subscription)
    assert (invoice["payment_state"] in ("paid", "in_payment"), invoice["amount_residual"]) == (True, 0)
    page.goto(page.url.split("/my")[0] + invoice["access_url"])
    expect(page.locator("body")).to_contain_text("Paid")


def test_a_failing_card_is_told_and_the_pay_link_settles_it(portal_page, customer, administrator):
    subscription = customer.subscribe()
    page = portal_page
    save_card(page, subscription, "4000 0000 0000 0002", "done")
    cards = administrator("payment.token", "search", [["partner_id", "=", customer.partner]])
    administrator("payment.token", "write", cards, {"demo_simulated_state": "error"})  # from now on its bank says no
    invoice = customer.bill_and_charge(subscription)
    assert (invoice["payment_state"], invoice["recurring_charge_state"]) == ("not_paid", "planned")
    page.goto(f"{page.url.split('/my')[0]}/my/subscriptions/{subscription}/payment_method")
    expect(page.locator("[name=card_refused]")).to_contain_text("Your payment did not go through")
    page.locator("[name=open_invoices] a").first.click()
    pay(page)
    expect(page.locator("body")).to_contain_text("Paid", timeout=PATIENCE)
    settled = customer.invoice_of(subscription)
    assert settled["payment_state"] in ("paid", "in_payment")
    assert settled["recurring_charge_state"] in (False, "over", "done")
    attempts = administrator("recurring.charge.attempt", "search_count", [["move_id", "=", invoice["id"]]])
    customer.bill_and_charge(subscription)
    assert administrator("recurring.charge.attempt", "search_count", [["move_id", "=", invoice["id"]]]) == attempts


def pay(page):
    """Pay what the page asks for with a card that works."""
    page.locator("a:visible, button:visible").filter(has_text="Pay Now").first.click()
    form = page.locator("#pay_with, .modal.show").last
    expect(form.locator("button[name=o_payment_submit_button]")).to_be_visible(timeout=PATIENCE)
    expand = form.locator("button[name=o_payment_expand_button]")
    if expand.first.is_visible():
        expand.first.click()
    form.locator("#o_payment_methods label.o_payment_option_label").first.click()
    form.locator("#customer_input").fill("4242 4242 4242 4242")
    form.locator("#simulated_payment_state").select_option("done")
    form.locator("button[name=o_payment_submit_button]").click()
    page.wait_for_url(lambda url: "payment" not in url.rsplit("/", 1)[-1] or "status" not in url, timeout=PATIENCE)


def test_no_card_number_is_kept(portal_page, customer, administrator):
    subscription = customer.subscribe()
    page = portal_page
    save_card(page, subscription, "5555 5555 5555 4444", "done")
    tokens = administrator("payment.token", "search_read", [["partner_id", "=", customer.partner]], ["payment_details", "provider_ref"])
    assert tokens and not any("55555555" in str(token).replace(" ", "") for token in tokens)
