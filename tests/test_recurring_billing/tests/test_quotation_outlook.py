import re
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import Form, HttpCase
from odoo.tools import html2plaintext

from .common import RecurringCommon


class QuotationCommon(RecurringCommon):
    """Orders of a day."""

    def order_at(self, day, lines, plan=None, **values):
        """An order of a day, in the environment of that day.

        :param lines: (price, values of the line) of products sold as subscriptions.
        """
        env = self.at(day)
        return env["sale.order"].create(
            {
                "partner_id": self.make_partner().id,
                "company_id": self.company.id,
                "recurring_plan_id": plan.id if plan else False,
                "order_line": [
                    Command.create({"product_id": self.make_product(price, recurring_ok=True).id, "price_unit": price, **more})
                    for price, more in lines
                ],
                **values,
            }
        )

    def quote(self, order):
        return order.env["recurring.quotation.outlook"].quote(order)

    def told(self, order, lang="en_US"):
        """The block as plain text, spaces made single."""
        text = html2plaintext(order.with_context(lang=lang).recurring_quotation or "")
        return " ".join(text.replace("\xa0", " ").replace("*", "").split())

    def taxed(self):
        return {"tax_ids": [Command.set(self.tax.ids)]}

    def one_off(self, price):
        product = self.make_product(price, name="Installation")
        return Command.create({"product_id": product.id, "price_unit": price, "tax_ids": [Command.clear()]})


