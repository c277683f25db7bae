"""What Odoo would post wrongly or crash on is parked with its own reason, the others are billed, and a retry after mending solves it."""

from odoo import Command
from odoo.tests import tagged

from .common import RecurringCommon

DAY = "2024-03-01"


@tagged("post_install", "-at_install")
class TestPreflight(RecurringCommon):
    def assertParked(self, spoilt, kind, record, name, what_to_do):
        """Bill the spoilt one beside a healthy one, by the scheduled action: only the spoilt one is parked, in words."""
        healthy = self.subscribe(DAY, 77.0, product=self.make_product(77.0, "Fine", property_account_income_id=self.income.id))
        run = self.run_cron(DAY)
        self.assertBilled(run, 1, 1, 77.0)
        self.assertEqual(run.parked_count, 1)
        self.assertEqual(len(self.invoices(healthy)), 1)
        self.assertFalse(self.invoices(spoilt))
        issue = self.issue(spoilt)
        self.assertEqual((issue.kind, issue.record_model, issue.record_id, issue.amount), (kind, record._name, record.id, 50.0))
        self.assertIn(name, issue.name)
        self.assertIn(what_to_do, issue.message)
        self.assertEqual(issue.activity_ids.mapped("user_id"), self.responsible)
        self.assertEqual((issue.user_id, issue.run_id, issue.tries), (self.responsible, run, 1))
        self.assertTrue(spoilt.is_parked)
        self.assertEqual(spoilt.health, "issue")
        self.assertEqual(issue.action_open_record()["res_id"], record.id)
        return issue

    def assertSolvedByRetry(self, issue):
        subscription = issue.subscription_id
        self.press(DAY, issue, "action_retry")
        self.assertEqual((issue.state, bool(issue.solved_at), bool(issue.activity_ids)), ("solved", True, False))
        self.assertEqual(len(self.invoices(subscription)), 1)
        self.assertEqual((subscription.is_parked, subscription.with_env(self.at(DAY)).health), (False, "ok"))

    def test_an_archived_customer(self):
        subscription = self.subscribe(DAY)
        partner = subscription.partner_id
        partner.active = False
        issue = self.assertParked(subscription, "partner", partner, "customer Ana is archived", "Unarchive the customer")
        partner.active = True
        self.assertSolvedByRetry(issue)

    def test_an_archived_invoice_address(self):
        subscription = self.subscribe(DAY, partner_invoice_id=self.make_partner("Accounts").id)
        address = subscription.partner_invoice_id
        address.active = False
        self.assertParked(subscription, "partner", address, "Accounts is archived", "invoice address")

    def test_an_archived_product(self):
        subscription = self.subscribe(DAY)
        product = subscription.line_ids.product_id
        product.active = False
        issue = self.assertParked(subscription, "product", product, "product Gym is archived", "Unarchive the product")
        product.active = True
        self.assertSolvedByRetry(issue)

    def test_an_archived_journal(self):
        journal = self.env["account.journal"].create({"name": "Old book", "code": "OLD", "type": "sale"})
        subscription = self.subscribe(DAY, journal_id=journal.id)
        journal.active = False
        issue = self.assertParked(subscription, "journal", journal, "Old book is archived", "choose another one")
        subscription.journal_id = False
        self.assertSolvedByRetry(issue)

    def test_an_archived_tax(self):
        tax = self.make_tax(7)
        product = self.make_product(taxes_id=[Command.set(tax.ids)])
        subscription = self.subscribe(DAY, product=product)
        tax.active = False
        issue = self.assertParked(subscription, "tax", tax, "7 % is archived", "replace it on the line")
        tax.active = True
        self.assertSolvedByRetry(issue)

    def test_no_income_account(self):
        self.company.income_account_id = False
        bare = self.env["product.category"].create({"name": "Bare", "property_account_income_categ_id": False})
        subscription = self.subscribe(DAY, product=self.make_product(categ_id=bare.id))
        issue = self.assertParked(
            subscription, "income", subscription.line_ids.product_id, "Gym has no income account", "Set an income account"
        )
        bare.property_account_income_categ_id = self.income
        self.assertSolvedByRetry(issue)

    def in_euro(self):
        self.currency_eur.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", self.currency_eur.id)]).unlink()
        return self.subscribe(DAY, currency_id=self.currency_eur.id)

    def test_no_currency_rate(self):
        subscription = self.in_euro()
        self.make_rate(self.currency_eur, "2024-03-02", 0.8)
        issue = self.assertParked(subscription, "rate", self.currency_eur, "no rate of EUR on or before 03/01/2024", "Add a rate")
        self.make_rate(self.currency_eur, "2024-02-20", 0.8)
        self.assertSolvedByRetry(issue)

    def test_a_rate_of_another_company_is_none(self):
        subscription = self.in_euro()
        self.make_rate(self.currency_eur, "2024-02-28", 0.8, company=self.company_brl)
        self.assertParked(subscription, "rate", self.currency_eur, "no rate of EUR", "Add a rate")

    def test_an_old_currency_rate(self):
        subscription = self.in_euro()
        self.make_rate(self.currency_eur, "2024-01-29", 0.8)
        issue = self.assertParked(subscription, "old_rate", self.currency_eur, "EUR is of 01/29/2024", "at most 31 days old")
        self.company.recurring_rate_max_age = 0
        self.assertSolvedByRetry(issue)

    def test_a_rate_of_31_days_ago_is_used(self):
        subscription = self.in_euro()
        self.make_rate(self.currency_eur, "2024-01-30", 0.8)
        self.assertBilled(self.bill(DAY, subscription), 1, 1)
        self.assertEqual(self.invoices(subscription).amount_total_signed, 62.5)

    def test_the_rate_is_asked_for_on_the_invoice_date(self):
        """The plan dates invoices on 1 February; the only rate is of 5 February, the run is on 1 March."""
        plan = self.make_plan(invoice_date_policy="period")
        self.in_euro()
        subscription = self.subscribe("2024-02-01", plan=plan, currency_id=self.currency_eur.id, end_date="2024-02-29")
        self.make_rate(self.currency_eur, "2024-02-05", 0.8)
        self.bill(DAY, subscription)
        self.assertIn("on or before 02/01/2024", self.issue(subscription).name)

    def test_no_receivable_account(self):
        account = self.make_account("109901", "asset_receivable", reconcile=True)
        partner = self.make_partner("Rui", property_account_receivable_id=account.id)
        subscription = self.subscribe(DAY, partner=partner)
        account.active = False
        issue = self.assertParked(subscription, "receivable", partner, "Rui has no receivable account", "Invoicing tab")
        account.active = True
        self.assertSolvedByRetry(issue)

    def test_no_sales_journal_at_all(self):
        subscription = self.subscribe(DAY)
        self.env["account.journal"].search([("company_id", "=", self.company.id), ("type", "=", "sale")]).active = False
        self.bill(DAY, subscription)
        self.assertEqual(self.issue(subscription).kind, "journal")
        self.assertIn("no sales journal", self.issue(subscription).name)

    def test_each_spoilt_in_its_own_way_among_healthy_ones(self):
        archived_tax = self.make_tax(7)
        spoilt = {
            "partner": self.subscribe(DAY),
            "product": self.subscribe(DAY),
            "tax": self.subscribe(DAY, product=self.make_product(taxes_id=[Command.set(archived_tax.ids)])),
            "rate": self.in_euro(),
            "catch_up": self.subscribe("2023-12-01"),
        }
        spoilt["partner"].partner_id.active = False
        spoilt["product"].line_ids.product_id.active = False
        archived_tax.active = False
        healthy = self.subscribe(DAY) | self.subscribe(DAY)
        run = self.bill(DAY, healthy.union(*spoilt.values()))
        self.assertBilled(run, 2, 2, 100.0)
        self.assertEqual({kind: self.issue(subscription).kind for kind, subscription in spoilt.items()}, {kind: kind for kind in spoilt})
        self.assertEqual(run.parked_count, 5)

    def test_the_reason_is_in_the_language_of_the_responsible(self):
        self.responsible.lang = "pt_BR"
        subscription = self.subscribe(DAY)
        subscription.line_ids.product_id.active = False
        self.bill(DAY, subscription)
        self.assertIn("arquivado", self.issue(subscription).name)

    def test_the_salesperson_is_responsible_and_else_the_person_in_the_settings(self):
        seller = self.make_user("sara", "recurring_billing.group_user")
        subscription = self.subscribe(DAY, user_id=seller.id)
        subscription.line_ids.product_id.active = False
        self.bill(DAY, subscription)
        issue = self.issue(subscription)
        self.assertEqual((issue.user_id, issue.activity_ids.user_id), (seller, seller))
