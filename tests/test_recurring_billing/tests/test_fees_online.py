"""Online payments pay the amount of the day, and what is in them of fees goes to the accounts of fees."""

from datetime import timedelta

from lxml import html

from odoo import Command
from odoo.tests import HttpCase, tagged

from .fees import FeeCase


@tagged("post_install", "-at_install")
class OnlineCase(FeeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        journal = cls.env["account.journal"].create({"name": "Online", "code": "ONL", "type": "bank"})
        cls.env["account.payment.method"].sudo().create({"name": "Test", "code": "recurring_test", "payment_type": "inbound"})
        cls.method = cls.env.ref("payment.payment_method_unknown")
        cls.provider = cls.env["payment.provider"].create(
            {
                "name": "Test",
                "code": "recurring_test",
                "state": "test",
                "is_published": True,
                "company_id": cls.company.id,
                "payment_method_ids": [Command.set(cls.method.ids)],
                "journal_id": journal.id,
            }
        )
        cls.method.active = True
        line = journal.inbound_payment_method_line_ids.filtered(lambda line: line.payment_provider_id == cls.provider)
        line.payment_account_id = cls.make_account("101900", "asset_current", reconcile=True)

    def begin(self, day, move, amount):
        """A payment that the customer begins on a day."""
        return (
            self.env["payment.transaction"]
            .with_env(self.at(day))
            .create(
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.method.id,
                    "amount": amount,
                    "currency_id": move.currency_id.id,
                    "partner_id": move.partner_id.id,
                    "operation": "online_direct",
                    "reference": f"{move.name}-{day}",
                    "invoice_ids": [Command.set(move.ids)],
                }
            )
        )

    def finish(self, day, transaction):
        transaction._set_done()
        self.press(day, transaction, "_post_process")
        return transaction.payment_id


class TestPaidOnline(OnlineCase):
    def test_the_amount_of_the_day_is_divided(self):
        invoice = self.owe()
        payment = self.finish("2026-03-25", self.begin("2026-03-25", invoice, 1025.0))
        receivable = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term").account_id.code
        self.assertEqual(self.entries(payment), sorted([(receivable, -1000.0), ("400901", -20.0), ("400902", -5.0)]))
        self.assertEqual((invoice.payment_state, str(payment.date)), ("paid", "2026-03-25"))
        self.assertEqual([(fee.state, fee.total) for fee in self.fees_of(invoice)], [("booked", 25.0)])

    def test_several_invoices_in_one_payment(self):
        """On 15 March: due 10 February, 33 days: 20.00 + 11.00; due 10 March, 5 days: 20.00 + 1.67. Together 2 052.67."""
        subscription = self.subscribe("2026-02-10", 1000.0)
        self.bill("2026-02-10", subscription)
        self.bill("2026-03-10", subscription)
        invoices = self.invoices(subscription)
        transaction = self.begin("2026-03-15", invoices[0], 2052.67)
        transaction.invoice_ids = invoices
        payment = self.finish("2026-03-15", transaction)
        self.assertEqual(invoices.mapped("payment_state"), ["paid", "paid"])
        self.assertEqual(sorted(payment.recurring_late_fee_ids.mapped("total")), [21.67, 31.0])
        booked = [line for line in self.entries(payment) if line[0].startswith("4009")]
        self.assertEqual(booked, [("400901", -40.0), ("400902", -12.67)])

    def test_the_fees_are_those_of_the_day_the_customer_paid(self):
        """Paid on the 25th, confirmed by the provider on the 27th: nothing is missing."""
        invoice = self.owe()
        payment = self.finish("2026-03-27", self.begin("2026-03-25", invoice, 1025.0))
        self.assertEqual((invoice.payment_state, str(payment.date)), ("paid", "2026-03-27"))
        fees = self.fees_of(invoice)
        self.assertEqual([(fee.state, fee.total) for fee in fees], [("booked", 25.0)])

    def test_who_paid_at_midnight_what_the_page_asked_before_owes_nothing(self):
        """3 % until 5 March: the page of 23:50 asks 970.00, which come at 00:10; at 02:00 they are a part of 1 000.00."""
        self.company.recurring_tz = "America/Sao_Paulo"
        self.policy.tier_ids = [Command.create({"days": 5, "percent": 3.0})]
        invoice = self.owe("2026-02-20", due_day=10)
        days = {}
        for moment in ("2026-03-06 02:50:00", "2026-03-06 03:10:00", "2026-03-06 05:00:00"):
            with self.frozen(moment):
                begun = self.begin(f"2026-03-0{len(days) + 1}", invoice, 970.0)
                days[moment[11:16]] = str(begun.with_context(recurring_today=None)._recurring_day_asked())
        self.assertEqual(days, {"02:50": "2026-03-05", "03:10": "2026-03-05", "05:00": "2026-03-06"})

    def test_money_without_the_fees_settles_the_debt(self):
        invoice = self.owe()
        self.finish("2026-03-25", self.begin("2026-03-25", invoice, 1000.0))
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual([(fee.state, fee.total) for fee in self.fees_of(invoice)], [("open", 25.0)])

    def test_a_part_leaves_the_rest(self):
        invoice = self.owe()
        payment = self.finish("2026-03-25", self.begin("2026-03-25", invoice, 300.0))
        self.assertEqual((invoice.amount_residual, payment.recurring_late_fee_ids), (700.0, payment.recurring_late_fee_ids.browse()))

    def test_without_accounts_the_money_arrives_all_the_same(self):
        """No account takes the fees: the debt is paid, 25.00 are left over and listed."""
        invoice = self.owe()
        transaction = self.begin("2026-03-25", invoice, 1025.0)
        self.policy.fine_account_id = False
        self.policy.fine_product_id.categ_id = self.env["product.category"].create({"name": "No accounts"})
        self.policy.fine_product_id.categ_id.property_account_income_categ_id = False
        self.company.income_account_id = False
        with self.assertLogs("odoo.addons.recurring_billing.models.payment_transaction_fees", "WARNING"):
            self.finish("2026-03-25", transaction)
        fee = self.fees_of(invoice)
        self.assertEqual((invoice.payment_state, fee.state, fee.surplus), ("paid", "open", 25.0))

    def test_a_discount_for_paying_early(self):
        """5 % until ten days before 10 March is over on 5 March, 3 % until the 5th: 970.00."""
        self.policy.tier_ids = [Command.create({"days": 10, "percent": 5.0}), Command.create({"days": 5, "percent": 3.0})]
        invoice = self.owe("2026-02-20", due_day=10)
        self.assertEqual(str(invoice.invoice_date_due), "2026-03-10")
        payment = self.finish("2026-03-05", self.begin("2026-03-05", invoice, 970.0))
        self.assertEqual((invoice.payment_state, payment.amount), ("paid", 970.0))
        self.assertIn((self.discount_account.code, 30.0), self.entries(payment))

    def test_a_payment_taken_back_owes_its_fees_again(self):
        """1 025.00 on 25 March, taken back on 4 April: 1 000.00 are open, on that day with 20.00 and 25 days of interest, 8.33."""
        invoice = self.owe()
        payment = self.finish("2026-03-25", self.begin("2026-03-25", invoice, 1025.0))
        service = self.env["recurring.charging.back"].with_env(self.at("2026-04-04"))
        service.take_back(payment.payment_transaction_id)
        self.env.cr.flush()
        self.assertEqual(self.fees_of(invoice).state, "void")
        self.assertEqual(self.due(invoice, "2026-04-04"), (1000.0, 20.0, 8.33, 0.0, 1028.33))
        fines = self.env["account.move.line"].search([("account_id", "=", self.fine_account.id)])
        self.assertEqual(fines.mapped("balance"), [20.0, -20.0])

    def test_links_and_portal_ask_for_the_amount_of_the_day(self):
        invoice = self.owe().with_env(self.at("2026-03-25"))
        values = invoice._get_invoice_next_payment_values()
        self.assertEqual((values["amount_due"], values["next_amount_to_pay"], values["recurring_due"].fine), (1025.0, 1025.0, 20.0))
        self.assertEqual(invoice._get_default_payment_link_values()["amount"], 1025.0)
        asked = invoice._get_invoice_next_payment_values(custom_amount=300.0)
        self.assertEqual((asked["next_amount_to_pay"], asked["amount_due"]), (300.0, 1025.0))

    def test_instalments_that_are_late_are_asked_for_with_their_fees(self):
        """On 30 March the first of two is late: 511.67 now, 1 011.67 in all."""
        subscription = self.subscribe("2026-03-10", 1000.0, payment_term_id=self.installments(10, 30).id)
        self.bill("2026-03-10", subscription)
        with self.frozen("2026-03-30"):
            values = self.invoices(subscription).with_env(self.at("2026-03-30"))._get_invoice_next_payment_values()
        self.assertEqual((values["installment_state"], values["next_amount_to_pay"], values["amount_due"]), ("overdue", 511.67, 1011.67))


