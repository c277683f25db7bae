"""Missed periods: billed at the price valid at their start, on one invoice or several, and old ones only after a person agrees."""

from datetime import date

from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestCatchUp(RecurringCommon):
    def test_every_missed_month_gets_an_invoice_of_its_own(self):
        subscription = self.subscribe("2024-04-01", 30.0)
        self.assertBilled(self.bill("2024-05-02", subscription), 1, 2, 60.0)
        self.assertEqual(
            [invoice.invoice_line_ids.name.splitlines()[-1] for invoice in self.invoices(subscription)],
            ["04/01/2024 to 04/30/2024", "05/01/2024 to 05/31/2024"],
        )

    def test_the_plan_may_put_all_missed_months_on_one_invoice(self):
        subscription = self.subscribe("2024-04-01", 30.0, plan=self.make_plan(catch_up="together"))
        self.assertBilled(self.bill("2024-05-02", subscription), 1, 1, 60.0)
        self.assertEqual(len(self.invoices(subscription).invoice_line_ids), 2)

    def test_together_with_the_period_date_the_invoice_is_dated_by_the_newest(self):
        plan = self.make_plan(catch_up="together", invoice_date_policy="period")
        subscription = self.subscribe("2024-04-02", 30.0, plan=plan)
        self.bill("2024-05-03", subscription)
        self.assertEqual(str(self.invoices(subscription).invoice_date), "2024-05-02")

    def test_each_missed_month_costs_what_was_valid_at_its_start(self):
        """1 March: billed at 30. 5 March: the price becomes 40 from the first day not billed, 1 April. A run was missed."""
        subscription = self.subscribe("2024-02-01", 30.0)
        self.bill("2024-02-01", subscription)
        line = subscription.line_ids
        line.with_context(recurring_today=date.fromisoformat("2024-02-05")).price_unit = 40.0
        newer = subscription.line_ids - line
        self.assertEqual((str(line.date_end), str(newer.date_start)), ("2024-02-29", "2024-03-01"))
        newer.date_end = "2024-03-31"
        newer.copy({"date_start": "2024-04-01", "price_unit": 50.0, "lineage_id": newer.lineage_id.id, "subscription_id": subscription.id})
        self.assertBilled(self.bill("2024-04-01", subscription), 1, 2, 90.0)
        self.assertEqual([period[2] for period in self.periods(subscription)], [30.0, 40.0, 50.0])

    def test_work_of_exactly_31_days_ago_is_billed(self):
        subscription = self.subscribe("2024-04-01", 30.0)
        self.assertBilled(self.bill("2024-05-02", subscription), 1, 2)

    def test_work_older_than_31_days_waits_with_its_periods_and_money(self):
        subscription = self.subscribe("2024-03-01", 30.0)
        run = self.bill("2024-05-02", subscription)
        self.assertBilled(run, 0, 0)
        self.assertEqual(run.parked_count, 1)
        issue = self.issue(subscription)
        self.assertEqual((issue.kind, issue.amount), ("catch_up", 90.0))
        self.assertIn("3 old invoices", issue.name)
        self.assertEqual(
            [line.replace("\N{NO-BREAK SPACE}", " ") for line in issue.detail.splitlines()],
            ["03/01/2024 – 03/31/2024: $ 30.00", "04/01/2024 – 04/30/2024: $ 30.00", "05/01/2024 – 05/31/2024: $ 30.00"],
        )
        self.assertFalse(self.periods(subscription))

    def test_confirming_one_bills_that_one_only(self):
        first, second = self.subscribe("2024-03-01", 30.0), self.subscribe("2024-03-01", 40.0)
        self.bill("2024-05-02", first | second)
        self.press("2024-05-02", self.issue(first), "action_confirm_catch_up")
        self.assertEqual(len(self.invoices(first)), 3)
        self.assertFalse(self.issue(first))
        self.assertFalse(self.invoices(second))
        self.assertTrue(self.issue(second))

    def test_confirming_all_bills_all(self):
        both = self.subscribe("2024-03-01", 30.0) | self.subscribe("2024-03-01", 40.0)
        self.bill("2024-05-02", both)
        self.press("2024-05-02", self.issue(both[0]) | self.issue(both[1]), "action_confirm_catch_up")
        self.assertEqual(sum(self.invoices(both).mapped("amount_untaxed")), 210.0)
        self.assertFalse(any(both.mapped("is_parked")))

    def test_confirming_does_not_cover_work_that_gets_old_later(self):
        subscription = self.subscribe("2024-03-01", 30.0)
        self.bill("2024-05-02", subscription)
        self.press("2024-05-02", self.issue(subscription), "action_confirm_catch_up")
        self.bill("2024-08-01", subscription)
        self.assertEqual(self.issue(subscription).kind, "catch_up")
        self.assertEqual(len(self.invoices(subscription)), 3)

    def test_retrying_without_confirming_leaves_it_waiting(self):
        subscription = self.subscribe("2024-03-01", 30.0)
        self.bill("2024-05-02", subscription)
        issue = self.issue(subscription)
        self.press("2024-05-02", issue, "action_retry")
        self.assertEqual((issue.state, issue.tries), ("open", 2))
        self.assertFalse(self.invoices(subscription))

    def test_saying_it_was_billed_elsewhere_and_retrying_bills_the_rest(self):
        subscription = self.subscribe("2024-03-01", 30.0)
        self.bill("2024-05-02", subscription)
        subscription.line_ids.opening_until = "2024-04-30"
        self.press("2024-05-02", self.issue(subscription), "action_retry")
        self.assertFalse(self.issue(subscription))
        self.assertEqual([period[2] for period in self.periods(subscription)], [0.0, 0.0, 30.0])

    def test_the_company_sets_how_old_is_old(self):
        self.company.recurring_catch_up_days = 100
        subscription = self.subscribe("2024-03-01", 30.0)
        self.assertBilled(self.bill("2024-05-02", subscription), 1, 3, 90.0)
