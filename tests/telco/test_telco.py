"""Real subscribers, through Odoo's own import, billed for a month: to the cent, once, and without the spoilt ones.

The tests of a size tell one story on one database, in their order.
"""

import datetime
from decimal import Decimal

import pytest

from tools import telco

pytestmark = pytest.mark.shared_data

MONTH, NEXT_MONTH = datetime.date(2026, 3, 1), datetime.date(2026, 4, 1)
WHOLE_FILE = {"subscribers": 7043, "active": 5174, "untaxed": Decimal("316985.75"), "lost": Decimal("139130.85")}
INVOICES = """
    SELECT count(*), coalesce(sum(m.amount_untaxed), 0)::text, coalesce(sum(m.amount_tax), 0)::text FROM account_move m
     WHERE m.company_id = (SELECT id FROM res_company WHERE name = 'Telco') AND m.state = 'posted' AND m.move_type = 'out_invoice'
"""


def _invoiced(loaded) -> tuple[int, Decimal, Decimal]:
    """Number, untaxed total and tax of the company's posted invoices, as the database adds them up."""
    ((count, untaxed, tax),) = loaded.sql(INVOICES)
    return count, Decimal(untaxed), Decimal(tax)


def _expected(subscribers: list[dict], left: bool) -> tuple[int, Decimal]:
    """Number and monthly charges of those who stayed, or left, from the file alone."""
    charges = [Decimal(one["MonthlyCharges"]) for one in subscribers if (one["Churn"] == "Yes") == left]
    return len(charges), sum(charges)


def _state(loaded) -> dict:
    """Per table, the number of records of the company and when each was last written."""
    tables = ("res_partner", "recurring_plan", "recurring_subscription", "recurring_subscription_line", "recurring_period", "account_move")
    query = "SELECT count(*), md5(string_agg(t.id || ' ' || t.write_date, ',' ORDER BY t.id)) FROM {} t"
    where = " WHERE t.company_id = (SELECT id FROM res_company WHERE name = 'Telco')"
    state = {table: loaded.sql(query.format(table) + where) for table in tables}
    for table in ("recurring_lineage", "product_product", "ir_model_data", "mail_message"):
        state[table] = loaded.sql(f"SELECT count(*) FROM {table}")
    return state


def test_every_active_subscriber_is_billed_exactly(loaded):
    active, untaxed = _expected(loaded.subscribers, left=False)
    assert _invoiced(loaded) == (active, untaxed, 0)
    assert (loaded.first_run["invoices"], Decimal(str(loaded.first_run["untaxed"])), loaded.first_run["parked"]) == (active, untaxed, 0)
    if len(loaded.subscribers) == WHOLE_FILE["subscribers"]:
        assert (active, untaxed) == (WHOLE_FILE["active"], WHOLE_FILE["untaxed"])


def test_mrr_is_what_active_subscribers_pay_a_month(loaded):
    """By subscription, and by its movements: everybody is new at the original start, who left is churn of its first day."""
    active, untaxed = _expected(loaded.subscribers, left=False)
    left, lost = _expected(loaded.subscribers, left=True)
    of_telco = "company_id = (SELECT id FROM res_company WHERE name = 'Telco')"
    ((count, mrr),) = loaded.sql(f"SELECT count(*), SUM(mrr)::text FROM recurring_subscription WHERE mrr != 0 AND {of_telco}")
    assert (count, Decimal(mrr)) == (active, untaxed)
    query = f"SELECT kind, count(*), SUM(amount)::text FROM recurring_revenue_event WHERE {of_telco} GROUP BY kind"
    moved = {kind: (count, Decimal(amount)) for kind, count, amount in loaded.sql(query)}
    assert moved == {"new": (active + left, untaxed + lost), "churn": (left, -lost)}
    churned = loaded.sql(f"SELECT DISTINCT effective_date FROM recurring_revenue_event WHERE kind = 'churn' AND {of_telco}")
    assert churned == [(MONTH,)]
    assert loaded.work(lambda env: env["recurring.revenue.recording"].differences()) == []


def test_each_invoice_has_its_subscribers_charge_and_month(loaded):
    query = """
        SELECT s.client_order_ref, m.amount_untaxed::text, m.invoice_date, p.start, p.end, s.next_invoice_date, c.ref
          FROM account_move m JOIN account_move_line l ON l.move_id = m.id AND l.recurring_period_id > 0
          JOIN recurring_period p ON p.id = l.recurring_period_id
          JOIN recurring_subscription s ON s.id = l.recurring_subscription_id
          JOIN res_partner c ON c.id = m.partner_id
    """
    billed = {row[0]: (Decimal(row[1]), *row[2:]) for row in loaded.sql(query + " WHERE m.invoice_date = %s", MONTH)}
    assert billed == {
        one["customerID"]: (Decimal(one["MonthlyCharges"]), MONTH, MONTH, NEXT_MONTH, NEXT_MONTH, one["customerID"])
        for one in loaded.subscribers
        if one["Churn"] == "No"
    }


