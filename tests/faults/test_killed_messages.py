"""Reminders sent by processes killed at any moment, through a mail server that breaks off: nobody gets one twice, none is forgotten."""

import random
import time
from collections import Counter

import mail_server
import pytest
from processes import run, start, wait_until
from world import World

from tools import databases

SEED = 20261122
SHORT, LONG = (16, 4), (200, 40)
"""Customers, and kills."""
STEP_S = 0.25
RERUNS = 3


class MessagesWorld(World):
    """The company Faults writes to customers whose invoices are late since yesterday."""

    def __init__(self, database: str, server):
        self.server = server
        super().__init__(database)

    def _set_up(self, env) -> int:
        company_id = super()._set_up(env)
        company = env["res.company"].browse(company_id)
        policy = env.ref("recurring_billing.dunning_policy_standard")
        policy.write({"business_days_only": False, "hour_from": 0, "hour_to": 24})
        company.write(
            {
                "recurring_dunning": True,
                "recurring_dunning_from": "2020-01-01",
                "recurring_dunning_policy_id": policy.id,
                "email": "f@example.com",
            }
        )
        env["ir.mail_server"].create({"name": "Faults", "smtp_host": "127.0.0.1", "smtp_port": self.server.port, "smtp_encryption": "none"})
        return company_id

    def owe(self, count: int) -> None:
        """Messages wait for as many customers, one each."""

        def make(env):
            company = env["res.company"].browse(self.company_id)
            partners = env["res.partner"].create(
                [{"name": f"Debtor {number}", "email": f"d{number}@m{self.month:%Y%m}.example.com"} for number in range(count)]
            )
            product = env["product.product"].search([("default_code", "=", "FAULTS")])
            moves = env["account.move"].create(
                [
                    {
                        "move_type": "out_invoice",
                        "partner_id": partner.id,
                        "company_id": company.id,
                        "invoice_date": str(self.month),
                        "invoice_payment_term_id": False,
                        "invoice_date_due": str(self.month),
                        "invoice_line_ids": [(0, 0, {"product_id": product.id, "price_unit": 50, "tax_ids": [(5,)]})],
                    }
                    for partner in partners
                ]
            )
            moves.action_post()
            cases = env["recurring.dunning.case"]._of(partners, company)
            env["recurring.message.dispatch"]._enqueue_all(
                [
                    {"case": cases[partner], "kind": "dunning", "text_kind": "today", "unique_ref": f"{self.month}:{partner.id}"}
                    for partner in partners
                ]
            )

        self.work(make)()

    def dispatching(self):
        """The work of the scheduled action that lets messages go."""
        return self.work(lambda env: env["recurring.message.dispatch"].run_scheduled())

    def due_again(self) -> None:
        """What waits for later is due now."""
        self.sql("UPDATE recurring_dunning_message SET not_before = NULL WHERE state = 'queued'")

    def states(self) -> dict[str, str]:
        """Address → state of the messages of this month."""
        return dict(
            self.sql(
                "SELECT p.email, m.state FROM recurring_dunning_message m JOIN res_partner p ON p.id = m.partner_id "
                "WHERE m.day = %s AND m.channel = 'email' AND m.company_id = %s",
                self.month,
                self.company_id,
            )
        )

    def check(self) -> tuple[dict[str, str], Counter]:
        """Nobody got two; who is told to have got one, did."""
        states, got = self.states(), Counter(address for address, _subject in self.server.took)
        assert not [address for address, number in got.items() if number > 1], "somebody was written to twice"
        for address, state in states.items():
            if state in ("sent", "delivered"):
                assert got[address] == 1, f"{address} is said to have a message and has none"
            if state in ("queued", "failed", "cancelled"):
                assert not got[address], f"{address} has a message that is said not to have left"
        return states, got


@pytest.fixture(scope="module")
def messages(addon_template):
    with mail_server.running() as server, databases.temporary(addon_template, "messages") as name:
        world = MessagesWorld(name, server)
        yield world
        world.close()


def _kill(world: MessagesWorld, chance: random.Random, most: int) -> bool:
    """Start the work, kill it some e-mails on and some time later; whether it was still at work."""
    (child,) = start(world.dispatching())
    until = world.server.count() + chance.randint(0, max(1, most))

    def is_there():
        time.sleep(0.02)
        return child.has_finished() or world.server.count() >= until

    wait_until(is_there, "some e-mails")
    time.sleep(chance.uniform(0, STEP_S))
    finished = child.has_finished()
    child.kill()
    return not finished


def _story(world: MessagesWorld, count: int, kills: int) -> None:
    chance, killed = random.Random(SEED), 0
    world.next_month()
    world.server.took.clear()
    world.owe(count)
    for _number in range(kills):
        world.server.faults[:] = [chance.choice([None, None, mail_server.BEFORE, mail_server.AFTER, mail_server.REFUSE]) for _n in range(2)]
        killed += _kill(world, chance, count // kills)
        world.check()
        world.due_again()
    world.server.faults.clear()
    for _again in range(RERUNS):
        run(world.dispatching())
        world.due_again()
    states, got = world.check()
    counts = Counter(states.values())
    print(f"\n{count} messages, {killed} kills: {dict(counts)}; e-mails the server took: {sum(got.values())}")
    assert set(counts) <= {"sent", "unknown", "failed"}, "a message is neither sent nor listed"
    assert counts["sent"] + counts["unknown"] + counts["failed"] == count
    assert counts["sent"] >= count - 2 * kills - killed
    assert killed >= kills / 2, "hardly any kill came in the middle, so this proves little"


def test_killed_processes_send_each_message_once_or_list_it(messages):
    _story(messages, *SHORT)


@pytest.mark.long
def test_forty_killed_processes_send_two_hundred_messages_once_or_list_them(messages):
    _story(messages, *LONG)


def test_two_processes_send_each_message_once(messages):
    world = messages
    world.next_month()
    world.server.took.clear()
    world.owe(SHORT[0])
    for child in start(world.dispatching(), world.dispatching()):
        child.result()
    states, got = world.check()
    assert (set(states.values()), sum(got.values())) == ({"sent"}, SHORT[0])