class TestQuotationOutlook(QuotationCommon):
    """Which invoices a quotation speaks of, worked out by hand."""

    def test_the_first_invoice_is_prorated_and_the_following_are_whole(self):
        # From 20 December to the 31st: 12 of 31 days of 31.00 are 12.00, and 15 % of it 1.80.
        plan = self.make_plan(alignment="fixed_day", anchor_day=1)
        (quoted,) = self.quote(self.order_at("2026-12-20", [(31.0, self.taxed())], plan))
        first, second = quoted.invoices[:2]
        self.assertEqual((first.untaxed, first.tax, first.total), (12.0, 1.8, 13.8))
        self.assertEqual((str(first.date), first.period.days, first.prorated), ("2026-12-20", 12, True))
        self.assertEqual((second.total, str(second.date), second.prorated), (35.65, "2027-01-01", False))
        self.assertEqual([(stage.first.total, stage.ends) for stage in quoted.stages], [(13.8, True), (35.65, False)])

    def test_each_plan_of_an_order_has_invoices_of_its_own(self):
        monthly, yearly = self.make_plan(), self.make_plan(name="Yearly", interval_unit="year")
        order = self.order_at("2026-12-20", [(50.0, {}), (400.0, {"recurring_plan_id": yearly.id})], monthly)
        quoted = self.quote(order)
        self.assertEqual([(each.plan, each.invoices[0].total) for each in quoted], [(monthly, 50.0), (yearly, 400.0)])
        self.assertEqual([str(each.invoices[1].date) for each in quoted], ["2027-01-20", "2027-12-20"])

    def test_what_is_due_at_the_start_leaves_out_trials_and_arrears(self):
        trial, arrears = self.make_plan(trial_count=14), self.make_plan(timing="arrears")
        for plan, first_day in ((trial, "2027-01-03"), (arrears, "2027-01-20")):
            order = self.order_at("2026-12-20", [(50.0, {})], plan)
            self.assertEqual(str(self.quote(order)[0].invoices[0].date), first_day)
            self.assertEqual(order.env["recurring.quotation.outlook"].first_invoices(order), [])

    def test_what_starts_on_a_later_day_is_due_at_the_start(self):
        order = self.order_at(
            "2026-12-20", [(50.0, {})], self.make_plan(), recurring_start="date", recurring_start_date=fields.Date.to_date("2027-01-15")
        )
        (first,) = order.env["recurring.quotation.outlook"].first_invoices(order)
        self.assertEqual((str(first.date), first.total), ("2027-01-15", 50.0))

    def test_a_plan_that_ends_with_its_term_is_quoted_to_its_end(self):
        # Six months from 20 December: six invoices and no more.
        plan = self.make_plan(term_count=6, renewal="end")
        (quoted,) = self.quote(self.order_at("2026-12-20", [(50.0, {})], plan))
        (stage,) = quoted.stages
        self.assertEqual((len(stage.invoices), str(stage.invoices[-1].date), stage.ends), (6, "2027-05-20", True))

    def test_a_renewal_is_quoted_as_the_term_that_goes_on(self):
        # A trial is over for good, the periods are those of the subscription: whole months from 10 April at 105.00.
        revised = {"renewal_price": "revision", "revision_kind": "percent", "revision_percent": 5.0}
        plan = self.make_plan(term_count=12, renewal="quote", trial_count=9, **revised)
        subscription = self.subscribe("2025-04-01", 100.0, plan=plan, product=self.make_product(100.0, recurring_ok=True))
        self.press("2026-03-10", subscription, "write", {"catch_up_confirmed_until": "2026-03-10"})
        self.bill("2026-03-10", subscription)
        with self.committing("2026-03-15") as env:
            env["recurring.renewal"].run_scheduled()
        order = subscription.renewal_order_ids.with_env(self.at("2026-03-15"))
        (quoted,) = self.quote(order)
        (stage,) = quoted.stages
        self.assertEqual((str(stage.first.date), stage.first.total, stage.first.prorated), ("2026-04-10", 105.0, False))
        self.assertEqual((len(stage.invoices), stage.ends), (12, True))
        self.assertIn("12 times every month, from 04/10/2026", self.told(order))
        self.assertNotIn("To pay to start", self.told(order))
        self.press("2026-03-16", order, "action_confirm")
        self.bill("2026-04-10", subscription)
        self.assertEqual(self.invoices(subscription)[-1:].amount_total, 105.0)

    def test_a_coupon_is_quoted_with_what_comes_after_it(self):
        # Half of 50.00 for two months, then 50.00; so it is posted.
        self.env["recurring.coupon"].create({"code": "HALF", "name": "Half", "percent": 50.0, "periods": 2})
        order = self.order_at("2026-12-20", [(50.0, {})], self.make_plan(), recurring_coupon_code="HALF")
        (quoted,) = self.quote(order)
        self.assertEqual(
            [(stage.first.total, str(stage.first.date)) for stage in quoted.stages], [(25.0, "2026-12-20"), (50.0, "2027-02-20")]
        )
        self.assertIn("2 times every month, from 12/20/2026", self.told(order))
        self.assertIn("Discount: Half HALF: 50% for 2 periods", self.told(order))
        order.action_confirm()
        for day in ("2026-12-20", "2027-01-20", "2027-02-20"):
            self.bill(day, order.subscription_ids)
        self.assertEqual(self.invoices(order.subscription_ids).mapped("amount_total"), [25.0, 25.0, 50.0])

    def test_a_family_discount_is_quoted_by_the_rank_it_will_have(self):
        # The second of the family gets 10 % off 100.00; another line for the first one gets nothing off.
        steps = [Command.create({"rank": 2, "percent": 10})]
        plan = self.make_plan(family_discount_id=self.env["recurring.family.discount"].create({"name": "Family", "step_ids": steps}).id)
        first = self.subscribe("2026-12-20", 100.0, plan=plan)
        order = self.order_at("2026-12-20", [(100.0, {})], plan, partner_id=first.partner_id.id)
        more = self.order_at("2026-12-20", [(100.0, {})], plan, partner_id=first.partner_id.id, recurring_extends_id=first.id)
        self.assertEqual([self.quote(each)[0].invoices[0].total for each in (order, more)], [90.0, 100.0])
        order.action_confirm()
        self.assertEqual(self.quote(order)[0].invoices[0].total, 90.0)
        self.bill("2026-12-20", order.subscription_ids)
        self.assertEqual(self.invoices(order.subscription_ids).amount_total, 90.0)

    def test_lines_added_to_a_subscription_are_quoted_on_its_schedule(self):
        # It runs from the 10th; from 20 January 21 of 31 days of 62.00 are 42.00.
        plan = self.make_plan()
        subscription = self.subscribe("2026-12-10", 100.0, plan=plan)
        theirs = {"partner_id": subscription.partner_id.id, "recurring_extends_id": subscription.id}
        order = self.order_at("2027-01-20", [(62.0, {})], plan, **theirs)
        (quoted,) = self.quote(order)
        invoices = [(str(invoice.date), invoice.total) for invoice in quoted.invoices[:2]]
        self.assertEqual(invoices, [("2027-01-20", 42.0), ("2027-02-10", 62.0)])
        self.assertEqual([invoice.total for invoice in order.env["recurring.quotation.outlook"].first_invoices(order)], [42.0])

    def test_a_discount_for_some_periods_is_a_stage_of_its_own(self):
        # Half of 50.00 for three months, from 20 December: the fourth, from 20 March, costs 50.00.
        order = self.order_at("2026-12-20", [(50.0, {})], self.make_plan())
        (values,) = order._recurring_prepare_subscriptions()
        welcome = {"name": "Welcome", "percent": 50.0, "periods": 3, "date_start": "2026-12-20"}
        values["line_ids"][0][2]["discount_ids"] = [Command.create(welcome)]
        quoted = order.env["recurring.quotation.outlook"].quote_values(values)
        self.assertEqual(
            [(stage.first.total, len(stage.invoices) if stage.ends else None, str(stage.first.period.start)) for stage in quoted.stages],
            [(25.0, 3, "2026-12-20"), (50.0, None, "2027-03-20")],
        )

    def test_an_order_that_was_confirmed_still_says_what_was_quoted(self):
        plan = self.make_plan(alignment="fixed_day", anchor_day=1)
        order = self.order_at("2026-12-20", [(31.0, {})], plan)
        order.action_confirm()
        later = order.with_env(self.at("2027-02-10"))
        (quoted,) = self.quote(later)
        self.assertEqual(
            [(str(invoice.date), invoice.total) for invoice in quoted.invoices[:2]], [("2026-12-20", 12.0), ("2027-01-01", 31.0)]
        )

    def test_quoting_leaves_nothing_behind(self):
        plan = self.make_plan()
        order = self.order_at("2026-12-20", [(31.0, {})], plan)
        tables = ("recurring.subscription", "recurring.subscription.line", "recurring.lineage", "recurring.period", "account.move")
        before = [self.env[name].search_count([]) for name in tables]
        known = [plan.subscription_ids, order.partner_id.recurring_subscription_ids, order.subscription_ids]  # in memory before
        self.assertFalse(any(known))
        self.quote(order)
        self.assertFalse(plan.subscription_ids | order.partner_id.recurring_subscription_ids | order.subscription_ids)
        self.env.flush_all()
        self.assertEqual([self.env[name].search_count([]) for name in tables], before)

    def test_a_salesperson_without_a_role_in_billing_sees_the_quotation(self):
        seller = self.make_user("sam", "sales_team.group_sale_salesman")
        order = self.order_at("2026-12-20", [(31.0, self.taxed())], self.make_plan(), user_id=seller.id)
        self.assertIn("35.65", self.told(order.with_user(seller)))


