"""Four dates, four rules: service period, invoice date, accounting date, due date."""

from odoo import Command
from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestInvoiceDates(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.in_15_days = cls.make_term((100, 15))

    @classmethod
    def make_term(cls, *parts, **values):
        """A payment term of (percent, days) parts."""
        return cls.env["account.payment.term"].create(
            {
                "name": "Term",
                "line_ids": [Command.create({"value": "percent", "value_amount": percent, "nb_days": days}) for percent, days in parts],
                **values,
            }
        )

    def dates(self, subscription):
        """Of its newest invoice: invoice date, accounting date, due date."""
        invoice = self.invoices(subscription)[-1]
        return str(invoice.invoice_date), str(invoice.date), str(invoice.invoice_date_due)

    def test_june_issued_on_25_may_is_due_on_10_june(self):
        subscription = self.subscribe("2024-06-01", plan=self.make_plan(lead_days=7), due_day=10)
        self.bill("2024-05-25", subscription)
        self.assertEqual(self.periods(subscription), [("2024-06-01", "2024-06-30", 50.0)])
        self.assertEqual(self.dates(subscription), ("2024-05-25", "2024-05-25", "2024-06-10"))
        invoice = self.invoices(subscription)
        self.assertEqual(invoice.state, "posted")
        self.assertFalse(invoice.invoice_payment_term_id)

    def test_changing_the_due_day_never_changes_the_period(self):
        subscription = self.subscribe("2024-06-01", due_day=10)
        self.bill("2024-06-01", subscription)
        subscription.due_day = 5
        self.bill("2024-07-01", subscription)
        self.assertEqual(
            [period[:2] for period in self.periods(subscription)], [("2024-06-01", "2024-06-30"), ("2024-07-01", "2024-07-31")]
        )
        self.assertEqual(self.dates(subscription), ("2024-07-01", "2024-07-01", "2024-07-05"))

    def test_a_due_day_before_the_invoice_date_falls_in_the_next_month(self):
        subscription = self.subscribe("2024-06-12", due_day=10)
        self.bill("2024-06-12", subscription)
        self.assertEqual(self.dates(subscription)[2], "2024-07-10")

    def test_due_day_31_is_the_last_day_of_a_short_month(self):
        subscription = self.subscribe("2024-06-12", due_day=31)
        self.bill("2024-06-12", subscription)
        self.assertEqual(self.dates(subscription)[2], "2024-06-30")

    def test_a_payment_term_counts_from_the_invoice_date(self):
        subscription = self.subscribe("2024-06-01", payment_term_id=self.in_15_days.id)
        self.bill("2024-06-03", subscription)
        self.assertEqual(self.dates(subscription), ("2024-06-03", "2024-06-03", "2024-06-18"))
        self.assertEqual(self.invoices(subscription).invoice_payment_term_id, self.in_15_days)

    def test_the_payment_term_of_an_early_invoice_counts_from_the_period(self):
        subscription = self.subscribe("2024-06-01", plan=self.make_plan(lead_days=7), payment_term_id=self.in_15_days.id)
        self.bill("2024-05-25", subscription)
        self.assertEqual(self.dates(subscription), ("2024-05-25", "2024-05-25", "2024-06-16"))

    def test_without_term_and_due_day_an_early_invoice_is_due_when_the_period_begins(self):
        subscription = self.subscribe("2024-06-01", plan=self.make_plan(lead_days=7))
        self.bill("2024-05-25", subscription)
        self.assertEqual(self.dates(subscription)[2], "2024-06-01")

    def test_instalments_stay_native(self):
        term = self.make_term((40, 0), (60, 30))
        subscription = self.subscribe("2024-06-01", 100.0, plan=self.make_plan(lead_days=7), payment_term_id=term.id)
        self.bill("2024-05-25", subscription)
        invoice = self.invoices(subscription)
        self.assertEqual(invoice.invoice_payment_term_id, term)
        parts = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term").sorted("date_maturity")
        self.assertEqual([(str(part.date_maturity), part.debit) for part in parts], [("2024-05-25", 40.0), ("2024-06-24", 60.0)])

    def test_an_early_payment_discount_stays_native(self):
        term = self.make_term((100, 15), early_discount=True, discount_percentage=2, discount_days=7)
        subscription = self.subscribe("2024-06-01", plan=self.make_plan(lead_days=7), payment_term_id=term.id)
        self.bill("2024-05-25", subscription)
        self.assertEqual(self.invoices(subscription).invoice_payment_term_id, term)

    # Business days. 1 June 2024 is a Saturday.

    def test_a_due_date_on_a_saturday_moves_to_monday(self):
        subscription = self.subscribe("2024-05-20", plan=self.make_plan(business_days=True), due_day=1)
        self.bill("2024-05-20", subscription)
        self.assertEqual(self.dates(subscription)[2], "2024-06-03")

    def test_a_due_date_on_a_public_holiday_moves_on(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Founding day",
                "company_id": self.company.id,
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": "2024-06-03 00:00:00",
                "date_to": "2024-06-03 23:59:59",
            }
        )
        subscription = self.subscribe("2024-05-20", plan=self.make_plan(business_days=True), due_day=1)
        self.bill("2024-05-20", subscription)
        self.assertEqual(self.dates(subscription)[2], "2024-06-04")

    def test_a_holiday_of_another_company_moves_nothing(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Elsewhere",
                "company_id": self.company_brl.id,
                "calendar_id": self.company_brl.resource_calendar_id.id,
                "date_from": "2024-06-03 00:00:00",
                "date_to": "2024-06-03 23:59:59",
            }
        )
        subscription = self.subscribe("2024-05-20", plan=self.make_plan(business_days=True), due_day=1)
        self.bill("2024-05-20", subscription)
        self.assertEqual(self.dates(subscription)[2], "2024-06-03")

    def test_the_date_of_a_payment_term_moves_to_a_business_day_too(self):
        subscription = self.subscribe("2024-05-17", plan=self.make_plan(business_days=True), payment_term_id=self.in_15_days.id)
        self.bill("2024-05-17", subscription)
        self.assertEqual(self.dates(subscription)[2], "2024-06-03")

    def test_without_the_plan_option_a_saturday_stays(self):
        subscription = self.subscribe("2024-05-20", due_day=1)
        self.bill("2024-05-20", subscription)
        self.assertEqual(self.dates(subscription)[2], "2024-06-01")

    # Invoice and accounting date

    def test_by_default_the_invoice_is_dated_on_the_day_of_the_run(self):
        subscription = self.subscribe("2024-06-01")
        self.bill("2024-06-04", subscription)
        self.assertEqual(self.dates(subscription)[:2], ("2024-06-04", "2024-06-04"))

    def test_the_plan_may_date_invoices_when_the_period_became_due(self):
        subscription = self.subscribe("2024-06-01", plan=self.make_plan(invoice_date_policy="period"))
        self.bill("2024-06-04", subscription)
        self.assertEqual(self.dates(subscription)[:2], ("2024-06-01", "2024-06-01"))

    def test_a_period_date_never_lies_after_today(self):
        subscription = self.subscribe("2024-06-01", plan=self.make_plan(invoice_date_policy="period", lead_days=7))
        self.bill("2024-05-25", subscription)
        self.assertEqual(self.dates(subscription)[0], "2024-05-25")

    def test_in_arrears_the_period_date_is_the_day_after_the_period(self):
        plan = self.make_plan(invoice_date_policy="period", timing="arrears")
        subscription = self.subscribe("2024-05-01", plan=plan)
        self.bill("2024-06-04", subscription)
        self.assertEqual(self.dates(subscription)[0], "2024-06-01")

    def test_a_lock_date_moves_the_accounting_date_and_parks_nothing(self):
        subscription = self.subscribe("2024-06-01", plan=self.make_plan(invoice_date_policy="period"))
        self.company.sale_lock_date = "2024-06-30"
        self.bill("2024-07-01", subscription)
        invoice = self.invoices(subscription)[0]
        self.assertEqual((str(invoice.invoice_date), invoice.state), ("2024-06-01", "posted"))
        self.assertGreater(str(invoice.date), "2024-06-30")
        self.assertFalse(self.issue(subscription))
