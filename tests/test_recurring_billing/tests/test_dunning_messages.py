"""Messages to customers leave once, say what is true when they leave, and find another way where one is closed."""

import smtplib

from lxml import etree

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from .messaging import MessagingCommon

SILENCED = ("odoo.addons.mail.models.mail_mail", "odoo.addons.recurring_billing.services.message_dispatch")
REFUSED = MailDeliveryException("Mail Delivery Failed", "SMTPRecipientsRefused: {'ana@example.com': (550, b'no such user')}")
BUSY = MailDeliveryException("Mail Delivery Failed", "SMTPRecipientsRefused: {'ana@example.com': (450, b'try again later')}")
TIMED_OUT = MailDeliveryException("Mail Delivery Failed", "TimeoutError: timed out")


@tagged("post_install", "-at_install")
class TestMessagesLeave(MessagingCommon):
    """The company is open from 8 to 20; in stories it is ten in the morning."""

    def test_a_reminder_says_amount_day_document_supplier_and_how_to_pay(self):
        invoice = self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        with self.mail_server() as took:
            self.let_go("2026-03-11")
        message = self.said(self.ana)
        self.assertEqual((message.state, message.channel, message.address), ("sent", "email", "ana@example.com"))
        self.assertEqual(str(message.sent_at)[:10], "2026-03-11")
        self.assertEqual(message.amount, 100.0)
        (mail,) = took
        self.assertIn("ana@example.com", mail["To"])
        self.assertEqual(mail["Subject"], "A short note from Harbor Gym")
        words = self.texts(message.mail_id.body_html)
        for said in (
            "Hello Ana,",
            "$ 100.00",
            "03/10/2026",
            invoice.name,
            "Service",
            "Harbor Gym",
            "1 Pier Road",
            "US12-3456789",
            "See and pay",
        ):
            self.assertIn(said, words)
        self.assertIn("I have already paid", words)
        self.assertIn(message.case_id.last_contact_at, (message.sent_at,))

    def test_readers_of_plain_text_read_the_message_alone(self):
        """What keeps lists of e-mails from showing the text is 270 signs nobody sees: they are not in the plain text."""
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        with self.mail_server() as took:
            self.let_go("2026-03-11")
        (mail,) = took
        plain = mail.get_body(("plain",)).get_content()
        self.assertTrue(plain.strip().startswith("Harbor Gym"), plain[:200])
        self.assertNotIn("\u034f", plain)
        self.assertIn("$ 100.00", plain.replace("\xa0", " "))
        self.assertIn("&#847;", mail.get_body(("html",)).get_content())
        self.assertEqual(mail["Auto-Submitted"], "auto-generated", "machines of absent people do not answer it")

    def test_lists_of_e_mails_show_nothing_of_a_debt(self):
        """They show the subject and the first words, some 200 signs, in whatever language."""
        languages = ("en_US", "pt_BR")
        for lang in languages:
            self.env["res.lang"]._activate_lang(lang)
            self.owe(100, "2026-03-10", partner=self.make_partner(f"Lia {lang}", email="lia@example.com", lang=lang))
        self.dun("2026-03-11")
        with self.mail_server() as took:
            self.let_go("2026-03-11")
        self.assertEqual(len(took), len(languages))
        for mail in took:
            page = etree.fromstring(mail.get_body(("html",)).get_content(), etree.HTMLParser())
            shown = " ".join(page.xpath("string(//body)").split())
            self.assertIn("100", shown)
            self.assertNotRegex(mail["Subject"] + shown[:200], r"\d")

    def test_running_again_sends_nothing_again(self):
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        with self.mail_server() as took:
            self.let_go("2026-03-11")
            self.let_go("2026-03-11")
            self.dun("2026-03-11")
            self.let_go("2026-03-11")
        self.assertEqual(len(took), 1)

    def test_who_paid_in_the_meantime_gets_nothing(self):
        invoice = self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        self.pay(invoice, "2026-03-11")
        with self.mail_server() as took:
            self.let_go("2026-03-11")
        self.assertEqual(took, [])
        message = self.said(self.ana)
        self.assertEqual((message.state, message.error), ("cancelled", "Everything it was about has been paid."))

    def test_a_part_that_was_paid_is_not_asked_for(self):
        """100.00 and 50.00 are late; the first is paid after the message was made: the message asks for 50.00."""
        first, second = self.owe(100, "2026-03-05", partner=self.ana), self.owe(50, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        self.pay(first, "2026-03-11")
        self.let_go("2026-03-11")
        message = self.said(self.ana)
        words = self.texts(message.body)
        self.assertEqual((message.state, message.amount), ("sent", 50.0))
        self.assertIn(second.name, words)
        self.assertNotIn(first.name, words)

    def test_what_a_person_wrote_is_not_sent_to_who_has_paid(self):
        invoice = self.owe(100, "2026-03-10", partner=self.ana)
        message = self.remind(self.ana, "2026-03-11", kind="manual", text_kind="overdue")
        self.pay(invoice, "2026-03-11")
        self.let_go("2026-03-11")
        self.assertEqual(message.state, "cancelled")

    def test_a_reminder_before_the_day_tells_what_is_due_next(self):
        """30.00 are due on the 20th, 40.00 on the 30th; written by hand on the 11th, it is about the 30.00."""
        self.owe(30, "2026-03-20", partner=self.ana)
        self.owe(40, "2026-03-30", partner=self.ana)
        message = self.remind(self.ana, "2026-03-11", kind="manual", text_kind="coming")
        self.let_go("2026-03-11")
        self.assertEqual((message.state, message.amount), ("sent", 30.0))

    def test_what_is_said_comes_in_the_language_of_who_reads_it(self):
        self.env["res.lang"]._activate_lang("es_419")
        self.env["ir.module.module"].search([("name", "=", "recurring_billing")])._update_translations(["es_419"])
        self.ana.lang = "es_419"
        self.owe(100, "2026-03-10", partner=self.ana)
        message = self.remind(self.ana, "2026-03-11", text_kind="overdue")
        self.let_go("2026-03-11")
        words = self.texts(message.mail_id.body_html)
        for said in ("Hola, Ana:", "Todavía no vemos su pago de", "Ver y pagar", "Ya pagué", "venció el"):
            self.assertIn(said, words)
        self.assertEqual(message.subject, "Una nota de Harbor Gym")

    def test_a_letter_says_how_to_pay_in_the_language_of_who_reads_it(self):
        """Without a payment code of its own the invoice is paid on the page of debts, which the paper opens by a picture."""
        self.env["res.lang"]._activate_lang("es_419")
        self.env["ir.module.module"].search([("name", "=", "recurring_billing")])._update_translations(["es_419"])
        self.ana.lang = "es_419"
        self.owe(100, "2026-03-10", partner=self.ana)
        message = self.remind(self.ana, "2026-03-11", text_kind="notice", channel="letter")
        message.body = self.env["recurring.dunning.words"].with_env(self.at("2026-03-11")).letter(message)["shown"]
        report = self.env["ir.actions.report"]._render_qweb_html("recurring_billing.report_dunning_letter", message.ids)[0].decode()
        for said in ("Ver y pagar", "Escanee el código", 'alt="Ver y pagar"', "Vencimiento"):
            self.assertIn(said, report)

    def test_credit_that_balances_the_debt_cancels_it(self):
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        self.env["account.payment"].create(
            {"partner_id": self.ana.id, "amount": 100, "payment_type": "inbound", "date": "2026-03-11"}
        ).action_post()
        self.let_go("2026-03-11")
        message = self.said(self.ana)
        self.assertEqual((message.state, message.error), ("cancelled", "Open credits and payments cover what it was about."))

    def test_nothing_of_a_debt_stands_where_others_read_along(self):
        self.owe(100, "2026-03-10", partner=self.ana)
        self.company.recurring_sms = True
        message = self.remind(self.ana, "2026-03-11", channel="sms", text_kind="overdue")
        with self.sms_service() as asked:
            self.let_go("2026-03-11")
        self.assertEqual(message.state, "sent")
        ((number, text),) = asked
        self.assertEqual(number, "+12125550111")
        self.assertTrue(text.startswith("Harbor Gym: hello Ana, we have a message for you: http"), text)
        self.assertNotIn("100", text.split("http", maxsplit=1)[0])

    def test_it_waits_for_the_morning_and_for_business_days(self):
        """Tuesday 10 March 2026, 21:00: it waits until Wednesday 8:00. On Saturday 14 March it waits until Monday."""
        self.owe(100, "2026-03-09", partner=self.ana)
        message = self.remind(self.ana, "2026-03-10", step=self.env.ref("recurring_billing.dunning_step_late_7"))
        with self.clock(21):
            self.let_go("2026-03-10")
        self.assertEqual((message.state, str(message.not_before)), ("queued", "2026-03-11 08:00:00"))
        self.assertEqual(message.waits_for, "Messages leave between 08:00 and 20:00.")
        with self.clock(7.5):
            self.let_go("2026-03-11")
        self.assertEqual(message.state, "queued")
        with self.clock(10):
            self.let_go("2026-03-14")
        self.assertEqual((message.state, message.waits_for), ("queued", "Messages leave on business days."))

    def test_what_leaves_late_makes_room_for_what_says_it_all(self):
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11", "2026-03-13")
        self.let_go("2026-03-13")
        self.assertEqual(self.said(self.ana).mapped("state"), ["cancelled", "sent"])

    def test_a_reminder_of_a_day_that_passed_is_not_sent(self):
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-09")
        self.let_go("2026-03-10")
        self.assertEqual(self.said(self.ana)[0].error, "Its day has passed.")

    def test_a_second_message_the_same_day_waits(self):
        self.owe(100, "2026-03-10", partner=self.ana)
        step = self.env.ref("recurring_billing.dunning_step_late_1")
        first = self.remind(self.ana, "2026-03-11", step=step)
        second = self.remind(self.ana, "2026-03-11", step=self.env.ref("recurring_billing.dunning_step_late_3"))
        self.let_go("2026-03-11")
        self.assertEqual((first.state, second.state), ("sent", "queued"))
        self.assertEqual(second.waits_for, "The customer was written to today.")

    def test_the_same_contact_asked_for_twice_is_one_message(self):
        self.owe(100, "2026-03-10", partner=self.ana)
        step = self.env.ref("recurring_billing.dunning_step_late_1")
        self.assertEqual(self.remind(self.ana, "2026-03-11", step=step), self.remind(self.ana, "2026-03-11", step=step))
        self.assertEqual(
            self.remind(self.ana, "2026-03-11", unique_ref="thanks:1", kind="thanks"),
            self.remind(self.ana, "2026-03-11", unique_ref="thanks:1", kind="thanks"),
        )

    def test_collections_switched_off_hold_what_waits(self):
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        self.company.recurring_dunning = False
        self.let_go("2026-03-11")
        self.assertEqual(self.said(self.ana).mapped("state"), ["queued"])

    def test_a_copy_of_the_database_sends_nothing(self):
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        identity = self.env["recurring.identity"].sudo()
        identity._keep(self.env["recurring.identity.check"].now())
        identity._latest().places = {"database": 1}
        with self.mail_server() as took, mute_logger(*SILENCED):
            self.let_go("2026-03-11")
        self.assertEqual((took, self.said(self.ana).state), ([], "queued"))


@tagged("post_install", "-at_install")
class TestMessagesFail(MessagingCommon):
    """What fails is told apart: refused, busy, nobody knows."""

    def setUp(self):
        super().setUp()
        self.owe(100, "2026-03-10", partner=self.ana)
        self.message = self.remind(self.ana, "2026-03-11")

    def send(self, day, *answers):
        with self.mail_server(*answers) as took, mute_logger(*SILENCED):
            self.let_go(day)
        return took

    def test_a_refused_address_leads_to_a_letter_and_is_not_tried_again(self):
        self.assertEqual(self.send("2026-03-11", REFUSED), [])
        self.assertEqual((self.message.state, self.message.is_address_wrong), ("failed", True))
        letter = self.said(self.ana)[1]
        self.assertEqual((letter.channel, letter.follows_id), ("letter", self.message))
        again = self.remind(self.ana, "2026-03-12")
        self.assertEqual(self.send("2026-03-12"), [])
        self.assertEqual(again.state, "failed")
        self.assertIn("came back", again.error)
        self.ana.email = "ana.silva@example.com"
        better = self.remind(self.ana, "2026-03-13")
        self.assertEqual(len(self.send("2026-03-13")), 1)
        self.assertEqual(better.state, "sent")

    def test_a_busy_server_is_tried_again_but_not_for_ever(self):
        self.assertEqual(self.send("2026-03-11", BUSY), [])
        self.assertEqual(self.message.state, "queued")
        self.assertTrue(self.message.not_before)
        self.send("2026-03-12", BUSY)
        self.assertEqual(self.message.state, "queued")
        self.send("2026-03-14", BUSY)
        self.assertEqual(self.message.state, "failed")
        self.assertEqual(self.said(self.ana)[1].channel, "letter")

    def test_a_server_that_is_not_there_is_tried_again(self):
        with self.no_mail_server(), mute_logger(*SILENCED):
            self.let_go("2026-03-11")
        self.assertEqual(self.message.state, "queued")
        self.assertEqual(len(self.send("2026-03-11")), 0)
        self.assertEqual(len(self.send("2026-03-12")), 1)
        self.assertEqual(self.message.state, "sent")

    def test_an_answer_that_never_came_is_unclear_and_never_sent_again_by_itself(self):
        for number, answer in enumerate((TIMED_OUT, smtplib.SMTPServerDisconnected("bye"))):
            message = self.message if not number else self.remind(self.ana, "2026-03-12")
            self.send(f"2026-03-1{number + 1}", answer)
            self.assertEqual(message.state, "unknown", answer)
            self.assertEqual(self.send("2026-03-15"), [])
            self.assertEqual(message.state, "unknown")

    def test_a_person_says_what_became_of_an_unclear_one(self):
        self.send("2026-03-11", TIMED_OUT)
        self.press("2026-03-11", self.message, "action_not_left")
        self.assertEqual(self.message.state, "queued")
        self.assertEqual(len(self.send("2026-03-11", TIMED_OUT)), 0)
        self.press("2026-03-11", self.message, "action_arrived")
        self.assertEqual(self.message.state, "delivered")

    def test_who_has_no_address_at_all_becomes_a_task(self):
        nobody = self.make_partner("Nobody Known")
        self.owe(30, "2026-03-10", partner=nobody)
        message = self.remind(nobody, "2026-03-11", step=self.env.ref("recurring_billing.dunning_step_late_1"))
        self.let_go("2026-03-11")
        self.assertEqual((message.state, message.error), ("failed", "Nobody Known has no e-mail address."))
        task = self.said(nobody)[1]
        self.assertEqual((task.channel, task.state), ("task", "to_do"))
        self.assertEqual(task.subject, "Nobody Known cannot be reached: Nobody Known has no e-mail address.")
        self.assertIn(task.activity_id, task.case_id.activity_ids)
        self.press("2026-03-12", task.activity_id, "action_feedback", "found her")
        self.assertEqual(task.state, "done")

    def test_what_was_asked_of_a_person_goes_when_the_debt_is_paid(self):
        nobody = self.make_partner("Nobody Known")
        invoice = self.owe(30, "2026-03-10", partner=nobody)
        self.dun("2026-03-11")
        self.let_go("2026-03-11")
        task = self.said(nobody, channel="task")
        self.assertEqual(task.state, "to_do")
        self.pay(invoice, "2026-03-12")
        self.dun("2026-03-12")
        self.let_go("2026-03-12")
        self.assertEqual((task.state, task.case_id.activity_ids.ids), ("cancelled", []))

    def test_sms_that_never_got_an_answer_is_unclear(self):
        self.company.recurring_sms = True
        message = self.remind(self.ana, "2026-03-11", channel="sms")
        with self.sms_service(error=TimeoutError("no answer")), mute_logger(*SILENCED):
            self.let_go("2026-03-11")
        self.assertEqual(message.state, "unknown")
        with self.sms_service() as asked:
            self.env["sms.sms"]._process_queue()
            self.let_go("2026-03-12")
        self.assertEqual(asked, [])

    def test_delivery_of_sms_is_told_later(self):
        self.company.recurring_sms = True
        message = self.remind(self.ana, "2026-03-11", channel="sms")
        with self.sms_service():
            self.let_go("2026-03-11")
        self.env["sms.tracker"].search([("recurring_message_id", "=", message.id)])._action_update_from_sms_state("sent")
        self.assertEqual(message.state, "delivered")

    def test_a_telephone_that_was_off_is_tried_again_a_wrong_number_is_not(self):
        self.company.recurring_sms = True
        found = {}
        for error in ("not_delivered", "expired", "invalid_destination"):
            someone = self.make_partner("Someone", phone="+1 212-555-0122")
            self.owe(100, "2026-03-10", partner=someone)
            message = self.remind(someone, "2026-03-11", channel="sms")
            with self.sms_service():
                self.let_go("2026-03-11")
            tracker = self.env["sms.tracker"].search([("recurring_message_id", "=", message.id)])
            tracker._action_update_from_provider_error(error)
            self.assertEqual(message.state, "failed")
            found[error] = bool(self.env["recurring.channel.sms"]._address(someone)[1])
        self.assertEqual(found, {"not_delivered": False, "expired": False, "invalid_destination": True})


@tagged("post_install", "-at_install")
class TestMailComesBack(MessagingCommon):
    """E-mails that come back: answers, and those that found nobody."""

    def setUp(self):
        super().setUp()
        self.company.alias_domain_id = self.env["mail.alias.domain"].create(
            {"name": "harborgym.example", "bounce_alias": "bounce.t", "catchall_alias": "catchall.t"}
        )
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        with self.mail_server() as took:
            self.let_go("2026-03-11")
        self.message, (self.mail,) = self.said(self.ana), took

    def arrives(self, headers, text):
        """The mail gateway gets an e-mail."""
        mail = "\n".join([*headers, "Content-Type: text/plain; charset=utf-8", "", text])
        return self.at("2026-03-12")["mail.thread"].message_process(None, mail)

    def test_an_answer_to_an_old_letter_holds_the_case_that_is_open_now(self):
        """The case of March is closed; in the next one Ana answers the e-mail of March."""
        old = self.message.case_id
        old.write({"state": "closed", "closed_on": "2026-03-11"})
        case = self.env["recurring.dunning.case"]._of(self.ana, self.company)[self.ana]
        case.write({"user_id": self.responsible.id, "policy_id": self.policy.id})
        self.assertNotEqual(case, old)
        reference = self.mail["Message-Id"]
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.arrives(
                [
                    "From: Ana Silva <ana@example.com>",
                    "To: catchall.t@harborgym.example",
                    "Subject: Re: A short note",
                    f"In-Reply-To: {reference}",
                    "Message-Id: <answer-2@example.com>",
                ],
                "I will pay on Friday.",
            )
        self.assertEqual(self.said(self.ana, direction="in").case_id, case)
        self.assertEqual((str(case.hold_until), old.hold_until), ("2026-03-15", False))
        self.assertEqual(case.activity_ids.summary, "Answer Ana Silva by e-mail")

    def test_who_gets_the_task_to_answer_reads_it_in_their_language(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        case = self.message.case_id
        case.user_id = self.responsible
        self.responsible.lang = "pt_BR"
        reply = self.said(self.ana)[0].copy({"direction": "in", "kind": "reply", "unique_ref": False, "sent_at": "2026-03-12 10:00:00"})
        case.with_env(self.at("2026-03-12"))._hear(reply)
        self.assertEqual(case.activity_ids.summary, "Responder a Ana Silva por e-mail")

    def test_an_answer_lands_in_the_case_pauses_messages_and_calls_somebody(self):
        """The policy pauses for three days: from the 12th until the 15th, a Sunday; on Monday the 16th it goes on."""
        case = self.message.case_id
        case.user_id = self.responsible
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.arrives(
                [
                    "From: Ana Silva <ana@example.com>",
                    "To: catchall.t@harborgym.example",
                    "Subject: Re: A short note",
                    "X-Auto-Response-Suppress: All",  # as help desks mark what their people write
                    f"In-Reply-To: {self.mail['Message-Id']}",
                    "Message-Id: <answer-1@example.com>",
                ],
                "I will pay on Friday.",
            )
        answer = self.said(self.ana, direction="in")
        self.assertEqual((answer.kind, answer.channel, answer.case_id), ("reply", "email", case))
        self.assertIn("I will pay on Friday.", self.texts(answer.body))
        self.assertEqual(str(case.hold_until), "2026-03-15")
        self.assertEqual(case.activity_ids.summary, "Answer Ana Silva by e-mail")
        self.dun("2026-03-13", "2026-03-16")
        self.assertEqual([str(each.day) for each in self.said(self.ana, kind="dunning")], ["2026-03-11", "2026-03-16"])

    def test_an_out_of_office_notice_pauses_nothing(self):
        """It stands in the time line as what it is; the next reminder comes on its day."""
        case = self.message.case_id
        case.user_id = self.responsible
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.arrives(
                [
                    "From: Ana Silva <ana@example.com>",
                    "To: catchall.t@harborgym.example",
                    "Subject: Automatic reply: A short note",
                    "Auto-Submitted: auto-replied",
                    f"In-Reply-To: {self.mail['Message-Id']}",
                    "Message-Id: <answer-2@example.com>",
                ],
                "I am away until Monday.",
            )
        notice = self.said(self.ana, direction="in")
        self.assertEqual((notice.kind, notice.case_id, self.texts(notice.body)), ("automatic", case, "I am away until Monday."))
        self.assertFalse(case.hold_until)
        self.assertFalse(case.activity_ids)
        self.dun("2026-03-13")
        self.assertEqual([str(each.day) for each in self.said(self.ana, kind="dunning")], ["2026-03-11", "2026-03-13"])

    def test_what_comes_back_leads_to_another_way(self):
        self.message.case_id._message_receive_bounce("ana@example.com", self.ana)
        self.assertEqual((self.message.state, self.message.is_address_wrong), ("failed", True))
        self.assertEqual(self.said(self.ana)[1].channel, "letter")


@tagged("post_install", "-at_install")
class TestApproval(MessagingCommon):
    """Messages that wait for a person, and who may work them."""

    def setUp(self):
        super().setUp()
        self.policy.approve = True
        self.invoice = self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        self.message = self.said(self.ana)
        self.nina = self.make_user("nina", "recurring_billing.group_collections")
        self.bob = self.make_user("bob", "recurring_billing.group_auditor")

    def test_nothing_leaves_before_it_is_approved(self):
        self.let_go("2026-03-11")
        self.assertEqual(self.message.state, "to_approve")
        self.assertIn("100.00", self.texts(self.message.with_user(self.nina).preview))
        bank = self.env["account.journal"].search([("company_id", "=", self.company.id), ("type", "=", "bank")], limit=1)
        self.assertIn(f"{bank.name}: no entry yet", self.message.with_user(self.nina).bank_words)
        self.press("2026-03-11", self.message, "action_approve", user=self.nina)
        self.let_go("2026-03-11")
        self.assertEqual((self.message.state, self.message.approved_by_id, self.message.bank_words), ("sent", self.nina, False))

    def test_what_is_refused_is_not_sent_and_says_by_whom(self):
        self.press("2026-03-11", self.message, "action_refuse", user=self.nina)
        self.let_go("2026-03-11")
        self.assertEqual((self.message.state, self.message.error), ("cancelled", "Nina did not want it to be sent."))

    def test_who_refuses_what_waits_is_not_named_for_what_had_left_beside_it(self):
        bea = self.make_partner("Bea Lund", email="bea@example.com")
        self.owe(50, "2026-03-10", partner=bea)
        self.dun("2026-03-11")
        other = self.said(bea)
        self.press("2026-03-11", other, "action_approve", user=self.nina)
        self.let_go("2026-03-11")
        self.press("2026-03-11", self.message | other, "action_refuse", user=self.nina)
        self.assertEqual((self.message.state, self.message.user_id), ("cancelled", self.nina))
        self.assertEqual((other.state, other.user_id.ids), ("sent", []))

    def test_words_are_changed_before_it_leaves(self):
        message = self.message.with_user(self.nina)
        with self.assertRaisesRegex(ValidationError, "stands for nothing"):
            message.own_text = "Dear {nome}"
        message.own_text = "Dear {name},\n\nplease pay {amount}.\n\n{payment}"
        self.press("2026-03-11", self.message, "action_approve", user=self.nina)
        self.let_go("2026-03-11")
        self.assertIn("Dear Ana Silva, please pay $ 100.00.", self.texts(self.message.body))
        with self.assertRaisesRegex(ValidationError, "cannot be changed any more"):
            message.own_text = "Dear Ana"

    def test_an_auditor_reads_and_presses_nothing(self):
        self.assertEqual(self.message.with_user(self.bob).state, "to_approve")
        for button in ("action_approve", "action_refuse", "action_send_now"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                getattr(self.message.with_user(self.bob), button)()
        with self.assertRaises(AccessError):
            self.message.with_user(self.nina).write({"state": "sent"})


@tagged("post_install", "-at_install")
class TestPrivacy(MessagingCommon):
    """What people asked not to be used for them, and how long what was said is kept."""

    def setUp(self):
        super().setUp()
        self.owe(100, "2026-03-10", partner=self.ana)

    def test_who_wants_no_email_gets_a_letter_but_notices_all_the_same(self):
        self.env["recurring.optout"].create({"partner_id": self.ana.id, "channel": "email"})
        reminder = self.remind(self.ana, "2026-03-11")
        self.let_go("2026-03-11")
        self.assertEqual((reminder.state, reminder.error), ("failed", "Ana Silva asked not to be reached by E-mail."))
        self.assertEqual(self.said(self.ana)[1].channel, "letter")
        notice = self.remind(self.ana, "2026-03-25", text_kind="notice")
        self.let_go("2026-03-25")
        self.assertEqual((notice.is_notice, notice.state), (True, "sent"))

    def test_leaving_a_newsletter_silences_no_reminder(self):
        self.env["mail.blacklist"]._add("ana@example.com")
        message = self.remind(self.ana, "2026-03-11")
        self.let_go("2026-03-11")
        self.assertEqual(message.state, "sent")

    def test_numbers_and_addresses_are_masked(self):
        message = self.remind(self.ana, "2026-03-11")
        self.let_go("2026-03-11")
        self.assertEqual(message.address_masked, "an•••@example.com")

    def test_no_list_shows_a_whole_telephone_number(self):
        self.ana.phone = "+55 11 98765-4321"
        self.assertEqual(self.remind(self.ana, "2026-03-11").case_id.phone_masked, "+55 ••• 4321")
        notice = self.env["recurring.whatsapp.notice"].new({"sender": "+5511987654321"})
        self.assertEqual(notice.sender_masked, "+55 ••• 4321")
        ours = self.env["ir.model.data"].search([("module", "=", "recurring_billing"), ("model", "=", "ir.ui.view")]).mapped("res_id")
        views = self.env["ir.ui.view"].browse(ours).filtered(lambda view: view.arch and "<list" in view.arch)
        self.assertGreater(len(views), 30)
        whole = "//list//field[@widget='phone' or @name='phone' or @name='sender' or @name='address']"
        self.assertFalse(views.filtered(lambda view: etree.fromstring(view.arch).xpath(whole)).mapped("name"))

    def test_what_was_said_is_erased_after_the_time_set_notices_later(self):
        """Reminders are kept 24 months, notices 60."""
        reminder = self.remind(self.ana, "2026-03-11")
        self.let_go("2026-03-11")
        notice = self.remind(self.ana, "2026-03-12", text_kind="notice")
        self.let_go("2026-03-12")
        self.assertTrue(reminder.body and notice.body)
        self.let_go("2028-03-10", "cron_message_keeping")
        self.assertTrue(reminder.body)
        self.let_go("2028-03-12", "cron_message_keeping")
        self.assertEqual((reminder.body, reminder.address, bool(reminder.mail_id), reminder.state), (False, False, False, "sent"))
        self.assertTrue(notice.body)
        self.let_go("2031-03-13", "cron_message_keeping")
        self.assertFalse(notice.body)
