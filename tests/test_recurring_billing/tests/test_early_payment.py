"""Discounts for paying early: ours in up to three steps, and Odoo's own of a payment term."""

from odoo import Command
from odoo.tests import tagged

from .fees import FeeCase


@tagged("post_install", "-at_install")
class TestEarlyPayment(FeeCase):
    """1 000.00 billed on 20 February 2026, due 10 March: 5 % until 28 February, 3 % until 5 March, 1.50 until the due date."""

    def setUp(self):
        super().setUp()
        tiers = ({"days": 10, "percent": 5.0}, {"days": 5, "percent": 3.0}, {"days": 0, "amount": 1.5})
        self.policy.tier_ids = [Command.create(tier) for tier in tiers]
        self.invoice = self.owe("2026-02-20", due_day=10)

    def test_the_amount_of_each_day(self):
        found = {day: self.due(self.invoice, f"2026-{day}")[3:] for day in ("02-28", "03-01", "03-05", "03-06", "03-10", "03-11")}
        self.assertEqual(
            found,
            {
                "02-28": (50.0, 950.0),
                "03-01": (30.0, 970.0),
                "03-05": (30.0, 970.0),
                "03-06": (1.5, 998.5),
                "03-10": (1.5, 998.5),
                "03-11": (0.0, 1020.33),
            },
        )

    def test_the_discount_is_booked_when_the_money_comes(self):
        """970.00 on 5 March settle 1 000.00: 30.00 on the account of discounts."""
        payment = self.receive(self.invoice, 970.0, "2026-03-05")
        self.assertEqual((self.invoice.payment_state, payment.amount), ("paid", 970.0))
        self.assertIn((self.discount_account.code, 30.0), self.entries(payment))

    def test_a_day_too_late_the_discount_is_a_debt(self):
        """970.00 on 6 March are a part payment: 30.00 stay, less than 1.50 off for who pays them in time."""
        self.receive(self.invoice, 970.0, "2026-03-06")
        self.assertEqual(self.due(self.invoice, "2026-03-06"), (30.0, 0.0, 0.0, 1.5, 28.5))

    def test_paid_in_full_anyway(self):
        payment = self.receive(self.invoice, 1000.0, "2026-02-25")
        self.assertEqual((self.invoice.payment_state, len(self.entries(payment))), ("paid", 1))

    def test_each_instalment_has_a_discount_of_its_own(self):
        """500.00 each, due on 22 March and 21 April: 1.50 off for each of them on its day, as the page asks and as it is booked."""
        invoice = self.owe("2026-02-20", payment_term_id=self.installments(30, 60).id)
        self.assertEqual(self.due(invoice, "2026-03-22")[3:], (26.5, 973.5), "1.50 of the first; 5 % of the second, a month ahead")
        payment = self.receive(invoice, 498.5, "2026-03-22")
        self.assertIn((self.discount_account.code, 1.5), self.entries(payment))
        self.assertEqual(self.due(invoice, "2026-04-21"), (500.0, 0.0, 0.0, 1.5, 498.5))
        self.receive(invoice, 498.5, "2026-04-21")
        self.assertEqual(invoice.payment_state, "paid")

    def test_fees_and_discounts_in_one_payment(self):
        """February's 1 000.00 due 10 March, on 25 March 1 025.00; April's invoice, due 10 April, 3 % less until 5 April: 970.00."""
        subscription = self.invoice.recurring_subscription_ids
        self.bill("2026-03-20", subscription)
        second = self.invoices(subscription)[-1]
        self.assertEqual(str(second.invoice_date_due), "2026-04-10")
        dues = self.env["recurring.amount.due"].of(self.invoices(subscription), second.invoice_date.replace(day=25))
        self.assertEqual([due.total for due in dues.values()], [1025.0, 950.0])
        payment = self.receive(self.invoices(subscription), 1975.0, "2026-03-25")
        self.assertEqual(self.invoices(subscription).mapped("payment_state"), ["paid", "paid"])
        self.assertEqual(
            [line for line in self.entries(payment) if line[0][:3] in ("400", "600")],
            [("400901", -20.0), ("400902", -5.0), ("600903", 50.0)],
        )


@tagged("post_install", "-at_install")
class TestNativeDiscount(FeeCase):
    def test_a_payment_terms_own_discount_with_its_taxes(self):
        """1 000.00 + 15 %, 2 % off within 10 days, taxes too: 1 127.00 settle 1 150.00, Odoo's entries take 20.00 and 3.00."""
        term = self.env["account.payment.term"].create(
            {
                "name": "30 days, 2 % in 10",
                "early_discount": True,
                "discount_percentage": 2.0,
                "discount_days": 10,
                "early_pay_discount_computation": "included",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )
        self.company.account_journal_early_pay_discount_loss_account_id = self.discount_account
        product = self.make_product(1000.0, taxes_id=[Command.set(self.tax.ids)])
        invoice = self.owe(product=product, payment_term_id=term.id)
        self.assertEqual(self.due(invoice, "2026-03-20"), (1150.0, 0.0, 0.0, 23.0, 1127.0))
        self.assertEqual(self.due(invoice, "2026-03-21"), (1150.0, 0.0, 0.0, 0.0, 1150.0))
        payment = self.receive(invoice, 1127.0, "2026-03-20")
        self.assertEqual(invoice.payment_state, "paid")
        self.assertIn((self.discount_account.code, 20.0), self.entries(payment))
        self.assertIn(3.0, payment.move_id.line_ids.mapped("debit"))
        self.assertEqual(sum(payment.move_id.line_ids.mapped("balance")), 0.0)
