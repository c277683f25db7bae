"""The demo stories: told by the service itself, full of what the screens show, with something left for today."""

from datetime import date, timedelta
from typing import NamedTuple

import pytest
from dateutil.relativedelta import relativedelta

INTERNATIONAL, ACADEMY, CARDS = "recurring_billing", "recurring_billing_l10n_br", "recurring_billing_payment_demo"
TRIES = (0, 1, 3, 5, 7)
"""Days after an invoice on which its card is charged."""
PARKED = {
    INTERNATIONAL: {"demo_pampa_phones": "product", "demo_savanna_desks": "catch_up"},
    ACADEMY: {"demo_paulo": "partner"},
}


class Told(NamedTuple):
    """One company after its story."""

    env: object
    story: object

    @property
    def company(self):
        name = self.story.company
        return self.env.ref(name if "." in name else f"{self.story.module}.{name}")

    @property
    def today(self):
        return self.company._recurring_today()

    @property
    def last_run(self):
        return self.today - timedelta(days=self.story.quiet_days)

    def record(self, name):
        return self.env.ref(f"{self.story.module}.{name}")

    def all(self, model, path="company_id"):
        return self.env[model].search([(path, "=", self.company.id)])

    @property
    def invoices(self):
        return self.all("account.move", "recurring_run_id.company_id")

    @property
    def due(self):
        domain = self.env["recurring.invoice.generation"]._due_domain(self.today)
        return self.all("recurring.subscription").filtered_domain(domain).filtered(lambda found: not found.is_parked)


def story_of(module):
    from odoo.addons.recurring_billing.demo.international import INTERNATIONAL as FIRM
    from odoo.addons.recurring_billing_l10n_br.demo.academy import ACADEMY as GYM
    from odoo.addons.recurring_billing_payment_demo.demo.cards import CARDS as CARD_HOLDERS

    return {INTERNATIONAL: FIRM, ACADEMY: GYM, CARDS: CARD_HOLDERS}[module]


@pytest.fixture(params=[INTERNATIONAL, ACADEMY])
def told_company(env, request):
    return Told(env, story_of(request.param))


@pytest.fixture
def firm(env):
    return Told(env, story_of(INTERNATIONAL))


@pytest.fixture
def gym(env):
    return Told(env, story_of(ACADEMY))


def test_all_history_comes_from_runs_of_the_scheduled_action(told_company):
    runs = told_company.all("recurring.billing.run")
    charges = told_company.all("recurring.period").filtered(lambda period: period.kind != "opening")
    invoices = told_company.invoices
    assert charges.run_id >= runs.filtered("invoice_count")
    assert charges.move_line_ids.move_id == invoices
    assert {"charge", "credit"} <= set(charges.mapped("kind"))
    assert not charges.filtered("voided")
    assert set(runs.mapped("trigger")) == {"scheduled"}
    assert set(runs.mapped("state")) == {"done"}
    assert sum(runs.mapped("invoice_count")) == len(invoices) > 60
    assert all(invoice.invoice_date == invoice.recurring_run_id.date for invoice in invoices)
    # Counted from the last run: a database may have been told the story some days ago.
    assert min(runs.mapped("date")) >= max(runs.mapped("date")) - relativedelta(months=7)
    assert max(runs.mapped("date")) <= told_company.last_run


def test_invoices_of_at_least_seven_months(told_company):
    months = {invoice.invoice_date.replace(day=1) for invoice in told_company.invoices}
    assert len(months) >= 7


def test_every_subscription_is_in_the_state_its_story_leaves_it_in(told_company):
    closed = {done.subscription for done in told_company.story.closed}
    for sold in told_company.story.sold:
        subscription = told_company.record(sold.key)
        last = next((change.kind for change in reversed(told_company.story.changed) if change.subscription == sold.key), None)
        wanted = "draft" if sold.draft else "closed" if sold.key in closed else "paused" if last == "pause" else "active"
        assert (sold.key, subscription.state) == (sold.key, wanted)
        assert bool(subscription.close_reason_id) == (sold.key in closed)
    by_card = story_of(CARDS).sold if told_company.story.module == INTERNATIONAL else []
    assert len(told_company.all("recurring.subscription")) == len(told_company.story.sold) + len(by_card)


def test_only_the_reviewed_plan_leaves_drafts_and_only_the_newest(firm, gym):
    drafts = firm.invoices.filtered(lambda move: move.state == "draft")
    assert drafts.line_ids.recurring_subscription_id.plan_id == firm.record("plan_review")
    assert min(drafts.mapped("invoice_date")) > firm.last_run - timedelta(days=firm.story.review_days)
    assert set(gym.invoices.mapped("state")) == {"posted"}


