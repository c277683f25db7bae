"""What RPC and imports must not reach: the clock, the ledger's dates, and a subscription closed without a last day."""

from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import RecurringCommon

MARCH = date(2024, 3, 1)


@tagged("post_install", "-at_install")
class TestOutOfReach(RecurringCommon):
    def test_a_clock_that_is_a_text_is_not_told(self):
        company = self.company
        self.assertEqual(company.with_context(recurring_today=MARCH)._recurring_today(), MARCH)
        self.assertNotEqual(company.with_context(recurring_today="2024-03-01")._recurring_today(), MARCH)

    def test_what_billing_keeps_is_refused_by_its_name(self):
        seller = new_test_user(self.env, "seller_out_of_reach", groups="recurring_billing.group_user_all", company_id=self.company.id)
        subscription = self.subscribe("2024-03-01")
        for values in ({"next_invoice_date": False}, {"catch_up_confirmed_until": "2099-01-01"}, {"mrr": 1.0}, {"is_parked": True}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                subscription.with_user(seller).write(values)
        with self.assertRaises(AccessError):
            subscription.line_ids.with_user(seller).write({"mrr": 1.0})

    def test_a_subscription_closed_without_a_last_day_ends_where_billing_stands(self):
        subscription = self.subscribe("2024-03-01")
        self.bill("2024-03-01", subscription)
        subscription.with_context(recurring_today=MARCH).write({"state": "closed"})
        self.assertEqual(str(subscription.end_date), "2024-03-31")
        self.assertNothingBilled(self.bill("2024-05-01", subscription))

    def test_a_subscription_closed_before_its_first_invoice_bills_nothing(self):
        subscription = self.subscribe("2024-03-01")
        subscription.with_context(recurring_today=MARCH).write({"state": "closed"})
        self.assertNothingBilled(self.bill("2024-03-01", subscription))

    def test_another_product_brings_its_own_price(self):
        subscription = self.subscribe("2024-03-01", 50.0)
        subscription.line_ids.write({"product_id": self.make_product(40.0, "Pool").id})
        self.assertEqual(subscription.line_ids.price_unit, 40.0)

    def test_a_line_stays_with_its_subscription(self):
        one, other = self.subscribe("2024-03-01"), self.subscribe("2024-03-01")
        with self.assertRaises(ValidationError):
            one.line_ids.write({"subscription_id": other.id})

    def test_an_agreement_to_bill_old_work_counts_once(self):
        subscription = self.subscribe("2024-01-01")
        self.bill("2024-03-10", subscription)
        self.press("2024-03-10", subscription.issue_ids, "action_confirm_catch_up")
        self.assertEqual(len(self.invoices(subscription)), 3)
        self.assertFalse(subscription.catch_up_confirmed_until)
