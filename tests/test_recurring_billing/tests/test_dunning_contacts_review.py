"""What one customer gets on one day, and what is said to whom."""

from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .messaging import MessagingCommon


@tagged("post_install", "-at_install")
class TestDunningContactsReview(MessagingCommon):
    def test_what_goes_besides_by_whatsapp_and_sms_goes_once(self):
        """The due-date step writes by e-mail, WhatsApp and SMS: three messages, one each."""
        self.company.write({"recurring_sms": True, "recurring_whatsapp_by_hand": True})
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-10")
        self.assertEqual(sorted(self.said(self.ana).mapped("channel")), ["email", "sms", "whatsapp"])

    def test_besides_keeps_to_what_was_asked_for(self):
        """Who asked not to be reached by WhatsApp gets no task about it either."""
        self.company.write({"recurring_sms": True, "recurring_whatsapp_by_hand": True})
        self.env["recurring.optout"].create({"partner_id": self.ana.id, "channel": "whatsapp", "company_id": self.company.id})
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-10")
        with self.mail_server(), self.sms_service():
            self.let_go("2026-03-10")
        self.assertEqual(sorted(self.said(self.ana).mapped("channel")), ["email", "sms"])

    def test_a_call_corrects_the_number_of_the_customer_only(self):
        collector = self.make_user("collector", "recurring_billing.group_collections")
        stranger = self.make_partner("Stranger", phone="+1 212-555-0199")
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        case, text = self.case(self.ana), self.env.ref("recurring_billing.template_overdue_friendly")
        for model, values, method in (
            ("recurring.dunning.call", {"result": "wrong", "new_phone": "+1 212-555-0666"}, "action_save"),
            ("recurring.dunning.write", {"channel": "email", "template_id": text.id}, "action_send"),
        ):
            wizard = self.at("2026-03-13")[model].with_user(collector).create({"case_id": case.id, "partner_id": stranger.id, **values})
            with self.subTest(model), self.assertRaises(UserError):
                getattr(wizard, method)()
        self.assertEqual(stranger.phone, "+1 212-555-0199")
        self.assertFalse(self.said(stranger))

    def test_a_translation_tells_no_debt_where_others_read_along(self):
        """Translations are written past the check of names."""
        self.env["res.lang"]._activate_lang("pt_BR")
        text = self.env.ref("recurring_billing.template_overdue_friendly")
        for name in ("subject", "sms_text"):
            text.update_field_translations(name, {"pt_BR": "Voce deve {amount} desde {due_date}: {link}"})
        self.company.recurring_sms = True
        self.ana.lang = "pt_BR"
        self.owe(100, "2026-03-10", partner=self.ana)
        mail, sms = self.remind(self.ana, "2026-03-11"), self.remind(self.ana, "2026-03-11", channel="sms")
        with self.mail_server(), self.sms_service() as asked:
            self.let_go("2026-03-11")
        self.assertEqual((mail.state, sms.state), ("sent", "sent"))
        for told in (mail.subject, asked[0][1]):
            self.assertIn("Voce deve", told)
            self.assertNotIn("100", told)
            self.assertNotIn("03/2026", told)

    def test_after_a_broken_promise_the_first_message_names_it(self):
        invoice = self.owe(100, "2026-03-02", partner=self.ana)
        self.dun("2026-03-03")
        case = self.case(self.ana)
        promise = (
            self.env["recurring.promise"]
            .sudo()
            .create({"case_id": case.id, "date": "2026-03-05", "amount": 100, "line_ids": self.receivable(invoice).ids})
        )
        promise.write({"state": "broken", "broken_on": "2026-03-06"})
        self.dun("2026-03-09")
        first = self.said(self.ana)[-1]
        self.assertEqual((str(first.day), first.step_id.offset_days, first.template_id.kind), ("2026-03-09", 7, "broken"))
        with self.mail_server():
            self.let_go("2026-03-09")
        self.assertIn("03/05/2026", self.texts(first.mail_id.body_html))

    def test_an_instalment_of_an_agreement_that_is_kept_breaks_no_promise(self):
        """Steps without a text of their own, and a debt that was agreed on before."""
        self.policy.step_ids.template_id = False
        facts = self.env.registry["recurring.dunning.facts"]
        invoice = self.owe(100, "2026-03-10", partner=self.ana)
        line = self.receivable(invoice).id
        with patch.object(facts, "_broken", lambda _self, lines: {line: (1, fields.Date.to_date("2026-03-01"))}):
            self.dun("2026-03-05")
        self.assertEqual(self.said(self.ana).template_id.kind, "coming")

    def test_an_approved_message_counts_on_the_day_on_which_it_leaves(self):
        """Made on the 11th, approved on the 13th; with five days between contacts, nothing comes before the 18th."""
        self.policy.write({"approve": True, "min_interval_days": 5})
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        self.press("2026-03-13", self.said(self.ana), "action_approve")
        with self.mail_server():
            self.let_go("2026-03-13")
        self.dun("2026-03-13", "2026-03-16", "2026-03-17", "2026-03-18")
        self.assertEqual([str(message.day) for message in self.said(self.ana)], ["2026-03-11", "2026-03-18"])

    def test_what_waited_for_approval_goes_with_its_debt(self):
        """The message about a debt that was paid is not left to anybody to decide, and keeps no later debt from being asked for."""
        self.policy.approve = True
        invoice = self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        self.pay(invoice, "2026-03-12")
        self.dun("2026-03-12")
        self.let_go("2026-03-12")
        self.assertEqual(self.said(self.ana).state, "cancelled")
        self.owe(50, "2026-03-16", partner=self.ana)
        self.dun("2026-03-17")
        self.assertEqual([str(message.day) for message in self.said(self.ana)], ["2026-03-11", "2026-03-17"])

    def test_a_text_without_words_for_a_way_takes_another_one(self):
        self.company.recurring_sms = True
        self.env.ref("recurring_billing.template_overdue_friendly").sms_text = False
        self.owe(100, "2026-03-10", partner=self.ana)
        message = self.remind(self.ana, "2026-03-11", channel="sms")
        with self.mail_server(), self.sms_service() as asked:
            self.let_go("2026-03-11")
        self.assertEqual((message.state, asked), ("failed", []))
        self.assertIn("no words for SMS", message.error)
        self.assertEqual(self.said(self.ana, channel="email").state, "sent")

    def test_an_answer_is_erased_from_the_discussion_too(self):
        self.company.recurring_message_keep_months = 6
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        case = self.case(self.ana).with_env(self.at("2026-03-12"))
        posted = case.message_post(
            body="My salary comes late", message_type="email", author_id=self.ana.id, email_from="ana@example.com",
            attachments=[("payslip.txt", b"secret")],
        )  # fmt: skip
        answer = self.said(self.ana, kind="reply")
        self.assertIn("salary", answer.body)
        file = answer.attachment_ids
        self.assertTrue(file)
        self.let_go("2026-10-01", "cron_message_keeping")
        self.assertTrue(answer.is_body_erased)
        self.assertFalse(posted.exists() or file.exists())

    def test_money_on_a_bank_statement_that_nobody_reconciled_yet_keeps_messages_away(self):
        """50 came on the 11th: the older debt of 50 is left alone for ten days, the one of 80 is not."""
        paid, open_one = self.owe(50, "2026-03-10", partner=self.ana), self.owe(80, "2026-03-10", partner=self.ana)
        journal = self.env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1)
        self.env["account.bank.statement.line"].create(
            {"journal_id": journal.id, "date": "2026-03-11", "amount": 50.0, "payment_ref": "thanks", "partner_id": self.ana.id}
        )
        self.dun("2026-03-11", "2026-03-13", "2026-03-25")
        self.assertEqual(self.actions(open_one), [("2026-03-11", 1), ("2026-03-13", 3), ("2026-03-25", 15)])
        self.assertEqual(self.actions(paid), [("2026-03-25", 15)])

    def test_dialogs_tell_nobody_what_they_may_not_read(self):
        """By RPC a dialog takes any message and any company: somebody of another company, and a salesperson of other customers."""
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        message = self.said(self.ana)
        seller = self.make_user("seller", "recurring_billing.group_user", companies=self.company)
        abroad = self.make_user("abroad", "recurring_billing.group_collections", companies=self.company_eur)
        env = self.env(
            user=abroad, context={"allowed_company_ids": self.company_eur.ids, "recurring_today": fields.Date.to_date("2026-03-11")}
        )
        for asking in (self.env(user=seller), env):
            with self.subTest(asking.user.login), self.assertRaises(AccessError):
                asking["recurring.dunning.why"].create({"message_id": message.id}).read(["body"])
        with self.subTest("chat"), self.assertRaises(AccessError):
            env["recurring.whatsapp.chat"].create({"message_id": message.id}).read(["partner_id", "amount"])
        preview = env["recurring.dunning.preview"].create({"company_id": self.company.id, "day": "2026-03-13"})
        with self.subTest("preview"), self.assertRaises(AccessError):
            preview.action_show()

    def test_who_was_written_to_by_somebody_gets_no_reminder_of_yesterday_on_the_same_day(self):
        """The reminder of the 11th could not leave; on the 12th Maya writes first. It leaves on the 13th."""
        self.owe(100, "2026-03-11", partner=self.ana)
        reminder = self.remind(self.ana, "2026-03-11", step=self.env.ref("recurring_billing.dunning_step_late_1"))
        by_hand = self.remind(self.ana, "2026-03-12", "manual", text="Hello, shall we talk?")
        with self.mail_server() as took:
            self.press("2026-03-12", by_hand, "action_send_now")
            self.let_go("2026-03-12")
            self.assertEqual((by_hand.state, reminder.state, len(took)), ("sent", "queued", 1))
            self.let_go("2026-03-13")
        self.assertEqual((reminder.state, len(took)), ("sent", 2))

    def test_the_stage_at_which_older_debts_enter_is_not_deleted_unnoticed(self):
        step = self.env["recurring.dunning.step"].create({"policy_id": self.policy.id, "name": "Entry", "offset_days": 4})
        self.company.recurring_dunning_enter_step_id = step
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            step.unlink()
