import os
import random
from collections import defaultdict
from datetime import date, timedelta

from odoo import Command, fields

from .common import RecurringCommon

SIGNED = date(2027, 1, 11)
CASES = 400 if os.environ.get("RECURRING_BILLING_LONG_TESTS") else 20


class TestQuotationIsBilled(RecurringCommon):
    """What is quoted is what is billed: random orders, their quoted invoices beside those that are posted, to the cent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recurring_rate_max_age = 0
        cls.make_rate(cls.currency_eur, "2027-01-01", 0.8731)
        cls.pricelist_eur = cls.env["product.pricelist"].create({"name": "Euro", "currency_id": cls.currency_eur.id})
        taxes = [cls.tax, cls.make_tax(7.3, price_include_override="tax_included"), cls.make_tax(1.75)]
        fixed = cls.make_tax(0.37, amount_type="fixed", name="0.37 each")
        cls.tax_sets = [[], taxes[0].ids, taxes[1].ids, (taxes[0] | taxes[2]).ids, (fixed | taxes[0]).ids]
        cls.products = [
            cls.make_product(price, name=f"Product {price}", recurring_ok=True) for price in (9.95, 24.95, 49.9, 99.99, 249.95, 1290.0)
        ]
        term = cls.env["account.payment.term"].create(
            {"name": "15 days", "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 15})]}
        )
        cls.terms = [False, term.id]

    def make_random_plan(self, dice):
        unit, count = dice.choice([("month", 1), ("month", 1), ("month", 3), ("year", 1), ("week", 2), ("day", 10)])
        values = {"interval_unit": unit, "interval_count": count, "proration": dice.choice(["actual", "thirty", "full", "none"])}
        if unit in ("month", "year") and dice.random() < 0.6:
            values.update(alignment="fixed_day", anchor_day=dice.choice([1, 5, 15, 31]))
            if count == 3 or unit == "year":
                values["anchor_month"] = "1"
        if dice.random() < 0.25:
            values.update(trial_count=dice.choice([7, 14]), trial_unit="day")
        if unit != "year" and dice.random() < 0.2:
            values["timing"] = "arrears"
        elif dice.random() < 0.2:
            values["lead_days"] = dice.choice([3, 7])
        if dice.random() < 0.2:
            values["invoice_date_policy"] = "period"
        return self.make_plan(name=f"Every {count} {unit}", **values)

    def make_random_order(self, dice):
        start = SIGNED + timedelta(days=dice.choice([0, 0, 3, 20, 41]))
        lines = [
            {
                "product_id": (product := dice.choice(self.products)).id,
                "price_unit": dice.choice([product.list_price, round(dice.uniform(1, 400), 2)]),
                "product_uom_qty": dice.choice([1, 1, 2, 3, 7, 2.5]),
                "discount": dice.choice([0, 0, 10, 33.33, 12.5]),
                "tax_ids": [Command.set(dice.choice(self.tax_sets))],
            }
            for _n in range(dice.randrange(1, 4))
        ]
        return self.at(SIGNED)["sale.order"].create(
            {
                "partner_id": self.make_partner(f"Customer {dice.random()}").id,
                "recurring_plan_id": self.make_random_plan(dice).id,
                "pricelist_id": self.pricelist_eur.id if dice.random() < 0.3 else False,
                "payment_term_id": dice.choice(self.terms),
                "recurring_start": "date" if start > SIGNED else "signature",
                "recurring_start_date": start,
                "order_line": [Command.create(values) for values in lines],
            }
        )

    def check_cases(self, seed, count):
        dice = random.Random(seed)
        orders = [self.make_random_order(dice) for _n in range(count)]
        quoted = {order: order.env["recurring.quotation.outlook"].quote(order)[0].invoices[:2] for order in orders}
        for order in orders:
            order.action_confirm()
        due = defaultdict(lambda: self.env["recurring.subscription"])
        for order, invoices in quoted.items():
            for invoice in invoices:
                due[invoice.run_day] |= order.subscription_ids.with_env(self.env)
        for day, subscriptions in sorted(due.items()):
            self.bill(fields.Date.to_string(day), subscriptions)
        for order, invoices in quoted.items():
            self.assertEqual(len(invoices), 2)
            posted = self.invoices(order.subscription_ids).sorted(lambda move: (move.recurring_run_id.date, move.id))[:2]
            told = f"{order.recurring_plan_id.name} {self.issue(order.subscription_ids).name}"
            self.assertEqual([self.seen(move) for move in posted], [self.promised(invoice) for invoice in invoices], told)

    def seen(self, move):
        lines = move.invoice_line_ids
        period = min(lines.mapped("recurring_start")), max(lines.mapped("recurring_last_day"))
        self.assertEqual(move.state, "posted")
        # Rounded globally, Odoo's own lines need not add up to their total; those of a quotation do.
        per_line = self.company.tax_calculation_rounding_method == "round_per_line"
        untaxed = sorted(round(amount, 2) for amount in lines.mapped("price_subtotal")) if per_line else []
        amounts = round(move.amount_untaxed, 2), round(move.amount_tax, 2), round(move.amount_total, 2)
        return move.invoice_date, move.invoice_date_due, *period, *amounts, untaxed

    def promised(self, invoice):
        per_line = self.company.tax_calculation_rounding_method == "round_per_line"
        untaxed = sorted(round(line.untaxed, 2) for line in invoice.lines) if per_line else []
        period = invoice.period.start, invoice.period.last_day
        return invoice.date, invoice.due_date, *period, invoice.untaxed, invoice.tax, invoice.total, untaxed

    def test_quoted_invoices_are_the_posted_ones(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        self.check_cases(19, CASES)

    def test_quoted_invoices_are_the_posted_ones_where_taxes_are_rounded_globally(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        self.check_cases(84, CASES)