@tagged("post_install", "-at_install")
class TestPortalFees(OnlineCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.policy.business_days = False
        self.today = self.company._recurring_today()
        self.invoice = self.owe(str(self.today - timedelta(days=15)))

    def page(self, url):
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        return html.fromstring(answer.text)

    def text(self, page, name):
        """The amounts that the page shows under a name."""
        return {" ".join(node.text_content().split()).replace("\xa0", " ") for node in page.iterfind(f".//dd[@name='{name}']")}

    def test_the_invoice_shows_fine_interest_and_what_to_pay_today(self):
        """15 days late: 20.00 + 5.00."""
        page = self.page(self.invoice.get_portal_url())
        self.assertEqual(self.text(page, "recurring_fine"), {"$ 20.00"})
        self.assertEqual(self.text(page, "recurring_interest"), {"$ 5.00"})
        self.assertEqual(self.text(page, "recurring_total"), {"$ 1,025.00"})
        form = page.find(".//*[@id='o_payment_form']")
        self.assertEqual(float(form.get("data-amount")), 1025.0)

    def test_an_invoice_in_time_shows_nothing_of_it(self):
        invoice = self.owe(str(self.today), partner=self.make_partner("Bea"))
        self.assertEqual(self.text(self.page(invoice.get_portal_url()), "recurring_total"), set())

    def test_fees_that_are_charged_later_are_not_asked_for(self):
        self.policy.booking = "next_invoice"
        page = self.page(self.invoice.get_portal_url())
        self.assertEqual(self.text(page, "recurring_total"), {"$ 1,000.00"})
        self.assertIn("charged once this invoice is paid", page.text_content())

    def test_all_that_is_overdue_is_paid_with_its_fees(self):
        user = self.make_user("customer", "base.group_portal", companies=self.company)
        mine = self.owe(str(self.today - timedelta(days=15)), partner=user.partner_id)
        self.authenticate(user.login, user.login)
        page = self.page("/my/invoices/overdue")
        self.assertEqual(float(page.find(".//*[@id='o_payment_form']").get("data-amount")), 1025.0)
        self.assertEqual(mine.payment_state, "not_paid")