class TestQuotationWords(QuotationCommon):
    """What the quotation says, on screen, PDF and portal."""

    def test_it_says_first_invoice_following_ones_and_what_is_paid_at_the_start(self):
        # 12 of 31 days of 31.00 with 15 %: 13.80; one-off 90.00; together 103.80.
        plan = self.make_plan(alignment="fixed_day", anchor_day=1, name="Basic", term_count=12, notice_days=30)
        order = self.order_at("2026-12-20", [(31.0, self.taxed())], plan)
        order.write({"order_line": [self.one_off(90.0)]})
        text = self.told(order)
        for words in (
            "First invoice, 12/20/2026",
            "12/20/2026 to 12/31/2026, 12 of 31 days",
            "$ 13.80",
            "$ 12.00 + $ 1.80 taxes",
            "Then every month, from 01/01/2027",
            "$ 35.65",
            "Minimum term: 12 months, until 12/19/2027",
            "To pay to start $ 103.80",
        ):
            self.assertIn(words, text)

    def test_a_yearly_plan_says_what_it_saves(self):
        # Twelve months at 10.00 are 120.00, the year costs 100.00; of 3 pieces: 60.00.
        monthly, yearly = self.make_plan(), self.make_plan(name="Yearly", interval_unit="year")
        order = self.order_at("2026-12-20", [(100.0, {"product_uom_qty": 3})], yearly)
        product = order.order_line.product_id.product_tmpl_id
        product.recurring_price_ids = [
            Command.create({"plan_id": monthly.id, "price": 10.0}),
            Command.create({"plan_id": yearly.id, "price": 100.0}),
        ]
        self.assertIn("You save: $ 60.00 every year, against Monthly", self.told(order))

    def test_an_order_without_subscriptions_says_nothing(self):
        order = self.order_at("2026-12-20", [])
        order.write({"order_line": [self.one_off(90.0)]})
        self.assertFalse(order.recurring_quotation)
        html = self.env["ir.actions.report"]._render_qweb_html("sale.report_saleorder", order.ids)[0].decode()
        self.assertNotIn("o_recurring_quotation", html)

    def test_the_pdf_says_it_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        order = self.order_at("2026-12-20", [(1310.0, {})], self.make_plan(alignment="fixed_day", anchor_day=1))
        order.partner_id.lang = "pt_BR"
        html = order.env["ir.actions.report"]._render_qweb_html("sale.report_saleorder", order.ids)[0].decode()
        self.assertIn("20/12/2026", html)
        self.assertIn("507,10", html)  # 12 of 31 days of 1,310.00
        self.assertIn("01/01/2027", html)

    def test_the_form_says_it_while_the_order_is_edited(self):
        plan = self.make_plan(alignment="fixed_day", anchor_day=1)
        product, partner = self.make_product(31.0, recurring_ok=True), self.make_partner()
        with Form(self.at("2026-12-20")["sale.order"]) as form:
            form.partner_id = partner
            self.assertFalse(form.recurring_quotation)
            with form.order_line.new() as line:
                line.product_id = product
            self.assertFalse(form.recurring_quotation)
            form.recurring_plan_id = plan
            self.assertIn("12.00", html2plaintext(form.recurring_quotation))
            with form.order_line.edit(0) as line:
                line.product_uom_qty = 2
            self.assertIn("24.00", html2plaintext(form.recurring_quotation))


