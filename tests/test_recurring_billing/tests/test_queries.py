"""The number of queries of a run does not grow with a subscription's past, nor per invoice with the number of subscriptions."""

from datetime import date

from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestQueries(RecurringCommon):
    def make_many(self, count, start, **line):
        partner, plan, product = self.make_partner(), self.make_plan(), self.make_product(10.0)
        subscriptions = self.env["recurring.subscription"].create(
            [
                {
                    "partner_id": partner.id,
                    "plan_id": plan.id,
                    "start_date": start,
                    "user_id": False,
                    "line_ids": [(0, 0, {"product_id": product.id, **line})],
                }
                for _number in range(count)
            ]
        )
        subscriptions.with_context(recurring_today=date.fromisoformat(start)).action_activate()
        return subscriptions

    def queries_of_billing(self, day, subscriptions):
        """The queries of one run, savepoints of the test left out."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        run = self.bill(day, subscriptions)
        queries = self.cr.sql_log_count - before
        self.assertEqual((run.state, run.invoice_count, run.parked_count), ("done", len(subscriptions), 0))
        return queries

    def test_60_past_periods_cost_no_more_queries_than_none(self):
        self.queries_of_billing("2024-03-01", self.make_many(3, "2024-03-01"))  # warms Odoo's caches
        fresh = self.make_many(3, "2024-03-01")
        old = self.make_many(3, "2019-03-01")
        self.company.recurring_catch_up_days = 4000
        self.bill("2024-02-29", old)
        self.assertEqual(len(old[0].period_ids), 60)
        with_none, with_60 = self.queries_of_billing("2024-03-01", fresh), self.queries_of_billing("2024-03-01", old)
        self.assertLessEqual(with_60, with_none + 2)

    def test_the_rows_read_for_a_run_do_not_grow_with_the_past(self):
        old = self.make_many(1, "2019-03-01")
        self.company.recurring_catch_up_days = 4000
        self.bill("2024-02-29", old)
        coverage = self.env["recurring.coverage"]
        ((_charges, rows),) = coverage.due_rows(old, old.next_invoice_date).values()
        self.assertEqual((str(old.next_invoice_date), len(rows)), ("2024-03-01", 0))

    def test_queries_per_invoice_do_not_grow_with_the_number_of_subscriptions(self):
        self.queries_of_billing("2024-03-01", self.make_many(3, "2024-03-01"))
        few, many = self.make_many(10, "2024-03-01"), self.make_many(80, "2024-03-01")
        per_invoice_few = self.queries_of_billing("2024-03-01", few) / 10
        per_invoice_many = self.queries_of_billing("2024-03-01", many) / 80
        self.assertLessEqual(per_invoice_many, per_invoice_few)

    def test_a_run_with_nothing_to_do_asks_little(self):
        subscriptions = self.make_many(20, "2024-03-01")
        self.bill("2024-03-01", subscriptions)
        before = self.cr.sql_log_count
        self.bill("2024-03-01", subscriptions)
        self.assertLess(self.cr.sql_log_count - before, 60)
