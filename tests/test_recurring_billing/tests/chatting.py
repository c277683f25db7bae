"""What tests of WhatsApp stand on: a company in Brazil, the Cloud API in a process of its own, and an account that knows it.

class TestSomething(ChatCommon):
    def test_a_reply(self):
        message = self.sent_message(self.ana)
        self.meta.reply("+5551987654321", "vou pagar amanhã", manner="late")
        self.hear("2026-03-12")
"""

import hashlib
import hmac
import json
import sys
from pathlib import Path

from odoo.tests import HttpCase, tagged

from .dunning import DunningCommon

sys.path.append(str(Path(__file__).parents[2]))

import whatsapp_server
from whatsapp_server.meta import APP_SECRET

TEXT = "Olá {{1}}, sua fatura de {{2}} venceu. Veja em {{3}} como pagar."


@tagged("post_install", "-at_install")
class ChatCommon(DunningCommon, HttpCase):
    """Everything happens in Academia do Porto; Ana's mobile is known to WhatsApp by eight digits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_brl.with_env(cls.env)
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.company = cls.company.with_env(cls.env)
        cls.meta = cls.enterClassContext(whatsapp_server.running(hang_s=5))
        cls.meta.template("overdue_friendly", "pt_BR", TEXT)
        cls.meta.template("overdue_friendly", "en", "Hello {{1}}, your invoice of {{2}} is late. See {{3}} for how to pay.")
        cls.meta.template("overdue_firm", "pt_BR", "Olá {{1}}, pague {{2}} hoje: {{3}}.", status="PENDING")
        cls.owner = cls.make_user("bruno", "recurring_billing.group_collections", name="Bruno")
        cls.account = whatsapp_server.make_account(cls.env, cls.company, cls.meta, user_id=cls.owner.id)
        cls.company.write(
            {
                "recurring_dunning": True,
                "recurring_dunning_from": "2026-01-01",
                "recurring_dunning_policy_id": cls.policy.id,
                "email": "a@b.example",
            }
        )
        cls.text = cls.env.ref("recurring_billing.template_overdue_friendly")
        cls.env["res.lang"]._activate_lang("pt_BR")
        cls.ana = cls.make_partner("Ana Souza", country_id=cls.env.ref("base.br").id, phone="(51) 98765-4321", lang="en_US")

    def setUp(self):
        super().setUp()
        self.meta.calm()
        self.meta.know_token()
        self.meta.tell_at("http://127.0.0.1:1/nobody", "late")
        self.meta.held()

    def tell(self, told, secret=APP_SECRET, signature=None, token=None):
        """A notification as WhatsApp brings it; gives the status of the answer."""
        content = told if isinstance(told, bytes) else json.dumps(told).encode()
        signature = signature if signature is not None else hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
        answer = self.url_open(f"/recurring_billing/whatsapp/{token or self.account.webhook_token}", data=content, headers=headers)
        self.env.invalidate_all()
        return answer.status_code

    def read_notices(self, day="2026-03-12"):
        """The scheduled action that reads what was told."""
        with self.committing(day) as env:
            env["recurring.whatsapp.hearing"].run_scheduled()

    def hear(self, day="2026-03-12", twice=False):
        """Whatever WhatsApp held back arrives, and is read."""
        for told in self.meta.held():
            for _time in range(2 if twice else 1):
                self.assertEqual(self.tell(told), 200)
        self.read_notices(day)

    # What is owed, and messages about it

    @classmethod
    def register(cls):
        """The account knows its texts, and which of ours they stand for; it is in use."""
        cls.account.action_test()
        for registered in cls.account.template_ids.filtered(lambda each: each.name == "overdue_friendly"):
            registered.text_id = cls.text
            for place, placeholder in zip(registered.place_ids, ("first_name", "company", "link"), strict=True):
                place.placeholder = placeholder
        cls.account.action_turn_on()

    def case_of(self, partner, amount=120.0, due="2026-03-02"):
        """Somebody owes; gives the case."""
        self.owe(amount, due, partner=partner, company=self.company)
        case = self.env["recurring.dunning.case"]._of(partner, self.company)[partner]
        case.policy_id = self.policy
        return case

    def enqueue(self, case, day="2026-03-12", **values):
        """A reminder by WhatsApp, as the policy makes it."""
        values = {"channel": "whatsapp", "template": self.text, **values}
        return (
            self.at(day)["recurring.message.dispatch"]
            ._enqueue(case.with_env(self.at(day)), values.pop("kind", "dunning"), **values)
            .with_env(self.env)
        )

    def dispatch(self, day="2026-03-12"):
        """The scheduled action that lets messages go, at ten in the morning of a day."""
        with self.committing(day) as env:
            env["recurring.message.dispatch"].run_scheduled()

    def make_case(self, partner, **values):
        return self.env["recurring.dunning.case"].create({"partner_id": partner.id, "company_id": self.company.id, **values})

    def make_message(self, partner, **values):
        """A message of ours that left, as dispatch keeps it."""
        return self.env["recurring.dunning.message"].create(
            {
                "company_id": self.company.id,
                "partner_id": partner.id,
                "channel": "whatsapp",
                "day": "2026-03-12",
                "state": "sent",
                "address": "+5551987654321",
                "unique_ref": f"test-{partner.id}-{len(self.env['recurring.dunning.message'].search([]))}",
                "provider_ref": "wamid.OURS",
                **values,
            }
        )

    def status(self, status, key="wamid.OURS", callback=None, code=None):
        """A notification of a delivery."""
        told = {"id": key, "status": status, "timestamp": "1773316800", "recipient_id": "555187654321"}
        if callback:
            told["biz_opaque_callback_data"] = callback
        if code:
            told["errors"] = [{"code": code, "title": "Message undeliverable", "error_data": {"details": "Unable to deliver."}}]
        return self.whole({"statuses": [told]})

    def whole(self, value, number=None):
        metadata = {"display_phone_number": "551133334444", "phone_number_id": number or self.account.phone_number_id}
        change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
        return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
