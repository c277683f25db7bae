"""What is billed when: advance and arrears, anchors, partial periods, trial, ends."""

from datetime import date

from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestPeriodsBilled(RecurringCommon):
    def bill_each(self, subscription, *days):
        for day in days:
            self.bill(day, subscription)

    def test_a_month_in_advance_is_billed_on_its_first_day_and_not_before(self):
        subscription = self.subscribe("2024-03-10", 50.0)
        self.assertNothingBilled(self.bill("2024-03-09", subscription))
        self.assertBilled(self.bill("2024-03-10", subscription), 1, 1, 50.0)
        self.assertEqual(self.periods(subscription), [("2024-03-10", "2024-04-09", 50.0)])
        self.assertEqual(str(subscription.next_invoice_date), "2024-04-10")

    def test_a_month_in_arrears_is_billed_on_the_day_after_its_last(self):
        subscription = self.subscribe("2024-03-10", 50.0, plan=self.make_plan(timing="arrears"))
        self.assertNothingBilled(self.bill("2024-04-09", subscription))
        self.assertBilled(self.bill("2024-04-10", subscription), 1, 1, 50.0)
        self.assertEqual(self.periods(subscription), [("2024-03-10", "2024-04-09", 50.0)])

    def test_lead_days_bill_a_month_before_it_begins(self):
        subscription = self.subscribe("2024-03-10", 50.0, plan=self.make_plan(lead_days=7))
        self.assertNothingBilled(self.bill("2024-03-02", subscription))
        self.assertBilled(self.bill("2024-03-03", subscription), 1, 1, 50.0)
        self.assertEqual(str(subscription.next_invoice_date), "2024-04-03")

    def test_lead_days_do_not_move_a_month_in_arrears(self):
        subscription = self.subscribe("2024-03-10", 50.0, plan=self.make_plan(timing="arrears", lead_days=7))
        self.assertEqual(str(subscription.next_invoice_date), "2024-04-10")

    def test_a_start_on_31_january_returns_to_the_31st(self):
        subscription = self.subscribe("2023-01-31", 50.0)
        self.bill_each(subscription, "2023-01-31", "2023-02-28", "2023-03-31", "2023-04-30", "2023-05-31")
        self.assertEqual(
            [period[:2] for period in self.periods(subscription)],
            [
                ("2023-01-31", "2023-02-27"),
                ("2023-02-28", "2023-03-30"),
                ("2023-03-31", "2023-04-29"),
                ("2023-04-30", "2023-05-30"),
                ("2023-05-31", "2023-06-29"),
            ],
        )
        self.assertEqual({period[2] for period in self.periods(subscription)}, {50.0})

    def test_a_yearly_start_on_29_february_returns_to_the_29th(self):
        subscription = self.subscribe("2024-02-29", 120.0, plan=self.make_plan(interval_unit="year"))
        self.bill_each(subscription, "2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29")
        self.assertEqual(
            [period[0] for period in self.periods(subscription)],
            ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"],
        )

    def test_weeks_and_days_are_counted_from_the_start(self):
        fortnightly = self.subscribe("2024-02-20", 20.0, plan=self.make_plan(interval_unit="week", interval_count=2))
        ten_days = self.subscribe("2024-02-20", 20.0, plan=self.make_plan(interval_unit="day", interval_count=10))
        self.bill("2024-03-01", fortnightly | ten_days)
        self.assertEqual(self.periods(fortnightly), [("2024-02-20", "2024-03-04", 20.0)])
        self.assertEqual(self.periods(ten_days), [("2024-02-20", "2024-02-29", 20.0), ("2024-03-01", "2024-03-10", 20.0)])

    def test_a_calendar_quarter_begins_in_january(self):
        plan = self.make_plan(interval_count=3, alignment="fixed_day", anchor_day=1, anchor_month="1")
        subscription = self.subscribe("2024-05-01", 91.0, plan=plan)
        self.bill("2024-05-01", subscription)
        self.assertEqual(self.periods(subscription), [("2024-05-01", "2024-06-30", 61.0)])  # 61 of 91 days
        self.assertEqual(str(subscription.next_invoice_date), "2024-07-01")

    def test_the_last_day_of_the_month_is_a_fixed_day(self):
        plan = self.make_plan(alignment="fixed_day", anchor_day=31)
        subscription = self.subscribe("2024-02-29", 50.0, plan=plan)
        self.bill_each(subscription, "2024-02-29", "2024-03-31", "2024-04-30")
        self.assertEqual([period[0] for period in self.periods(subscription)], ["2024-02-29", "2024-03-31", "2024-04-30"])

    # Partial periods. 13 January to 13 February 2024 has 31 days; from 1 February 12 of them are left.

    def first_part(self, policy, price=31.0):
        plan = self.make_plan(alignment="fixed_day", anchor_day=13, proration=policy)
        subscription = self.subscribe("2024-02-01", price, plan=plan)
        self.bill("2024-02-01", subscription)
        return subscription

    def test_a_partial_first_month_by_the_day_costs_12_of_31_days(self):
        subscription = self.first_part("actual")
        self.assertEqual(self.periods(subscription), [("2024-02-01", "2024-02-12", 12.0)])
        self.assertEqual(subscription.period_ids.share_label, "12/31")
        self.assertEqual(self.invoices(subscription).amount_untaxed, 12.0)

    def test_a_partial_first_month_by_thirtieths_costs_12_of_30(self):
        self.assertEqual(self.periods(self.first_part("thirty", 30.0)), [("2024-02-01", "2024-02-12", 12.0)])

    def test_a_partial_first_month_may_cost_a_whole_one(self):
        self.assertEqual(self.periods(self.first_part("full")), [("2024-02-01", "2024-02-12", 31.0)])

    def test_a_partial_first_month_may_be_free_and_makes_no_invoice(self):
        subscription = self.first_part("none")
        self.assertEqual(self.periods(subscription), [("2024-02-01", "2024-02-12", 0.0)])
        self.assertFalse(self.invoices(subscription))
        self.assertEqual(str(subscription.next_invoice_date), "2024-02-13")
        self.assertBilled(self.bill("2024-02-13", subscription), 1, 1, 31.0)

    def test_the_month_after_a_partial_first_one_is_whole(self):
        for policy in ("actual", "thirty", "full", "none"):
            with self.subTest(policy=policy):
                subscription = self.first_part(policy)
                self.bill("2024-02-13", subscription)
                self.assertEqual(self.periods(subscription)[-1], ("2024-02-13", "2024-03-12", 31.0))

    def test_an_end_in_the_month_bills_its_days_only(self):
        for policy in ("actual", "full", "none"):
            with self.subTest(policy=policy):
                subscription = self.subscribe("2024-03-01", 31.0, plan=self.make_plan(proration=policy), end_date="2024-04-15")
                self.bill("2024-04-01", subscription)
                self.assertEqual(self.periods(subscription), [("2024-03-01", "2024-03-31", 31.0), ("2024-04-01", "2024-04-15", 15.5)])
                self.assertFalse(subscription.next_invoice_date)

    def test_an_end_in_arrears_is_billed_the_day_after_the_end(self):
        subscription = self.subscribe("2024-04-01", 30.0, plan=self.make_plan(timing="arrears"), end_date="2024-04-10")
        self.assertEqual(str(subscription.next_invoice_date), "2024-04-11")
        self.bill("2024-04-11", subscription)
        self.assertEqual(self.periods(subscription), [("2024-04-01", "2024-04-10", 10.0)])

    def test_nothing_is_billed_after_the_last_day(self):
        subscription = self.subscribe("2024-03-01", 31.0, end_date="2024-03-31")
        self.bill("2024-03-01", subscription)
        self.assertNothingBilled(self.bill("2024-04-01", subscription))
        self.assertEqual(len(self.invoices(subscription)), 1)

    def test_a_line_added_later_starts_in_the_running_month_with_its_days_only(self):
        subscription = self.subscribe("2024-04-01", 30.0)
        self.bill("2024-04-01", subscription)
        locker = self.make_product(15.0, "Locker")
        subscription.with_context(recurring_today=date.fromisoformat("2024-04-11")).line_ids = [(0, 0, {"product_id": locker.id})]
        self.assertEqual(str(subscription.line_ids[-1].date_start), "2024-04-11")
        self.bill("2024-04-11", subscription)
        self.assertIn(("2024-04-11", "2024-04-30", 10.0), self.periods(subscription))
        self.bill("2024-05-01", subscription)
        self.assertEqual(self.invoices(subscription)[-1].amount_untaxed, 45.0)

    # Trial and term

    def test_the_first_14_days_are_free_and_the_schedule_starts_after_them(self):
        plan = self.make_plan(trial_count=14, trial_unit="day")
        subscription = self.subscribe("2024-03-01", 31.0, plan=plan)
        self.assertEqual((str(subscription.trial_end_date), str(subscription.anchor_date)), ("2024-03-15", "2024-03-15"))
        self.assertNothingBilled(self.bill("2024-03-14", subscription))
        self.bill("2024-03-15", subscription)
        self.assertEqual(self.periods(subscription), [("2024-03-15", "2024-04-14", 31.0)])

    def test_after_a_trial_an_aligned_plan_begins_with_a_partial_month(self):
        plan = self.make_plan(trial_count=2, trial_unit="week", alignment="fixed_day", anchor_day=1)
        subscription = self.subscribe("2024-03-02", 31.0, plan=plan)
        self.bill("2024-03-16", subscription)
        self.assertEqual(self.periods(subscription), [("2024-03-16", "2024-03-31", 16.0)])

    def test_an_end_within_the_trial_bills_nothing(self):
        subscription = self.subscribe("2024-03-01", 31.0, plan=self.make_plan(trial_count=1, trial_unit="month"), end_date="2024-03-20")
        self.assertFalse(subscription.next_invoice_date)
        self.assertNothingBilled(self.bill("2024-04-01", subscription))

    def test_a_minimum_term_that_ends_ends_the_subscription(self):
        plan = self.make_plan(term_count=2, term_unit="month", renewal="end")
        subscription = self.subscribe("2024-01-31", 50.0, plan=plan)
        self.assertEqual(str(subscription.end_date), "2024-03-30")
        self.bill_each(subscription, "2024-01-31", "2024-02-29", "2024-03-31")
        self.assertEqual(self.periods(subscription), [("2024-01-31", "2024-02-28", 50.0), ("2024-02-29", "2024-03-30", 50.0)])

    def test_a_minimum_term_that_renews_goes_on(self):
        subscription = self.subscribe("2024-01-01", 50.0, plan=self.make_plan(term_count=1, term_unit="month"))
        self.assertFalse(subscription.end_date)
        self.bill_each(subscription, "2024-01-01", "2024-02-01", "2024-03-01")
        self.assertEqual(len(self.periods(subscription)), 3)

    def test_a_minimum_term_counts_from_the_end_of_the_trial(self):
        plan = self.make_plan(trial_count=10, term_count=1, term_unit="month", renewal="end")
        self.assertEqual(str(self.subscribe("2024-03-01", plan=plan).end_date), "2024-04-10")

    def test_a_draft_subscription_is_not_billed(self):
        subscription = self.subscribe("2024-03-01", activate=False)
        self.assertNothingBilled(self.bill("2024-03-01", subscription))

    def test_a_horizon_in_the_future_bills_ahead_dated_today(self):
        subscription = self.subscribe("2024-03-01", 50.0)
        self.assertBilled(self.bill("2024-03-01", subscription, horizon="2024-04-01"), 1, 2, 100.0)
        self.assertEqual({str(day) for day in self.invoices(subscription).mapped("invoice_date")}, {"2024-03-01"})

    def test_the_scheduled_action_bills_what_is_due(self):
        due, later = self.subscribe("2024-03-01", 50.0), self.subscribe("2024-03-02", 60.0)
        self.assertBilled(self.run_cron("2024-03-01"), 1, 1, 50.0)
        self.assertEqual((len(self.periods(due)), len(self.periods(later))), (1, 0))

    def test_two_scheduled_actions_of_one_day_are_one_run(self):
        self.subscribe("2024-03-01", 50.0)
        first = self.run_cron("2024-03-01")
        self.subscribe("2024-03-01", 60.0)
        self.assertEqual(self.run_cron("2024-03-01"), first)
        self.assertBilled(first, 2, 2, 110.0)

    def test_the_time_zone_of_the_company_decides_the_day(self):
        self.company.recurring_tz = "America/Sao_Paulo"
        with self.frozen("2024-03-02 02:59:00"):
            self.assertEqual(str(self.company._recurring_today()), "2024-03-01")
        with self.frozen("2024-03-02 03:00:00"):
            self.assertEqual(str(self.company._recurring_today()), "2024-03-02")