def test_start_and_state_come_from_the_file(loaded):
    query = """
        SELECT s.client_order_ref, s.start_date, s.state, s.end_date, p.name->>'en_US', p.term_count
          FROM recurring_subscription s JOIN recurring_plan p ON p.id = s.plan_id JOIN res_company c ON c.id = s.company_id
         WHERE c.name = 'Telco'
    """
    for customer, start, state, end, plan, term in loaded.sql(query):
        one = next(one for one in loaded.subscribers if one["customerID"] == customer)
        months = (MONTH.year - start.year) * 12 + MONTH.month - start.month
        assert (months, start.day, plan) == (int(one["tenure"]), 1, f"Telco: {one['Contract']}")
        assert (state, end) == (("closed", datetime.date(2026, 2, 28)) if one["Churn"] == "Yes" else ("active", None))
        assert term == {"Month-to-month": 0, "One year": 1, "Two year": 2}[one["Contract"]]


def test_a_second_run_bills_nothing(loaded):
    before = _invoiced(loaded)

    def bill(env):
        subscriptions = env["recurring.subscription"].search([("company_id", "=", env.company.id)])
        assert len(subscriptions) == len(loaded.subscribers)
        run = env["recurring.invoice.generation"].bill(subscriptions)
        return run.state, run.invoice_count, run.parked_count

    assert loaded.work(bill) == ("done", 0, 0)
    assert _invoiced(loaded) == before


def test_loading_again_changes_nothing(loaded):
    """Nothing is written: no record more, and no record's date of change is another."""
    before = _state(loaded)
    again = loaded.load_and_bill()
    assert (again["changed"], again["invoices"], again["parked"]) == (0, 0, 0)
    assert _state(loaded) == before


def test_importing_the_same_rows_by_hand_makes_nothing_new(loaded):
    """The same spreadsheet once more through Odoo's import, which writes every record: the values stay, nothing is due."""
    rows = [telco.subscription_row(one, MONTH, False) for one in loaded.subscribers[:100]]
    ledger = "SELECT count(*), sum(amount), max(live_end) FROM recurring_period"
    before, counts = loaded.sql(ledger), {table: found[0][0] for table, found in _state(loaded).items()}

    def load(env):
        result = env["recurring.subscription"].load(list(rows[0]), [list(row.values()) for row in rows])
        assert result["ids"] and not result["messages"]
        return env["recurring.invoice.generation"].bill(env["recurring.subscription"].browse(result["ids"])).invoice_count

    assert loaded.work(load) == 0
    assert loaded.sql(ledger) == before
    assert {table: found[0][0] for table, found in _state(loaded).items()} == counts


def test_the_next_month_parks_each_spoilt_one_with_its_own_reason_and_bills_the_others(loaded):
    spoilt, healthy = loaded.work(_spoil, at=NEXT_MONTH)
    assert len(spoilt) == 8 and len(healthy) == 60
    before = _invoiced(loaded)

    def bill(env):
        subscriptions = env["recurring.subscription"].browse([*spoilt, *healthy])
        run = env["recurring.invoice.generation"].bill(subscriptions)
        issues = env["recurring.billing.issue"].search([("subscription_id", "in", subscriptions.ids), ("state", "=", "open")])
        assert all(issue.name and issue.message and issue.record_name and issue.activity_ids for issue in issues)
        wanted = sum(Decimal(str(price)) for price in env["recurring.subscription"].browse(healthy).mapped("amount_untaxed"))
        return {issue.subscription_id.id: issue.kind for issue in issues}, run.invoice_count, run.parked_count, wanted

    kinds, invoices, parked, wanted = loaded.work(bill, at=NEXT_MONTH)
    assert kinds == spoilt
    assert (invoices, parked) == (60, 8)
    assert _invoiced(loaded) == (before[0] + 60, before[1] + wanted, 0)


def test_leavers_imported_as_active_are_billed_too(loaded):
    """Told otherwise, the import opens the closed ones again, and the month bills exactly them."""
    lost, untaxed = _expected(loaded.subscribers, left=True)
    run = loaded.load_and_bill(with_leavers=True)
    assert (run["invoices"], Decimal(str(run["untaxed"])), run["parked"]) == (lost, untaxed, 0)
    if len(loaded.subscribers) == WHOLE_FILE["subscribers"]:
        assert untaxed == WHOLE_FILE["lost"]


