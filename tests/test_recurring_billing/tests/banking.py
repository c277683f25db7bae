"""What tests of Pix stand on: a company in Brazil, a bank in a process of its own, and a Pix account that knows it.

class TestSomething(PixCommon):
    def test_a_payment(self):
        invoice = self.owe("2026-03-10", 1000.0)
        self.register("2026-03-10")
        self.bank.pay(self.charge(invoice).txid, "2026-03-25")
        self.hear("2026-03-25")
"""

import sys
from datetime import date
from pathlib import Path

import pytest

from odoo import Command
from odoo.tests import tagged

from .common import RecurringCommon

sys.path.append(str(Path(__file__).parents[2]))

import pix_bank

CPF, CNPJ = "529.982.247-25", "11.222.333/0001-81"


@pytest.mark.shared_data
@tagged("post_install", "-at_install")
class PixCommon(RecurringCommon):
    """Everything happens in Academia do Porto, in reais; fine 2 %, interest 1 % a month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_brl.with_env(cls.env)
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.company = cls.company.with_env(cls.env)
        cls.bank = cls.enterClassContext(pix_bank.running())
        cls.fine_account = cls.make_account("400901", "income_other")
        cls.interest_account = cls.make_account("400902", "income_other")
        cls.discount_account = cls.make_account("600903", "expense")
        cls.policy = cls.make_policy()
        cls.account = pix_bank.make_account(cls.env, cls.company, cls.bank, registers=True, read_until="2026-02-20 00:00:00")
        cls.journal = cls.account.journal_id
        cls.ana = cls.make_partner("Ana Souza", vat=CPF, country_id=cls.env.ref("base.br").id)

    def setUp(self):
        super().setUp()
        self.bank.calm()
        self.bank.day("2026-03-01")

    @classmethod
    def make_policy(cls, **values):
        """What being late costs in the company."""
        policy = cls.env["recurring.fee.policy"].create(
            {
                "name": "2 % and 1 % a month",
                "company_id": cls.company.id,
                "fine_percent": 2.0,
                "interest_percent": 1.0,
                "fine_account_id": cls.fine_account.id,
                "interest_account_id": cls.interest_account.id,
                "discount_account_id": cls.discount_account.id,
                **values,
            }
        )
        cls.company.recurring_fee_policy_id = policy
        return policy

    def owe(self, due="2026-03-10", price=1000.0, day="2026-03-01", partner=None, **values):
        """A posted invoice of a subscription, made on a day and due on another; gives the invoice."""
        partner = partner or self.ana
        term = self.env["account.payment.term"].create(
            {
                "name": f"Due {due}",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": (_day(due) - _day(day)).days})],
            }
        )
        subscription = self.subscribe(day, price, partner=partner, company_id=self.company.id, payment_term_id=term.id, **values)
        self.bill(day, subscription)
        invoice = self.invoices(subscription)
        self.assertEqual((str(invoice.invoice_date_due), invoice.currency_id.name, invoice.amount_total), (due, "BRL", price))
        return invoice

    def register(self, day):
        """The scheduled action that keeps the codes at the bank, on a day."""
        self.bank.day(day)
        with self.committing(day) as env:
            env["recurring.pix.registration"].run_scheduled()

    def hear(self, day):
        """The scheduled action that reads payments, on a day."""
        self.bank.day(day)
        with self.committing(day) as env:
            env["recurring.pix.reading"].run_scheduled()

    def charge(self, invoice):
        """The newest code of an invoice."""
        return self.env["recurring.pix.charge"].search([("move_id", "=", invoice.id)], limit=1)

    def states(self, invoice):
        """The states of the codes of an invoice, the oldest first."""
        return self.env["recurring.pix.charge"].search([("move_id", "=", invoice.id)], order="id").mapped("state")

    def payments(self, invoice):
        """Day and amount of the native payments of an invoice."""
        return [(str(payment.date), payment.amount) for payment in invoice._get_reconciled_payments().sorted("id")]

    def sent(self, invoice):
        """What the bank holds for the newest code of an invoice, in the words that were sent."""
        return self.bank.charges()[self.charge(invoice).txid]["body"]

    def assertBankContent(self):
        """Nothing that was asked, or answered, was against the published description."""
        self.assertEqual(self.bank.violations(), [])


def _day(text):
    return date.fromisoformat(text)
