"""The closing checklist: what should be nothing before a month is closed, and the records behind each figure."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RecurringCommon

MARCH = "2024-03-01"


@tagged("post_install", "-at_install")
class TestClosingCheck(RecurringCommon):
    def check(self, day, month, kind, user=None):
        """The row of a month and a check, as it stands on a day."""
        self.env.invalidate_all()
        env = self.at(day) if user is None else self.at(day)(user=user)
        (row,) = env["recurring.closing.check"].search(
            [("company_id", "=", self.company.id), ("month", "=", f"{month}-01"), ("check_kind", "=", kind)]
        )
        return row

    def opened(self, row):
        """The records that its button opens; as many as it counts."""
        action = row.action_open()
        records = row.env[action["res_model"]].search(action["domain"])
        self.assertEqual(row.count, len(records))
        self.assertEqual(row.is_clear, not records)
        return records

    def assertFigure(self, row, records, amount):
        """What is new since the start of the test; the company is the tests' own, and may hold nothing else of that time."""
        self.assertEqual(self.opened(row), records)
        self.assertEqual(row.amounts, amount)

    def test_unbilled_work_until_it_is_billed(self):
        subscription = self.subscribe(MARCH, 100.0, line={"tax_ids": self.tax})
        self.subscribe("2024-04-01")
        self.assertFigure(self.check("2024-03-20", "2024-03", "unbilled"), subscription, "$\N{NO-BREAK SPACE}115.00")
        self.bill("2024-03-20", subscription)
        row = self.check("2024-03-20", "2024-03", "unbilled")
        self.assertEqual((row.count, row.amounts, row.is_clear), (0, False, True))

    def test_work_of_a_month_in_the_future_is_counted_as_its_runs_will_bill_it(self):
        subscription = self.subscribe(MARCH)
        row = self.check(MARCH, "2024-04", "unbilled")
        self.assertFigure(row, subscription, "$\N{NO-BREAK SPACE}100.00")

    def test_drafts_until_they_are_confirmed(self):
        subscription = self.subscribe(MARCH, invoice_mode="draft")
        self.bill(MARCH, subscription)
        invoice = self.invoices(subscription)
        self.assertFigure(self.check(MARCH, "2024-03", "draft"), invoice, "$\N{NO-BREAK SPACE}50.00")
        self.assertTrue(self.check(MARCH, "2024-02", "draft").is_clear)
        invoice.action_post()
        self.assertTrue(self.check(MARCH, "2024-03", "draft").is_clear)

    def test_parked_subscriptions_by_the_work_that_waits(self):
        subscription = self.subscribe("2024-01-15")
        self.bill(MARCH, subscription)
        issue = self.issue(subscription)
        self.assertFigure(self.check(MARCH, "2024-03", "parked"), issue, "$\N{NO-BREAK SPACE}100.00")
        self.assertFigure(self.check(MARCH, "2024-01", "parked"), issue, "$\N{NO-BREAK SPACE}100.00")
        self.assertTrue(self.check(MARCH, "2023-12", "parked").is_clear)
        self.press(MARCH, issue, "action_confirm_catch_up")
        self.assertTrue(self.check(MARCH, "2024-03", "parked").is_clear)

    def test_invoices_of_a_locked_month_are_shown_in_both_months(self):
        subscription = self.subscribe("2024-02-15", plan=self.make_plan(invoice_date_policy="period"))
        self.company.sale_lock_date = "2024-02-29"
        with self.frozen("2024-03-10 12:00:00"):
            self.bill("2024-03-10", subscription)
        invoice = self.invoices(subscription)
        self.assertEqual((str(invoice.invoice_date), invoice.date.month), ("2024-02-15", 3))
        for month in ("2024-02", "2024-03"):
            self.assertFigure(self.check("2024-03-10", month, "locked"), invoice, "$\N{NO-BREAK SPACE}50.00")
        self.assertTrue(self.check("2024-03-10", "2024-01", "locked").is_clear)

    def test_a_run_that_waits_for_a_person(self):
        run = self.env["recurring.billing.run"].create(
            {
                "company_id": self.company.id,
                "trigger": "scheduled",
                "date": MARCH,
                "horizon": MARCH,
                "state": "waiting",
                "expected_amount": 900,
            }
        )
        self.assertFigure(self.check(MARCH, "2024-03", "run"), run, "$\N{NO-BREAK SPACE}900.00")
        run.state = "interrupted"
        self.assertEqual(self.check(MARCH, "2024-03", "run").count, 1)
        self.assertTrue(self.check("2024-04-20", "2024-04", "run").is_clear)
        run.state = "done"
        self.assertTrue(self.check(MARCH, "2024-03", "run").is_clear)

    def test_invoices_to_send(self):
        subscription = self.subscribe(MARCH, invoice_mode="post_send")
        self.bill(MARCH, subscription)
        invoice = self.invoices(subscription)
        self.assertFigure(self.check(MARCH, "2024-03", "to_send"), invoice, "$\N{NO-BREAK SPACE}50.00")
        self.assertTrue(self.check(MARCH, "2024-03", "to_charge").is_clear)
        invoice.is_move_sent = True
        self.assertTrue(self.check(MARCH, "2024-03", "to_send").is_clear)

    def test_invoices_to_charge(self):
        subscription = self.subscribe(MARCH, invoice_mode="post_charge")
        self.bill(MARCH, subscription)
        self.assertFigure(self.check(MARCH, "2024-03", "to_charge"), self.invoices(subscription), "$\N{NO-BREAK SPACE}50.00")

    def test_invoices_that_wait_for_a_fiscal_document(self):
        subscription = self.subscribe(MARCH, plan=self.make_plan(fiscal_wait="wait"))
        self.bill(MARCH, subscription)
        self.assertFigure(self.check(MARCH, "2024-03", "fiscal"), self.invoices(subscription), "$\N{NO-BREAK SPACE}50.00")

    def test_amounts_stand_by_currency(self):
        self.make_rate(self.currency_eur, "2024-02-28", 0.9)
        mine = self.subscribe(MARCH, invoice_mode="draft")
        mine |= self.subscribe(MARCH, 80.0, invoice_mode="draft", pricelist_id=False, currency_id=self.currency_eur.id)
        self.bill(MARCH, mine)
        amounts = self.check(MARCH, "2024-03", "draft").amounts
        self.assertEqual(sorted(amounts.split(" · ")), ["$\N{NO-BREAK SPACE}50.00", "80.00\N{NO-BREAK SPACE}€"])

    def test_the_choice_of_months_reaches_from_two_years_ago_to_the_next(self):
        months = self.at("2024-03-20")["recurring.closing.check"].search([("company_id", "=", self.company.id)]).mapped("month")
        self.assertEqual((str(min(months)), str(max(months))), ("2022-03-01", "2024-04-01"))

    def test_rows_of_other_companies_are_out_of_reach(self):
        rows = self.at(MARCH)["recurring.closing.check"].with_user(self.responsible).search([])
        self.assertEqual(rows.company_id, self.company)

    def test_every_row_opens_for_those_who_have_the_menu(self):
        for role in ("account.group_account_invoice", "recurring_billing.group_auditor", "recurring_billing.group_collections"):
            user = self.make_user(f"closing_{role.rsplit('_', 1)[1]}", role, companies=self.company)
            rows = self.at(MARCH)(user=user)["recurring.closing.check"].search([("month", "=", MARCH)])
            self.assertEqual(len(rows), 8)
            for row in rows:
                self.opened(row)

    def test_a_salesperson_has_no_checklist(self):
        seller = self.make_user("closing_seller", "recurring_billing.group_user", companies=self.company)
        with self.assertRaises(AccessError):
            self.env["recurring.closing.check"].with_user(seller).search([])
