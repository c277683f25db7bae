"""Contract terms of a plan: the running term, its words, what a plan must say of its exit fee."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestTerms(RecurringCommon):
    def test_the_running_term_moves_with_the_calendar(self):
        plan = self.make_plan(term_count=12, notice_days=30)
        with self.frozen("2026-01-31"):
            subscription = self.subscribe("2026-01-31", plan=plan)
        self.assertEqual(str(subscription.term_end_date), "2027-01-30")
        self.at("2027-01-30")["recurring.subscription.line"]._refresh_current()
        self.assertEqual(str(subscription.term_end_date), "2027-01-30")
        self.at("2027-01-31")["recurring.subscription.line"]._refresh_current()
        self.assertFalse(subscription.term_end_date)

    def test_a_trial_comes_before_the_minimum_term(self):
        plan = self.make_plan(term_count=3, trial_count=14)
        with self.frozen("2026-01-01"):
            self.assertEqual(str(self.subscribe("2026-01-01", plan=plan).term_end_date), "2026-04-14")

    def test_a_term_agreed_anew_counts_from_its_own_first_day(self):
        with self.frozen("2026-12-01"):
            subscription = self.subscribe("2026-01-01", plan=self.make_plan(term_count=12))
            subscription.term_start_date = "2027-01-01"
        self.assertEqual(str(subscription.term_end_date), "2027-12-31")

    def test_a_plan_says_how_much_its_exit_fee_is(self):
        for values in (
            {"exit_fee_kind": "fixed", "exit_fee_amount": 10},
            {"exit_fee_kind": "percent", "term_count": 12},
            {"end_on": "term"},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.make_plan(**values)

    def test_the_terms_in_words(self):
        plan = self.make_plan(term_count=12, notice_days=30, exit_fee_kind="percent", exit_fee_percent=30, withdrawal_days=7)
        subscription = self.subscribe("2026-01-01", 50.0, plan=plan)
        self.assertEqual(
            subscription.terms_in_words.split("\n"),
            [
                "Minimum term: 12 months, until 12/31/2026. Then it goes on until cancelled.",
                "Cancellation is announced 30 days ahead.",
                (
                    "Leaving within the minimum term costs 30 % of what would still be billed until its end: "
                    "for example $\xa090.00 on 07/01/2026."
                ),
                "Time that is paid and not used is given back by the day.",
                (
                    "The customer may withdraw within 7 days of the signature, or of the first day where that is later, "
                    "and gets everything back."
                ),
            ],
        )

    def test_a_plan_without_commitment_says_little(self):
        plan = self.make_plan(timing="arrears", withdrawal_days=0)
        self.assertEqual(self.subscribe("2026-01-01", plan=plan).terms_in_words, "")

    def test_a_falling_fee_in_words(self):
        plan = self.make_plan(term_count=12, exit_fee_kind="falling", exit_fee_amount=600, early_end="boundary", withdrawal_days=0)
        self.assertEqual(
            plan._terms_in_words(50.0, self.env["recurring.subscription"]._fields["start_date"].to_date("2026-01-01")),
            [
                "Minimum term: 12 months, until 12/31/2026. Then it goes on until cancelled.",
                # 184 of 365 days to go
                "Leaving within the minimum term costs $\xa0600.00, less for every day served: for example $\xa0302.47 on 07/01/2026.",
                "What is paid is not given back: service goes on to the end of the billed period.",
            ],
        )
