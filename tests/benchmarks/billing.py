"""How fast billing is beside the bare native loop it stands on: ``./dev bench billing -n 1000``.

In one run, on a filled and analyzed database, in turns: our service from due to posted, and ``account.move.create()`` and ``_post()``
in batches of 200 with the same values, the same context keys and the same garbage collector. The values of the bare loop are those our
service would give to ``create()``, without the links to our records, prepared before the clock starts. Each turn of ours bills the
next month of the same subscriptions. The last line is JSON; the rates come from the median of the turns.
"""

import argparse
import datetime
import gc
import itertools
import json
import statistics
import time
from datetime import date

from tools import databases, places, progress
from tools.odoo_session import boot, environment

FILLED = 5000
"""Posted invoices that are there before."""
BATCH = 200
TURNS = 5
FIRST_MONTH = datetime.date(2025, 4, 1)
"""The month of the first turn; the invoices that are there before are of the months before it."""
OURS = ("recurring_run_id", "recurring_period_id", "recurring_subscription_id")


def main(arguments: list[str]) -> int:
    """Measure and print; the last line is JSON."""
    parser = argparse.ArgumentParser(prog="./dev bench billing", description=__doc__.split("\n")[0])
    parser.add_argument("-n", type=int, default=1000, help="invoices of one turn")
    parser.add_argument("--turns", type=int, default=TURNS)
    parser.add_argument("--profile", metavar="FILE", help="write the profile of our turns to a file")
    options = parser.parse_args(arguments)
    filled = _filled_database()
    with databases.temporary(filled, "bench") as name:
        with progress.step(f"Installing {places.ADDON}"):
            databases.sql("UPDATE ir_module_module SET demo = FALSE", name)  # or our demo story would be told first
            databases.run_odoo(name, ["-i", places.ADDON])
        try:
            figures = Measurement(name, options.n, options.profile).run(options.turns)
        finally:
            _close(name)
    print(json.dumps(figures))
    return 0


def month(number: int) -> datetime.date:
    """The first day of a turn's month."""
    years, index = divmod(FIRST_MONTH.month - 1 + number, 12)
    return datetime.date(FIRST_MONTH.year + years, index + 1, 1)


class Measurement:
    """The turns, each side in a cursor of its own.

    :param size: invoices of one turn.
    """

    def __init__(self, database: str, size: int, profile: str | None = None):
        self.registry = boot(database, log_level="error")
        self.size, self.profile = size, profile

    def run(self, turns: int) -> dict:
        with progress.step(f"{self.size} subscriptions"):
            ids = self._in_cursor(lambda env: make_subscriptions(env, self.size))
            warm_up = self._in_cursor(lambda env: make_subscriptions(env, BATCH))
            databases.sql("ANALYZE", self.registry.db_name)
        self._ours(warm_up, 0)
        self._bare(warm_up, 1)
        sides = {"ours": [], "bare": []}
        for turn in range(turns):
            order = [("ours", self._ours), ("bare", self._bare)]
            for side, work in order if turn % 2 else reversed(order):
                databases.sql("VACUUM ANALYZE", self.registry.db_name)  # the dead rows of one side must not slow the other
                sides[side].append(work(ids, turn))
            progress.say(f"turn {turn + 1}: " + ", ".join(f"{side} {self.size / sides[side][-1][0]:.1f}/s" for side in sides))
        return self._figures(sides)

    def _figures(self, sides: dict) -> dict:
        rates = {side: self.size / statistics.median(seconds for seconds, _queries in taken) for side, taken in sides.items()}
        queries = {side: statistics.median(count for _seconds, count in taken) / self.size for side, taken in sides.items()}
        return {
            "ours_per_s": round(rates["ours"], 2),
            "bare_per_s": round(rates["bare"], 2),
            "ratio": round(rates["ours"] / rates["bare"], 3),
            "queries_per_invoice": round(queries["ours"], 2),
            "bare_queries_per_invoice": round(queries["bare"], 2),
        }

    def _in_cursor(self, work):
        with self.registry.cursor() as cursor:
            result = work(_in_bench_company(environment(cursor)))
            cursor.commit()
            return result

    def _ours(self, ids: list[int], turn: int) -> tuple[float, int]:
        """Bill a month of the subscriptions, from due to posted: (seconds, queries)."""

        def bill(env):
            service = env["recurring.invoice.generation"]
            subscriptions = env["recurring.subscription"].browse(ids)
            with _watched(env.cr) as taken, _profiled(self.profile):
                run = service.bill(subscriptions)
            if run.invoice_count != len(ids) or run.parked_count:
                raise AssertionError(f"{run.invoice_count} invoices, {run.parked_count} parked, of {len(ids)} subscriptions")
            return taken.seconds, taken.queries

        return self._in_cursor(lambda env: bill(env(context={**env.context, "recurring_today": month(turn)})))

    def _bare(self, ids: list[int], turn: int) -> tuple[float, int]:
        """Create and post the same invoices without us: (seconds, queries)."""
        values = self._in_cursor(lambda env: bare_values(env, ids, turn))

        def loop(env):
            with _watched(env.cr) as taken:
                for batch in _batches(values):
                    moves = env["account.move"].create(batch)
                    moves._post(soft=False)
                    env.cr.commit()
            return taken.seconds, taken.queries

        return self._in_cursor(lambda env: loop(env["recurring.invoice.generation"]._for_company(env.company).env))


