"""The customer saves and chooses the card of a subscription, logged in or by a signed link; nobody else does."""

import re

from odoo import Command
from odoo.tests import HttpCase, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from .paying import MARCH, CardCommon

ROUTES = ("odoo.http", "odoo.addons.base.models.ir_model")


@tagged("post_install", "-at_install")
class TestCardPage(CardCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ana, cls.bob = (cls.make_partner(name, email=f"{name.lower()}@example.com") for name in ("Ana", "Bob"))
        for partner, login in ((cls.ana, "portal_ana"), (cls.bob, "portal_bob")):
            cls.env["res.users"].with_context(no_reset_password=True).create(
                {
                    "name": partner.name,
                    "login": login,
                    "password": login,
                    "partner_id": partner.id,
                    "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
                    "company_id": cls.company.id,
                    "company_ids": [Command.set(cls.company.ids)],
                    "lang": "en_US",
                }
            )
        cls.visa, cls.master = cls.make_card(cls.ana, "1111"), cls.make_card(cls.ana, "2222", recurring_expiry="2999-12-31")
        cls.foreign = cls.make_card(cls.bob, "3333")
        cls.subscription = cls.subscribe(MARCH, partner=cls.ana, invoice_mode="post_charge", payment_token_id=cls.visa.id)
        cls.path = f"/my/subscriptions/{cls.subscription.id}/payment_method"

    def choose(self, token, signature=""):
        return self.make_jsonrpc_request(f"{self.path}/choose", {"token_id": token.id, "access_token": signature})

    def test_the_customer_chooses_another_card(self):
        self.authenticate("portal_ana", "portal_ana")
        page = self.url_open(self.path).text
        self.assertIn("•••• 1111", page)
        self.assertIn("Its expiry date is not known to us", page)
        self.choose(self.master)
        self.subscription.invalidate_recordset()
        self.assertEqual(self.subscription.payment_token_id, self.master)
        self.assertEqual(self.ana.with_company(self.company).recurring_token_id, self.master, "the first card is the customer's own")
        self.assertIn("•••• 2222", self.subscription.message_ids[0].body)

    def test_a_signed_link_needs_no_login(self):
        signature = self.subscription._card_page_signature()
        page = self.url_open(f"{self.path}?signature={signature}").text
        self.assertIn("•••• 2222", page)
        self.assertNotIn("•••• 3333", page)
        self.choose(self.master, signature)
        self.subscription.invalidate_recordset()
        self.assertEqual(self.subscription.payment_token_id, self.master)

    @mute_logger(*ROUTES)
    def test_nobody_else_gets_in(self):
        signature = self.subscription._card_page_signature()
        wrong = signature[:-1] + ("0" if signature[-1] != "0" else "1")
        for login, link in ((None, self.path), (None, f"{self.path}?signature={wrong}"), ("portal_bob", self.path)):
            self.authenticate(login, login)
            self.assertNotIn("•••• 1111", self.url_open(link).text, link)
        for login, given in ((None, ""), (None, wrong), ("portal_bob", ""), ("portal_bob", wrong)):
            self.authenticate(login, login)
            with self.assertRaises(JsonRpcException):
                self.choose(self.master, given)
        self.subscription.invalidate_recordset()
        self.assertEqual(self.subscription.payment_token_id, self.visa)

    @mute_logger(*ROUTES)
    def test_a_strangers_card_and_one_that_expired_are_refused(self):
        signature = self.subscription._card_page_signature()
        with self.assertRaises(JsonRpcException):
            self.choose(self.foreign, signature)
        self.master.recurring_expiry = "2020-01-31"
        with self.assertRaisesRegex(JsonRpcException, "UserError"):
            self.choose(self.master, signature)
        self.subscription.invalidate_recordset()
        self.assertEqual(self.subscription.payment_token_id, self.visa)

    def test_whose_subscription_somebody_else_pays_sees_nothing_of_the_payer(self):
        payer = self.make_partner("Payer")
        card = self.make_card(payer, "9876")
        self.subscription.write({"partner_invoice_id": payer.id, "payment_token_id": card.id})
        self.bill("2024-03-01", self.subscription)
        invoice = self.invoices(self.subscription)
        self.assertEqual(invoice.partner_id, payer)
        self.authenticate("portal_ana", "portal_ana")
        for page in (self.url_open(self.path).text, self.url_open("/my/subscriptions").text):
            self.assertIn("Gym", page)
            self.assertNotIn("9876", page)
            self.assertNotIn(invoice.name, page)
            self.assertNotIn(invoice.access_token or "access_token=", page)
        signature = self.subscription._card_page_signature()
        self.authenticate(None, None)
        page = self.url_open(f"{self.path}?signature={signature}").text
        self.assertIn("9876", page)
        self.assertIn(invoice.name, page)

    def test_the_link_is_worth_nothing_once_somebody_else_pays(self):
        signature = self.subscription._card_page_signature()
        self.subscription.write({"partner_id": self.bob.id, "partner_invoice_id": self.bob.id})
        self.assertFalse(self.subscription._is_card_page_signature(signature))

    def test_a_failing_card_is_told_clearly(self):
        self.bill(MARCH, self.subscription)
        invoice = self.invoices(self.subscription)
        self.env["recurring.charge.attempt"].create(
            {
                "move_id": invoice.id,
                "company_id": self.company.id,
                "subscription_ids": [Command.set(self.subscription.ids)],
                "token_id": self.visa.id,
                "amount": 50.0,
                "currency_id": invoice.currency_id.id,
                "date": MARCH,
                "outcome": "declined_soft",
                "words": "Insufficient funds",
            }
        )
        self.authenticate("portal_ana", "portal_ana")
        page = self.url_open(self.path).text
        self.assertIn("Your payment did not go through", page)
        self.assertIn(f"/my/invoices/{invoice.id}", page)
        self.assertNotIn("Insufficient funds", page, "what the bank answers is not the business of who looks over a shoulder")
        self.assertIn("The last payment was refused", self.url_open("/my/subscriptions").text)
        self.assertIn("The card •••• 1111 was refused", self.url_open(f"/my/invoices/{invoice.id}").text)
        self.choose(self.master)
        self.assertNotIn("did not go through", self.url_open(self.path).text, "another card pays from now on")

    def test_a_card_that_will_not_do_is_told_clearly(self):
        self.visa.active = False
        self.authenticate("portal_ana", "portal_ana")
        self.assertIn("The card •••• 1111 was removed.", self.url_open(self.path).text)
        self.subscription.payment_token_id = False
        self.assertIn("No payment method is saved.", self.url_open(self.path).text)

    def test_customers_see_their_own_subscriptions_only(self):
        other = self.subscribe(MARCH, partner=self.bob)
        self.authenticate("portal_ana", "portal_ana")
        page = self.url_open("/my/subscriptions").text
        self.assertIn(self.subscription.name, page)
        self.assertNotIn(other.name, page)

    def test_the_customer_saves_a_card(self):
        signature = self.subscription._card_page_signature()
        values = self.make_jsonrpc_request(
            f"{self.path}/transaction",
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "token_id": None,
                "amount": 1000.0,
                "flow": "direct",
                "tokenization_requested": False,
                "landing_route": "https://elsewhere.example.com",
                "is_validation": False,
                "access_token": signature,
            },
        )
        transaction = self.env["payment.transaction"].search([("reference", "=", values["reference"])])
        self.assertEqual((transaction.operation, transaction.partner_id), ("validation", self.ana))
        self.assertLess(transaction.amount, 1.0, "a card that is saved is not charged")
        self.assertTrue(transaction.landing_route.startswith(self.path))
        told = {"provider_ref": "new", "payment_details": "4111 1111 1111 1111"}
        self.patch(type(transaction), "_extract_token_values", lambda self, data: told)
        transaction._tokenize({"payment_method": {"card": {"exp_month": 3, "exp_year": 2999}}})
        transaction._set_done()
        transaction._post_process()
        token = transaction.token_id
        self.assertEqual(self.subscription.payment_token_id, token)
        self.assertEqual((str(token.recurring_expiry), token.payment_details), ("2999-03-31", "1111"))

    @mute_logger(*ROUTES)
    def test_a_saved_card_is_chosen_and_never_charged_on_the_page(self):
        with self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request(
                f"{self.path}/transaction",
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.method.id,
                    "token_id": self.visa.id,
                    "flow": "token",
                    "amount": 1000.0,
                    "tokenization_requested": False,
                    "landing_route": self.path,
                    "is_validation": True,
                    "access_token": self.subscription._card_page_signature(),
                },
            )
        self.assertFalse(self.env["payment.transaction"].search([("token_id", "=", self.visa.id)]))

    def pay_and_save(self, reference, data=None):
        """The customer pays the invoice and saves the card, as far as the provider's answer."""
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "reference": reference,
                "amount": 50.0,
                "currency_id": self.company.currency_id.id,
                "partner_id": self.ana.id,
                "operation": "online_direct",
                "tokenize": True,
                "invoice_ids": [Command.set(self.invoices(self.subscription).ids)],
            }
        )
        self.patch(type(transaction), "_extract_token_values", lambda self, data: {"provider_ref": "new", "payment_details": "4444"})
        transaction._tokenize(data or {})
        return transaction

    def test_a_card_saved_with_a_payment_pays_what_had_none(self):
        self.subscription.payment_token_id = False
        self.bill(MARCH, self.subscription)
        transaction = self.pay_and_save("pays-and-saves")
        transaction._set_done()
        transaction._post_process()
        self.assertTrue(transaction.payment_id)
        self.assertEqual(self.subscription.payment_token_id, transaction.token_id)

    def test_a_card_that_will_do_is_not_replaced_by_a_payment(self):
        self.bill(MARCH, self.subscription)
        transaction = self.pay_and_save("1111-again")
        transaction._set_done()
        transaction._post_process()
        self.assertEqual(self.subscription.payment_token_id, self.visa)

    def test_a_card_that_expired_already_does_not_undo_the_payment(self):
        self.subscription.payment_token_id = False
        self.bill(MARCH, self.subscription)
        transaction = self.pay_and_save("old", {"card": {"exp_month": 1, "exp_year": 2020}})
        transaction._set_done()
        transaction._post_process()
        self.assertFalse(self.subscription.payment_token_id)
        self.assertTrue(transaction.payment_id)

    def test_who_removes_a_card_reads_what_it_pays(self):
        (found,) = self.visa.get_linked_records_info()
        self.assertIn(self.subscription.name, found["name"])
        self.assertEqual(found["url"], self.path)

    def test_staff_open_the_page_as_the_customer_sees_it(self):
        seller = self.make_user("sam", "recurring_billing.group_user_all")
        url = self.subscription.with_user(seller).action_card_page()["url"]
        self.assertIn("•••• 1111", self.url_open(re.sub("^https?://[^/]*", "", url)).text)