def _spoil(env) -> tuple[dict[int, str], list[int]]:
    """Spoil one subscriber in each way the pre-flight names; gives their kinds of issue by id, and sixty healthy ones."""
    company = env.company
    active = env["recurring.subscription"].search([("company_id", "=", company.id), ("state", "=", "active")], order="id", limit=68)
    victims, healthy = active[:6], active[6:66]
    spoilt = dict(zip(victims.ids, ("partner", "product", "journal", "tax", "income", "receivable"), strict=True))
    partner, product, journal, tax, income, receivable = victims
    partner.partner_id.active = False
    _continue_with(product, _product(env)).active = False
    journal.journal_id = env["account.journal"].create({"name": "Old book", "code": "OLD", "type": "sale"})
    journal.journal_id.active = False
    tax.line_ids.tax_ids = env["account.tax"].create({"name": "Old tax", "amount": 0})
    tax.line_ids.tax_ids.active = False
    closed = env["account.account"].create({"name": "Old income", "code": "499999", "account_type": "income"})
    _continue_with(income, _product(env, property_account_income_id=closed.id))
    debts = env["account.account"].create({"name": "Old debts", "code": "119999", "account_type": "asset_receivable", "reconcile": True})
    receivable.partner_id.property_account_receivable_id = debts
    (closed | debts).active = False
    for kind, currency, model in (("rate", "CHF", active[66]), ("old_rate", "NOK", active[67])):
        spoilt[_in_currency(env, currency, model)] = kind
    old = str(NEXT_MONTH - datetime.timedelta(days=32))
    env["res.currency.rate"].create({"name": old, "currency_id": env.ref("base.NOK").id, "company_rate": 10.0, "company_id": company.id})
    return spoilt, healthy.ids


def _product(env, **values):
    return env["product.product"].create({"name": "Own product", "type": "service", "taxes_id": False, **values})


def _continue_with(subscription, product):
    """The subscription's line ends with the billed month, and goes on with another product."""
    line = subscription.line_ids
    line.date_end = NEXT_MONTH - datetime.timedelta(days=1)
    line.create(
        {"subscription_id": subscription.id, "product_id": product.id, "price_unit": line.price_unit, "date_start": str(NEXT_MONTH)}
    )
    return product


def _in_currency(env, name: str, model) -> int:
    """A second subscription of a customer, in a currency without any rate."""
    currency = env["res.currency"].with_context(active_test=False).search([("name", "=", name)])
    currency.active = True
    env["res.currency.rate"].search([("currency_id", "=", currency.id)]).unlink()
    values = {"partner_id": model.partner_id.id, "plan_id": model.plan_id.id, "start_date": str(NEXT_MONTH), "currency_id": currency.id}
    line = {"product_id": model.line_ids.product_id.id, "price_unit": 30}
    return env["recurring.subscription"].create({**values, "state": "active", "line_ids": [(0, 0, line)]}).id


def test_all_who_left_are_closed_in_one_action(loaded):
    """One decision, carried out in the background batch by batch: everybody once, what they paid is given back, what is lost is told."""
    lost, untaxed = _expected(loaded.subscribers, left=True)

    def decide(env):
        leavers = env["recurring.subscription"].search(
            [
                ("company_id", "=", env.company.id),
                ("client_order_ref", "in", [one["customerID"] for one in loaded.subscribers if telco.left(one)]),
            ]
        )
        action = (
            env["recurring.close"]
            .create(
                {
                    "subscription_ids": leavers.ids,
                    "reason_id": env.ref("recurring_billing.reason_other").id,
                    "when": "now",
                    "override": True,
                    "exception_reason": "They have left.",
                }
            )
            .action_close()
        )
        return action["res_id"], env["recurring.cancellation"].browse(action["res_id"]).state

    cancellation, state = loaded.work(decide)
    assert state == "queued"

    def carry_out(env):
        before = env.cr.sql_log_count
        assert env["recurring.subscription.closing"].run_queued()
        return env.cr.sql_log_count - before

    queries = loaded.work(carry_out)

    def look(env):
        done = env["recurring.cancellation"].browse(cancellation)
        states = {line.subscription_id.state for line in done.line_ids}
        return done.state, done.done_count, done.refused_count, Decimal(str(env.company.currency_id.round(done.mrr))), states

    assert loaded.work(look) == ("done", lost, 0, untaxed, {"closed"})
    assert queries / lost <= 15
    if len(loaded.subscribers) == WHOLE_FILE["subscribers"]:
        assert untaxed == WHOLE_FILE["lost"]
    assert loaded.work(lambda env: env["recurring.subscription.closing"].run_queued())
