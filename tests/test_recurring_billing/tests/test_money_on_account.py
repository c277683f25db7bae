"""Money that came and was not allocated yet keeps promises and instalments: nobody who paid is told that they did not."""

from odoo import fields

from .arranging import ArrangingCase


class TestMoneyOnAccount(ArrangingCase):
    def setUp(self):
        super().setUp()
        self.bill = self.invoice("2026-05-04", 600.0)
        self.case = self.case_of()

    def on_account(self, day, amount):
        """Money of Ana that nobody said what it is for."""
        with self.committing(day) as env:
            receipt, moves = env["recurring.receipt"], env["account.move"]
            receipt.receive(moves, amount, self.bank.with_env(env), fields.Date.to_date(day), partner=self.ana.with_env(env))
        self.env.invalidate_all()

    def test_a_promise_is_kept_by_it(self):
        promise = self.promise("2026-06-01", self.case, "2026-06-10", amount=600.0)
        self.on_account("2026-06-09", 600.0)
        self.watch("2026-06-20")
        self.assertEqual((promise.state, promise.paid), ("kept", 600.0))

    def test_in_part_by_less_and_not_by_money_of_before(self):
        self.on_account("2026-05-20", 400.0)
        promise = self.promise("2026-06-01", self.case, "2026-06-10", amount=600.0)
        self.on_account("2026-06-09", 100.0)
        self.watch("2026-06-20")
        self.assertEqual((promise.state, promise.paid), ("partly", 100.0))

    def test_an_agreement_is_not_broken_while_it_covers_what_is_late(self):
        agreement = self.agree("2026-06-01", self.case, count=2, first_date="2026-06-10")
        self.on_account("2026-06-09", 300.0)
        self.watch("2026-06-30")
        self.assertEqual(agreement.state, "running")
        self.watch("2026-07-21")
        self.assertEqual(agreement.state, "broken", "the second instalment, due 10 July, is not covered")
