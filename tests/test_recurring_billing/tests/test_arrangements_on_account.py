"""Money that came without saying what for keeps what was promised and agreed: every cent counts once, for what is due first."""

from odoo import fields

from .arranging import ArrangingCase


class TestArrangementsOnAccount(ArrangingCase):
    def setUp(self):
        super().setUp()
        self.march, self.april = self.invoice("2026-03-02", 100.0), self.invoice("2026-03-03", 100.0)
        self.case = self.case_of()

    def promise_each(self):
        """100.00 promised for the 18th, and 100.00 for the 24th."""
        keeping = self.at("2026-03-16")["recurring.promise.keeping"]
        return [
            keeping.make(self.case.with_env(keeping.env), fields.Date.to_date(day), 100.0, self.receivable(invoice))
            for day, invoice in (("2026-03-18", self.march), ("2026-03-24", self.april))
        ]

    def receivable(self, invoice):
        return invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")

    def put_on_account(self, day, amount):
        with self.committing(day) as env:
            env["recurring.receipt"].receive(
                env["account.move"],
                amount,
                env["account.journal"].browse(self.bank.id),
                fields.Date.to_date(day),
                partner=env["res.partner"].browse(self.ana.id),
            )
        self.env.invalidate_all()

    def test_it_keeps_one_of_two_promises_though_they_are_judged_on_other_days(self):
        """100.00 came on the 17th: the promise of the 18th is kept by it, so the one of the 24th is not."""
        first, second = self.promise_each()
        self.put_on_account("2026-03-17", 100.0)
        self.watch("2026-03-20")
        self.assertEqual((first.state, first.paid, second.state), ("kept", 100.0, "open"))
        self.watch("2026-03-26")
        self.assertEqual((first.state, second.state, second.paid), ("kept", "broken", 0.0))

    def test_what_is_over_keeps_a_part_of_the_other(self):
        first, second = self.promise_each()
        self.put_on_account("2026-03-17", 130.0)
        self.watch("2026-03-26")
        self.assertEqual((first.state, first.paid, second.state, second.paid), ("kept", 100.0, "partly", 30.0))

    def test_once_it_is_allocated_nothing_is_counted_twice(self):
        """200.00 came; 100.00 of it is put on the first debt: both promises are kept, each by its own money."""
        first, second = self.promise_each()
        self.put_on_account("2026-03-17", 200.0)
        self.watch("2026-03-20")
        credit = self.case._money_on_account(fields.Date.to_date("2026-03-16"))
        (credit | self.receivable(self.march)).reconcile()
        self.watch("2026-03-26")
        self.assertEqual((first.state, second.state, second.paid), ("kept", "kept", 100.0))

    def test_the_page_of_the_agreement_asks_for_the_next_instalment(self):
        """60.00 and 40.00 are agreed, 60.00 came on account: now the 40.00 are to be paid, not the 60.00 again."""
        agreement = self.agree(
            "2026-03-16", self.case, first_date="2026-03-18", count=2, down_payment=60.0, line_ids=self.receivable(self.march)
        )
        self.assertEqual(agreement.with_env(self.at("2026-03-18"))._amount_due_now(), 60.0)
        self.put_on_account("2026-03-17", 60.0)
        self.assertEqual(agreement.with_env(self.at("2026-03-18"))._amount_due_now(), 40.0)
        self.assertEqual(
            agreement.with_env(self.at("2026-03-18")).with_user(self.carla)._amount_due_now(), 40.0, "who may not see payments"
        )

    def test_where_the_money_of_all_instalments_is_there_the_page_asks_for_nothing(self):
        """60.00 and 40.00 are agreed, 100.00 came on account: neither is asked for again."""
        agreement = self.agree(
            "2026-03-16", self.case, first_date="2026-03-18", count=2, down_payment=60.0, line_ids=self.receivable(self.march)
        )
        self.put_on_account("2026-03-17", 100.0)
        there = agreement.with_env(self.at("2026-03-18"))
        self.assertEqual((there._amount_due_now(), there._payment_code(), there._due_instalments().ids), (0.0, {}, []))

    def test_it_counts_for_an_instalment_or_a_promise_not_for_both(self):
        """The instalment of the 18th takes the 100.00 that came; the promise of the 24th was not kept. The agreement runs on."""
        agreement = self.agree("2026-03-16", self.case, first_date="2026-03-18", count=1, line_ids=self.receivable(self.march))
        promise = self.promise("2026-03-16", self.case, "2026-03-24", line_ids=self.receivable(self.april))
        self.put_on_account("2026-03-17", 100.0)
        self.watch("2026-04-10")
        self.assertEqual((agreement.line_ids.move_id, promise.line_ids.move_id), (self.march, self.april))
        self.assertEqual((agreement.state, promise.state), ("running", "broken"))

    def test_who_promises_an_instalment_and_pays_it_has_kept_both(self):
        """The instalment of the 18th is promised for the 20th, and its 100.00 came on the 19th: they are for one and the same."""
        agreement = self.agree("2026-03-16", self.case, first_date="2026-03-18", count=1, line_ids=self.receivable(self.march))
        promise = self.promise("2026-03-19", self.case, "2026-03-20", line_ids=agreement.instalment_ids.part_ids.line_id)
        self.put_on_account("2026-03-19", 100.0)
        for day in ("2026-03-20", "2026-03-22", "2026-04-10"):
            self.watch(day)
        self.assertEqual((promise.line_ids.move_id, agreement.state, promise.state, promise.paid), (self.march, "running", "kept", 100.0))

    def test_of_an_instalment_and_another_debt_that_are_promised_together_one_is_paid(self):
        """100.00 of an instalment and 100.00 besides are promised; 150.00 came: the instalment is paid, the promise in part."""
        agreement = self.agree("2026-03-16", self.case, first_date="2026-03-18", count=1, line_ids=self.receivable(self.march))
        lines = agreement.instalment_ids.part_ids.line_id | self.receivable(self.april)
        promise = self.promise("2026-03-19", self.case, "2026-03-20", line_ids=lines)
        self.put_on_account("2026-03-19", 150.0)
        self.watch("2026-04-10")
        self.assertEqual((agreement.state, promise.amount, promise.state, promise.paid), ("running", 200.0, "partly", 150.0))
