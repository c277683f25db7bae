"""Cards that can really be charged: at the simulated gateway of `tests/faults`, which runs in a process of its own.

class TestSomething(ChargingCommon):
    def test_a_decline(self):
        token = self.card(partner, "soft", "ok")
        ...
        self.assertEqual(self.captured(token), ["57.50"])
"""

import hashlib
import hmac
import json
import sys
from pathlib import Path

from odoo import Command
from odoo.tests import tagged

from .common import RecurringCommon

sys.path.append(str(Path(__file__).parents[2] / "faults"))

from gateway import running
from gateway_cards import make_cards, make_provider


@tagged("post_install", "-at_install")
class ChargingCommon(RecurringCommon):
    """A provider of Harbor Gym at a running gateway; nothing is charged before a test makes a card."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = cls.enterClassContext(running())
        cls.provider = cls.make_provider(cls.company, cls.gateway)

    def setUp(self):
        super().setUp()
        self.gateway.forget()

    @classmethod
    def make_provider(cls, company, gateway, **values):
        """A provider for the simulated gateway, in a company."""
        env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        return make_provider(env, company, gateway, **values)

    @classmethod
    def card(cls, partner, *words, provider=None, **values):
        """A saved card of a customer; the words say what becomes of the requests to charge it, as `gateway_server.py` tells."""
        token = make_cards(cls.env, provider or cls.provider, partner, **values)
        if words:
            cls.gateway.script({token.provider_ref: list(words)})
        return token

    def transaction(self, token, invoice=None, amount=None, **values):
        """A payment with a saved card, not yet asked for."""
        return self.env["payment.transaction"].create(
            {
                "provider_id": token.provider_id.id,
                "payment_method_id": token.payment_method_id.id,
                "token_id": token.id,
                "operation": "offline",
                "amount": invoice.amount_residual if amount is None else amount,
                "currency_id": (invoice or token.provider_id.company_id).currency_id.id,
                "partner_id": token.partner_id.id,
                "invoice_ids": [Command.set(invoice.ids)] if invoice else False,
                **values,
            }
        )

    def captured(self, token):
        """The amounts the gateway really took from a card, as text."""
        return [str(amount) for amount in self.gateway.captured().get(token.provider_ref, [])]

    def notice(self, transaction, status, secret=None, **more):
        """A notice of the gateway of what became of a payment; for tests over HTTP."""
        amount, currency = transaction._recurring_test_amount(), transaction.currency_id.name
        said = {"id": "ch_notice", "reference": transaction.reference, "status": status, "amount": amount, "currency": currency, **more}
        body = json.dumps(said).encode()
        signed = hmac.new((secret or self.gateway.secret).encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Signature": signed}
        return self.url_open("/payment/recurring_test/webhook", data=body, headers=headers)