class _watched:
    """Seconds and queries of the block."""

    def __init__(self, cursor):
        self.cursor = cursor

    def __enter__(self):
        gc.collect()
        self.queries, self.seconds = self.cursor.sql_log_count, time.perf_counter()
        return self

    def __exit__(self, *_error):
        self.seconds = time.perf_counter() - self.seconds
        self.queries = self.cursor.sql_log_count - self.queries


class _profiled:
    """A profile of the block, added to the file; nothing without one."""

    def __init__(self, file: str | None):
        self.file = file

    def __enter__(self):
        if self.file:
            import cProfile

            self.profile = cProfile.Profile()
            self.profile.enable()

    def __exit__(self, *_error):
        if self.file:
            self.profile.disable()
            self.profile.dump_stats(self.file)


def _batches(values: list) -> list[list]:
    return [values[start : start + BATCH] for start in range(0, len(values), BATCH)]


def _in_bench_company(env):
    company = env["res.company"].search([("name", "=", "Bench")])
    return env(context={**env.context, "allowed_company_ids": company.ids})


def bare_values(env, ids: list[int], turn: int) -> list[dict]:
    """What our service would give to ``create()`` for a month of the subscriptions, without the links to our records."""
    service = env["recurring.invoice.generation"]._for_company(env.company)
    preparation = service.env["recurring.invoice.preparation"]
    subscriptions = service.env["recurring.subscription"].browse(ids)
    # Billed already or not, the month is planned as if nothing were: from the lines alone.
    first = month(turn)
    planned, words, found = _planned(service, subscriptions, first), {}, []
    for invoice in planned:
        periods = [env["recurring.period"].new({"subscription_id": invoice.subscription.id}) for _charge in invoice.charges]
        values = preparation.prepare_move(invoice, periods, False, words)
        commands = [(*command[:2], _without_links(command[2])) for command in values["invoice_line_ids"]]
        # Dated a day later: the same customer's same amount on the same day would be looked at as a possible duplicate.
        day = values["invoice_date"] + datetime.timedelta(days=1)
        found.append({**_without_links(values), "invoice_line_ids": commands, "invoice_date": day})
    return found


def _planned(service, subscriptions, first: datetime.date) -> list:
    """The planned invoices of the month that begins on `first`, whatever the ledger says."""
    from odoo.addons.recurring_billing.rules import charges
    from odoo.addons.recurring_billing.services.billing_plan import Moment

    planning = service.env["recurring.invoice.planning"]
    moment = Moment(first, first, {company: planning._default_journal(company) for company in subscriptions.company_id})
    planned = []
    for subscription in subscriptions:
        segments = [segment._replace(start=first) for line in subscription.line_ids for segment in [line._segment()]]
        rows = charges.due_rows(subscription._billing_terms(), segments, [], first)
        planned += planning._invoices_of(subscription, rows, [], moment, {})
    return planned


def _without_links(values: dict) -> dict:
    return {name: value for name, value in values.items() if name not in OURS}


