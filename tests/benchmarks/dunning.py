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

BATCH = 500
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
    values = [_debt(each, partners[each % number], product) for each in range(count)]
    for start in range(0, count, BATCH):
        env["account.move"].create(values[start : start + BATCH])._post(soft=False)
        env.cr.commit()
        env.invalidate_all()
    return number


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
