"""Customers are told in time, once, when a card expires or cannot be charged; nothing leaves before a person switched it on."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError

from .paying import MARCH, CardCommon


class TestCardWatch(CardCommon):
    """Ana pays by card; it is usable until 31 March 2024."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recurring_card_notices = True
        cls.ana = cls.make_partner("Ana", email="ana@example.com")
        cls.card = cls.make_card(cls.ana, recurring_expiry="2024-03-31")
        cls.subscription = cls.subscribe("2024-01-05", partner=cls.ana, invoice_mode="post_charge", payment_token_id=cls.card.id)

    def watch(self, day):
        """Let the scheduled action run on a day; gives what was told on it."""
        self.trigger("cron_card_notices", day)
        return self.env["recurring.card.notice"].search([("company_id", "=", self.company.id), ("date", "=", day)])

    def mails(self):
        return self.env["mail.mail"].search([("recipient_ids", "in", self.ana.ids)], order="id")

    def test_the_story_of_a_card_that_expires(self):
        self.assertFalse(self.watch("2024-02-29"), "31 days ahead is too early")
        self.assertEqual(self.watch("2024-03-01").mapped("kind"), ["first"])
        self.assertFalse(self.watch("2024-03-02"), "told once")
        self.assertFalse(self.watch("2024-03-23"))
        self.assertEqual(self.watch("2024-03-24").mapped("kind"), ["last"])
        self.assertFalse(self.watch("2024-03-31"), "its last day")
        self.assertEqual(self.watch("2024-04-01").mapped("kind"), ["unusable"])
        self.assertFalse(self.watch("2024-04-02"))
        self.assertEqual(len(self.mails()), 3)
        self.assertIn("expires on", self.mails()[0].body_html)
        self.assertIn("cannot be charged any more", self.mails()[2].body_html)
        self.assertIn(f"/my/subscriptions/{self.subscription.id}/payment_method?signature=", self.mails()[2].body_html)

    def test_a_new_date_of_the_same_card_begins_anew(self):
        self.watch("2024-03-01")
        self.card.recurring_expiry = "2027-03-31"
        self.assertFalse(self.watch("2024-04-01"))
        self.assertEqual(self.watch("2027-03-05").mapped("kind"), ["first"])

    def test_a_removed_card_is_told_once_with_the_link_to_what_is_open(self):
        self.bill("2024-01-05", self.subscription)
        invoice = self.invoices(self.subscription)
        self.card.active = False
        self.assertEqual(self.watch("2024-01-06").mapped("kind"), ["unusable"])
        self.assertFalse(self.watch("2024-01-07"))
        self.assertIn(f"/my/invoices/{invoice.id}?access_token=", self.mails().body_html)

    def test_one_message_for_all_that_a_card_pays(self):
        self.ana.recurring_token_id = self.card
        other = self.subscribe("2024-01-05", partner=self.ana, invoice_mode="charge_post")
        notice = self.watch("2024-03-01")
        self.assertEqual(notice.subscription_ids, self.subscription | other)
        self.assertEqual(len(self.mails()), 1)

    def test_nothing_leaves_before_it_is_switched_on(self):
        self.company.recurring_card_notices = False
        self.assertFalse(self.watch("2024-03-05"))
        self.assertFalse(self.mails())

    def test_nothing_leaves_a_copy_of_the_database(self):
        with patch.object(type(self.env["recurring.identity"]), "is_confirmed", lambda self: False):
            self.assertFalse(self.watch("2024-03-05"))

    def test_a_provider_that_is_switched_off_alarms_nobody(self):
        self.provider.state = "disabled"
        self.assertFalse(self.card.active)
        self.assertFalse(self.watch("2024-03-05"))
        self.provider.state = "test"
        self.assertFalse(self.watch("2024-03-06"), "the customer removed nothing")

    def test_who_is_not_charged_by_card_is_not_bothered(self):
        self.subscription.invoice_mode = "post"
        self.assertFalse(self.watch("2024-03-05"))

    def test_who_left_is_not_bothered(self):
        self.subscription.state = "closed"
        self.assertFalse(self.watch("2024-03-05"))

    def test_a_customer_without_an_address_is_told_when_there_is_one(self):
        self.ana.email = False
        self.assertFalse(self.watch("2024-03-05"))
        self.ana.email = "ana@example.com"
        self.assertEqual(self.watch("2024-03-06").mapped("kind"), ["first"])

    def test_the_provider_is_asked_where_the_expiry_is_not_known(self):
        self.card.recurring_expiry = False
        day = fields.Date.to_date("2024-03-20")
        with patch.object(type(self.card), "_recurring_read_expiry", lambda token: day):
            self.assertEqual(self.watch("2024-03-01").mapped("kind"), ["first"])
        self.assertEqual(self.card.recurring_expiry, day)

    def test_the_message_speaks_the_customers_language(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        self.ana.lang = "pt_BR"
        self.watch("2024-03-01")
        self.assertIn("31/03/2024", self.mails().body_html)

    # What is missing

    def findings(self, subscription, day="2024-03-15"):
        return set(subscription.with_env(self.at(day)).readiness or {}) & {"card_missing", "card_unusable", "card_expiring", "card_undated"}

    def assertState(self, state, subscription, day="2024-03-15"):
        """The state of the card, by the field, by search, and by the filter of what is incomplete."""
        subscription = subscription.with_env(self.at(day))
        self.assertEqual(subscription.card_state, state)
        for each in ("fine", "expiring", "undated", "unusable", "missing"):
            found = subscription.search([("card_state", "=", each), ("id", "in", subscription.ids)])
            self.assertEqual(bool(found), each == state, each)
        self.assertEqual(bool(subscription.search([("card_state", "=", False), ("id", "in", subscription.ids)])), not state)

    def test_field_and_search_say_the_same(self):
        self.assertState("fine", self.subscription, "2024-02-29")
        self.assertState("expiring", self.subscription, "2024-03-31")
        self.assertState("unusable", self.subscription, "2024-04-01")
        self.card.recurring_expiry = False
        self.assertState("undated", self.subscription)
        self.card.active = False
        self.assertState("unusable", self.subscription)
        self.subscription.payment_token_id = False
        self.assertState("missing", self.subscription)
        self.ana.recurring_token_id = self.make_card(self.ana, "1111", recurring_expiry="2030-01-31")
        self.assertState("fine", self.subscription)
        self.subscription.invoice_mode = "post"
        self.assertState(False, self.subscription)

    def test_the_companys_card_counts_for_its_contacts_in_searches_too(self):
        firm = self.make_partner("Firm", is_company=True)
        contact = self.make_partner("Contact", parent_id=firm.id)
        subscription = self.subscribe(MARCH, partner=contact, invoice_mode="post_charge")
        self.assertState("missing", subscription)
        firm.recurring_token_id = self.make_card(firm, recurring_expiry="2024-03-20")
        self.assertState("expiring", subscription)
        contact.recurring_token_id = self.make_card(contact, "1111")
        self.assertState("undated", subscription)

    def test_the_form_says_what_is_missing_as_long_as_it_is_charged(self):
        self.assertEqual(self.findings(self.subscription), {"card_expiring"})
        self.assertEqual(self.findings(self.subscription, "2024-04-02"), {"card_unusable"})
        self.subscription.payment_token_id = False
        self.assertEqual(self.findings(self.subscription), {"card_missing"})
        self.subscription.invoice_mode = "post_send"
        self.assertEqual(self.findings(self.subscription), set())

    def test_the_form_says_where_the_expiry_is_not_known(self):
        draft = self.subscribe(
            MARCH, partner=self.ana, invoice_mode="post_charge", payment_token_id=self.make_card(self.ana).id, activate=False
        )
        self.assertEqual(self.findings(draft), {"card_undated"})
        self.assertIn("expiry date not known", draft.card_label)

    # Rights

    def test_who_may_read_notices(self):
        self.watch("2024-03-01")
        notices = self.env["recurring.card.notice"]
        for group, sees in (
            ("recurring_billing.group_user_all", True),
            ("recurring_billing.group_collections", True),
            ("recurring_billing.group_auditor", True),
            ("account.group_account_invoice", True),
        ):
            user = self.make_user(group.split("_")[-1], group)
            self.assertEqual(bool(notices.with_user(user).search([])), sees, group)
        with self.assertRaises(AccessError):
            notices.with_user(self.make_user("clerk", "base.group_user")).search([])
