"""Deferred and accrued revenue at any day, from the service dates of posted lines; figures worked out by hand."""

from odoo.exceptions import UserError
from odoo.fields import Date
from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestDeferral(RecurringCommon):
    def setUp(self):
        super().setUp()
        self.product = self.make_product(1000.0, property_account_income_id=self.income.id)

    def yearly(self, start="2024-07-01", price=1000.0, **values):
        plan = values.pop("plan", None) or self.make_plan(interval_unit="year")
        subscription = self.subscribe(start, price, plan=plan, product=self.product, **values)
        self.bill(start, subscription)
        return subscription

    def report(self, day, since=None, months=False, user=None, companies=None):
        """The rows of the report about this test's account."""
        env = self.env(user=user, context={**self.env.context, "allowed_company_ids": (companies or self.company).ids})
        wizard = env["recurring.deferral"].create({"day": day, "since": since})
        action = wizard.action_open_months() if months else wizard.action_open_lines()
        return env[action["res_model"]].search(action["domain"]).filtered(lambda row: row.account_id == self.income)

    def figures(self, rows):
        return [(row.total, row.earned, row.deferred, row.accrued) for row in rows]

    def test_a_yearly_invoice_at_year_end(self):
        # 184 of 365 days: 1000 × 184 / 365 = 504.109...
        subscription = self.yearly()
        rows = self.report("2024-12-31")
        self.assertEqual(self.figures(rows), [(1000.0, 504.11, 495.89, 0.0)])
        self.assertEqual((rows.move_id, rows.plan_id), (self.invoices(subscription), subscription.plan_id))
        self.assertEqual((str(rows.start), str(rows.last_day), str(rows.date)), ("2024-07-01", "2025-06-30", "2024-07-01"))

    def test_a_year_in_arrears_is_accrued_until_it_is_invoiced(self):
        subscription = self.subscribe(
            "2023-07-01", 1000.0, plan=self.make_plan(interval_unit="year", timing="arrears"), product=self.product
        )
        self.bill("2024-07-01", subscription)
        # 1 July 2023 to 30 June 2024: 366 days, 184 of them in 2023: 502.732...
        self.assertEqual(self.figures(self.report("2023-12-31")), [(1000.0, 502.73, 0.0, 502.73)])
        self.assertEqual(self.figures(self.report("2024-06-30")), [(1000.0, 1000.0, 0.0, 1000.0)])
        self.assertFalse(self.report("2024-07-01"))

    def test_what_is_over_appears_only_when_asked_for(self):
        self.yearly()
        self.assertFalse(self.report("2025-06-30"))
        self.assertEqual(self.figures(self.report("2025-06-30", since="2025-06-01")), [(1000.0, 1000.0, 0.0, 0.0)])
        self.assertFalse(self.report("2025-12-31", since="2025-07-01"))

    def test_nothing_of_the_future_appears(self):
        self.yearly()
        self.assertFalse(self.report("2024-06-30"))
        self.assertFalse(self.report("2024-06-30", since="2024-01-01"))

    def test_drafts_do_not_count(self):
        self.yearly(plan=self.make_plan(interval_unit="year", invoice_mode="draft"))
        self.assertFalse(self.report("2024-12-31"))

    def test_a_credit_note_counts_negative(self):
        subscription = self.yearly()
        credit = self.invoices(subscription)._reverse_moves([{"invoice_date": "2024-10-01", "date": "2024-10-01"}])
        credit.action_post()
        self.assertEqual(self.figures(self.report("2024-12-31")), [(1000.0, 504.11, 495.89, 0.0), (-1000.0, -504.11, -495.89, 0.0)])

    def test_months_add_up_to_the_line(self):
        self.yearly()
        rows = self.report("2024-12-31", months=True)
        self.assertEqual([str(month)[:7] for month in rows.mapped("month")][:2] + [len(rows)], ["2024-07", "2024-08", 12])
        # 31, 31, 30, 31, 30, 31, 31, 28, 31, 30, 31, 30 days; cumulated 84.93, 169.86, 252.05, 336.99, 419.18, 504.11, ...
        self.assertEqual([round(row.amount, 2) for row in rows][:6], [84.93, 84.93, 82.19, 84.94, 82.19, 84.93])
        self.assertEqual(round(sum(rows.mapped("amount")), 2), 1000.0)
        self.assertEqual((round(sum(rows.mapped("deferred")), 2), sum(rows.mapped("accrued"))), (495.89, 0.0))
        self.assertFalse(any(row.deferred for row in rows if row.month <= Date.to_date("2024-12-01")))

    def test_months_of_many_lines_add_up_to_their_invoices(self):
        plan = self.make_plan(alignment="fixed_day", anchor_day=1)
        for day, price in (("2024-03-07", 99.99), ("2024-03-19", 33.33), ("2024-03-30", 0.05)):
            self.yearly(day, price, plan=plan)
            self.yearly(day, price)
        rows = self.report("2024-03-31", months=True)
        self.assertEqual(round(sum(rows.mapped("amount")), 2), round(99.99 + 33.33 + 0.05, 2))
        lines = self.report("2024-03-31")
        self.assertEqual(round(sum(rows.mapped("deferred")), 2), round(sum(lines.mapped("deferred")), 2))

    def test_two_currencies(self):
        self.make_rate(self.currency_eur, "2024-07-01", 0.8)
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": self.currency_eur.id})
        self.yearly(price=800.0, pricelist_id=pricelist.id, currency_id=self.currency_eur.id)
        rows = self.report("2024-12-31")
        self.assertEqual(rows.currency_id, self.currency_eur)
        # 800 EUR are 1000 USD; 800 × 184 / 365 = 403.287...
        self.assertEqual(self.figures(rows), [(1000.0, 504.11, 495.89, 0.0)])
        self.assertEqual((rows.total_currency, rows.earned_currency, rows.deferred_currency), (800.0, 403.29, 396.71))
        months = self.report("2024-12-31", months=True)
        self.assertEqual(round(sum(months.mapped("amount_currency")), 2), 800.0)
        self.assertEqual(round(sum(months.mapped("deferred_currency")), 2), 396.71)

    def test_only_the_companies_worked_in(self):
        self.yearly()
        self.assertFalse(self.report("2024-12-31", companies=self.company_eur))

    def test_auditor_and_billing_read_it_and_see_only_their_own(self):
        self.yearly()
        auditor = self.make_user("deferral_auditor", "recurring_billing.group_auditor")
        billing = self.make_user("deferral_billing", "account.group_account_invoice")
        rows = self.report("2024-12-31", user=auditor)
        self.assertEqual(self.figures(rows), [(1000.0, 504.11, 495.89, 0.0)])
        self.assertEqual(len(self.report("2024-12-31", user=billing)), 1)
        self.assertFalse(self.env["recurring.deferral.line"].with_user(billing).search([("id", "in", rows.ids)]))

    def test_since_after_the_day_is_refused(self):
        with self.assertRaisesRegex(UserError, "lies after the day"):
            self.report("2024-12-31", since="2025-01-01")
