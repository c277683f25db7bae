"""What a person does at Odoo's screens, in the words of the screens."""

import contextlib
import re

from playwright.sync_api import TimeoutError, expect

ANY_VIEW = ".o_action_manager .o_view_controller"
VIEW = f"{ANY_VIEW}:visible"
ERROR = ".o_error_dialog"
OF_THE_TESTS = "Browser "
"""How the names of all that these tests make begin."""
TOLD_MS = 15_000
"""How long a view may take to come after a notification."""
NUMBER = re.compile(r"-?[\d.,]+")


def settled(page) -> None:
    """Wait until nothing loads any more and a view is there; an error dialog ends the test with its text."""
    page.wait_for_selector(f"{VIEW}, .modal:visible")
    page.wait_for_function("() => !document.querySelector('.o_loading_indicator, .o_blockUI')")
    no_error(page)


@contextlib.contextmanager
def another_view(page, asked: str | None = None):
    """Within: something is pressed that leads to another view or opens a dialog. Waits until that is there.

    :param asked: what was asked for, where a notification instead of a view is a fault; the failure names it.
    """
    said = ".o_notification"
    page.evaluate(f"() => document.querySelectorAll('{ANY_VIEW}, {said}').forEach(each => each.setAttribute('data-left', '1'))")
    yield
    view = page.locator(f"{ANY_VIEW}:not([data-left]), .modal .o_form_view")
    told = page.locator(f"{said}:not([data-left])")
    words = []
    try:
        if asked:
            view.or_(told).first.wait_for()
            words = told.all_inner_texts()  # at once: it goes away by itself
        view.first.wait_for(timeout=TOLD_MS if words else None)
    except TimeoutError:
        words += page.locator(".modal:visible").all_inner_texts()
        raise AssertionError(f"{asked or 'What was pressed'} opens no view; the screen says: {' / '.join(words) or 'nothing'}") from None
    settled(page)


def no_error(page) -> None:
    dialogs = page.locator(ERROR)
    assert not dialogs.count(), f"An error dialog: {dialogs.first.inner_text()}"


def work_in(page, companies: list[int]) -> None:
    """Tick these companies in the company menu."""
    page.context.add_cookies([{"name": "cids", "value": "-".join(map(str, companies)), "url": page.url}])


def open_dashboard(page) -> None:
    page.goto("/odoo/recurring-billing")
    page.wait_for_selector(".o_recurring_card")
    settled(page)


def card(page, name: str):
    """The dashboard card of a plan or a company."""
    return page.locator(".o_recurring_card").filter(has=page.locator(".fs-4", has_text=re.compile(f"^{re.escape(name)}$")))


def figure(card, name: str):
    """The link of a figure, and its row."""
    return card.locator(f"a.o_recurring_figure[data-figure={name}]")


def count_of(card, name: str) -> int | None:
    """The number a figure of a card shows; None where it shows money only."""
    if name == "active":
        return int(figure(card, name).locator("span").first.inner_text())
    shown = figure(card, name).locator("xpath=..").locator(":scope > .text-end")
    return int(shown.inner_text()) if name != "mrr" and shown.count() else None


def amount_of(card, name: str) -> float | None:
    """The money a figure of a card shows; None where it shows a number only."""
    if name == "mrr":
        return number(card.locator(".o_recurring_mrr_amount").inner_text())
    shown = figure(card, name).locator("xpath=..").locator(".o_field_monetary")
    return number(shown.inner_text()) if name != "active" and shown.count() else None


def number(text: str) -> float:
    """A number as it stands on an English or Brazilian screen: 1,234.56 or 1.234,56."""
    digits = NUMBER.search(text.replace("\xa0", " ").replace("−", "-")).group()
    if re.search(r",\d\d$", digits):
        digits = digits.replace(".", "").replace(",", ".")
    return float(digits.replace(",", ""))


def records_shown(page) -> int:
    """How many records the list on the screen holds, over all its pages."""
    page.locator(".o_pager_limit:visible, .o_view_nocontent").first.wait_for()
    total = page.locator(".o_pager_limit:visible")
    return int(total.inner_text()) if total.count() else 0


def sum_shown(page, column: str) -> float:
    """The sum at the foot of a list's column."""
    names = page.locator(".o_list_table thead th").evaluate_all("cells => cells.map(cell => cell.dataset.name || '')")
    spans = page.locator(".o_list_table tfoot td").evaluate_all("cells => cells.flatMap(cell => Array(cell.colSpan).fill(cell.innerText))")
    return number(spans[names.index(column)])


def field(page, name: str):
    """The widget of a field, in the dialog if there is one."""
    dialog = page.locator(".modal:visible")
    return (dialog if dialog.count() else page.locator(VIEW)).locator(f".o_field_widget[name={name}]").first


def choose(page, widget, text: str, entry: str | None = None) -> None:
    """Type into a many2one and take the entry of the list that reads so."""
    widget.locator("input").first.click()
    widget.locator("input").first.fill(text)
    page.locator(".o-autocomplete--dropdown-item").filter(has_text=entry or text).first.click()
    page.locator(".o-autocomplete--dropdown-menu").wait_for(state="hidden")


def press(page, label: str) -> None:
    """Press a button of the screen, of the dialog if there is one, and wait for what it does."""
    dialog = page.locator(".modal:visible")
    inside = dialog if dialog.count() else page.locator(VIEW)
    inside.get_by_role("button", name=label, exact=True).first.click()


def state_shown(page, label: str) -> None:
    """The status bar stands on this state."""
    expect(page.locator(".o_statusbar_status .o_arrow_button_current")).to_have_text(label)
