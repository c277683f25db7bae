"""How long a day of collections takes: ``./dev bench dunning -n 10000``.

So many overdue invoices of two fifths as many customers, on a filled and analyzed database: evaluated, and what is due queued, by the
scheduled action's own code. Three moments: the first day (everything is contacted), the same day again (nothing is left to do), and the
preview of the next day. The last line is JSON: seconds, and queries per customer.
"""

import argparse
import datetime
import gc
import json
import runpy
import time

from tools import databases, places, progress
from tools.odoo_session import boot, environment

MADE = 200
"""So many invoices are made and posted by Odoo, the others are copies of them."""
DAY = datetime.date(2026, 3, 11)
AGES = (1, 3, 7, 15, 40)
CUSTOMERS = 0.4


def main(arguments: list[str]) -> int:
    """Measure and print; the last line is JSON."""
    parser = argparse.ArgumentParser(prog="./dev bench dunning", description=__doc__.split("\n")[0])
    parser.add_argument("-n", type=int, default=10000, help="overdue invoices")
    parser.add_argument("--profile", metavar="FILE", help="write the profile of the first day to a file")
    options = parser.parse_args(arguments)
    billing = runpy.run_path(str(places.TESTS / "benchmarks" / "billing.py"))
    filled = billing["_filled_database"]()
    with databases.temporary(filled, "bench") as name:
        with progress.step(f"Installing {places.ADDON}"):
            databases.sql("UPDATE ir_module_module SET demo = FALSE", name)
            databases.run_odoo(name, ["-i", places.ADDON])
        try:
            figures = measure(name, options.n, billing, options.profile)
        finally:
            billing["_close"](name)
    print(json.dumps(figures))
    return 0


def measure(name: str, count: int, billing: dict, profile: str | None) -> dict:
    """The figures of a day."""
    registry = boot(name, log_level="error")
    with progress.step(f"{count} overdue invoices"), registry.cursor() as cursor:
        customers = make_debts(billing["_in_bench_company"](environment(cursor)), count)
        cursor.commit()
    databases.sql("VACUUM ANALYZE", name)
    taken, said = {}, {}
    for label, day, work in (
        ("first", DAY, _run),
        ("again", DAY, _run),
        ("preview", DAY + datetime.timedelta(days=1), _preview),
    ):
        with registry.cursor() as cursor:
            env = billing["_in_bench_company"](environment(cursor))
            env = env(context={**env.context, "recurring_today": day})
            gc.collect()
            queries, seconds = cursor.sql_log_count, time.perf_counter()
            with billing["_profiled"](profile if label == "first" else None):
                said[label] = work(env)
            taken[label] = (time.perf_counter() - seconds, cursor.sql_log_count - queries)
            cursor.commit()
        progress.say(f"{label}: {taken[label][0]:.1f} s, {taken[label][1]} queries")
    with registry.cursor() as cursor:
        env = environment(cursor)
        messages = env["recurring.dunning.message"].search_count([])
        actions = env["recurring.dunning.action"].search_count([("state", "=", "done")])
    if messages != customers or actions != count:
        raise AssertionError(f"{messages} messages and {actions} steps for {customers} customers with {count} debts")
    return {
        "invoices": count,
        "customers": customers,
        "messages": messages,
        **{f"{label}_s": round(seconds, 2) for label, (seconds, _queries) in taken.items()},
        **{f"{label}_queries_per_customer": round(number / customers, 3) for label, (_seconds, number) in taken.items()},
    }


def _run(env):
    return env["recurring.dunning.run"].run_scheduled()


def _preview(env):
    return len(env["recurring.dunning.run"].plans(env.company, env.company._recurring_today()))


def make_debts(env, count: int) -> int:
    """Posted invoices of several ages, and collections switched on since long; gives the number of customers who owe."""
    company = env.company
    policy = env.ref("recurring_billing.dunning_policy_standard")
    # Of the invoices that are there before, none is a debt here.
    former = env["account.move.line"].search([("account_id.account_type", "=", "asset_receivable"), ("company_id", "=", company.id)])
    env.cr.execute("UPDATE account_move SET payment_state = 'paid' WHERE id IN %s", [tuple(former.move_id.ids)])
    env.invalidate_all()
    company.write({"recurring_dunning": True, "recurring_dunning_from": "2025-01-01", "recurring_dunning_policy_id": policy.id})
    env["recurring.identity"].is_confirmed()
    number = int(count * CUSTOMERS)
    env = env(context={**env.context, "tracking_disable": True})
    partners = env["res.partner"].create(
        [{"name": f"Late {each}", "email": f"late{each}@example.com", "ref": "late"} for each in range(number)]
    )
    product = env["product.product"].search([("default_code", "=", "bench")], limit=1)
    made = env["account.move"].create([_debt(each, partners[each % number], product) for each in range(min(count, MADE))])
    made._post(soft=False)
    env.flush_all()
    _copy(env, made.ids, partners.ids, count - len(made))
    env.invalidate_all()
    return number


def _copy(env, move_ids: list[int], partner_ids: list[int], count: int) -> None:
    """More invoices like these, by SQL: posting ten thousand takes far longer than what is measured here."""
    differ = {
        "account_move": {
            "name": "'COPY/' || copy.number",
            "payment_reference": "NULL",
            "recurring_txid": "NULL",
            "access_token": "NULL",
            "partner_id": "copy.partner",
            "commercial_partner_id": "copy.partner",
            "partner_shipping_id": "copy.partner",
        },
        "account_move_line": {"move_id": "made.move", "move_name": "'COPY/' || made.number", "partner_id": "made.partner"},
    }
    columns = {table: _columns(env, table) for table in differ}
    env.cr.execute(
        "CREATE TEMP TABLE made (number int, source int, partner int, move int) ON COMMIT DROP;"
        "INSERT INTO made SELECT n, (%s)[1 + (n %% %s)], (%s)[1 + ((n + %s) %% %s)], nextval('account_move_id_seq')"
        " FROM generate_series(0, %s) AS n",
        [move_ids, len(move_ids), partner_ids, len(move_ids), len(partner_ids), count - 1],
    )
    for table, source, join in (
        ("account_move", "made AS copy", "account_move.id = copy.source"),
        ("account_move_line", "made", "account_move_line.move_id = made.source"),
    ):
        told = {column: differ[table].get(column, f"{table}.{column}") for column in columns[table]}
        if table == "account_move":
            told = {"id": "copy.move", **told}
        env.cr.execute(f"INSERT INTO {table} ({', '.join(told)}) SELECT {', '.join(told.values())} FROM {source} JOIN {table} ON {join}")


def _columns(env, table: str) -> list[str]:
    env.cr.execute("SELECT quote_ident(column_name) FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'", [table])
    return [column for (column,) in env.cr.fetchall()]


def _debt(number: int, partner, product) -> dict:
    due = DAY - datetime.timedelta(days=AGES[number % len(AGES)])
    return {
        "move_type": "out_invoice",
        "partner_id": partner.id,
        "invoice_date": str(due - datetime.timedelta(days=10)),
        "invoice_date_due": str(due),
        "invoice_payment_term_id": False,
        "invoice_line_ids": [(0, 0, {"product_id": product.id, "price_unit": 10.0 + number % 89, "tax_ids": [(5,)]})],
    }