class TestQuotationPortal(HttpCase, QuotationCommon):
    """The customer reads what is recurring, signs, and is billed exactly that."""

    def test_what_is_read_and_signed_is_billed(self):
        today = fields.Date.to_string(self.company._recurring_today())
        plan = self.make_plan(alignment="fixed_day", anchor_day=1, name="Basic")
        order = self.order_at(today, [(31.0, self.taxed())], plan, require_payment=False, require_signature=True)
        order.action_quotation_sent()
        order._portal_ensure_token()
        (first,) = order.env["recurring.quotation.outlook"].first_invoices(order)
        self.authenticate(None, None)
        page = re.sub(r"\s+", " ", self.url_open(order.get_portal_url()).text.replace("\xa0", " "))
        self.assertIn("What is invoiced, and when", page)
        self.assertIn(f"$ {first.total:.2f}", page)
        self.assertIn("/ month", page)
        pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        with patch.object(type(self.env["ir.actions.report"]), "_render_qweb_pdf", lambda *arguments, **options: (b"pdf", "pdf")):
            url = f"/my/orders/{order.id}/accept"
            self.make_jsonrpc_request(url, {"access_token": order.access_token, "name": "Ana", "signature": pixel})
        self.assertEqual(order.state, "sale")
        self.bill(today, order.subscription_ids)
        self.assertEqual(self.invoices(order.subscription_ids).mapped("amount_total"), [first.total])
