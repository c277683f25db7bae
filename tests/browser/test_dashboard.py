"""The dashboard's figures open exactly the records they count: one of each kind is pressed, of all the numbers are compared."""

import screen

SUMS = {
    "mrr": "mrr",
    "mrr_new": "amount",
    "mrr_lost": "amount",
    "draft": "amount_total_signed",
    "overdue": "amount_residual_signed",
    "invoiced": "amount_total_signed",
    "received": "recurring_received",
    "debts": "amount_residual",
}
"""The column of the opened list whose foot holds the money of the figure."""
A_PAGE = 80


def _figures(page):
    """(card, figure) of all there is on the dashboard, but for the plans that other tests have made."""
    return [(number, name) for number, name, _kind in _shown(page)]


def _one_of_each(page):
    """(card, figure) of each kind of figure on each kind of card: a company's, a plan's; one that counts something if there is one."""
    chosen = {}
    for number, name, is_total in _shown(page):
        card = page.locator(".o_recurring_card").nth(number)
        counts = bool(screen.count_of(card, name) or screen.amount_of(card, name))
        known = chosen.get((name, is_total))
        if not known or (counts and not known[1]):
            chosen[name, is_total] = ((number, name), counts)
    return [figure for figure, _counts in chosen.values()]


def _shown(page):
    """(card, figure, whether the card is a company's) of all but the plans that other tests have made."""
    cards = page.locator(".o_recurring_card").evaluate_all(
        """cards => cards.map(card => [
            card.querySelector(".fs-4").innerText,
            card.matches(".o_recurring_total"),
            [...card.querySelectorAll("a.o_recurring_figure")].map(link => link.dataset.figure),
        ])"""
    )
    for number, (title, is_total, names) in enumerate(cards):
        if not title.startswith(screen.OF_THE_TESTS):
            yield from ((number, name, is_total) for name in names)


def _compare(page, number, name):
    """Open a figure; gives what is wrong with it, or nothing."""
    card = page.locator(".o_recurring_card").nth(number)
    title = card.locator(".fs-4").inner_text()
    count, amount = screen.count_of(card, name), screen.amount_of(card, name)
    with screen.another_view(page):
        screen.figure(card, name).click()
    wrong = []
    if count is None and amount is None:
        # A rate: what it is of opens, which may be a graph.
        with screen.another_view(page):
            page.locator(".o_breadcrumb a, .o_back_button").first.click()
        return wrong
    shown = screen.records_shown(page)
    if count is not None and shown != count:
        wrong.append(f"{title}, {name}: the card says {count}, the list {shown}")
    if amount is not None and shown:
        assert shown <= A_PAGE, "The foot of a list sums one page only."
        total = screen.sum_shown(page, SUMS[name])
        if abs(total - amount) > 0.004:
            wrong.append(f"{title}, {name}: the card says {amount}, the list sums {total}")
    if amount and not shown:
        wrong.append(f"{title}, {name}: the card says {amount}, the list is empty")
    with screen.another_view(page):
        page.locator(".o_breadcrumb a, .o_back_button").first.click()
    return wrong


def _compare_counts(page, administrator, context):
    """What is wrong with the numbers of all cards: each is how many records its figure would open."""
    cards = administrator("recurring.dashboard", "search_read", [], ["display_name"], context=context)
    titles = page.locator(".o_recurring_card .fs-4").all_inner_texts()
    assert [card["display_name"] for card in cards] == titles
    wrong = []
    for number, name in _figures(page):
        count = screen.count_of(page.locator(".o_recurring_card").nth(number), name)
        if count is not None:
            action = administrator("recurring.dashboard", "action_open", [cards[number]["id"]], context={**context, "figure": name})
            found = administrator(action["res_model"], "search_count", action["domain"], context=context)
            if found != count:
                wrong.append(f"{titles[number]}, {name}: the card says {count}, it would open {found}")
    return wrong


FIGURES = {"active", "mrr", "mrr_new", "mrr_lost", "due", "draft", "parked", "overdue", "invoiced", "received", "debts", "default", "dso"}


def test_every_kind_of_figure_opens_its_records(page_as, administrator):
    """In all companies that have subscriptions, both of the demo's among them; each company's card is there."""
    own = administrator("res.users", "search_read", [["login", "=", "admin"]], ["company_ids"])[0]["company_ids"]
    everywhere = {"allowed_company_ids": own}
    groups = administrator("recurring.subscription", "formatted_read_group", [], ["company_id"], [], context=everywhere)
    companies = [group["company_id"][0] for group in groups]
    page = page_as("admin")
    screen.work_in(page, companies)
    screen.open_dashboard(page)
    assert {name for _card, name in _figures(page)} >= FIGURES
    assert page.locator(".o_recurring_total").count() == len(companies) >= 2
    wrong = _compare_counts(page, administrator, {"allowed_company_ids": companies})
    figures = _one_of_each(page)
    assert {name for _card, name in figures} >= FIGURES
    wrong += [fault for number, name in figures for fault in _compare(page, number, name)]
    assert not wrong, "\n".join(wrong)


def test_a_salesperson_sees_the_figures_of_own_subscriptions(page_as, people, administrator, active_subscription):
    """The company's card counts what its lists show this reader, and nobody else's subscriptions."""
    user = administrator("res.users", "search", [["login", "=", people["sales"]]])[0]
    administrator("recurring.subscription", "write", [active_subscription["id"]], {"user_id": user})
    own = administrator("recurring.subscription", "search_count", [["user_id", "in", [user, False]], ["state", "=", "active"]])
    page = page_as(people["sales"])
    screen.open_dashboard(page)
    company = page.locator(".o_recurring_total").first
    assert screen.count_of(company, "active") == own
    wrong = [fault for number, name in _figures(page) if number == 0 for fault in _compare(page, number, name)]
    assert not wrong, "\n".join(wrong)