def test_open_issues_are_those_of_the_story(told_company):
    issues = told_company.all("recurring.billing.issue")
    assert {issue.subscription_id: (issue.kind, issue.state) for issue in issues} == {
        told_company.record(key): (kind, "open") for key, kind in PARKED[told_company.story.module].items()
    }
    assert all(issue.activity_ids and issue.activity_user_id == issue.subscription_id.user_id for issue in issues)


def test_customers_pay_in_time_late_in_parts_or_not_at_all(told_company):
    invoices = told_company.invoices.filtered(lambda move: move.move_type == "out_invoice" and not move.reversal_move_ids)
    late = invoices.filtered_domain(told_company.env["account.move"]._recurring_overdue_domain(today=told_company.today))
    paid = invoices.filtered(lambda move: move.payment_state == "paid")
    payments = told_company.all("account.payment").filtered(lambda payment: payment.invoice_ids & invoices)
    assert set(late.mapped("payment_state")) <= {"partial", "not_paid"}
    assert late
    assert any(len(payments.filtered(lambda payment, invoice=invoice: invoice in payment.invoice_ids)) > 1 for invoice in invoices)
    assert len(paid) > len(invoices) * 0.7
    assert paid <= payments.invoice_ids
    assert max(payments.mapped("date")) <= told_company.last_run
    assert any(payment.date > invoice.invoice_date_due for payment in payments for invoice in payment.invoice_ids)


def test_a_customer_in_euro_is_invoiced_at_the_rate_of_the_day(firm):
    moves = firm.record("demo_moreau_suite").period_ids.move_line_ids.move_id
    assert len(moves) >= 4
    assert moves.currency_id == firm.env.ref("base.EUR")
    assert all(1.06 < move.amount_untaxed_signed / move.amount_untaxed < 1.10 for move in moves)


def test_what_was_billed_elsewhere_is_an_opening_position(firm):
    first = firm.record("demo_savanna_server").period_ids.sorted("start")
    assert first[0].kind == "opening"
    assert [row.live_end for row in first][:-1] == [row.start for row in first][1:]


def test_brazilian_tax_numbers_are_valid(gym):
    partners = gym.env["res.partner"].with_context(active_test=False)
    customers = partners.search([("company_id", "=", gym.company.id), ("vat", "!=", False), ("parent_id", "=", False)])
    assert len(customers - gym.company.partner_id) == 18
    assert [partner.name for partner in customers | gym.company.partner_id if not partner.check_vat_br(partner.vat)] == []


def test_the_pix_key_makes_a_payment_code(gym):
    bank = gym.record("bank_account_academia").with_company(gym.company)
    code = bank._get_qr_vals("emv_qr", 129.9, gym.company.currency_id, gym.record("partner_rodrigo"), "SUB1", None)
    assert "br.gov.bcb.pix011400000201000199" in code
    assert "5406129.90" in code


def test_roles_of_the_demo_users(gym):
    ana, bruno, carla = (gym.record(f"user_{name}") for name in ("ana", "bruno", "carla"))
    assert ana.has_group("recurring_billing.group_manager")
    assert bruno.has_group("recurring_billing.group_user")
    assert not bruno.has_group("recurring_billing.group_user_all")
    assert carla.has_group("account.group_account_invoice")
    assert not carla.has_group("recurring_billing.group_user")
    assert set((ana | bruno | carla).mapped("lang")) == {"pt_BR"}
    assert gym.company in gym.env.ref("base.user_admin").company_ids


def test_the_run_of_today_bills_what_is_due_and_the_next_one_nothing(env, firm, gym):
    generation = env["recurring.invoice.generation"].with_context(recurring_one_transaction=True)
    due, before = [firm.due, gym.due], [firm.invoices, gym.invoices]
    assert generation.run_scheduled()
    for company, mine, known in zip((firm, gym), due, before, strict=True):
        made = company.invoices - known
        assert mine
        assert made.line_ids.recurring_subscription_id == mine
        assert set(made.mapped("invoice_date")) == {company.today}
        assert not company.due
    after = [firm.invoices, gym.invoices]
    assert generation.run_scheduled()
    assert [firm.invoices, gym.invoices] == after


def test_every_dashboard_card_has_something_to_show(env, firm, gym):
    companies = (firm.company | gym.company).ids
    cards = env["recurring.dashboard"].with_context(allowed_company_ids=companies).search([("company_id", "in", companies)])
    assert [card.display_name for card in cards if not (card.mrr and card.active_count)] == []
    totals = cards.filtered("is_total")
    assert len(totals) == 2
    assert all(card.due_count and card.parked_count and card.overdue_count for card in totals)