def make_subscriptions(env, count: int) -> list[int]:
    """Active monthly subscriptions of 1 to 4 lines; every fifth has a fiscal position, every fifth other instalments."""
    plan = env["recurring.plan"].search([("name", "=", "Bench")]) or env["recurring.plan"].create({"name": "Bench"})
    partners = env["res.partner"].search([("ref", "=", "bench")], order="id")
    products = itertools.cycle(env["product.product"].search([("default_code", "=", "bench")], order="id"))
    position = env["account.fiscal.position"].search([("name", "=", "Bench")])
    instalments = env["account.payment.term"].search([("name", "=", "Bench")])
    day = str(FIRST_MONTH)
    values = [
        {
            "partner_id": partners[number % len(partners)].id,
            "plan_id": plan.id,
            "start_date": day,
            "state": "active",
            "fiscal_position_id": position.id if number % 5 == 0 else False,
            "payment_term_id": instalments.id if number % 5 == 1 else False,
            "line_ids": [
                (0, 0, {"product_id": next(products).id, "price_unit": 10.05 + number % 97 + 7 * line, "quantity": 1 + line})
                for line in range(1 + number % 4)
            ],
        }
        for number in range(count)
    ]
    env = env(context={**env.context, "recurring_today": date.fromisoformat(str(day)), "tracking_disable": True})
    found = env["recurring.subscription"]
    for batch in _batches(values):
        found += found.create(batch)
        env.cr.commit()
    return found.ids


def _close(name: str) -> None:
    """Let go of a database, so that it can be cloned or dropped."""
    from odoo import sql_db
    from odoo.modules.registry import Registry

    Registry.delete(name)
    sql_db.close_db(name)


# The filled database: made once, of native records alone, so that it outlives changes of our addon


def _filled_database() -> str:
    base = databases.base_template()
    name = base.replace("rb_base_", f"rb{places.checkout_key()}_filled_")
    if databases.exists(name) and _invoices(name) >= FILLED:
        return name
    with progress.step(f"Database with {FILLED} posted invoices (kept for later runs)"):
        databases.clone(base, name)
        with boot(name, log_level="error").cursor() as cursor:
            _fill(environment(cursor))
        _close(name)
    return name


def _invoices(name: str) -> int:
    query = "SELECT count(*) FROM account_move m JOIN res_company c ON c.id = m.company_id WHERE c.name = 'Bench' AND m.state = 'posted'"
    return int(databases.sql(query, name))


def _fill(env) -> None:
    """A company with customers, products, taxes, and the posted invoices of the months before the first turn."""
    company = env["res.company"].create({"name": "Bench", "currency_id": env.ref("base.USD").id})
    env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
    env = env(context={**env.context, "allowed_company_ids": company.ids, "tracking_disable": True})
    taxes = env["account.tax"].create([{"name": f"Bench {rate} %", "amount": rate} for rate in (10.0, 5.0)])
    exempt = env["account.tax"].create({"name": "Bench abroad", "amount": 3.0, "original_tax_ids": taxes[0].ids})
    env["account.fiscal.position"].create({"name": "Bench", "tax_ids": exempt.ids})
    parts = [{"value": "percent", "value_amount": share, "nb_days": days} for share, days in ((50, 0), (30, 30), (20, 60))]
    env["account.payment.term"].create({"name": "Bench", "line_ids": [(0, 0, part) for part in parts]})
    products = env["product.product"].create(
        [
            {"name": f"Service {number}", "type": "service", "default_code": "bench", "company_id": company.id, "taxes_id": taxes.ids}
            for number in range(20)
        ]
    )
    partners = env["res.partner"].create(
        [{"name": f"Customer {number}", "ref": "bench", "company_id": company.id} for number in range(1000)]
    )
    env.cr.commit()
    for batch in _batches([_former_invoice(number, partners, products) for number in range(FILLED)]):
        env["account.move"].create(batch)._post(soft=False)
        env.cr.commit()


def _former_invoice(number: int, partners, products) -> dict:
    return {
        "move_type": "out_invoice",
        "partner_id": partners[number % len(partners)].id,
        "invoice_date": str(month(-1 - number % 3)),
        "invoice_line_ids": [
            (0, 0, {"product_id": products[(number + line) % len(products)].id, "price_unit": 10.0 + number % 89, "quantity": 1})
            for line in range(1 + number % 4)
        ],
    }
