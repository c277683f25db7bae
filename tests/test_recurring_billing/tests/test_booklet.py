"""Booklets: slips for the next periods, and money that comes before its invoice."""

import re
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.recurring_billing.rules.creditor_reference import references_in, spaced

from .common import RecurringCommon

MARCH = "2024-03-01"


@tagged("post_install", "-at_install")
class TestBooklet(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank_journal = cls.env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1)

    def print_booklet(self, day, subscriptions, count=3, user=None):
        """Press Print in the wizard; gives the slips."""
        env = self.at(day) if user is None else self.at(day)(user=user)
        mine = env["recurring.subscription"].browse(subscriptions.ids)
        wizard = env["recurring.booklet.print"].create({"subscription_ids": [Command.set(mine.ids)], "period_count": count})
        action = wizard.action_print()
        return self.env["recurring.booklet.slip"].browse(action["context"]["active_ids"])

    def receive(self, day, slips, **values):
        """Press Register Payment on slips; gives their payments."""
        mine = slips.with_env(self.at(day))
        wizard = Form(mine.env["recurring.slip.payment"].with_context(**mine.action_register_payment()["context"]))
        for name, value in values.items():
            setattr(wizard, name, value)
        wizard.save().action_register()
        return slips.payment_ids

    def shown(self, slips):
        return [(str(slip.start), str(slip.last_day), str(slip.due_date), slip.amount) for slip in slips]

    # What is printed

    def test_a_slip_for_each_of_the_next_periods_with_tax(self):
        subscription = self.subscribe(MARCH, line={"tax_ids": [Command.set(self.tax.ids)]}, due_day=10)
        self.bill(MARCH, subscription)
        self.assertEqual(
            self.shown(self.print_booklet("2024-03-05", subscription)),
            [
                ("2024-04-01", "2024-04-30", "2024-04-10", 57.50),
                ("2024-05-01", "2024-05-31", "2024-05-10", 57.50),
                ("2024-06-01", "2024-06-30", "2024-06-10", 57.50),
            ],
        )

    def test_slips_are_what_the_invoices_will_be(self):
        included = self.make_tax(7, price_include_override="tax_included")
        plan = self.make_plan(alignment="fixed_day", anchor_day=15, lead_days=5, business_days=True)
        lines = [
            {"product_id": self.make_product(33.33).id, "price_unit": 33.33, "quantity": 3, "tax_ids": [Command.set(self.tax.ids)]},
            {"product_id": self.make_product(19.99).id, "price_unit": 19.99, "discount": 10, "tax_ids": [Command.set(included.ids)]},
        ]
        subscription = self.subscribe(MARCH, plan=plan, lines=lines)
        slips = self.print_booklet(MARCH, subscription, 4)
        for day in ("2024-03-01", "2024-03-10", "2024-04-10", "2024-05-10"):
            self.bill(day, subscription)
        invoices = self.invoices(subscription)
        self.assertEqual(slips.mapped("amount"), invoices.mapped("amount_total"))
        self.assertEqual(slips.mapped("due_date"), invoices.mapped("invoice_date_due"))
        self.assertEqual(
            [(str(slip.start), str(slip.last_day)) for slip in slips],
            [("2024-03-01", "2024-03-14"), ("2024-03-15", "2024-04-14"), ("2024-04-15", "2024-05-14"), ("2024-05-15", "2024-06-14")],
        )

    def test_slips_in_arrears_are_due_after_their_period(self):
        subscription = self.subscribe(MARCH, plan=self.make_plan(timing="arrears"))
        self.assertEqual(
            self.shown(self.print_booklet(MARCH, subscription, 2)),
            [("2024-03-01", "2024-03-31", "2024-04-01", 50.0), ("2024-04-01", "2024-04-30", "2024-05-01", 50.0)],
        )

    def test_slips_end_with_the_subscription(self):
        subscription = self.subscribe(MARCH, end_date="2024-04-15")
        self.assertEqual(
            self.shown(self.print_booklet(MARCH, subscription, 12)),
            [("2024-03-01", "2024-03-31", "2024-03-01", 50.0), ("2024-04-01", "2024-04-15", "2024-04-01", 25.0)],
        )

    def test_several_subscriptions_are_one_pdf_of_several_booklets(self):
        first, second = self.subscribe(MARCH), self.subscribe(MARCH, 80.0)
        slips = self.print_booklet(MARCH, first | second, 2)
        self.assertEqual([booklet.mapped("amount") for booklet in slips._booklets()], [[50.0, 50.0], [80.0, 80.0]])
        self.assertEqual(len(set(slips.mapped("reference"))), 4)

    def test_the_wizard_shows_the_slips_and_writes_none(self):
        subscription = self.subscribe(MARCH)
        wizard = self.at(MARCH)["recurring.booklet.print"].create({"subscription_ids": [Command.set(subscription.ids)]})
        self.assertEqual((len(wizard.slip_ids), sum(wizard.slip_ids.mapped("amount"))), (12, 600.0))
        self.assertIn("Slips: 12", wizard.summary)
        self.assertIn("600.00", wizard.summary)
        self.assertFalse(subscription.slip_ids)

    # Printing again

    def test_printing_again_gives_the_same_slips(self):
        subscription = self.subscribe(MARCH)
        slips = self.print_booklet(MARCH, subscription)
        self.assertEqual(self.print_booklet("2024-03-01", subscription), slips)
        self.assertEqual(self.print_booklet("2024-03-01", subscription, 4)[:3], slips)

    def test_a_new_price_voids_what_nobody_paid_and_makes_it_anew(self):
        subscription = self.subscribe(MARCH)
        paid, *old = self.print_booklet(MARCH, subscription)
        self.receive(MARCH, paid)
        subscription.line_ids.with_context(recurring_today=fields.Date.to_date(MARCH)).price_unit = 60.0
        again = self.print_booklet(MARCH, subscription)
        self.assertEqual(again[0], paid)
        self.assertEqual(again.mapped("amount"), [50.0, 60.0, 60.0])
        self.assertEqual([slip.state for slip in old], ["void", "void"])
        self.assertEqual(again.mapped("state"), ["paid", "open", "open"])

    def test_slips_of_periods_no_longer_wanted_are_voided(self):
        subscription = self.subscribe(MARCH)
        slips = self.print_booklet(MARCH, subscription)
        subscription.end_date = "2024-04-30"
        self.assertEqual(self.print_booklet(MARCH, subscription), slips[:2])
        self.assertEqual(slips.mapped("state"), ["open", "open", "void"])

    def test_a_slip_whose_invoice_is_there_is_not_voided(self):
        subscription = self.subscribe(MARCH)
        march, *_others = self.print_booklet(MARCH, subscription)
        self.bill(MARCH, subscription)
        self.assertEqual(str(self.print_booklet(MARCH, subscription)[0].start), "2024-04-01")
        self.assertEqual(march.state, "open")

    # Paid early

    def test_a_payment_made_early_settles_the_invoice_when_it_is_issued(self):
        subscription = self.subscribe(MARCH)
        self.bill(MARCH, subscription)
        slips = self.print_booklet(MARCH, subscription)
        payment = self.receive("2024-03-05", slips[1])
        self.assertEqual((payment.amount, payment.memo, str(payment.date)), (50.0, slips[1].reference, "2024-03-05"))
        self.assertEqual(slips.mapped("state"), ["open", "paid", "open"])
        self.bill("2024-04-01", subscription)
        self.assertEqual(self.invoices(subscription).mapped("payment_state"), ["not_paid", "not_paid"])
        self.assertEqual(slips.mapped("state"), ["open", "paid", "open"])
        self.bill("2024-05-01", subscription)
        may = self.invoices(subscription)[2]
        self.assertIn(may.payment_state, ("paid", "in_payment"))
        self.assertEqual(may.amount_residual, 0.0)
        self.assertEqual(slips[1].move_ids, may)
        self.assertEqual(slips.mapped("state"), ["open", "settled", "open"])

    def test_a_draft_is_settled_when_a_person_posts_it(self):
        subscription = self.subscribe(MARCH, invoice_mode="draft")
        slip = self.print_booklet(MARCH, subscription, 1)
        self.receive(MARCH, slip)
        self.bill(MARCH, subscription)
        invoice = self.invoices(subscription)
        self.assertEqual((invoice.state, slip.state), ("draft", "paid"))
        invoice.action_post()
        self.assertEqual((invoice.amount_residual, slip.state), (0.0, "settled"))

    def test_the_rest_stays_open_when_the_price_rose(self):
        subscription = self.subscribe(MARCH)
        self.bill(MARCH, subscription)
        slip = self.print_booklet(MARCH, subscription, 1)
        self.receive(MARCH, slip)
        subscription.line_ids.with_context(recurring_today=fields.Date.to_date(MARCH)).price_unit = 60.0
        self.bill("2024-04-01", subscription)
        april = self.invoices(subscription)[1]
        self.assertEqual((april.amount_total, april.amount_residual, april.payment_state), (60.0, 10.0, "partial"))
        self.assertEqual(slip.state, "settled")

    def test_the_surplus_stays_the_customers_when_the_price_fell(self):
        subscription = self.subscribe(MARCH)
        self.bill(MARCH, subscription)
        slip = self.print_booklet(MARCH, subscription, 1)
        payment = self.receive(MARCH, slip)
        subscription.line_ids.with_context(recurring_today=fields.Date.to_date(MARCH)).price_unit = 45.0
        self.bill("2024-04-01", subscription)
        self.assertEqual(self.invoices(subscription)[1].amount_residual, 0.0)
        counterpart = payment.move_id.line_ids.filtered(lambda line: line.account_id == payment.destination_account_id)
        self.assertEqual(counterpart.amount_residual, -5.0)

    def test_a_payment_whose_memo_carries_the_reference_is_recognised(self):
        subscription = self.subscribe(MARCH)
        slip = self.print_booklet(MARCH, subscription, 1)
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": subscription.partner_id.id,
                "amount": 50.0,
                "journal_id": self.bank_journal.id,
                "memo": f"mensalidade {spaced(slip.reference).lower()} obrigado",
                "outstanding_account_id": self.make_account("109001", "asset_current", reconcile=True).id,
            }
        )
        self.assertEqual(slip.state, "open")
        payment.action_post()
        self.assertEqual((payment.recurring_slip_id, slip.state), (slip, "paid"))
        self.bill(MARCH, subscription)
        self.assertEqual((self.invoices(subscription).amount_residual, slip.state), (0.0, "settled"))

    def test_a_slip_paid_after_its_invoice_settles_it_at_once(self):
        subscription = self.subscribe(MARCH)
        slip = self.print_booklet(MARCH, subscription, 1)
        self.bill(MARCH, subscription)
        self.assertEqual(slip.state, "open")
        self.receive("2024-03-08", slip)
        self.assertEqual((self.invoices(subscription).amount_residual, slip.state), (0.0, "settled"))

    def test_a_slip_paid_ahead_keeps_no_promise_about_another_debt(self):
        """March's 50.00 were promised for the 12th; the 50.00 that came on the 11th are for April's slip, and say so."""
        subscription = self.subscribe(MARCH)
        self.bill(MARCH, subscription)
        march, slip = self.invoices(subscription), self.print_booklet(MARCH, subscription, 1)
        case = self.env["recurring.dunning.case"]._of(march.partner_id, self.company)[march.partner_id]
        keeping = self.at("2024-03-08")["recurring.promise.keeping"]
        item = march.line_ids.filtered(lambda line: line.display_type == "payment_term")
        promise = keeping.make(case.with_env(keeping.env), fields.Date.to_date("2024-03-12"), 50.0, item)
        self.receive("2024-03-11", slip)
        self.assertEqual((slip.state, str(slip.start)), ("paid", "2024-04-01"))
        later = self.at("2024-03-20")["recurring.promise.keeping"]
        later.judge(promise.sudo().with_env(later.env))
        self.assertEqual((promise.state, promise.paid), ("broken", 0.0))

    def test_a_void_slip_that_is_paid_all_the_same_settles_its_period(self):
        subscription = self.subscribe(MARCH)
        slip = self.print_booklet(MARCH, subscription, 1)
        slip.action_void()
        self.assertEqual(slip.state, "void")
        self.env["recurring.slip.settlement"].register_payment(slip, self.bank_journal, fields.Date.to_date(MARCH), 50.0)
        self.assertEqual(slip.state, "paid")
        self.bill(MARCH, subscription)
        self.assertEqual((self.invoices(subscription).amount_residual, slip.state), (0.0, "settled"))

    def test_a_payment_taken_back_opens_the_slip_again(self):
        subscription = self.subscribe(MARCH)
        slip = self.print_booklet(MARCH, subscription, 1)
        payment = self.receive(MARCH, slip)
        payment.action_draft()
        self.assertEqual((slip.state, slip.residual), ("open", 50.0))
        payment.action_post()
        self.assertEqual((slip.state, slip.residual), ("paid", 0.0))

    def test_a_part_paid_leaves_the_rest_to_pay(self):
        subscription = self.subscribe(MARCH)
        slip = self.print_booklet(MARCH, subscription, 1)
        self.receive(MARCH, slip, amount=20.0)
        self.assertEqual((slip.state, slip.residual), ("open", 30.0))
        self.receive(MARCH, slip)
        self.assertEqual((slip.state, slip.payment_ids.mapped("amount")), ("paid", [20.0, 30.0]))
        self.bill(MARCH, subscription)
        self.assertEqual((self.invoices(subscription).amount_residual, slip.state), (0.0, "settled"))

    def test_several_slips_are_received_at_once_one_payment_each(self):
        slips = self.print_booklet(MARCH, self.subscribe(MARCH))
        self.assertEqual(self.receive(MARCH, slips).mapped("amount"), [50.0, 50.0, 50.0])
        self.assertEqual(slips.mapped("state"), ["paid", "paid", "paid"])

    def test_money_that_cannot_be_reconciled_does_not_stop_the_invoice(self):
        subscription = self.subscribe(MARCH)
        slip = self.print_booklet(MARCH, subscription, 1)
        self.receive(MARCH, slip)
        with patch.object(type(self.env["recurring.slip.settlement"]), "_reconcile", side_effect=UserError("The books are locked.")):
            run = self.bill(MARCH, subscription)
        self.assertBilled(run, 1, 1, 50.0)
        invoice = self.invoices(subscription)
        self.assertEqual((invoice.state, invoice.payment_state, slip.state), ("posted", "not_paid", "paid"))
        self.assertIn("The books are locked.", "".join(invoice.message_ids.mapped("body")))

    def test_a_cancelled_invoice_leaves_the_money_to_the_next(self):
        subscription = self.subscribe(MARCH)
        slip = self.print_booklet(MARCH, subscription, 1)
        self.receive(MARCH, slip)
        self.bill(MARCH, subscription)
        invoice = self.invoices(subscription)
        invoice.button_draft()
        invoice.button_cancel()
        self.assertEqual(slip.state, "paid")
        self.bill(MARCH, subscription)
        self.assertEqual((self.invoices(subscription)[-1].amount_residual, slip.state), (0.0, "settled"))

    # Refused

    def test_a_booklet_of_no_or_of_thirteen_periods_is_refused(self):
        subscription = self.subscribe(MARCH)
        for count in (0, 13):
            with self.subTest(count=count), self.assertRaisesRegex(ValidationError, "1 to 12 periods"):
                self.print_booklet(MARCH, subscription, count)

    def test_only_active_subscriptions_have_a_booklet(self):
        with self.assertRaisesRegex(UserError, "Activate them first"):
            self.print_booklet(MARCH, self.subscribe(MARCH, activate=False))

    def test_nothing_left_to_bill_is_said(self):
        subscription = self.subscribe(MARCH, end_date="2024-03-31")
        self.bill(MARCH, subscription)
        with self.assertRaisesRegex(UserError, "no further period"):
            self.print_booklet(MARCH, subscription)

    def test_a_paid_slip_can_be_neither_paid_again_nor_voided(self):
        slip = self.print_booklet(MARCH, self.subscribe(MARCH), 1)
        self.receive(MARCH, slip)
        with self.assertRaisesRegex(UserError, "paid or void"):
            slip.action_register_payment()
        with self.assertRaisesRegex(UserError, "cannot be voided"):
            slip.action_void()

    def test_an_amount_of_nothing_is_refused(self):
        slip = self.print_booklet(MARCH, self.subscribe(MARCH), 1)
        with self.assertRaisesRegex(UserError, "more than 0"):
            self.receive(MARCH, slip, amount=0.0)

    # Rights

    def test_a_salesperson_prints_and_cannot_write_a_slip(self):
        seller = self.make_user("booklet_seller", "recurring_billing.group_user", companies=self.company)
        subscription = self.subscribe(MARCH, user_id=seller.id)
        slip = self.print_booklet(MARCH, subscription, 1, user=seller)
        self.assertEqual(slip.with_user(seller).read(["amount", "state", "residual"])[0]["amount"], 50.0)
        for write in (
            lambda mine: mine.write({"amount": 1.0}),
            lambda mine: mine.create({"subscription_id": subscription.id}),
            lambda mine: mine.unlink(),
        ):
            with self.assertRaises(AccessError):
                write(slip.with_user(seller))
        with self.assertRaises(AccessError):
            self.env["account.payment"].with_user(self.responsible).create({"recurring_slip_id": slip.id})

    def test_a_salesperson_sees_the_slips_of_own_subscriptions_only(self):
        seller = self.make_user("booklet_own", "recurring_billing.group_user", companies=self.company)
        own, other = self.subscribe(MARCH, user_id=seller.id), self.subscribe(MARCH, user_id=self.responsible.id)
        slips = self.print_booklet(MARCH, own | other, 1)
        self.assertEqual(self.env["recurring.booklet.slip"].with_user(seller).search([("id", "in", slips.ids)]).subscription_id, own)
        with self.assertRaises(AccessError):
            self.print_booklet(MARCH, other, 1, user=seller)

    def test_a_billing_clerk_receives_the_money(self):
        clerk = self.make_user("booklet_clerk", "account.group_account_invoice", companies=self.company)
        slip = self.print_booklet(MARCH, self.subscribe(MARCH), 1, user=clerk)
        wizard = self.env["recurring.slip.payment"].with_user(clerk).create({"slip_ids": [Command.set(slip.ids)]})
        wizard.action_register()
        self.assertEqual(slip.state, "paid")

    # The printed page

    def html(self, slips):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html("recurring_billing.report_booklet", slips.ids)
        return html.decode()

    def test_without_a_bank_account_the_page_says_where_to_pay(self):
        slip = self.print_booklet(MARCH, self.subscribe(MARCH), 1)
        page = self.html(slip)
        self.assertEqual(slip._payment_code(), {})
        self.assertIn("Pay at our counter", page)
        self.assertIn(spaced(slip.reference), page)
        self.assertIn("03/01/2024", page)

    def test_an_account_without_payment_code_is_printed_in_words(self):
        self.env["res.partner.bank"].create({"acc_number": "12-345-6", "partner_id": self.company.partner_id.id})
        slip = self.print_booklet(MARCH, self.subscribe(MARCH), 1)
        page = self.html(slip)
        self.assertEqual(slip._payment_code(), {})
        self.assertIn("12-345-6", page)
        self.assertIn("Write the reference on your payment", page)

    def test_a_paid_slip_is_printed_as_paid_without_code(self):
        slip = self.print_booklet(MARCH, self.subscribe(MARCH), 1)
        self.receive("2024-03-02", slip)
        page = self.html(slip)
        self.assertIn("PAID", page)
        self.assertIn("03/02/2024", page)
        self.assertNotIn("Pay at our counter", page)

    def test_a_code_of_several_lines_has_nothing_to_paste(self):
        """As SEPA's, which is a text of twelve lines."""
        self.env["res.partner.bank"].create({"acc_number": "12-345-6", "partner_id": self.company.partner_id.id})
        slip = self.print_booklet(MARCH, self.subscribe(MARCH), 1)
        banks = type(self.env["res.partner.bank"])
        methods = patch.object(banks, "get_available_qr_methods_in_sequence", lambda bank: [("lines", "Lines")])
        params = patch.object(
            banks,
            "_get_qr_code_generation_params",
            lambda bank, amount, structured_communication, **_others: {
                "barcode_type": "QR",
                "value": f"BCD\n{amount:.2f}\n{structured_communication}",
            },
        )
        with methods, params:
            code = slip._payment_code()
        self.assertTrue(code["image"].startswith("data:image/svg+xml;base64,"))
        self.assertFalse(code["text"])


