"""`./dev demo`: the demo database, one run of the main job, and the UI to look at it."""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import time

from . import databases, environment, pdf_printer, places, postgres, progress, server
from .problem import Problem


def database() -> str:
    """The demo database of this checkout."""
    return f"rb{places.checkout_key()}_demo"


def run(once: bool, port: int | None) -> int:
    """Have the demo, bill everything due, print what was done, and serve the UI until Ctrl-C."""
    if not once:
        server.check_port(port)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        printer = pool.submit(_try_to_print)
        environment.ensure()
        printer.result()
    with postgres.running():
        ensure_database(database())
        print(bill(database()), flush=True)
        if once:
            return 0
        with server.serving(database(), port) as running, _announced(running):
            _welcome(running)
            with contextlib.suppress(KeyboardInterrupt):
                while running.process.poll() is None:
                    time.sleep(0.5)
                raise Problem(f"The Odoo server stopped by itself. Its log is {running.log}")
            progress.say("\nStopping ...")
    return 0


def _try_to_print() -> None:
    """Have a PDF printer; the demo is worth seeing without one as well."""
    try:
        pdf_printer.ensure()
    except Problem as problem:
        progress.say(f"Without PDFs, then: {problem}")


def ensure_database(name: str) -> None:
    """Clone the addon template, unless the database is there; bring it up to date when our files changed."""
    state = _state_file(name)
    digest = databases.addons_digest()
    if not databases.exists(name):
        template = databases.addon_template()
        with progress.step("Demo database"):
            databases.clone(template, name)
        state.write_text(digest)
    elif not state.is_file() or state.read_text() != digest:
        addons = ",".join(folder.name for folder in places.own_addons())
        with progress.step("The addon changed: updating the demo database (./dev reset makes it new)"):
            databases.run_odoo(name, ["-u", addons])
        state.write_text(digest)


def bill(name: str) -> str:
    """Bill everything due in every company of a database; gives the table of what was done."""
    command = environment.python_command("-m", "tools.demo", name)
    with progress.step("Billing everything due"):
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=places.CHECKOUT,
            env=environment.variables(),
            check=False,
        )
    if done.returncode:
        raise Problem(f"The billing run failed:\n{done.stderr.strip()[-3000:]}")
    return _table(json.loads(done.stdout.strip().splitlines()[-1]))


def running_server() -> dict | None:
    """Address and process of the demo server of this checkout, when one runs."""
    try:
        known = json.loads(_announcement().read_text())
        os.kill(known["pid"], 0)
    except (OSError, ValueError):
        return None
    return known


def reset(everything: bool) -> int:
    """Drop the demo and the templates of this checkout; with `everything`, remove the whole environment."""
    if everything:
        return _remove_everything()
    environment.ensure()
    with postgres.running():
        if running_server():
            raise Problem("The demo is running. Stop it first with Ctrl-C.")
        own = databases.addon_databases() + databases.drop_orphans()
        for name in own:
            databases.drop(name)
            _state_file(name).unlink(missing_ok=True)
    print(f"Dropped {len(own)} database(s): {', '.join(own) or 'none'}")
    return 0


def _remove_everything() -> int:
    import shutil

    if not postgres.external_url():
        with contextlib.suppress(Problem):
            postgres.stop()
    home = places.home()
    if home.is_dir():
        shutil.rmtree(home)
    print(f"Removed {home}")
    return 0


def _state_file(name: str) -> pathlib.Path:
    """Remembers which files of ours a database was made from."""
    return places.home() / f"database-{name}"


def _announcement() -> pathlib.Path:
    return places.home() / f"demo-server-{places.checkout_key()}.json"


@contextlib.contextmanager
def _announced(running: server.Server):
    """Let `./dev shot` find the server while it runs."""
    _announcement().write_text(json.dumps({"pid": running.process.pid, "url": running.url, "database": running.database}))
    try:
        yield
    finally:
        _announcement().unlink(missing_ok=True)


def _welcome(running: server.Server) -> None:
    progress.say(f"\nOdoo is at {running.url}/odoo")
    progress.say("\n".join(f"    {line}" for line in _logins(running.database)))
    progress.say("Ctrl-C stops it.")


def _logins(name: str) -> list[str]:
    """The internal users of the demo; Odoo's demo data gives each its login as password."""
    query = (
        "SELECT u.login || ' / ' || u.login || '  (' || p.name || ', ' || c.name || ')' FROM res_users u "
        "JOIN res_partner p ON p.id = u.partner_id JOIN res_company c ON c.id = u.company_id "
        "WHERE u.active AND NOT u.share AND u.id > 1 ORDER BY u.id"
    )
    return databases.sql(query, name).splitlines()


HEADINGS = ("Company", "Subscriptions", "Invoices", "Untaxed", "Total", "Parked", "Seconds")


def _table(rows: list[list[str]]) -> str:
    """The figures as a small table, numbers to the right."""
    if not rows:
        return "Nothing was due, and no run is recorded."
    lines = [HEADINGS, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]

    def line(values) -> str:
        first, *others = (
            value.ljust(width) if column == 0 else value.rjust(width)
            for column, (value, width) in enumerate(zip(values, widths, strict=True))
        )
        return "  ".join([first, *others])

    return "\n".join(["", line(HEADINGS), "  ".join("-" * width for width in widths), *map(line, rows), ""])


def _bill_inside_odoo(name: str) -> list[list[str]]:
    """Inside Odoo: run the scheduled billing until it is done; one row per company with its last run."""
    from .odoo_session import session

    with session(name) as env:
        while not env["recurring.invoice.generation"].run_scheduled():
            env.cr.commit()
        env.cr.commit()
        runs = env["recurring.billing.run"].search([("trigger", "=", "scheduled")], order="id desc")
        rows = []
        for company in runs.company_id.sorted("id"):
            last = runs.filtered(lambda run, company=company: run.company_id == company)[:1]
            rows.append(_row(company, last))
        return rows


def _row(company, last) -> list[str]:
    return [
        company.name,
        str(last.subscription_count),
        str(last.invoice_count),
        f"{last.amount_untaxed:,.2f} {company.currency_id.name}",
        f"{last.amount_total:,.2f} {company.currency_id.name}",
        str(last.parked_count),
        f"{last.seconds:.1f}",
    ]


if __name__ == "__main__":
    print(json.dumps(_bill_inside_odoo(sys.argv[1])))
