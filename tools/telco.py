"""`./dev load-telco`: thousands of real subscribers through Odoo's own import, then one month billed.

The file is IBM's sample of 7,043 subscribers of a telephone company, one per row: contract, services, monthly charge, months of
tenure, and whether they left. Every record goes through `model.load(fields, rows)`, as if a person had imported a spreadsheet, into
a company of its own, with external ids: loading the file again finds its own records, leaves alone what says the same, and creates nothing.

A subscriber starts `tenure` months before the billed month and was billed elsewhere until its eve (the opening position), so the
run bills exactly one month. Who left is imported closed, unless told otherwise.
"""

import argparse
import csv
import datetime
import pathlib
import sys
import time
from decimal import Decimal

from . import databases, demo, progress
from .problem import Problem

COLUMNS = {"customerID", "tenure", "Contract", "MonthlyCharges", "Churn", "PhoneService", "MultipleLines", "InternetService"}
ADD_ONS = {
    "OnlineSecurity": "online security",
    "OnlineBackup": "online backup",
    "DeviceProtection": "device protection",
    "TechSupport": "technical support",
    "StreamingTV": "streaming TV",
    "StreamingMovies": "streaming movies",
}
TERMS = {"Month-to-month": 0, "One year": 1, "Two year": 2}
MODULE = "__import__"
CHUNK = 500
"""Rows given to one `load()`, so that there is progress to be seen."""


def read(file: pathlib.Path) -> list[dict[str, str]]:
    """The subscribers of a file, one dict per row."""
    try:
        with open(file, newline="", encoding="utf-8") as source:
            subscribers = list(csv.DictReader(source))
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(f"The file {file} cannot be read: {error}. Give the path of telco_customers.csv.") from error
    absent = COLUMNS - set(subscribers[0] if subscribers else ())
    if absent:
        raise Problem(f"{file} is not the file of telco subscribers: no row, or no column {', '.join(sorted(absent))}.")
    return subscribers


def left(subscriber: dict) -> bool:
    return subscriber["Churn"] == "Yes"


def service(subscriber: dict) -> str:
    """What a subscriber has, in the words of the product: "Fiber optic internet and telephone, several lines"."""
    internet, phone = subscriber["InternetService"], ""
    if subscriber["PhoneService"] == "Yes":
        phone = "telephone, several lines" if subscriber["MultipleLines"] == "Yes" else "telephone"
    if internet == "No":
        return phone.capitalize()
    return f"{internet} internet and {phone}" if phone else f"{internet} internet"


def description(subscriber: dict) -> str:
    """The text of the line: the service and its add-ons."""
    extra = [words for column, words in ADD_ONS.items() if subscriber.get(column) == "Yes"]
    return f"{service(subscriber)}, with {', '.join(extra)}" if extra else service(subscriber)


def key(kind: str, name: str) -> str:
    """The external id of a record, as an import without a module gives it."""
    return f"telco_{kind}_{''.join(letter if letter.isalnum() else '_' for letter in name)}"


def months_before(month: datetime.date, count: int) -> datetime.date:
    """The first of the month `count` months earlier.

    >>> months_before(datetime.date(2026, 11, 1), 11)
    datetime.date(2025, 12, 1)
    """
    year, index = divmod(month.year * 12 + month.month - 1 - count, 12)
    return datetime.date(year, index + 1, 1)


def partner_row(subscriber: dict) -> dict:
    customer = subscriber["customerID"]
    return {"id": key("customer", customer), "name": f"Subscriber {customer}", "ref": customer, "company_id/id": "telco_company"}


def product_row(name: str) -> dict:
    return {
        "id": key("product", name),
        "name": name,
        "type": "Service",
        "sale_ok": "True",
        "taxes_id/id": "",
        "supplier_taxes_id/id": "",
        "company_id/id": "telco_company",
    }


def plan_row(contract: str) -> dict:
    return {
        "id": key("plan", contract),
        "name": f"Telco: {contract}",
        "company_id/id": "telco_company",
        "interval_count": "1",
        "interval_unit": "Months",
        "alignment": "Fixed day of the month",
        "anchor_day": "1",
        "term_count": str(TERMS[contract]),
        "term_unit": "Years",
        "invoice_mode": "Post",
    }


def subscription_row(subscriber: dict, month: datetime.date, with_leavers: bool) -> dict:
    """A subscription with its one line, as a row of a spreadsheet.

    :param month: the first day of the month that will be billed.
    """
    customer, eve = subscriber["customerID"], month - datetime.timedelta(days=1)
    tenure = int(subscriber["tenure"])
    closed = left(subscriber) and not with_leavers
    return {
        "id": key("subscription", customer),
        "partner_id/id": key("customer", customer),
        "company_id/id": "telco_company",
        "plan_id/id": key("plan", subscriber["Contract"]),
        "client_order_ref": customer,
        "start_date": str(months_before(month, tenure)),
        "end_date": str(eve) if closed else "",
        "state": "Closed" if closed else "Active",
        "close_reason_id/id": "recurring_billing.reason_other" if closed else "",
        "line_ids/id": key("line", customer),
        "line_ids/product_id/id": key("product", service(subscriber)),
        "line_ids/name": description(subscriber),
        "line_ids/price_unit": subscriber["MonthlyCharges"],
        "line_ids/opening_until": str(eve) if tenure else "",
        "line_ids/opening_amount": subscriber["MonthlyCharges"] if tenure else "0",
    }


