"""Replies land in the case of who wrote, pause further messages, and reach a person; nobody's debt is told to anybody else."""

import base64

from odoo.exceptions import AccessError

from .chatting import ChatCommon

PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
DAY = "2026-03-12"


class TestWhatsappReply(ChatCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register()
        cls.account.per_second = 80
        cls.policy.reply_pause_days = 3

    def reply(self, text="", number="+5551987654321", day=DAY, **more):
        """Ana writes, by default; gives what was kept of it."""
        self.meta.reply(number, text, manner="late", **more)
        self.hear(day, twice=True)
        return self.env["recurring.dunning.message"].search([("direction", "=", "in")], limit=1)

    def written_to(self, **values):
        """A case whose customer got a reminder."""
        case = self.case_of(self.ana)
        case.write({"user_id": self.owner.id, **values})
        self.enqueue(case)
        self.dispatch()
        return case

    def activities(self, case):
        return case.activity_ids.mapped(lambda activity: (activity.user_id, activity.summary))

    def test_a_reply_lands_in_the_case_pauses_it_and_its_owner_hears_of_it(self):
        case = self.written_to()
        message = self.reply("Vou pagar na sexta, pode ser?")
        self.assertEqual((message.case_id, message.partner_id, message.channel, message.kind), (case, self.ana, "whatsapp", "reply"))
        self.assertIn("Vou pagar na sexta, pode ser?", message.body)
        self.assertEqual((str(case.hold_until), case.hold_reason), ("2026-03-15", "The customer wrote to us by WhatsApp: answer first."))
        self.assertEqual(self.activities(case), [(self.owner, "Answer Ana Souza on WhatsApp")])
        self.assertIn("Vou pagar na sexta", case.activity_ids.note)

    def test_who_gets_the_task_reads_it_in_their_language(self):
        case = self.written_to()
        self.owner.lang = "pt_BR"
        self.reply("PARAR")
        self.assertEqual(self.activities(case), [(self.owner, "Responder a Ana Souza no WhatsApp")])
        self.assertIn("não recebe", case.activity_ids.note)

    def test_nothing_leaves_while_a_reply_is_not_answered(self):
        case = self.written_to()
        self.reply("Oi")
        message = self.enqueue(case, "2026-03-14", unique_ref="later")
        self.dispatch("2026-03-14")
        self.assertEqual(message.state, "queued")
        self.assertIn("answer first", message.waits_for)
        self.dispatch("2026-03-15")
        self.assertEqual(message.state, "queued")
        self.dispatch("2026-03-16")
        self.assertEqual(message.state, "sent", "its step is done only once, so it is not forgotten")

    def test_who_pays_while_the_case_is_on_hold_gets_nothing_afterwards(self):
        case = self.written_to()
        self.reply("Pago amanhã")
        message = self.enqueue(case, "2026-03-14", unique_ref="later")
        self.dispatch("2026-03-14")
        self.pay(self.env["account.move"].search([("partner_id", "=", self.ana.id)], limit=1), "2026-03-15")
        self.dispatch("2026-03-16")
        self.assertEqual(message.state, "cancelled")

    def test_the_policy_says_how_long_a_reply_pauses_and_a_longer_hold_stays(self):
        self.policy.reply_pause_days = 0
        case = self.written_to()
        self.reply("Oi")
        self.assertFalse(case.hold_until)
        self.policy.reply_pause_days = 3
        case.write({"hold_until": "2026-04-01", "hold_reason": "Agreed with her"})
        self.reply("Oi de novo")
        self.assertEqual((str(case.hold_until), case.hold_reason), ("2026-04-01", "Agreed with her"))

    def test_a_reply_told_twice_is_one_and_three_in_a_row_are_one_task(self):
        case = self.written_to()
        for text in ("Oi", "Tudo bem?", "Pago amanhã"):
            self.reply(text)
        replies = self.env["recurring.dunning.message"].search([("case_id", "=", case.id), ("direction", "=", "in")])
        self.assertEqual(len(replies), 3)
        self.assertEqual(len(case.activity_ids), 1)
        self.assertIn("Pago amanhã", case.activity_ids.note)

    def test_a_receipt_sent_as_picture_is_kept_with_the_message(self):
        case = self.written_to()
        message = self.reply("comprovante", content=PICTURE, mime="image/png")
        (receipt,) = message.attachment_ids
        self.assertEqual(
            (receipt.raw, receipt.mimetype, receipt.res_model, receipt.res_id), (PICTURE, "image/png", message._name, message.id)
        )
        self.assertIn("comprovante", message.body)
        self.assertIn("receipt", case.activity_ids.note)
        with self.assertRaises(AccessError):
            receipt.with_user(self.make_user("guest", "base.group_user")).read(["raw"])
        self.assertEqual(receipt.with_user(self.owner).raw, PICTURE)

    def test_a_file_that_is_neither_picture_nor_pdf_is_not_kept(self):
        self.written_to()
        message = self.reply("", content=b"MZ\x90", mime="application/x-msdownload", name="boleto.exe")
        self.assertFalse(message.attachment_ids)
        self.assertIn("A document", message.body)
        notice = self.env["recurring.whatsapp.notice"].search([("message_id", "=", message.id)])
        self.assertIn("not kept", notice.problem)

    def test_a_picture_that_cannot_be_fetched_now_is_fetched_later(self):
        case = self.written_to()
        self.meta.fault("503", on="GET", times=2)
        self.meta.reply("+5551987654321", "", content=PICTURE, mime="image/png", manner="late")
        self.hear()
        notice = self.env["recurring.whatsapp.notice"].search([("kind", "=", "message")], limit=1)
        self.assertEqual((notice.state, notice.tries), ("new", 1))
        self.assertTrue(case.hold_until, "what was written counts at once")
        self.read_notices()
        self.assertEqual((notice.state, notice.message_id.attachment_ids.raw), ("done", PICTURE))
        self.assertEqual(len(case.message_line_ids.filtered(lambda message: message.direction == "in")), 1)

    def test_a_picture_that_never_comes_does_not_silence_the_customer(self):
        """After some tries the words are kept, and a person told, without the picture."""
        case = self.written_to()
        self.meta.reply("+5551987654321", "segue o comprovante", content=PICTURE, mime="image/png", manner="late")
        self.meta.fault("503", on="GET", times=99)
        self.hear()
        for _time in range(6):
            self.read_notices()
        message = self.env["recurring.dunning.message"].search([("case_id", "=", case.id), ("direction", "=", "in")])
        self.assertIn("segue o comprovante", message.body)
        self.assertTrue(case.hold_until)
        self.assertEqual(len(case.activity_ids), 1)
        self.assertIn("could not be fetched", case.activity_ids.note)

    def test_who_writes_stop_gets_nothing_more_this_way_until_they_write_start(self):
        case = self.written_to()
        self.ana.email = "ana@example.com"
        self.reply("PARAR")
        optout = self.env["recurring.optout"].search([("partner_id", "=", self.ana.id)])
        self.assertEqual((optout.channel, optout.source, optout.company_id), ("whatsapp", "stop", self.company))
        self.assertIn("want no more WhatsApp messages", case.activity_ids.note)
        message = self.enqueue(case, "2026-03-20", unique_ref="after")
        self.dispatch("2026-03-20")
        self.assertEqual(message.state, "failed")
        self.assertIn("asked not to be reached by WhatsApp", message.error)
        self.reply("voltar", day="2026-03-21")
        self.assertFalse(optout.active)

    def test_a_day_after_a_reply_any_words_reach_the_customer(self):
        case = self.written_to()
        self.reply("Posso parcelar?")
        message = self.enqueue(
            case, kind="manual", text="Olá {first_name}, podemos sim. Veja: {link}", template=self.text, unique_ref="answer"
        )
        self.dispatch()
        (taken,) = self.meta.taken(message._whatsapp_name())
        self.assertEqual((taken["type"], message.state), ("text", "sent"))
        self.assertTrue(taken["text"].startswith("Olá Ana, podemos sim. Veja: http"))
        self.env.cr.execute("UPDATE recurring_dunning_message SET sent_at = sent_at - interval '1 day' WHERE direction = 'in'")
        self.env.invalidate_all()
        other = self.enqueue(case, kind="manual", text="E então?", unique_ref="too late")
        self.dispatch()
        self.assertEqual(other.state, "failed")

    def test_an_answer_to_one_of_our_messages_finds_who_was_written_to(self):
        """Two people share a telephone: the answer belongs to whose message was answered."""
        case = self.written_to()
        mother = self.make_partner("Maria", phone="+55 51 98765-4321")
        mothers = self.case_of(mother)
        self.enqueue(mothers, unique_ref="mother")
        self.dispatch()
        first = self.env["recurring.dunning.message"].search([("case_id", "=", case.id), ("direction", "=", "out")])
        message = self.reply("sobre a minha", context={"from": "551133334444", "id": first.provider_ref})
        self.assertEqual(message.case_id, case)
        message = self.reply("oi")
        self.assertEqual(message.case_id, mothers, "else the one who was written to last")

    def test_who_answers_for_another_customer_lands_in_the_case_they_were_written_to_about(self):
        """Ana's accountant, who owes us too, gets her reminders and answers one: her case waits, the accountant's own does not."""
        accountant = self.make_partner("Accountant", phone="+55 51 98765-9999", country_id=self.env.ref("base.br").id)
        own = self.case_of(accountant)
        self.ana.recurring_dunning_contact_id = accountant
        case = self.written_to()
        message = self.reply("I will ask her", number="+5551987659999")
        self.assertEqual((message.case_id, message.partner_id), (case, accountant))
        self.assertEqual((str(case.hold_until), own.hold_until), ("2026-03-15", False))

    def test_who_was_never_written_to_is_found_by_the_number(self):
        case = self.case_of(self.ana)
        message = self.reply("Quero saber quanto devo")
        self.assertEqual((message.case_id, message.partner_id), (case, self.ana))

    def test_a_stranger_is_told_nothing_and_lands_in_no_case(self):
        self.written_to()
        before = len(self.meta.ledger())
        message = self.reply("Quem é?", number="+5511912345678")
        self.assertFalse(message)
        notice = self.env["recurring.whatsapp.notice"].search([("sender", "=", "+5511912345678")])
        self.assertEqual((notice.state, notice.words, len(self.meta.ledger())), ("ignored", "Quem é?", before))

    def test_who_owes_nothing_is_kept_without_a_case(self):
        message = self.reply("Bom dia")
        self.assertEqual((message.partner_id, message.case_id.id), (self.ana, False))

    def test_a_thumb_asks_for_nothing(self):
        case = self.written_to()
        first = self.env["recurring.dunning.message"].search([("case_id", "=", case.id), ("direction", "=", "out")])
        told = {
            "id": "wamid.THUMB",
            "from": "555187654321",
            "type": "reaction",
            "reaction": {"message_id": first.provider_ref, "emoji": "👍"},
        }
        self.tell(self.whole({"messages": [told]}))
        self.read_notices()
        self.assertFalse(case.activity_ids)
        self.assertFalse(case.hold_until)

    def test_other_kinds_of_messages_say_what_they_are(self):
        self.written_to()
        for kind, part, words in (
            ("audio", {"id": "1", "mime_type": "audio/ogg"}, "voice message"),
            ("location", {"latitude": 1, "longitude": 2}, "place on the map"),
            ("button", {"text": "Já paguei", "payload": "x"}, "Já paguei"),
            ("interactive", {"type": "button_reply", "button_reply": {"id": "1", "title": "Pagar agora"}}, "Pagar agora"),
            ("unsupported", {}, "cannot be shown"),
        ):
            with self.subTest(kind):
                told = {"id": f"wamid.{kind}", "from": "555187654321", "type": kind, kind: part}
                self.tell(self.whole({"messages": [told]}))
                self.read_notices()
                message = self.env["recurring.dunning.message"].search([("provider_ref", "=", f"wamid.{kind}")])
                self.assertIn(words, message.body)

    def test_what_customers_write_cannot_act_in_the_browser(self):
        case = self.written_to()
        message = self.reply('<img src=x onerror="alert(1)"><script>alert(2)</script>')
        self.assertNotIn("<script", message.body)
        self.assertNotIn("<img", message.body)
        self.assertNotIn("<img", case.activity_ids.note)
