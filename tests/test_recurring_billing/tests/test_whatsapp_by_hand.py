"""Without an account people send: one message after the other is shown, its chat opened, and nobody who paid is written to."""

from urllib.parse import parse_qs, urlsplit

from odoo.exceptions import AccessError

from .chatting import ChatCommon

DAY = "2026-03-12"


class TestWhatsappByHand(ChatCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recurring_whatsapp_by_hand = True
        cls.bea = cls.make_partner("Bea Lima", phone="+55 51 98888-7777", email="bea@example.com")
        cls.other = cls.make_user("carlos", "recurring_billing.group_collections", name="Carlos")

    def setUp(self):
        super().setUp()
        self.first = self.enqueue(self.case_of(self.ana), "2026-03-10", unique_ref="first")
        self.second = self.enqueue(self.case_of(self.bea, 80.0), "2026-03-11", unique_ref="second")
        self.dispatch()

    def start(self, user=None, day=DAY):
        """Open the list of what is to be sent; gives the dialog, or the words where there is nothing."""
        return self.dialog(
            self.press(day, self.env["recurring.whatsapp.chat"].browse(), "action_start", user=user or self.owner), user, day
        )

    def dialog(self, action, user=None, day=DAY):
        if action["type"] == "ir.actions.client":
            return str(action["params"]["message"])
        return self.at(day)["recurring.whatsapp.chat"].with_user(user or self.owner).browse(action["res_id"])

    def do(self, chat, button):
        return getattr(chat, button)()

    def test_open_chat_sent_next(self):
        self.assertEqual((self.first.state, self.second.state), ("to_do", "to_do"))
        chat = self.start()
        self.assertEqual((chat.partner_id, chat.amount, chat.left_count, chat.number), (self.ana, 120.0, 2, "+55 51 98765-4321"))
        action = self.do(chat, "action_open_chat")
        address = urlsplit(action["url"])
        self.assertEqual((address.netloc, address.path, action["target"]), ("wa.me", "/5551987654321", "new"))
        (text,) = parse_qs(address.query)["text"]
        self.assertTrue(text.startswith("Hello Ana, this is Academia do Porto."), text)
        self.assertIn(self.ana._recurring_debts_link(self.company), text)
        self.assertEqual(self.first.state, "to_do", "opening the chat is not sending")
        chat = self.dialog(self.do(chat, "action_sent"))
        self.assertEqual((self.first.state, self.first.user_id, chat.partner_id, chat.left_count), ("sent", self.owner, self.bea, 1))
        self.assertEqual(self.first.case_id.last_contact_at.date(), self.first.sent_at.date())
        self.do(chat, "action_open_chat")
        words = self.dialog(self.do(chat, "action_sent"))
        self.assertEqual((self.second.state, words), ("sent", "2 sent. No WhatsApp message waits."))
        self.assertEqual(self.start(), "No WhatsApp message waits to be sent.")
        opened = self.press(DAY, self.env["recurring.whatsapp.chat"].browse(), "action_start", user=self.owner)["params"]["next"]
        self.assertEqual(self.env.ref(opened).res_model, "recurring.dunning.message", "the menu always leads somewhere")

    def test_nothing_of_the_debt_is_in_the_text(self):
        """Whoever looks at the telephone sees the first lines."""
        chat = self.start()
        self.assertNotIn("120", chat.text.replace(self.ana._recurring_debts_link(self.company), ""))

    def test_words_changed_by_the_person_are_what_is_sent_and_kept(self):
        chat = self.start()
        chat.text = "Oi Ana, tudo bem?"
        action = self.do(chat, "action_open_chat")
        self.assertEqual(parse_qs(urlsplit(action["url"]).query)["text"], ["Oi Ana, tudo bem?"])
        self.do(chat, "action_sent")
        self.assertIn("Oi Ana, tudo bem?", self.first.body)

    def test_who_paid_meanwhile_is_not_shown(self):
        self.pay(self.env["account.move"].search([("partner_id", "=", self.ana.id)], limit=1), DAY)
        chat = self.start()
        self.assertEqual(chat.partner_id, self.bea)
        self.assertEqual(self.first.state, "cancelled")

    def test_who_pays_while_the_dialog_is_open_is_not_written_to(self):
        chat = self.start()
        self.pay(self.env["account.move"].search([("partner_id", "=", self.ana.id)], limit=1), DAY)
        following = self.dialog(self.do(chat, "action_open_chat"))
        self.assertEqual((following.partner_id, self.first.state), (self.bea, "cancelled"))

    def test_the_amount_is_todays(self):
        invoice = self.env["account.move"].search([("partner_id", "=", self.ana.id)], limit=1)
        self.pay(invoice, DAY, amount=50.0)
        self.assertEqual(self.start().amount, 70.0)

    def test_two_people_are_not_shown_the_same_chat(self):
        mine = self.start()
        theirs = self.start(self.other)
        self.assertEqual((mine.partner_id, theirs.partner_id), (self.ana, self.bea))
        self.assertIn("looked at by somebody else", self.start(self.make_user("dora", "recurring_billing.group_collections")))
        self.assertEqual(self.start().partner_id, self.ana, "one's own comes again")

    def test_a_chat_somebody_opened_and_left_says_so(self):
        chat = self.start()
        self.do(chat, "action_open_chat")
        again = self.start()
        self.assertIn("Bruno opened this chat", again.opened_words)
        self.dialog(self.do(again, "action_sent"))
        self.assertEqual(self.first.state, "sent", "it was sent the first time: no second is needed")

    def test_later_comes_again_the_next_time(self):
        chat = self.start()
        following = self.dialog(self.do(chat, "action_skip"))
        self.assertEqual((following.partner_id, following.left_count), (self.bea, 1))
        words = self.dialog(self.do(following, "action_skip"))
        self.assertTrue(words.startswith("0 sent. 2 others wait"))
        self.assertEqual(self.start(self.other).partner_id, self.ana, "who put it off does not keep it")

    def test_a_number_without_whatsapp_is_reached_another_way(self):
        chat = self.start()
        self.dialog(self.do(chat, "action_skip"))
        chat = self.dialog(self.do(self.dialog(self.do(self.start(), "action_skip")), "action_not_reached"))
        self.assertEqual((self.second.state, self.second.error), ("failed", "This number has no WhatsApp."))
        follower = self.env["recurring.dunning.message"].search([("follows_id", "=", self.second.id)])
        self.assertEqual(follower.channel, "email")

    def test_do_not_send(self):
        chat = self.start()
        self.do(chat, "action_refuse")
        self.assertEqual(self.first.state, "cancelled")
        self.assertIn("Bruno did not want it to be sent", self.first.error)

    def test_it_is_sent_once_though_two_press(self):
        chat = self.start()
        self.do(chat, "action_open_chat")
        self.do(chat, "action_sent")
        before = self.first.sent_at
        self.assertEqual(
            self.dialog(self.do(chat, "action_open_chat")).partner_id, self.bea, "a message that was sent cannot be opened again"
        )
        self.assertEqual(self.first.sent_at, before)

    def test_at_night_nothing_is_shown(self):
        self.policy.write({"hour_from": 11.0, "hour_to": 12.0})
        self.assertIn("not to be sent at this hour", self.start())

    def test_only_who_works_cases_sends(self):
        for group in ("recurring_billing.group_user", "recurring_billing.group_auditor"):
            with self.subTest(group):
                user = self.make_user(group.rsplit("_", 1)[1], group)
                with self.assertRaises(AccessError):
                    self.start(user)
        self.assertEqual(self.start(self.make_user("billing", "account.group_account_invoice")).partner_id, self.ana)

    def test_another_company_sees_nothing(self):
        user = self.make_user("eva", "recurring_billing.group_collections", companies=self.company_eur)
        action = self.press(DAY, self.env["recurring.whatsapp.chat"].browse(), "action_start", user=user, companies=self.company_eur)
        self.assertEqual(action["type"], "ir.actions.client")
        with self.assertRaises(AccessError):
            self.env["recurring.whatsapp.chat"].with_user(user).create({"message_id": self.first.id}).action_open_chat()

    def test_without_account_and_without_hands_it_goes_another_way(self):
        self.company.recurring_whatsapp_by_hand = False
        message = self.enqueue(self.case_of(self.bea, 10.0), unique_ref="third")
        self.dispatch()
        self.assertEqual((message.state, message.error), ("failed", "WhatsApp is not set up."))