@tagged("post_install", "-at_install")
class TestBookletPix(RecurringCommon):
    """A gym in Brazil: real (R$), day first, and Pix."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company_brl.ids})
        cls.company_brl = cls.company_brl.with_env(cls.env)
        cls.env["res.lang"]._activate_lang("pt_BR")
        cls.company_brl.partner_id.write({"country_id": cls.env.ref("base.br").id, "city": "Porto Alegre"})
        cls.bank = cls.env["res.partner.bank"].create(
            {
                "acc_number": "0001-54321-0",
                "partner_id": cls.company_brl.partner_id.id,
                "proxy_type": "email",
                "proxy_value": "pix@porto.example.com",
            }
        )
        partner = cls.make_partner("João", lang="pt_BR")
        cls.subscription = cls.subscribe(
            MARCH, 1234.5, partner=partner, company_id=cls.company_brl.id, currency_id=cls.env.ref("base.BRL").id
        )

    def slips(self):
        env = self.at(MARCH)
        wizard = env["recurring.booklet.print"].create({"subscription_ids": [Command.set(self.subscription.ids)], "period_count": 2})
        self.assertEqual(wizard.partner_bank_id, self.bank)
        return self.env["recurring.booklet.slip"].browse(wizard.action_print()["context"]["active_ids"])

    def test_the_pix_code_carries_amount_and_its_own_transaction_id(self):
        slips = self.slips()
        texts = [slip._payment_code()["text"] for slip in slips]
        for slip, text in zip(slips, texts, strict=True):
            self.assertRegex(slip.reference, r"^[A-Za-z0-9]{1,25}$")
            self.assertIn(f"62180514{slip.reference}6304", text)
            self.assertIn("54071234.50", text)
            self.assertEqual(references_in(text), [slip.reference])
        self.assertEqual(len(set(texts)), 2)

    def test_the_code_to_paste_stands_beside_the_picture(self):
        slips = self.slips()
        html, _kind = self.env["ir.actions.report"]._render_qweb_html("recurring_billing.report_booklet", slips.ids)
        for slip in slips:
            self.assertIn(slip._payment_code()["text"], html.decode())
        self.assertEqual(html.decode().count("data:image/svg+xml;base64"), 2)

    def test_money_and_dates_are_written_as_in_brazil(self):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html("recurring_billing.report_booklet", self.slips().ids)
        page = re.sub("<[^>]*>", "", html.decode()).replace("\N{NO-BREAK SPACE}", " ")
        for words in ("R$ 1.234,50", "01/04/2024", "30/04/2024"):
            self.assertIn(words, page)
