"""A copy of the live database, and a neutralized one, with everything switched on and due: nothing leaves them.

A gateway, a bank and a service of indices run in processes of their own, and would see it. The live database reaches all three.
"""

import functools
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from charging_world import ChargingWorld
from gateway import running
from processes import run

from tools import databases, environment
from tools.odoo_session import boot
from tools.odoo_session import environment as odoo_environment

sys.path.append(str(Path(__file__).resolve().parents[1]))

import pix_bank

PAYERS = 3


class Indices(BaseHTTPRequestHandler):
    """A service of price indices that only remembers that it was asked."""

    asked: list = []

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *_words):
        pass


@pytest.fixture(scope="module")
def live(gateway_template):
    """The live database, in which a card, a Pix account and an index wait to be used."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Indices)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with running() as gateway, pix_bank.running() as bank, databases.temporary(gateway_template, "live") as name:
        world = ChargingWorld(name, gateway)
        world.name, world.bank = name, bank
        run(world.work(functools.partial(_switch_on, world.company_id, bank, f"http://127.0.0.1:{server.server_port}")))
        yield world
        world.close()
    server.shutdown()


def _switch_on(company_id, bank, address, env):
    company = env["res.company"].browse(company_id)
    env = env(context={**env.context, "allowed_company_ids": [company_id]})
    real = env.ref("base.BRL")
    real.active = True
    journal = env["account.journal"].create(
        {"name": "Pix", "code": "PIX", "type": "bank", "currency_id": real.id, "company_id": company_id}
    )
    account = pix_bank.make_account(env, company, bank, journal_id=journal.id, registers=True)
    account.read_until = account._now()
    env["ir.config_parameter"].set_param("recurring_billing.index_address", address)
    env["recurring.price.index"].search([], limit=1).series = "433"


def _everything(name: str, day: str) -> list[str]:
    """Run every scheduled action of ours in a database, as if somebody had switched it on again; gives those that failed."""
    failed = []
    with boot(name, log_level="critical").cursor() as cursor:
        from odoo.fields import Date

        env = odoo_environment(cursor, context={"recurring_today": Date.to_date(day)})
        for action in env["ir.cron"].with_context(active_test=False).search([("model_id.model", "=like", "recurring.%")]):
            try:
                env[action.model_id.model].run_scheduled() if "run_scheduled" in action.code else action.ir_actions_server_id.run()
                cursor.commit()
            except Exception as error:
                cursor.rollback()
                failed.append(f"{action.name}: {error!r}")
    return failed


def _seen(world: ChargingWorld) -> tuple[int, int, int]:
    """How many requests came to the gateway, the bank, the service of indices."""
    return world.gateway.asked(), len(world.bank.requests()), len(Indices.asked)


def _invoices_due(world: ChargingWorld) -> None:
    world.begin_a_month()
    run(world.billing(world.make_payers(PAYERS, seed=1)))


def test_nothing_leaves_a_copy_or_a_neutralized_database(live):
    from odoo import sql_db

    _invoices_due(live)
    before = _seen(live)
    assert run(functools.partial(_everything, live.name, str(live.month))) == []
    reached = _seen(live)
    assert all(after > earlier for earlier, after in zip(before, reached, strict=True)), f"the live database reaches {before} → {reached}"

    _invoices_due(live)  # begins with empty books at the gateway
    quiet = _seen(live)
    sql_db.close_all()
    with databases.temporary(live.name, "copy") as copy, databases.temporary(live.name, "neutral") as neutral:
        command = environment.odoo_command("neutralize", "-d", neutral)
        subprocess.run(command, env=environment.variables(), check=True, stdin=subprocess.DEVNULL, capture_output=True)
        for name in (copy, neutral):
            assert run(functools.partial(_everything, name, str(live.month))) == [], name
            assert _seen(live) == quiet, f"something left {name}"
        _check_neutralized(neutral)
        _check_stopped(copy, "it was restored from a backup")
        _check_stopped(neutral, "it was neutralized for testing")
    assert run(functools.partial(_everything, live.name, str(live.month))) == []
    assert _seen(live) > quiet, "there was something to charge"


def _check_neutralized(name: str) -> None:
    switched_on = "SELECT count(*) FROM res_company WHERE recurring_charge OR recurring_send OR recurring_charge_from IS NOT NULL"
    assert databases.sql(switched_on, name).strip() == "0"
    secrets = "SELECT count(*) FROM recurring_pix_account WHERE secret != '-' OR certificate IS NOT NULL OR private_key IS NOT NULL"
    assert databases.sql(secrets, name).strip() == "0"
    assert databases.sql("SELECT count(*) FROM payment_provider WHERE state = 'enabled'", name).strip() == "0"
    assert databases.sql("SELECT count(*) FROM account_move WHERE sending_data IS NOT NULL", name).strip() == "0"


def _check_stopped(name: str, words: str) -> None:
    assert words in run(functools.partial(_why_stopped, name))


def _why_stopped(name: str) -> str:
    with boot(name, log_level="critical").cursor() as cursor:
        return odoo_environment(cursor)["recurring.identity"]._why_stopped()
