"""Each menu opens for each role without an error, and nobody is offered what is forbidden."""

import pytest
import screen

LABELS = {
    "sales": {"Dashboard", "Subscriptions", "Billing", "Payments", "Collections", "Reporting"},
    "billing": {"Dashboard", "Subscriptions", "Billing", "Payments", "Collections", "Reporting"},
    "auditor": {"Dashboard", "Subscriptions", "Billing", "Payments", "Collections", "Reporting"},
    "admin": {"Dashboard", "Subscriptions", "Billing", "Payments", "Collections", "Reporting", "Configuration"},
}
FORBIDDEN = ("Bill Now", "Bill Ahead", "Close", "Activate", "New", "Retry", "Back to Draft", "Confirm and Bill")


def _menus(page):
    """(section, entry) of every menu of the app; a section without entries has an empty one."""
    sections = page.locator(".o_menu_sections > *")
    for number in range(sections.count()):
        section = sections.nth(number)
        label = section.inner_text().strip()
        if section.evaluate("element => element.tagName") == "A":
            yield label, ""
            continue
        section.click()
        items = page.locator(".o-dropdown--menu .dropdown-item")
        items.first.wait_for()
        yield from [(label, text.strip()) for text in items.all_inner_texts()]
        page.keyboard.press("Escape")
        items.first.wait_for(state="hidden")


def _open_menu(page, label, entry):
    with screen.another_view(page, f"The menu {label} / {entry}"):
        page.locator(".o_menu_sections").get_by_text(label, exact=True).click()
        if entry:
            # The parts of a menu have names too.
            page.locator(".o-dropdown--menu .dropdown-item").get_by_text(entry, exact=True).click()


@pytest.mark.parametrize("role", LABELS)
def test_every_menu_opens(page_as, people, role):
    page = page_as(people[role])
    screen.open_dashboard(page)
    menus = list(_menus(page))
    assert {label for label, _entry in menus} == LABELS[role]
    assert len(menus) >= 12
    for label, entry in menus:
        _open_menu(page, label, entry)
        assert not page.complaints, f"{label} / {entry}: {page.complaints}"
        if page.locator(".modal:visible").count():
            page.keyboard.press("Escape")
            page.locator(".modal").wait_for(state="hidden")
        if entry == "Settings":
            screen.open_dashboard(page)  # its menus are those of another app


def test_auditor_is_offered_nothing_to_change(page_as, people, active_subscription, plan):
    page = page_as(people["auditor"])
    screen.open_dashboard(page)
    assert screen.count_of(screen.card(page, plan["name"]), "due") == 1
    addresses = (
        "/odoo/subscriptions",
        f"/odoo/subscriptions/{active_subscription['id']}",
        "/odoo/billing-issues",
        "/odoo/recurring-billing",
    )
    for address in addresses:
        page.goto(address)
        screen.settled(page)
        offered = [text.strip() for text in page.locator(".o_action_manager button:visible").all_inner_texts()]
        assert not set(offered) & set(FORBIDDEN), f"{address}: {offered}"
