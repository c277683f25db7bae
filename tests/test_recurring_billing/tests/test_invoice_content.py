"""What stands on an invoice: mode, texts, taxes, accounts, analytic, salesperson, as a native sale would set them."""

from odoo import Command
from odoo.tests import tagged

from .common import RecurringCommon

AS_ON_A_SALE = (
    "partner_id",
    "commercial_partner_id",
    "partner_shipping_id",
    "journal_id",
    "company_id",
    "currency_id",
    "fiscal_position_id",
    "invoice_user_id",
    "team_id",
    "ref",
    "narration",
    "partner_bank_id",
    "invoice_incoterm_id",
    "invoice_cash_rounding_id",
    "move_type",
)
AS_ON_A_SALE_LINE = (
    "account_id",
    "tax_ids",
    "product_id",
    "product_uom_id",
    "quantity",
    "price_unit",
    "discount",
    "analytic_distribution",
    "price_total",
)


@tagged("post_install", "-at_install")
class TestInvoiceContent(RecurringCommon):
    def billed(self, *arguments, day="2024-03-01", **values):
        """The invoice of a new subscription."""
        subscription = self.subscribe(day, *arguments, **values)
        self.bill(day, subscription)
        return self.invoices(subscription)

    # Modes

    def test_a_plan_may_leave_drafts_for_review(self):
        invoice = self.billed(plan=self.make_plan(invoice_mode="draft"))
        self.assertEqual((invoice.state, str(invoice.invoice_date)), ("draft", "2024-03-01"))

    def test_the_subscription_overrides_the_mode_of_the_plan(self):
        self.assertEqual(self.billed(plan=self.make_plan(invoice_mode="draft"), invoice_mode="post").state, "posted")
        self.assertEqual(self.billed(plan=self.make_plan(invoice_mode="post"), invoice_mode="draft").state, "draft")

    def test_a_draft_holds_its_period_so_the_next_run_bills_nothing(self):
        subscription = self.subscribe("2024-03-01", invoice_mode="draft")
        self.bill("2024-03-01", subscription)
        self.assertNothingBilled(self.bill("2024-03-02", subscription))

    # Texts

    def test_the_line_says_what_and_when(self):
        invoice = self.billed(product=self.make_product(name="Gym membership"))
        self.assertEqual(invoice.invoice_line_ids.name, "Gym membership\n03/01/2024 to 03/31/2024")

    def test_a_partial_month_says_why(self):
        plan = self.make_plan(alignment="fixed_day", anchor_day=13)
        invoice = self.billed(31.0, plan=plan, day="2024-02-01")
        self.assertEqual(invoice.invoice_line_ids.name.splitlines()[-1], "02/01/2024 to 02/12/2024 (12 of 31 days)")

    def test_the_text_is_in_the_language_of_the_customer(self):
        product = self.make_product(name="Gym")
        product.with_context(lang="pt_BR").name = "Academia"
        plan = self.make_plan(alignment="fixed_day", anchor_day=13)
        invoice = self.billed(31.0, product=product, plan=plan, partner=self.make_partner(lang="pt_BR"), day="2024-02-01")
        self.assertEqual(invoice.invoice_line_ids.name, "Academia\n01/02/2024 a 12/02/2024 (12 de 31 dias)")

    def test_a_text_written_by_hand_stays(self):
        invoice = self.billed(line={"name": "Locker 17"})
        self.assertTrue(invoice.invoice_line_ids.name.startswith("Locker 17\n"))

    def test_the_beneficiary_is_named_and_the_payer_is_billed(self):
        pupil, mother = self.make_partner("Pupil Pedro"), self.make_partner("Mother Maria")
        invoice = self.billed(partner=mother, beneficiary_id=pupil.id)
        self.assertEqual((invoice.partner_id, invoice.partner_shipping_id), (mother, pupil))
        self.assertIn("Pupil Pedro", invoice.invoice_line_ids.name)

    # Amounts

    def test_quantity_price_and_discount_stand_on_the_line(self):
        invoice = self.billed(line={"quantity": 3, "price_unit": 10.0, "discount": 10})
        line = invoice.invoice_line_ids
        self.assertEqual((line.quantity, line.price_unit, line.discount, line.price_subtotal), (3, 10.0, 10, 27.0))

    def test_a_partial_month_of_an_odd_amount_is_exact_to_the_cent(self):
        invoice = self.billed(
            line={"quantity": 3, "price_unit": 9.99}, plan=self.make_plan(alignment="fixed_day", anchor_day=13), day="2024-02-01"
        )
        self.assertAlmostEqual(invoice.amount_untaxed, 11.60)  # 29.97 × 12/31 = 11.601

    def test_taxes_are_those_of_the_product(self):
        invoice = self.billed(100.0, product=self.make_product(100.0, taxes_id=[Command.set(self.tax.ids)]))
        self.assertEqual((invoice.amount_untaxed, invoice.amount_tax, invoice.amount_total), (100.0, 15.0, 115.0))

    def test_prices_may_include_the_tax(self):
        tax = self.make_tax(10, price_include_override="tax_included")
        invoice = self.billed(110.0, product=self.make_product(110.0, taxes_id=[Command.set(tax.ids)]))
        self.assertEqual((invoice.amount_untaxed, invoice.amount_total), (100.0, 110.0))

    def test_a_partial_month_with_included_tax_is_prorated_on_the_included_price(self):
        tax = self.make_tax(10, price_include_override="tax_included")
        product = self.make_product(310.0, taxes_id=[Command.set(tax.ids)])
        invoice = self.billed(310.0, product=product, plan=self.make_plan(alignment="fixed_day", anchor_day=13), day="2024-02-01")
        self.assertEqual(invoice.amount_total, 120.0)

    def test_a_fiscal_position_maps_taxes_and_accounts(self):
        exempt, other_income = self.make_tax(0), self.make_account("400901", "income")
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Abroad",
                "company_id": self.company.id,
                "account_ids": [Command.create({"account_src_id": self.income.id, "account_dest_id": other_income.id})],
            }
        )
        exempt.write({"fiscal_position_ids": [Command.set(position.ids)], "original_tax_ids": [Command.set(self.tax.ids)]})
        product = self.make_product(100.0, taxes_id=[Command.set(self.tax.ids)], property_account_income_id=self.income.id)
        partner = self.make_partner(property_account_position_id=position.id)
        invoice = self.billed(100.0, product=product, partner=partner)
        self.assertEqual(invoice.fiscal_position_id, position)
        self.assertEqual((invoice.invoice_line_ids.tax_ids, invoice.invoice_line_ids.account_id), (exempt, other_income))

    def test_a_fiscal_position_brings_a_tax_included_price_to_the_other_basis(self):
        included, excluded = self.make_tax(10, price_include_override="tax_included"), self.make_tax(0)
        position = self.env["account.fiscal.position"].create({"name": "Abroad", "company_id": self.company.id})
        excluded.write({"fiscal_position_ids": [Command.set(position.ids)], "original_tax_ids": [Command.set(included.ids)]})
        product = self.make_product(110.0, taxes_id=[Command.set(included.ids)])
        subscription = self.subscribe(
            "2024-03-01",
            partner=self.make_partner(property_account_position_id=position.id),
            lines=[{"product_id": product.id}],
        )
        self.bill("2024-03-01", subscription)
        self.assertEqual(self.invoices(subscription).amount_total, 100.0)

    # Currency

    def test_a_euro_subscription_is_invoiced_in_euro(self):
        self.make_rate(self.currency_eur, "2024-02-25", 0.8)
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": self.currency_eur.id})
        invoice = self.billed(80.0, pricelist_id=pricelist.id)
        self.assertEqual((invoice.currency_id, invoice.amount_total), (self.currency_eur, 80.0))
        self.assertEqual(invoice.amount_total_signed, 100.0)

    def test_a_currency_may_be_chosen_without_a_pricelist(self):
        self.make_rate(self.currency_eur, "2024-02-25", 0.8)
        invoice = self.billed(80.0, currency_id=self.currency_eur.id)
        self.assertEqual((invoice.currency_id, invoice.amount_total_signed), (self.currency_eur, 100.0))

    def test_the_price_comes_from_the_pricelist(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Students",
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 20, "applied_on": "3_global"})],
            }
        )
        subscription = self.subscribe("2024-03-01", lines=[{"product_id": self.make_product(50.0).id}], pricelist_id=pricelist.id)
        self.assertEqual(subscription.line_ids.price_unit, 40.0)

    # As a native sale

    def test_header_and_lines_are_what_a_sale_order_gives(self):
        seller = self.make_user("sara", "sales_team.group_sale_salesman")
        team = self.env["crm.team"].create({"name": "Counter", "company_id": self.company.id})
        company_partner = self.make_partner("Acme", is_company=True)
        address = self.make_partner("Acme, accounts", parent_id=company_partner.id, type="invoice")
        account = self.env["account.analytic.account"].create(
            {"name": "Gym", "plan_id": self.env["account.analytic.plan"].create({"name": "Places"}).id}
        )
        product = self.make_product(100.0, taxes_id=[Command.set(self.tax.ids)], invoice_policy="order")
        values = {"partner_id": company_partner.id, "user_id": seller.id, "team_id": team.id, "client_order_ref": "PO 77"}
        line = {"product_id": product.id, "price_unit": 100.0, "analytic_distribution": {str(account.id): 100}}
        order = self.env["sale.order"].create({**values, "note": "<p>Thank you</p>", "order_line": [Command.create(line)]})
        order.action_confirm()
        native = order._create_invoices()
        subscription = self.subscribe(
            "2024-03-01", lines=[line], partner=company_partner, note="<p>Thank you</p>", **{key: values[key] for key in list(values)[1:]}
        )
        self.bill("2024-03-01", subscription)
        ours = self.invoices(subscription)
        self.assertEqual(ours.partner_id, address)
        for name in AS_ON_A_SALE:
            self.assertEqual(ours[name], native[name], name)
        for name in AS_ON_A_SALE_LINE:
            self.assertEqual(ours.invoice_line_ids[name], native.invoice_line_ids[name], name)

    def test_analytic_distribution_models_apply(self):
        account = self.env["account.analytic.account"].create(
            {"name": "Gym", "plan_id": self.env["account.analytic.plan"].create({"name": "Places"}).id}
        )
        product = self.make_product()
        self.env["account.analytic.distribution.model"].create(
            {"product_id": product.id, "analytic_distribution": {str(account.id): 100}, "company_id": self.company.id}
        )
        invoice = self.billed(product=product)
        self.assertEqual(invoice.invoice_line_ids.analytic_distribution, {str(account.id): 100})
        self.assertEqual(invoice.invoice_line_ids.analytic_line_ids.mapped("amount"), [50.0])

    def test_the_journal_of_the_subscription_is_used(self):
        journal = self.env["account.journal"].create({"name": "Subscriptions", "code": "SUBS", "type": "sale"})
        self.assertEqual(self.billed(journal_id=journal.id).journal_id, journal)

    def test_chatter_of_invoice_and_subscription_names_the_other(self):
        subscription = self.subscribe("2024-03-01")
        self.bill("2024-03-01", subscription)
        invoice = self.invoices(subscription)
        self.assertIn(subscription.name, "".join(invoice.message_ids.mapped("body")))
        self.assertIn(invoice.name, "".join(subscription.message_ids.mapped("body")))

    def test_a_customer_is_not_written_to_by_billing(self):
        before = self.env["mail.mail"].search_count([])
        self.billed(partner=self.make_partner(email="ana@example.com"))
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
