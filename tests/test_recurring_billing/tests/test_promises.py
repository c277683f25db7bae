"""A customer promises: it is kept the moment the money comes, and not kept when its day is over."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ConcurrencyError, UserError

from .arranging import ArrangingCase


class TestPromises(ArrangingCase):
    def setUp(self):
        super().setUp()
        self.march = self.invoice("2026-03-02", 300.0)
        self.april = self.invoice("2026-04-01", 200.0)
        self.case = self.case_of()

    def test_the_dialog_proposes_what_is_late_and_the_promise_waits_for_the_money(self):
        promise = self.promise("2026-03-16", self.case, "2026-03-20")
        self.assertEqual((promise.amount, promise.line_ids.move_id, promise.state), (300.0, self.march, "open"))
        self.assertEqual(self.case.arrangement_words, "Promised: $ 300.00 until 03/20/2026".replace("$ ", "$\N{NO-BREAK SPACE}"))

    def test_money_in_time_keeps_it_at_once(self):
        promise = self.promise("2026-03-16", self.case, "2026-03-20")
        self.pay("2026-03-18", self.march, 300.0)
        self.assertEqual((promise.state, promise.paid, promise.broken_on), ("kept", 300.0, False))
        self.watch("2026-03-30")
        self.assertEqual(promise.state, "kept")

    def test_nothing_came_so_it_is_broken_once_the_bank_had_its_day(self):
        promise = self.promise("2026-03-16", self.case, "2026-03-20")
        for day in ("2026-03-20", "2026-03-21"):
            self.watch(day)
            self.assertEqual(promise.state, "open", f"on {day} money may still be on its way")
        self.watch("2026-03-22")
        self.assertEqual((promise.state, str(promise.broken_on)), ("broken", "2026-03-22"))
        self.assertIn("was not kept", self.case.activity_ids.mapped("summary")[0])

    def test_who_meets_another_process_at_the_commit_looks_again_the_same_day(self):
        promise = self.promise("2026-03-16", self.case, "2026-03-20")
        cron = self.registry["ir.cron"]
        commit, met = cron._commit_progress, [ConcurrencyError("a payment is booked")]

        def commit_or_meet(*arguments, **named):
            if met:
                raise met.pop()
            return commit(*arguments, **named)

        with patch.object(cron, "_commit_progress", commit_or_meet):
            self.watch("2026-03-22")
        self.assertEqual((promise.state, met), ("broken", []))

    def test_money_that_is_taken_back_later_kept_nothing(self):
        """Kept on the 18th, the payment fails on 7 April: its debts begin again on the 8th, and the collector has a task."""
        promise = self.promise("2026-03-16", self.case, "2026-03-20")
        self.pay("2026-03-18", self.march, 300.0)
        self.take_back("2026-04-07")
        self.assertEqual((promise.state, promise.kept_on, str(promise.broken_on)), ("broken", False, "2026-04-07"))
        self.assertIn("taken back", self.case_of().activity_ids.mapped("summary")[-1])
        customer = self.env["recurring.dunning.facts"].customers(self.company, fields.Date.to_date("2026-04-08"))[self.ana.id]
        item = next(item for item in customer.items if item.due == fields.Date.to_date("2026-03-02"))
        self.assertEqual((item.waits, item.cycle, str(item.cycle_from)), ("", 1, "2026-04-08"))

    def test_money_that_is_taken_back_before_the_day_is_over_leaves_it_open(self):
        promise = self.promise("2026-03-16", self.case, "2026-03-20")
        self.pay("2026-03-17", self.march, 300.0)
        self.take_back("2026-03-18")
        self.assertEqual(promise.state, "open")
        self.watch("2026-03-22")
        self.assertEqual(promise.state, "broken")

    def test_a_promise_for_a_saturday_waits_for_monday(self):
        promise = self.promise("2026-03-16", self.case, "2026-03-21")
        self.watch("2026-03-24")
        self.assertEqual(promise.state, "open", "Monday the 23rd, and one day for the bank to tell")
        self.watch("2026-03-25")
        self.assertEqual(promise.state, "broken")

    def test_a_part_of_the_money_keeps_a_part(self):
        promise = self.promise("2026-03-16", self.case, "2026-03-20")
        self.pay("2026-03-18", self.march, 100.0)
        self.assertEqual(promise.state, "open")
        self.watch("2026-03-22")
        self.assertEqual((promise.state, promise.paid, str(promise.broken_on)), ("partly", 100.0, "2026-03-22"))

    def test_a_part_that_was_promised_is_all_that_is_needed(self):
        promise = self.promise("2026-03-16", self.case, "2026-03-20", amount=120.0)
        self.pay("2026-03-19", self.march, 120.0)
        self.assertEqual(promise.state, "kept")
        self.assertEqual(self.march.amount_residual, 180.0)

    def test_money_from_before_the_promise_does_not_keep_it(self):
        self.pay("2026-03-10", self.march, 100.0)
        promise = self.promise("2026-03-16", self.case, "2026-03-20", amount=100.0)
        self.watch("2026-03-22")
        self.assertEqual((promise.state, promise.paid), ("broken", 0.0))

    def test_earlier_money_that_is_taken_back_breaks_no_promise(self):
        """100.00 came before, and 200.00 as promised. The first 100.00 fail: the promise about the others was kept all the same."""
        self.pay("2026-03-10", self.march, 100.0)
        promise = self.promise("2026-03-16", self.case, "2026-03-20", amount=200.0)
        self.take_back("2026-03-17")
        self.pay("2026-03-18", self.march, 200.0)
        self.watch("2026-03-22")
        self.assertEqual((promise.state, promise.paid), ("kept", 200.0))

    def test_a_part_of_a_debt_in_another_currency_is_kept_by_that_part(self):
        """100.00 EUR, 125.00 in the books, are worth 200.00 in June. The half, 100.00, is promised; 50.00 EUR, 62.50 there, keep it."""
        self.make_rate(self.currency_eur, "2026-05-01", 0.8)
        self.make_rate(self.currency_eur, "2026-06-01", 0.5)
        boris = self.make_partner("Boris")
        bill = self.invoice("2026-05-04", 100.0, boris, currency_id=self.currency_eur.id)
        promise = self.promise("2026-06-02", self.case_of(boris), "2026-06-10", amount=100.0)
        self.assertEqual((promise.amount, promise.debt_amount), (100.0, 62.49))
        self.pay("2026-06-08", bill, 50.0)
        self.assertEqual((bill.amount_residual, promise.state), (50.0, "kept"))

    def test_it_is_kept_by_that_part_too_where_the_debt_is_worth_less_by_now(self):
        """100.00 EUR, 125.00 in the books, are worth 100.00 in June. Of 50.00 promised, 50.00 EUR are all, 25.00 EUR a part."""
        self.make_rate(self.currency_eur, "2026-05-01", 0.8)
        self.make_rate(self.currency_eur, "2026-06-01", 1.0)
        for name, paid, state in (("Boris", 50.0, "kept"), ("Clara", 25.0, "partly")):
            partner = self.make_partner(name)
            bill = self.invoice("2026-05-04", 100.0, partner, currency_id=self.currency_eur.id)
            promise = self.promise("2026-06-02", self.case_of(partner), "2026-06-10", amount=50.0)
            self.pay("2026-06-08", bill, paid)
            self.watch("2026-06-12")
            self.assertEqual((promise.debt_amount, bill.amount_residual, promise.state), (62.49, 100.0 - paid, state))

    def test_a_credit_note_is_no_payment_and_leaves_nothing_to_promise(self):
        promise = self.promise("2026-03-16", self.case, "2026-03-20")
        with self.committing("2026-03-17") as env:
            move = env["account.move"].browse(self.march.id)
            move._reverse_moves([{"date": "2026-03-17"}], cancel=True)
        self.env.invalidate_all()
        self.assertEqual((self.march.payment_state, promise.state), ("reversed", "cancelled"))

    def test_late_fees_are_part_of_what_is_promised_and_the_debt_keeps_it(self):
        self.company.recurring_fee_policy_id = self.policy
        self.company.write({"recurring_fee_scope": "debt", "recurring_fee_from": "2026-01-01"})
        self.policy.fine_percent, self.policy.interest_percent = 2.0, 1.0
        promise = self.promise("2026-03-16", self.case, "2026-03-17")
        # 300.00, fine 6.00, 15 days of 1 % a month: 1.50
        self.assertEqual((promise.amount, promise.debt_amount), (307.5, 300.0))
        with self.committing("2026-03-17") as env:
            env["recurring.receipt"].receive(
                env["account.move"].browse(self.march.id),
                307.5,
                env["account.journal"].browse(self.bank.id),
                fields.Date.to_date("2026-03-17"),
            )
        self.env.invalidate_all()
        self.assertEqual(promise.state, "kept")

    def test_a_second_promise_takes_the_place_of_the_first(self):
        first = self.promise("2026-03-16", self.case, "2026-03-20")
        second = self.promise("2026-03-18", self.case, "2026-03-25")
        self.assertEqual((first.state, first.broken_on, second.state), ("cancelled", False, "open"))
        self.watch("2026-03-24")
        self.assertEqual(second.state, "open")

    def test_what_cannot_be_promised_is_refused_with_words(self):
        for until, amount, words in (
            ("2026-03-15", 300.0, "today or a later day"),
            ("2026-05-30", 300.0, "make an agreement"),
            ("2026-03-20", 300.01, "no more than"),
            ("2026-03-20", 0.0, "more than 0"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self.promise("2026-03-16", self.case, until, amount=amount)

    def test_by_mistake_is_neither_kept_nor_broken(self):
        promise = self.promise("2026-03-16", self.case, "2026-03-20")
        self.press("2026-03-16", promise, "action_cancel", user=self.carla)
        self.watch("2026-03-30")
        self.assertEqual((promise.state, promise.broken_on), ("cancelled", False))

    def test_who_only_sells_notes_no_promise_and_nobody_writes_one(self):
        seller = self.make_user("seller", "recurring_billing.group_user_all")
        with self.assertRaises(AccessError):
            self.dialog("2026-03-16", self.case, "action_promise", user=seller, date="2026-03-20")
        promise = self.promise("2026-03-16", self.case, "2026-03-20")
        with self.assertRaises(AccessError):
            promise.with_user(self.carla).write({"state": "kept"})
        with self.assertRaises(AccessError):
            self.env["recurring.promise"].with_user(self.carla).create({"case_id": self.case.id, "date": "2026-03-20", "amount": 1.0})
