"""Each company's subscriptions are billed with its own journal, accounts, currency and day; nobody sees another company's."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RecurringCommon

DAY = "2024-03-01"


@tagged("post_install", "-at_install")
class TestCompanies(RecurringCommon):
    def in_company(self, company, price=50.0, **values):
        """A subscription of a company, made by somebody who works in that company."""
        here = self.env
        type(self).env = self.env(context={**here.context, "allowed_company_ids": company.ids})
        try:
            return self.subscribe(DAY, price, company_id=company.id, **values).with_env(here(context=self.all_companies()))
        finally:
            type(self).env = here

    def all_companies(self):
        companies = self.company | self.company_brl | self.company_eur
        return {**self.env.context, "allowed_company_ids": companies.ids}

    def test_a_company_b_subscription_is_billed_in_company_b(self):
        subscription = self.in_company(self.company_brl, 99.9)
        self.assertEqual(subscription.currency_id.name, "BRL")
        self.bill(DAY, subscription)  # a user who works in company A presses the button
        invoice = self.invoices(subscription)
        self.assertEqual((invoice.company_id, invoice.currency_id.name, invoice.amount_total), (self.company_brl, "BRL", 99.9))
        self.assertEqual(invoice.journal_id.company_id, self.company_brl)
        self.assertEqual(set(invoice.line_ids.account_id.company_ids), {self.company_brl})
        self.assertEqual(subscription.period_ids.company_id, self.company_brl)

    def test_one_press_makes_a_run_per_company(self):
        usd, brl, eur = (self.in_company(company) for company in (self.company, self.company_brl, self.company_eur))
        runs = self.bill(DAY, (usd | brl | eur), companies=self.company | self.company_brl | self.company_eur)
        self.assertEqual(runs.company_id, self.company | self.company_brl | self.company_eur)
        self.assertEqual(sorted(runs.mapped("currency_id.name")), ["BRL", "EUR", "USD"])
        self.assertEqual(runs.mapped("invoice_count"), [1, 1, 1])

    def test_the_scheduled_action_bills_every_company(self):
        usd, brl = self.in_company(self.company), self.in_company(self.company_brl)
        self.run_cron(DAY)
        self.assertEqual(self.invoices(usd).company_id, self.company)
        self.assertEqual(self.invoices(brl).company_id, self.company_brl)

    def test_a_guarded_company_does_not_hold_the_others(self):
        for day in ("2024-02-01", "2024-02-02", "2024-02-03"):
            self.subscribe(day, 10.0, plan=self.make_plan(interval_unit="year"))
            self.run_cron(day)
        self.subscribe(DAY, 9000.0)
        brl = self.in_company(self.company_brl)
        self.assertEqual(self.run_cron(DAY).state, "waiting")
        self.assertEqual(len(self.invoices(brl)), 1)

    def test_a_product_of_another_company_is_refused(self):
        product = self.make_product(company_id=self.company_brl.id)
        with self.assertRaises(UserError):
            self.subscribe(DAY, product=product)

    def test_a_journal_of_another_company_is_refused(self):
        journal = self.env["account.journal"].search([("company_id", "=", self.company_brl.id), ("type", "=", "sale")], limit=1)
        with self.assertRaises(UserError):
            self.subscribe(DAY, journal_id=journal.id)

    def test_a_user_of_company_b_sees_nothing_of_company_a(self):
        subscription = self.subscribe("2023-11-01")
        run = self.bill(DAY, subscription)  # old work: an issue
        issue = self.issue(subscription)
        self.press(DAY, issue, "action_confirm_catch_up")
        user = self.make_user("bruno", "recurring_billing.group_manager", "account.group_account_invoice", companies=self.company_brl)
        for records in (subscription, subscription.line_ids, subscription.period_ids, subscription.line_ids.lineage_id, run, issue):
            model = records.with_user(user).with_context(allowed_company_ids=self.company_brl.ids)
            with self.subTest(model=records._name):
                self.assertTrue(records)
                self.assertFalse(model.search([("id", "in", records.ids)]))
                with self.assertRaises(AccessError):
                    model.read(["display_name"])

    def test_a_user_of_company_b_cannot_bill_company_a(self):
        subscription = self.subscribe(DAY)
        user = self.make_user("bruno", "recurring_billing.group_manager", "account.group_account_invoice", companies=self.company_brl)
        with self.assertRaises(AccessError):
            self.bill(DAY, subscription, user=user, companies=self.company_brl)
        self.assertFalse(self.invoices(subscription))

    def test_taxes_of_the_subscription_s_company_are_taken(self):
        tax_brl = self.make_tax(9, company=self.company_brl)
        product = self.make_product(taxes_id=[(6, 0, (self.tax | tax_brl).ids)])
        usd, brl = self.in_company(self.company, product=product), self.in_company(self.company_brl, product=product)
        self.assertEqual(usd.line_ids.tax_ids, self.tax)
        self.assertIn(tax_brl, brl.line_ids.tax_ids)
        self.assertEqual(brl.line_ids.tax_ids.company_id, self.company_brl)

    def test_numbers_of_a_shared_sequence_are_never_the_same(self):
        names = [self.in_company(company).name for company in (self.company, self.company_brl)]
        self.assertEqual(len(set(names)), 2)
