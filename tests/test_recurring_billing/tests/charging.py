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
        """A provider for the simulated gateway, with a bank journal whose payments count as received at once."""
        env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        if not env["account.payment.method"].search([("code", "=", "recurring_test")]):
            env["account.payment.method"].create({"name": "Test", "code": "recurring_test", "payment_type": "inbound"})
        journal = env["account.journal"].create({"name": "Cards", "code": "CRDS", "type": "bank", "company_id": company.id})
        method = env.ref("payment.payment_method_card")
        provider = env["payment.provider"].create(
            {
                "name": "Simulated gateway",
                "code": "recurring_test",
                "state": "test",
                "is_published": True,
                "allow_tokenization": True,
                "company_id": company.id,
                "payment_method_ids": [Command.set(method.ids)],
                "journal_id": journal.id,
                "recurring_test_url": gateway.url,
                "recurring_test_key": gateway.key,
                "recurring_test_secret": gateway.secret,
                **values,
            }
        )
        method.write({"active": True, "support_tokenization": True, "support_manual_capture": "full_only", "support_refund": "partial"})
        line = journal.inbound_payment_method_line_ids.filtered(lambda line: line.payment_provider_id == provider)
        line.payment_account_id = cls.make_account("101950", "asset_current", company=company, reconcile=True)
        return provider

    @classmethod
    def card(cls, partner, *words, provider=None, **values):
        """A saved card of a customer; the words say what becomes of the requests to charge it, as `gateway_server.py` tells."""
        provider = provider or cls.provider
        token = cls.env["payment.token"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": provider.payment_method_ids[:1].id,
                "partner_id": partner.id,
                "payment_details": "4242",
                "provider_ref": "new",
                **values,
            }
        )
        token.provider_ref = f"card_{token.id}"
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
