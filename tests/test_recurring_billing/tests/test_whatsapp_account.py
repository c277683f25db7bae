"""The account: secrets are administrators', nothing is sent through an account nobody tested, and what WhatsApp says is told in words."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from odoo.addons.recurring_billing.rules import wording

from .chatting import TEXT, ChatCommon


class TestWhatsappAccount(ChatCommon):
    def notes(self, action):
        return action["params"]["type"], str(action["params"]["message"])

    def test_an_account_that_was_tested_knows_its_number_and_the_registered_texts(self):
        with self.assertRaisesRegex(UserError, "Test the connection first"):
            self.account.action_turn_on()
        kind, words = self.notes(self.account.action_test())
        self.assertEqual((kind, words), ("success", "WhatsApp knows us as Academia do Porto, +55 11 3333-4444."))
        texts = self.account.template_ids.filtered(lambda text: text.name.startswith("overdue")).sorted(
            lambda text: (text.name, text.language)
        )
        self.assertEqual(
            texts.mapped(lambda text: (text.name, text.language, text.state, text.place_ids.mapped("name"))),
            [
                ("overdue_firm", "pt_BR", "pending", ["1", "2", "3"]),
                ("overdue_friendly", "en", "approved", ["1", "2", "3"]),
                ("overdue_friendly", "pt_BR", "approved", ["1", "2", "3"]),
            ],
        )
        self.assertEqual(texts[2].body, TEXT)
        self.account.action_turn_on()
        self.assertEqual(self.env["recurring.whatsapp.account"]._of(self.company), self.account)

    def test_reading_again_keeps_what_was_said_of_the_places(self):
        self.account.action_test()
        text = self.account.template_ids.filtered(lambda text: (text.name, text.language) == ("overdue_friendly", "pt_BR"))
        text.place_ids[0].placeholder = "first_name"
        self.addCleanup(self.meta.template, "overdue_friendly", "pt_BR", TEXT)
        self.meta.template("overdue_friendly", "pt_BR", "Oi {{1}}! Valor: {{2}}.", status="PAUSED")
        self.account.action_read_templates()
        self.assertEqual(
            (text.state, text.body, text.place_ids.mapped("placeholder")), ("paused", "Oi {{1}}! Valor: {{2}}.", ["first_name", False])
        )

    def test_a_text_that_is_gone_says_so(self):
        self.account.action_test()
        text = self.env["recurring.whatsapp.template"].create(
            {"account_id": self.account.id, "name": "old_one", "language": "pt_BR", "state": "approved"}
        )
        self.account.action_read_templates()
        self.assertEqual(text.state, "gone")

    def test_a_text_with_a_picture_or_a_second_button_is_not_used(self):
        components = [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Olá"}]
        self.meta.template("with_picture", "pt_BR", "", components=components)
        buttons = ({"type": "URL", "text": "Pagar", "url": "https://a.example/{{1}}"}, {"type": "COPY_CODE", "text": "Copiar"})
        self.meta.template("with_code", "pt_BR", "Olá", buttons=buttons)
        self.account.action_read_templates()
        found = {text.name: text.needs for text in self.account.template_ids}
        self.assertIn("picture", found["with_picture"])
        self.assertIn("second button", found["with_code"])

    def test_a_token_that_is_not_accepted_is_told_in_words_and_the_account_rests(self):
        self.meta.forget_token()
        kind, words = self.notes(self.account.action_test())
        self.assertEqual(kind, "danger")
        self.assertIn("Your access token has expired", words)
        self.assertTrue(self.account._rests())
        self.account.access_token = "a new one"
        self.assertFalse(self.account._rests(), "whoever mends the account need not wait")

    @mute_logger("odoo.addons.recurring_billing.services.whatsapp_api")
    def test_nobody_there_is_told_in_words(self):
        self.account.address = "http://127.0.0.1:1/v23.0"
        kind, words = self.notes(self.account.action_test())
        self.assertEqual((kind, words), ("danger", "WhatsApp was not reached, or does not know us: WhatsApp was not reached."))
        self.assertFalse(self.account._rests())

    @mute_logger("odoo.addons.recurring_billing.services.whatsapp_api")
    def test_no_secret_is_shown_in_a_problem(self):
        for fault in ("drop", "garbage", "500", "code:190"):
            with self.subTest(fault):
                self.meta.calm()
                self.meta.fault(fault, on="GET", times=2)
                _kind, words = self.notes(self.account.action_test())
                self.assertNotIn(self.account.access_token, words)
                self.assertNotIn(self.account.access_token, self.account.problem or "")

    def test_reading_is_tried_again_once(self):
        self.meta.fault("503", on="GET")
        kind, _words = self.notes(self.account.action_test())
        self.assertEqual(kind, "success")

    def test_wrong_settings_say_what_is_wrong(self):
        for values, words in (
            ({"address": "http://graph.example.com/v23.0"}, "no address of WhatsApp"),
            ({"address": "https://user@graph.example.com"}, "no address of WhatsApp"),
            ({"phone_number_id": "+55 11 3333-4444"}, "they are not the phone number"),
        ):
            with self.subTest(values), self.assertRaisesRegex(ValidationError, words):
                self.account.write(values)

    def test_only_administrators_see_the_account(self):
        manager = self.make_user("marta", "recurring_billing.group_manager")
        for user in (manager, self.owner):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.account.with_user(user).read(["access_token"])

    def test_managers_say_what_a_text_stands_for_and_nothing_else(self):
        self.account.action_test()
        manager = self.make_user("marta", "recurring_billing.group_manager")
        text = self.account.template_ids[0].with_user(manager)
        text.place_ids[0].placeholder = "amount"
        self.assertEqual(text.place_ids[0].placeholder, "amount")
        for values in ({"state": "approved"}, {"body": "Pay!"}, {"needs": False}):
            with self.subTest(values), self.assertRaises(AccessError):
                text.write(values)
        with self.assertRaises(AccessError):
            self.account.template_ids[0].with_user(self.owner).text_id = False

    def test_our_own_texts_are_handed_in_once_in_each_language_and_used_when_approved(self):
        self.account.action_test()
        self.text.with_context(lang="pt_BR").whatsapp_text = "Olá {first_name}, aqui é {company}. Veja:\n{link}"
        self.env.ref("recurring_billing.template_overdue_firm").update_field_translations("whatsapp_text", {"pt_BR": False})
        kind, words = self.notes(self.account.action_hand_in())
        self.assertEqual(kind, "success", words)
        firm = self.account.template_ids.filtered(lambda text: text.text_id == self.env.ref("recurring_billing.template_overdue_firm"))
        self.assertEqual(firm.mapped("language"), ["en_US"], "English words are not approved as Portuguese ones")
        mine = self.account.template_ids.filtered(lambda text: text.text_id == self.text)
        self.assertEqual(sorted(mine.mapped("language")), ["en_US", "pt_BR"])
        self.assertEqual(set(mine.mapped("state")), {"pending"})
        self.assertEqual(mine[0].place_ids.mapped("placeholder"), ["first_name", "company", "link"])
        self.assertFalse(
            self.env["recurring.whatsapp.template"]._for(self.account, self.text, "en_US"), "nothing is used before it is approved"
        )
        count = len(self.account.template_ids)
        _kind, words = self.notes(self.account.action_hand_in())
        self.assertTrue(words.startswith("0 texts were handed in"), words)
        self.assertEqual(len(self.account.template_ids), count)
        for text in mine:
            self.meta.template(text.name, text.language, text.body)
        self.account.action_read_templates()
        self.account.action_turn_on()
        message = self.enqueue(self.case_of(self.ana))
        self.dispatch()
        (taken,) = self.meta.taken(message._whatsapp_name())
        self.assertTrue(taken["text"].startswith("Hello Ana, this is Academia do Porto."), taken["text"])

    def test_what_can_stand_in_a_place_is_what_others_may_read(self):
        choices = [name for name, _label in self.env["recurring.whatsapp.words"].choices()]
        self.assertEqual(sorted(choices), sorted(wording.OPEN_NAMES))
        self.assertEqual(sorted(self.env["recurring.whatsapp.words"].examples(self.company)), sorted(choices))