class Loader:
    """Imports the subscribers into one database and bills them.

    :param env: an environment whose user may import; the context says what day it is where it matters.
    """

    def __init__(self, env, say=progress.say):
        self.env, self.say = env, say
        self.changed = 0

    def load(self, subscribers: list[dict], with_leavers: bool = False, month: datetime.date | None = None) -> datetime.date:
        """Import everything, and commit.

        :param month: the first day of the month to bill; unless told, that of the load before, else the current one.
        :return: the month
        """
        company = self._company()
        month = month or self._month_of_former_load(company) or company._recurring_today().replace(day=1)
        self.env = self.env(context={**self.env.context, "allowed_company_ids": company.ids, "recurring_today": month})
        self._import("res.partner", "customers", [partner_row(subscriber) for subscriber in subscribers])
        self._import("product.product", "products", [product_row(name) for name in sorted({*map(service, subscribers)})])
        self._import("recurring.plan", "plans", [plan_row(contract) for contract in TERMS])
        rows = [subscription_row(subscriber, month, with_leavers) for subscriber in subscribers]
        self._import("recurring.subscription", "subscriptions", rows)
        return month

    def bill(self):
        """Bill the month for every subscription of the file; gives the run."""
        company = self.env.company
        subscriptions = self.env["recurring.subscription"].search([("company_id", "=", company.id)], order="id")
        run = self.env["recurring.invoice.generation"].bill(subscriptions)
        self.env.cr.commit()
        return run

    def _company(self):
        """The company of the subscribers: US dollars and the generic chart of accounts."""
        row = {"id": "telco_company", "name": "Telco", "currency_id/id": "base.USD"}
        self._import("res.company", "company", [row])
        company = self.env.ref(f"{MODULE}.telco_company")
        if not company.chart_template:
            with progress.step("Chart of accounts"):
                self.env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
            self.env.cr.commit()
        return company

    def _month_of_former_load(self, company) -> datetime.date | None:
        lines = self.env["recurring.subscription.line"].search([("company_id", "=", company.id), ("opening_until", "!=", False)])
        return max(lines.mapped("opening_until")) + datetime.timedelta(days=1) if lines else None

    def _import(self, model: str, label: str, rows: list[dict]) -> None:
        """Load the rows whose record is not there or says something else, and commit each chunk."""
        wanted = self._differing(model, rows)
        self.changed += len(wanted)
        if not wanted:
            self.say(f"{label}: {len(rows):,} as they were")
            return
        began, done = time.monotonic(), 0
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            self._load_chunk(model, label, chunk)
            done += len(chunk)
            seconds = time.monotonic() - began
            self.say(f"{label}: {done:,} of {len(wanted):,} imported, {seconds:.1f} s, {done / max(seconds, 0.001):.0f} a second")

    def _load_chunk(self, model: str, label: str, rows: list[dict]) -> None:
        fields = list(rows[0])
        result = self.env[model].load(fields, [[row[field] for field in fields] for row in rows])
        if not result["ids"] or result["messages"]:
            said = "\n".join(f"    {message.get('record', '?')}: {message['message']}" for message in result["messages"][:5])
            raise Problem(f"Odoo's import refused {label}:\n{said}")
        self.env.cr.commit()

    def _differing(self, model: str, rows: list[dict]) -> list[dict]:
        """The rows that Odoo's own export of the same columns does not give back word for word."""
        fields = list(rows[0])
        known = self.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", model), ("name", "in", [row["id"] for row in rows])]
        )
        records = self.env[model].browse(known.mapped("res_id")).exists()
        exported = records.export_data(fields)["datas"] if records else []
        there = {values[0].removeprefix(f"{MODULE}."): [_as_typed(value) for value in values] for values in exported}
        return [row for row in rows if there.get(row["id"]) != [_as_typed(row[field]) for field in fields]]


def _as_typed(value) -> str:
    """A value of the export, or of the file, in one spelling: an empty cell, 20, 20.0 and 20.00 are what they are."""
    if value is None or value is False:
        return ""
    text = str(value).removeprefix(f"{MODULE}.")
    try:
        return str(Decimal(text).normalize())
    except ArithmeticError:
        return text


def summary(env, run, seconds: float) -> str:
    """What is there and what was billed, to the cent."""
    company = env.company
    states = dict(env["recurring.subscription"]._read_group([("company_id", "=", company.id)], ["state"], ["__count"]))
    there = ", ".join(f"{count:,} {state}" for state, count in sorted(states.items()))
    return "\n".join(
        [
            "",
            f"Company        {company.name}",
            f"Subscriptions  {there}",
            f"Billed day     {run.date}",
            f"Invoices       {run.invoice_count:,}",
            f"Untaxed        {Decimal(str(run.amount_untaxed)):,.2f} {company.currency_id.name}",
            f"Parked         {run.parked_count:,}",
            f"Seconds        {seconds:.1f} in all, {run.seconds:.1f} of billing",
        ]
    )


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev load-telco", description=__doc__.split("\n")[0])
    parser.add_argument("file", type=pathlib.Path, help="the path of telco_customers.csv")
    parser.add_argument("--with-leavers", action="store_true", help="import who left as active, instead of closed")
    parser.add_argument("--db", help="the database, made if it is not there; the demo's unless told")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    """Load the file into a database and bill the month."""
    from .odoo_session import session

    options = _options(words)
    subscribers = read(options.file)
    name = options.db or demo.database()
    if not options.db:
        demo.ensure_database(name)
    elif not databases.exists(name):
        databases.clone(databases.addon_template(), name)
    began = time.monotonic()
    with session(name, user="admin", context={"lang": "en_US"}) as env:
        loader = Loader(env)
        loader.load(subscribers, options.with_leavers)
        progress.say("billing ...")
        run = loader.bill()
        print(summary(loader.env, run, time.monotonic() - began))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        sys.exit(2)