@pytest.mark.parametrize("module", [INTERNATIONAL, ACADEMY])
def test_something_is_due_whatever_the_day_of_installation(told, module):
    from odoo.addons.recurring_billing.rules import periods

    story, monthly = story_of(module), periods.Interval(1, periods.MONTH)
    left_out = {done.subscription for done in (*story.closed, *story.changed)} | PARKED[module].keys()
    starts = [
        sold.start
        for sold in story.sold
        if sold.plan in ("plan_monthly", "plan_mensal") and not sold.draft and sold.key not in left_out and not sold.opening_months
    ]
    for n in range(4 * 366):
        today = date(2027, 1, 1) + timedelta(days=n)
        last_run = today - timedelta(days=story.quiet_days)
        due = [periods.period_at(today + start, monthly, today).start for start in starts if today + start <= today]
        assert max(due) > last_run, today


def test_prices_were_revised_once_and_are_looked_at_now(firm):
    revisions = firm.all("recurring.price.revision")
    applied, draft = revisions.filtered(lambda each: each.state == "applied"), revisions.filtered(lambda each: each.state == "draft")
    assert (len(applied), len(draft)) == (1, 1)
    server = firm.record("demo_savanna_server")
    assert (applied.line_ids.subscription_id, applied.line_ids.old_price, applied.line_ids.new_price) == (server, 180.0, 187.2)
    assert 187.2 in server.period_ids.mapped("amount")
    assert firm.record("demo_fjord_suite") in draft.line_ids.filtered("included").subscription_id
    assert draft.new_mrr > draft.old_mrr
    assert draft.line_ids.index_id == firm.record("demo_price_index")


@pytest.fixture
def cards(env):
    return Told(env, story_of(CARDS))


def invoices_of(cards, key):
    return cards.record(key).line_ids.lineage_id.period_ids.move_line_ids.move_id.sorted("invoice_date")


def test_cards_that_work_pay_every_invoice_on_its_day(cards):
    for key in ("demo_nadia_suite", "demo_grace_suite", "demo_bjork_suite"):
        invoices = invoices_of(cards, key)
        assert len(invoices) >= 3
        assert set(invoices.mapped("payment_state")) <= {"paid", "in_payment"}
        assert all(move.matched_payment_ids.mapped("date") == [move.invoice_date] for move in invoices)
        assert set(invoices.recurring_attempt_ids.mapped("outcome")) == {"done"}


def test_a_card_that_is_declined_is_tried_again_as_planned(cards):
    last = invoices_of(cards, "demo_leo_club")[-1]
    days = [(attempt.date - last.invoice_date).days for attempt in last.recurring_attempt_ids.sorted("date")]
    tried = [day for day in TRIES if last.invoice_date + timedelta(days=day) <= cards.last_run]
    assert days == tried
    assert len(tried) >= 2
    assert (last.payment_state, last.recurring_charge_state) == ("not_paid", "planned")
    assert (last.recurring_next_charge_date - last.invoice_date).days == TRIES[len(tried)]
    assert cards.record("demo_leo_club").badge == "late"


def test_a_card_that_works_again_pays_with_the_next_try(cards):
    second = invoices_of(cards, "demo_ines_fiber")[1]
    assert second.recurring_attempt_ids.sorted("date").mapped("outcome") == ["declined_soft", "declined_soft", "done"]
    assert second.payment_state in ("paid", "in_payment")


def test_an_answer_that_never_came_waits_to_be_clarified(cards):
    last = invoices_of(cards, "demo_omar_club")[-1]
    assert (last.payment_state, last.recurring_charge_state) == ("not_paid", "clarify")
    assert last.recurring_attempt_ids.outcome == "unknown"


def test_the_database_that_is_made_of_the_demo_is_the_live_one(cards):
    assert not cards.env["recurring.identity"].search_count([])


def test_the_dashboard_leads_to_what_waits_for_a_person(cards):
    (card,) = cards.env["recurring.dashboard"].search([("company_id", "=", cards.company.id), ("plan_id", "=", False)])
    figures = {"clarify": card.clarify_count, "retry": card.retry_count, "stopped": card.stopped_count, "bank_rows": card.bank_row_count}
    assert figures == {"clarify": 1, "retry": 1, "stopped": 0, "bank_rows": 0}
    for figure, count in figures.items():
        action = card.with_context(figure=figure).action_open()
        assert cards.env[action["res_model"]].search_count(action["domain"]) == count
