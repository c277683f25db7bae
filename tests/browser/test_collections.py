"""Somebody who phones works through twenty cases without touching the mouse, and every message says why it came.

The customers and their debts are the test's own; the scheduled action opens their cases.
"""

import datetime
import os

import pytest
import screen

from tools import web

CASES = 20
COLLECTOR = "browser_collector"
GROUPS = ("base.group_user", "recurring_billing.group_collections")
RESULTS = ("reached", "promised", "no_answer", "wrong", "call_back", "refused")
AGAIN = ("no_answer", "call_back")
TITLE = ".modal:visible .modal-title"


@pytest.fixture(scope="session")
def collector(administrator, main_company):
    """A person of the collections team."""
    ids = []
    for group in GROUPS:
        module, name = group.split(".")
        ids += [
            each["res_id"]
            for each in administrator("ir.model.data", "search_read", [["module", "=", module], ["name", "=", name]], ["res_id"])
        ]
    values = {
        "name": "Browser Collector",
        "login": COLLECTOR,
        "password": COLLECTOR,
        "company_id": main_company,
        "company_ids": [[6, 0, [main_company]]],
        "group_ids": [[6, 0, ids]],
    }
    known = administrator("res.users", "search", [["login", "=", COLLECTOR]])
    if known:
        administrator("res.users", "write", known, values)
        return known[0]
    return administrator("res.users", "create", [values], context={"no_reset_password": True})[0]


@pytest.fixture
def cases(administrator, main_company, collector, product):
    """The cases of twenty customers who owe since different days, all of the collector."""
    today = datetime.date.today()
    partners = administrator(
        "res.partner",
        "create",
        [
            {
                "name": f"{screen.OF_THE_TESTS}debtor {os.getpid()}-{number}",
                "email": f"debtor{number}@example.com",
                "phone": f"+1 206 555 01{number:02}",
            }
            for number in range(CASES)
        ],
    )
    invoices = [_invoice(partner, product["id"], 100 + number, today, number) for number, partner in enumerate(partners)]
    moves = administrator("account.move", "create", invoices)
    administrator("account.move", "action_post", moves)
    before = administrator(
        "res.company", "read", [main_company], ["recurring_dunning", "recurring_dunning_from", "recurring_dunning_enter_step_id"]
    )[0]
    # What is late already is left to people, so that no message leaves in the middle of the test.
    administrator(
        "res.company",
        "write",
        [main_company],
        {"recurring_dunning": True, "recurring_dunning_from": str(today), "recurring_dunning_enter_step_id": False},
    )
    cron = administrator("ir.model.data", "search_read", [["module", "=", "recurring_billing"], ["name", "=", "cron_dunning"]], ["res_id"])
    assert administrator("ir.cron", "method_direct_trigger", [cron[0]["res_id"]])
    step = before["recurring_dunning_enter_step_id"]
    administrator(
        "res.company",
        "write",
        [main_company],
        {
            "recurring_dunning": before["recurring_dunning"],
            "recurring_dunning_from": before["recurring_dunning_from"],
            "recurring_dunning_enter_step_id": step[0] if step else False,
        },
    )
    found = administrator("recurring.dunning.case", "search", [["partner_id", "in", partners], ["state", "=", "open"]])
    assert len(found) == CASES
    administrator("recurring.dunning.case", "write", found, {"user_id": collector})
    return found


def _invoice(partner, product, amount, today, number):
    due = today - datetime.timedelta(days=3 + number)
    return {
        "move_type": "out_invoice",
        "partner_id": partner,
        "invoice_date": str(due - datetime.timedelta(days=10)),
        "invoice_payment_term_id": False,
        "invoice_date_due": str(due),
        "invoice_line_ids": [[0, 0, {"product_id": product, "price_unit": float(amount), "tax_ids": [[6, 0, []]]}]],
    }


