"""The form, RPC over HTTP and Odoo's own import make the same subscription, and it is billed to the same invoice."""

import json
from datetime import datetime

from odoo.tests import Form, HttpCase, tagged

from .common import RecurringCommon

DAY = "2024-03-13"
FIELDS = [
    "partner_id",
    "partner_invoice_id",
    "plan_id",
    "company_id",
    "currency_id",
    "pricelist_id",
    "fiscal_position_id",
    "payment_term_id",
    "start_date",
    "end_date",
    "trial_end_date",
    "anchor_date",
    "next_invoice_date",
    "state",
    "amount_untaxed",
    "amount_total",
    "mrr",
    "due_day",
    "activated_on",
]
LINE_FIELDS = [
    "product_id",
    "name",
    "quantity",
    "price_unit",
    "discount",
    "tax_ids",
    "product_uom_id",
    "date_start",
    "date_end",
    "amount_untaxed",
    "mrr",
]
INVOICE_FIELDS = [
    "partner_id",
    "state",
    "invoice_date",
    "invoice_date_due",
    "amount_untaxed",
    "amount_total",
    "currency_id",
    "fiscal_position_id",
    "journal_id",
]


@tagged("post_install", "-at_install")
class TestSameResult(RecurringCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.make_user("sara", "recurring_billing.group_user_all", companies=cls.company)
        cls.plan = cls.make_plan(
            name="Test monthly on the 1st", alignment="fixed_day", anchor_day=1, term_count=12, renewal="end", trial_count=5, lead_days=3
        )
        cls.customer = cls.make_partner("Test Customer", property_payment_term_id=cls.env.ref("account.account_payment_term_15days").id)
        cls.product = cls.make_product(31.0, "Test Gym", taxes_id=[(6, 0, cls.tax.ids)])

    def by_form(self):
        env = self.env(user=self.seller, context={**self.at(DAY).context})
        with Form(env["recurring.subscription"]) as form:
            form.partner_id = self.customer
            form.plan_id = self.plan
            form.start_date = DAY
            form.due_day = 10
            with form.line_ids.new() as line:
                line.product_id = self.product
                line.quantity = 2
                line.discount = 10
        subscription = form.record
        subscription.action_activate()
        return self.env["recurring.subscription"].browse(subscription.id)

    def by_rpc(self):
        key = self.env(user=self.seller)["res.users.apikeys"].sudo()._generate("rpc", "test", datetime(2100, 1, 1))
        values = {
            "partner_id": self.customer.id,
            "plan_id": self.plan.id,
            "start_date": DAY,
            "due_day": 10,
            "line_ids": [[0, 0, {"product_id": self.product.id, "quantity": 2, "discount": 10}]],
        }
        (created,) = self.call(key, "create", vals_list=[values])
        self.call(key, "action_activate", ids=[created])
        return self.env["recurring.subscription"].browse(created)

    def call(self, key, method, **arguments):
        self.env.flush_all()
        response = self.url_open(
            f"/json/2/recurring.subscription/{method}",
            data=json.dumps({"context": {"lang": "en_US"}, **arguments}),
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        self.env.invalidate_all()
        self.assertEqual(response.status_code, 200, response.text)
        return response.json()

    def by_import(self):
        names = [
            "id",
            "partner_id",
            "plan_id",
            "start_date",
            "due_day",
            "state",
            "line_ids/product_id",
            "line_ids/quantity",
            "line_ids/discount",
        ]
        env = self.env(user=self.seller, context={**self.at(DAY).context})
        row = ["__import__.one", "Test Customer", "Test monthly on the 1st", DAY, "10", "Active", "Test Gym", "2", "10"]
        loaded = env["recurring.subscription"].load(names, [row])
        self.assertFalse(loaded["messages"])
        return self.env["recurring.subscription"].browse(loaded["ids"])

    def test_subscription_and_invoices_are_the_same(self):
        with self.frozen(f"{DAY} 12:00:00"):  # by RPC nobody sets the clock
            made = [self.by_form(), self.by_rpc(), self.by_import()]
        subscriptions = self.env["recurring.subscription"].union(*made)
        self.assertEqual(len(subscriptions), 3)
        self.bill("2024-03-29", subscriptions)
        told = [self.tell(subscription) for subscription in made]
        self.assertEqual(told[0], told[1])
        self.assertEqual(told[0], told[2])
        self.assertEqual(told[0]["subscription"]["amount_untaxed"], 55.8)
        self.assertEqual(told[0]["periods"], [("2024-03-18", "2024-03-31", 25.2), ("2024-04-01", "2024-04-30", 55.8)])

    def tell(self, subscription):
        return {
            "subscription": {name: self.plain(subscription[name]) for name in FIELDS},
            "lines": [{name: self.plain(line[name]) for name in LINE_FIELDS} for line in subscription.line_ids],
            "periods": self.periods(subscription),
            "invoices": [{name: self.plain(move[name]) for name in INVOICE_FIELDS} for move in self.invoices(subscription)],
            "texts": self.invoices(subscription).invoice_line_ids.mapped("name"),
        }

    @staticmethod
    def plain(value):
        return value.ids if hasattr(value, "ids") else value

    def test_importing_again_with_the_same_external_id_changes_nothing(self):
        first = self.by_import()
        self.bill("2024-03-29", first)
        again = self.by_import_without_lines()
        self.assertEqual(again, first)
        self.assertNothingBilled(self.bill("2024-03-29", first))

    def by_import_without_lines(self):
        env = self.env(user=self.seller, context={**self.at(DAY).context})
        names, row = ["id", "partner_id", "plan_id", "start_date"], ["__import__.one", "Test Customer", "Test monthly on the 1st", DAY]
        loaded = env["recurring.subscription"].load(names, [row])
        self.assertFalse(loaded["messages"])
        return self.env["recurring.subscription"].browse(loaded["ids"])

    def test_an_import_brings_an_opening_position_and_a_closed_subscription(self):
        names = ["id", "partner_id", "plan_id", "start_date", "end_date", "state", "line_ids/product_id", "line_ids/opening_until"]
        rows = [
            ["__import__.stayer", "Test Customer", "Test monthly on the 1st", "2023-06-01", "", "Active", "Test Gym", "2024-02-29"],
            [
                "__import__.leaver",
                "Test Customer",
                "Test monthly on the 1st",
                "2023-06-01",
                "2024-02-29",
                "Closed",
                "Test Gym",
                "2024-02-29",
            ],
        ]
        loaded = self.at(DAY)["recurring.subscription"].load(names, rows)
        self.assertFalse(loaded["messages"])
        stayer, leaver = self.env["recurring.subscription"].browse(loaded["ids"])
        self.assertEqual(str(stayer.next_invoice_date), "2024-02-27")
        self.assertFalse(leaver.next_invoice_date)
        self.assertEqual(leaver.state, "closed")
        self.assertEqual(leaver.mrr, 0.0)
