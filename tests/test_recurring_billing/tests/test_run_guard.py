"""A scheduled run whose total is far above the usual waits for a person."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestRunGuard(RecurringCommon):
    def usual_runs(self, amount=100.0):
        """Three runs of one amount: 1, 2 and 3 March."""
        for day in ("2024-03-01", "2024-03-02", "2024-03-03"):
            self.subscribe(day, amount, plan=self.make_plan(interval_unit="year"))
            self.assertEqual(self.run_cron(day).state, "done")

    def test_three_times_the_median_is_billed(self):
        self.usual_runs()
        self.subscribe("2024-03-04", 300.0)
        self.assertBilled(self.run_cron("2024-03-04"), 1, 1, 300.0)

    def test_more_than_three_times_the_median_waits_and_tells_the_responsible(self):
        self.usual_runs()
        subscription = self.subscribe("2024-03-04", 300.01)
        run = self.run_cron("2024-03-04")
        self.assertEqual((run.state, run.expected_amount, run.invoice_count), ("waiting", 300.01, 0))
        self.assertFalse(self.invoices(subscription))
        self.assertEqual(run.activity_ids.user_id, self.responsible)

    def test_a_waiting_run_does_not_start_by_itself_the_next_day(self):
        self.usual_runs()
        subscription = self.subscribe("2024-03-04", 1000.0)
        run = self.run_cron("2024-03-04")
        self.assertEqual(self.run_cron("2024-03-05"), run)
        self.assertEqual(run.state, "waiting")
        self.assertFalse(self.invoices(subscription))

    def test_confirming_goes_on_and_the_next_day_runs_by_itself_again(self):
        self.usual_runs()
        subscription = self.subscribe("2024-03-04", 1000.0)
        run = self.run_cron("2024-03-04")
        self.press("2024-03-04", run, "action_confirm", user=self.responsible)
        self.assertBilled(run, 1, 1, 1000.0)
        self.assertEqual(len(self.invoices(subscription)), 1)
        self.subscribe("2024-03-05", 100.0)
        self.assertBilled(self.run_cron("2024-03-05"), 1, 1, 100.0)

    def test_confirming_closes_the_activity(self):
        self.usual_runs()
        self.subscribe("2024-03-04", 1000.0)
        run = self.run_cron("2024-03-04")
        self.press("2024-03-04", run, "action_confirm", user=self.responsible)
        self.assertFalse(run.activity_ids)

    def test_a_run_that_does_not_wait_cannot_be_confirmed(self):
        self.subscribe("2024-03-04", 100.0)
        run = self.run_cron("2024-03-04")
        with self.assertRaisesRegex(UserError, "does not wait"):
            run.action_confirm()

    def test_two_runs_are_too_few_to_know_what_is_usual(self):
        for day in ("2024-03-01", "2024-03-02"):
            self.subscribe(day, 100.0)
            self.run_cron(day)
        self.subscribe("2024-03-03", 9000.0)
        self.assertEqual(self.run_cron("2024-03-03").state, "done")

    def test_a_factor_of_0_holds_no_run(self):
        self.usual_runs()
        self.company.recurring_guard_factor = 0
        self.subscribe("2024-03-04", 9000.0)
        self.assertEqual(self.run_cron("2024-03-04").state, "done")

    def test_bill_now_is_a_person_and_does_not_wait(self):
        self.usual_runs()
        subscription = self.subscribe("2024-03-04", 9000.0)
        self.assertBilled(self.bill("2024-03-04", subscription), 1, 1, 9000.0)