class Keyboard:
    """The keyboard of somebody who works cases, and nothing else."""

    def __init__(self, page):
        self.page = page

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def dialog(self, key, title):
        """A key that opens a dialog."""
        self.press(key)
        self.page.locator(TITLE, has_text=title).wait_for()
        screen.settled(self.page)

    def close(self, key):
        """A key that ends the dialog."""
        self.press(key)
        self.page.locator(TITLE).wait_for(state="detached")
        screen.settled(self.page)

    def onward(self, key):
        """A key that leads to the next case."""
        here = self.page.url
        self.press(key)
        self.page.wait_for_url(lambda address: address != here)
        self.page.locator(".modal").wait_for(state="detached")
        screen.settled(self.page)

    def call(self, down, note):
        """Log a call: so many arrows down to its result, then what was said."""
        self.dialog("Alt+l", "Log a Call")
        self.page.wait_for_function("() => document.activeElement.type === 'radio'")
        self.press(*["ArrowDown"] * down)
        if RESULTS[down] in AGAIN:
            # The day to call again follows from the result.
            self.page.wait_for_function(
                "() => document.querySelector('.modal [name=again_on]')?.innerText || "
                "document.querySelector('.modal [name=again_on] input')?.value"
            )
        while not self.page.evaluate("() => document.activeElement.tagName === 'TEXTAREA'"):
            self.press("Tab")
        self.page.keyboard.type(note)


def _work(keyboard, number):
    """One case, in one of the ways there are; leads to the next."""
    way = number % 5
    if way == 0:
        keyboard.call(0, f"Pays soon {number}")
        keyboard.onward("Alt+n")
    elif way == 1:
        keyboard.call(2, f"Rang out {number}")
        keyboard.onward("Alt+n")
    elif way == 2:
        keyboard.call(1, f"On Friday {number}")
        keyboard.press("Alt+q")
        keyboard.page.locator(TITLE, has_text="Promise").wait_for()
        screen.settled(keyboard.page)
        keyboard.close("Alt+q")
        keyboard.onward("Alt+x")
    elif way == 3:
        keyboard.dialog("Alt+w", "Write a Message")
        keyboard.onward("Alt+n")
    else:
        keyboard.call(4, f"Tomorrow {number}")
        keyboard.onward("Alt+n")


def test_twenty_cases_with_the_keyboard_alone(chromium, demo_server, administrator, collector, cases):
    page = web.open_page(chromium, demo_server.url)
    web.log_in(page, COLLECTOR)
    page.goto("/odoo/collection-cases?view_type=list")
    screen.settled(page)
    page.locator(".o_data_row").first.wait_for()
    keyboard = Keyboard(page)
    keyboard.press("ArrowDown", "ArrowDown", "Enter")
    page.locator(".o_recurring_case").wait_for()
    screen.settled(page)
    began = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
    worked = []
    for number in range(CASES):
        worked.append(int(page.url.rsplit("/", 1)[-1].split("?")[0]))
        _work(keyboard, number)
    assert len(set(worked)) == CASES, "no case came twice"
    rows = administrator(
        "recurring.dunning.message",
        "search_read",
        [["case_id", "in", worked], ["write_date", ">=", began], ["user_id", "=", collector], ["kind", "!=", "note"]],
        ["case_id", "result", "kind"],
    )
    assert {row["case_id"][0] for row in rows} == set(worked)
    results = [row["result"] for row in rows if row["result"]]
    assert [results.count(name) for name in ("reached", "no_answer", "promised", "call_back")] == [4, 4, 4, 4]
    promises = administrator("recurring.promise", "search_count", [["case_id", "in", worked], ["create_date", ">=", began]])
    assert promises == 4
    # Back to the list with one step, however many cases there were between.
    keyboard.press("Alt+b")
    page.locator(".o_list_renderer:visible, .o_kanban_renderer:visible").first.wait_for()
    assert not page.complaints, page.complaints
    page.context.close()


def test_every_message_says_why_it_came(administrator, cases):
    messages = administrator("recurring.dunning.message", "search", [["kind", "in", ["dunning", "manual", "call", "thanks", "statement"]]])
    assert messages
    for message in messages:
        action = administrator("recurring.dunning.message", "action_why", [message])
        told = administrator(action["res_model"], "read", [action["res_id"]], ["body"])[0]["body"]
        assert told.count("<div>") >= 2, f"message {message} says no reason: {told}"
