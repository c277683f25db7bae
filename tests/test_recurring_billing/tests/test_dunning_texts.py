"""Texts of messages: what they may say, in which language, who may change them, and seeing them first."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.recurring_billing.const import dunning as const

from .messaging import MessagingCommon


@tagged("post_install", "-at_install")
class TestDunningTexts(MessagingCommon):
    """The seeded texts, and those of a company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.templates = cls.env["recurring.dunning.template"]
        cls.manager = cls.make_user("mira", "recurring_billing.group_manager", "recurring_billing.group_collections")
        cls.collector = cls.make_user("carl", "recurring_billing.group_collections")

    def test_every_occasion_has_a_text_in_three_tones(self):
        seeded = self.templates.search([("company_id", "=", False)])
        pairs = {(text.kind, text.tone) for text in seeded}
        self.assertEqual(pairs, {(kind, tone) for kind, _words in const.TEXT_KINDS for tone, _name in const.TONES})
        for text in seeded:
            self.assertTrue(text.subject and text.body and text.sms_text and text.whatsapp_text, text.name)
            text._check_names()

    def test_no_debt_can_stand_in_a_subject_or_an_sms(self):
        text = self.templates.with_user(self.manager).create({"name": "Mine", "body": "Hello {name}, {amount}"})
        for field in ("subject", "sms_text", "whatsapp_text"):
            with self.assertRaisesRegex(ValidationError, "a debt is nobody else's business"), self.env.cr.savepoint():
                text[field] = "{company}: you owe {amount}"
        with self.assertRaisesRegex(ValidationError, "which stands for nothing"), self.env.cr.savepoint():
            text.body = "Hello {fist_name}"
        text.write({"subject": "{company}", "sms_text": "{first_name}: {link}", "body": "{payment}\n\n{deadline}"})

    def test_a_translation_is_checked_too(self):
        self.env["res.lang"]._activate_lang("es_419")
        text = self.env.ref("recurring_billing.template_overdue_friendly")
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            text.with_context(lang="es_419").sms_text = "{company}: {amount}"

    def test_the_company_s_own_text_comes_before_those_of_all(self):
        own = self.templates.create({"name": "Own", "kind": "overdue", "tone": "firm", "company_id": self.company.id, "body": "Hi"})
        self.assertEqual(self.templates._of("overdue", "firm", self.company), own)
        self.assertEqual(
            self.templates._of("overdue", "friendly", self.company), self.env.ref("recurring_billing.template_overdue_friendly")
        )
        self.assertEqual(self.templates._of("overdue", "firm", self.company_eur), self.env.ref("recurring_billing.template_overdue_firm"))

    def test_managers_change_texts_collectors_use_them(self):
        text = self.env.ref("recurring_billing.template_overdue_friendly")
        text.with_user(self.manager).subject = "From {company}"
        self.assertEqual(text.with_user(self.collector).subject, "From {company}")
        with self.assertRaises(AccessError):
            text.with_user(self.collector).subject = "Hello"

    def test_a_text_is_tried_on_oneself_and_never_reaches_the_customer(self):
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        text = self.env.ref("recurring_billing.template_overdue_firm")
        action = self.press("2026-03-11", text, "action_try", user=self.manager, companies=self.company)
        env = self.at("2026-03-11")(user=self.manager.id)
        wizard = Form(env["recurring.dunning.try"].with_context(**action["context"]))
        wizard.case_id = env["recurring.dunning.case"].search([("partner_id", "=", self.ana.id)])
        self.assertIn("Hello Ana,", self.texts(wizard.preview))
        self.assertIn("$ 100.00", self.texts(wizard.preview))
        tried = wizard.save()
        with self.mail_server() as took:
            self.press("2026-03-11", tried, "action_send", user=self.manager, companies=self.company)
        (mail,) = took
        self.assertIn("mira@example.com", mail["To"])
        self.assertNotIn("ana@example.com", str(mail))
        self.assertFalse(self.said(self.ana, kind="test"))

    def test_a_text_is_tried_where_nobody_owes_anything(self):
        text = self.env.ref("recurring_billing.template_notice_formal")
        env = self.at("2026-03-11")(user=self.manager.id)
        wizard = Form(env["recurring.dunning.try"].with_context(default_template_id=text.id))
        wizard.case_id = env["recurring.dunning.case"]
        words = self.texts(wizard.preview)
        for said in ("Dear Mira,", "INV/2026/00042", "$ 100.00", "03/21/2026"):
            self.assertIn(said, words)

    def test_letters_are_written_printed_and_posted(self):
        self.owe(100, "2026-03-10", partner=self.ana)
        message = self.remind(self.ana, "2026-03-25", channel="letter", text_kind="notice", tone="formal")
        self.let_go("2026-03-25")
        self.assertEqual((message.state, bool(message.message_file_id)), ("to_do", True))
        words = self.texts(message.body)
        for said in ("Dear Ana Silva,", "$ 100.00", "Harbor Gym", "1 Pier Road", "04/04/2026"):
            self.assertIn(said, words)
        self.press("2026-03-26", message, "action_by_hand", user=self.collector)
        self.assertEqual((message.state, message.user_id), ("sent", self.collector))
        self.assertEqual(str(message.sent_at)[:10], "2026-03-26")
