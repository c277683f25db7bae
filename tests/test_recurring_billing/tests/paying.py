"""What tests of payments share: a provider with saved cards, and a company in Brazil with a Pix key."""

from odoo import Command
from odoo.tests import tagged

from .common import RecurringCommon

MARCH = "2024-03-01"


@tagged("post_install", "-at_install")
class CardCommon(RecurringCommon):
    """A provider that keeps cards, whose transactions a test brings to the state it wants."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        journal = cls.env["account.journal"].create({"name": "Online", "code": "ONL", "type": "bank", "company_id": cls.company.id})
        methods = cls.env["account.payment.method"]
        if not methods.search([("code", "=", "recurring_test")]):
            methods.create({"name": "Test", "code": "recurring_test", "payment_type": "inbound"})
        cls.method = cls.env.ref("payment.payment_method_unknown")
        cls.provider = cls.env["payment.provider"].create(
            {
                "name": "Harbor Cards",
                "code": "recurring_test",
                "state": "test",
                "is_published": True,
                "company_id": cls.company.id,
                "payment_method_ids": [Command.set(cls.method.ids)],
                "allow_tokenization": True,
                "journal_id": journal.id,
            }
        )
        cls.method.write({"active": True, "support_tokenization": True})
        line = journal.inbound_payment_method_line_ids.filtered(lambda line: line.payment_provider_id == cls.provider)
        line.payment_account_id = cls.make_account("101900", "asset_current", reconcile=True)

    @classmethod
    def make_card(cls, partner, digits="4242", **values):
        return cls.env["payment.token"].create(
            {
                "provider_id": cls.provider.id,
                "payment_method_id": cls.method.id,
                "partner_id": partner.id,
                "provider_ref": f"card-{digits}",
                "payment_details": digits,
                **values,
            }
        )


@tagged("post_install", "-at_install")
class PixCommon(RecurringCommon):
    """A gym in Porto Alegre: real (R$), invoices in Portuguese, and a Pix key."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company_brl.ids})
        cls.company_brl = cls.company_brl.with_env(cls.env)
        cls.env["res.lang"]._activate_lang("pt_BR")
        cls.company_brl.partner_id.write({"country_id": cls.env.ref("base.br").id, "city": "Porto Alegre"})
        cls.bank = cls.env["res.partner.bank"].create(
            {
                "acc_number": "0001-54321-0",
                "partner_id": cls.company_brl.partner_id.id,
                "proxy_type": "email",
                "proxy_value": "pix@porto.example.com",
            }
        )
        cls.joao = cls.make_partner("João", lang="pt_BR", email="joao@example.com")

    def gym(self, price=1234.5, start=MARCH, **values):
        """A subscription in Porto Alegre that is billed on its first day."""
        return self.subscribe(
            start,
            price,
            **{"partner": self.joao, "company_id": self.company_brl.id, "currency_id": self.env.ref("base.BRL").id, **values},
        )

    def billed(self, subscription, day=MARCH):
        """Its invoices after billing it on a day."""
        self.bill(day, subscription, companies=self.company_brl)
        return self.invoices(subscription)
