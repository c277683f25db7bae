"""A company in Brazil whose invoices get a Pix code each, at a bank in a process of its own, by processes that may die."""

import contextlib
import random
import sys
from decimal import Decimal

from http_child import answering
from processes import run
from world import World

from tools.places import TESTS

sys.path.append(str(TESTS))

import pix_bank

CPF = "529.982.247-25"
FAULTS = ("500_after", "drop_after", "garbage_after", "drop", "503", "500")


class PixWorld(World):
    """Everything happens in one company, in reais, with the bank on the same day."""

    def __init__(self, database: str, bank):
        self.bank = bank
        super().__init__(database)

    def _set_up(self, env) -> int:
        company_id = super()._set_up(env)
        company = env["res.company"].browse(company_id)
        env.ref("base.BRL").active = True
        company.currency_id = env.ref("base.BRL")
        env["product.pricelist"].search([("company_id", "=", company_id)]).currency_id = company.currency_id
        env = env(context={**env.context, "allowed_company_ids": [company_id]})
        account = pix_bank.make_account(env, company.with_env(env), self.bank, registers=True, read_until=f"{self.month} 00:00:00")
        self.token = account.webhook_token
        assert self.token
        return company_id

    @contextlib.contextmanager
    def listening(self):
        """Odoo's own server in a process of its own, where the bank's notifications arrive."""
        with answering(self.registry.db_name) as url:
            self.bank.deliver_to(f"{url}/recurring_billing/pix/{self.token}")
            yield

    def begin_a_month(self) -> None:
        self.forget_the_past()
        self.bank.day(self.month)
        self.sql("UPDATE recurring_pix_account SET read_until = %s", f"{self.month} 00:00:00")

    def owe(self, count: int) -> list[int]:
        """Posted invoices of as many customers, due today; the n-th is 20.00 + n."""
        ids = self.make(count)
        self.sql(
            "UPDATE res_partner SET vat = %s, country_id = (SELECT id FROM res_country WHERE code = 'BR') "
            "WHERE id IN (SELECT partner_id FROM recurring_subscription WHERE id IN %s)",
            CPF,
            tuple(ids),
        )
        self.work(lambda env: env.registry.clear_cache())()
        made = run(self.billing(ids))
        assert (made["invoices"], made["parked"]) == (count, 0), self.issues(ids)
        return ids

    def trouble(self, chance: random.Random, on: str) -> None:
        """One of the next requests that begin so fails, before or after its work was done."""
        self.bank.fault(on, chance.choice(FAULTS))

    def registering(self):
        """The work of the scheduled action that keeps the codes at the bank."""
        return self.work(lambda env: env["recurring.pix.registration"].run_scheduled())

    def reading(self):
        """The work of the scheduled action that reads payments and books them."""
        return self.work(lambda env: env["recurring.pix.reading"].run_scheduled())

    # What must hold

    def invoices(self, ids: list[int]) -> list[dict]:
        """Each invoice with its codes and its payments."""
        query = """
            SELECT m.id, m.payment_state, m.amount_total, m.amount_residual,
                   (SELECT array_agg(c.state || ' ' || c.txid ORDER BY c.id) FROM recurring_pix_charge c WHERE c.move_id = m.id) AS codes,
                   (SELECT array_agg(p.amount) FROM account_payment p JOIN recurring_pix_payment x ON x.payment_id = p.id
                     WHERE x.move_id = m.id AND p.state IN ('in_process', 'paid')) AS payments
              FROM account_move m
             WHERE m.move_type = 'out_invoice' AND m.state = 'posted'
               AND m.id IN (SELECT move_id FROM account_move_line WHERE recurring_subscription_id IN %s) ORDER BY m.id
        """
        with self.registry.cursor() as cursor:
            cursor.execute(query, [tuple(ids)])
            return cursor.dictfetchall()

    def check_codes(self, ids: list[int], all_registered: bool) -> int:
        """No invoice has two codes that can be paid, here or at the bank; gives how many have one."""
        invoices, payable = self.invoices(ids), set(self.bank.charges("ATIVA"))
        assert len(invoices) == len(ids)
        mine = set()
        for invoice in invoices:
            codes = [code.split()[1] for code in invoice["codes"] or []]
            at_bank = payable.intersection(codes)
            assert len(at_bank) <= 1, invoice
            if all_registered:
                assert [code.split()[0] for code in invoice["codes"]] == ["active"], invoice
                assert len(at_bank) == 1, invoice
            mine |= at_bank
        assert payable == mine, f"the bank has codes nobody knows: {payable - mine}"
        return len(mine)

    def check_booked(self, ids: list[int], paid: dict[int, Decimal], all_booked: bool) -> int:
        """Each Pix is booked once, on its invoice, or not yet; gives how many are.

        :param paid: what was paid for each invoice, by its id.
        """
        booked = 0
        for invoice in self.invoices(ids):
            payments = [Decimal(str(amount)).quantize(Decimal("0.01")) for amount in invoice["payments"] or []]
            assert len(payments) <= 1, invoice
            if payments or all_booked:
                assert payments == [paid[invoice["id"]]], invoice
                assert invoice["payment_state"] in ("paid", "in_payment"), invoice
                assert not invoice["amount_residual"], invoice
            booked += len(payments)
        total = """
            SELECT count(*) FROM account_payment
             WHERE company_id = %s AND partner_id IN (SELECT partner_id FROM recurring_subscription WHERE id IN %s)
        """
        assert self.sql(total, self.company_id, tuple(ids))[0][0] == booked, "a payment that belongs to no Pix"
        return booked
