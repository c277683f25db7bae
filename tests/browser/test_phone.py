"""On a phone nothing is wider than the screen."""

import pytest
import screen

PHONE = {"width": 390, "height": 844}
WIDER = """() => [...document.querySelectorAll('.o_action_manager *')]
    .filter(element => element.getBoundingClientRect().right > window.innerWidth + 1 && element.offsetParent)
    .filter(element => !element.closest('.o_statusbar_buttons, .o_notebook_headers, .o_cp_searchview, .o_field_statusbar, .o-mail-Chatter'))
    .map(element => `${element.tagName} ${element.className} ${Math.round(element.getBoundingClientRect().right)}`).slice(0, 5)"""


@pytest.mark.parametrize("screen_name", ["dashboard", "subscription", "subscriptions", "issues"])
def test_nothing_is_wider_than_a_phone(page_as, active_subscription, screen_name):
    page = page_as("admin")
    page.set_viewport_size(PHONE)
    addresses = {
        "dashboard": "/odoo/recurring-billing",
        "subscription": f"/odoo/subscriptions/{active_subscription['id']}",
        "subscriptions": "/odoo/subscriptions",
        "issues": "/odoo/billing-issues",
    }
    page.goto(addresses[screen_name])
    screen.settled(page)
    sizes = page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert sizes[0] <= sizes[1]
    assert page.evaluate(WIDER) == []
