"""A company whose customers owe, and are written to by WhatsApp through processes that may die, at a service that fails."""

import contextlib
import random
import sys

from http_child import answering
from processes import run
from world import World

from tools.places import TESTS

sys.path.append(str(TESTS))

import whatsapp_server

TEXT = "Olá {{1}}, aqui é {{2}}. Veja {{3}} por favor."
FAULTS = ("500_after", "drop_after", "garbage_after", "drop", "503", "code:131000", "429", "code:130429", "code:131009", "slow")
LEFT = ("sent", "delivered", "read")


class WhatsappWorld(World):
    """Everything happens in one company; a reminder of each customer waits to leave."""

    NAME = "Chat"

    def __init__(self, database: str, meta):
        self.meta = meta
        super().__init__(database)

    def _set_up(self, env) -> int:
        company_id = super()._set_up(env)
        env = env(context={**env.context, "allowed_company_ids": [company_id]})
        company = env["res.company"].browse(company_id)
        policy = env.ref("recurring_billing.dunning_policy_standard")
        policy.write({"hour_from": 0.0, "hour_to": 24.0, "business_days_only": False, "reply_pause_days": 3})
        company.write({"recurring_dunning": True, "recurring_dunning_from": "2024-01-01", "recurring_dunning_policy_id": policy.id})
        self.meta.template("reminder", "en", TEXT)
        account = whatsapp_server.make_account(env, company, self.meta, per_second=80)
        account.action_test()
        text = account.template_ids
        text.text_id = env.ref("recurring_billing.template_overdue_friendly")
        for place, placeholder in zip(text.place_ids, ("first_name", "company", "link"), strict=True):
            place.placeholder = placeholder
        account.action_turn_on()
        self.token = account.webhook_token
        return company_id

    @contextlib.contextmanager
    def listening(self, manner: str):
        """Odoo's own server in a process of its own, where notifications arrive."""
        with answering(self.registry.db_name) as url:
            self.meta.tell_at(f"{url}/recurring_billing/whatsapp/{self.token}", manner)
            yield

    def owe(self, count: int) -> list[int]:
        """Customers who owe, with a reminder each that waits, and no other message does; gives the ids of the messages."""
        self.sql("UPDATE recurring_dunning_message SET state = 'cancelled' WHERE state = 'queued'")
        self.next_month()

        def create(env):
            product = env["product.product"].search([("default_code", "=", "FAULTS")])
            country = env.ref("base.br").id
            partners = env["res.partner"].create(
                [
                    {
                        "name": f"Customer {number}",
                        "phone": f"+55 51 9{80000000 + self.month.toordinal() % 10000 * 1000 + number}",
                        "country_id": country,
                    }
                    for number in range(count)
                ]
            )
            moves = env["account.move"].create(
                [
                    {
                        "move_type": "out_invoice",
                        "partner_id": partner.id,
                        "invoice_date": "2023-12-01",
                        "invoice_payment_term_id": False,
                        "invoice_date_due": "2023-12-10",
                        "invoice_line_ids": [(0, 0, {"product_id": product.id, "price_unit": 50, "tax_ids": [(5,)]})],
                    }
                    for partner in partners
                ]
            )
            moves.action_post()
            company = env["res.company"].browse(self.company_id)
            cases = env["recurring.dunning.case"]._of(partners, company)
            text = env.ref("recurring_billing.template_overdue_friendly")
            wanted = [
                {"case": case, "kind": "dunning", "channel": "whatsapp", "template": text, "unique_ref": f"f{case.id}"}
                for case in cases.values()
            ]
            return env["recurring.message.dispatch"]._enqueue_all(wanted).ids

        return self.work(create)()

    def trouble(self, chance: random.Random) -> None:
        """One of the next messages fails, before or after it was taken."""
        self.meta.fault(chance.choice(FAULTS))

    def sending(self):
        """The work of the scheduled action that lets messages go."""
        return self.work(lambda env: env["recurring.message.dispatch"].run_scheduled())

    def hearing(self):
        """The work of the scheduled action that reads what was told."""
        return self.work(lambda env: env["recurring.whatsapp.hearing"].run_scheduled())

    def try_again_now(self) -> None:
        """Half an hour passes."""
        self.sql("UPDATE recurring_dunning_message SET not_before = NULL WHERE state = 'queued'")
        run(self.sending())

    # What must hold

    def messages(self, ids: list[int]) -> list[dict]:
        query = """
            SELECT id, state, provider_ref, error, id || '.' || floor(extract(epoch FROM create_date))::bigint AS name,
                   state = 'queued' AND waits_for IS NOT NULL AS is_paused
              FROM recurring_dunning_message WHERE id IN %s ORDER BY id
        """
        with self.registry.cursor() as cursor:
            cursor.execute(query, [tuple(ids)])
            return cursor.dictfetchall()

    def numbers(self, ids: list[int]) -> dict[int, str]:
        """The telephone of who gets each message."""
        query = "SELECT m.id, p.phone FROM recurring_dunning_message m JOIN res_partner p ON p.id = m.partner_id WHERE m.id IN %s"
        return dict(self.sql(query, tuple(ids)))

    def counts(self, ids: list[int]) -> dict[str, int]:
        """How many messages are in each state."""
        found: dict[str, int] = {}
        for message in self.messages(ids):
            found[message["state"]] = found.get(message["state"], 0) + 1
        return found

    def check(self, ids: list[int]) -> dict[str, int]:
        """Nobody got a message twice, and what we say of each is true; gives how many are in each state."""
        taken: dict[str, list[str]] = {}
        for each in self.meta.ledger():
            taken.setdefault(each["callback"], []).append(each["id"])
        for message in self.messages(ids):
            mine = taken.get(message["name"], [])
            assert len(mine) <= 1, f"written to twice: {message}"
            if message["state"] in LEFT:
                assert mine == [message["provider_ref"]], message
            elif message["state"] in ("queued", "failed"):
                assert not mine, f"said not to have left, but it did: {message}"
            else:
                assert message["state"] in ("sending", "unknown"), message
        counts = self.counts(ids)
        assert sum(counts.values()) == len(ids)
        return counts
