"""Numbers that two people share, and words of strangers."""

from datetime import timedelta

from odoo import fields

from .chatting import ChatCommon

DAY = "2026-03-12"


class TestWhatsappSharedPhone(ChatCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register()
        cls.account.per_second = 80

    def wrote(self, text, number):
        self.meta.reply(number, text, manner="late")
        self.hear(DAY)

    def test_a_couple_with_one_telephone_gets_nothing_more_after_stop(self):
        """Both owe, both were written to under one number; whoever holds the telephone wants no more messages."""
        bea = self.make_partner("Bea Souza", country_id=self.env.ref("base.br").id, phone="+55 51 8765-4321", lang="en_US")
        case = self.case_of(self.ana)
        self.enqueue(case)
        self.dispatch()
        self.wrote("No quiero recibir más mensajes", "+5551987654321")
        for partner in (self.ana, bea):
            with self.subTest(partner.name):
                self.assertEqual(partner.recurring_optout_ids.mapped("channel"), ["whatsapp"])
        self.wrote("voltar", "+5551987654321")
        self.assertFalse((self.ana | bea).recurring_optout_ids)

    def test_start_opens_again_what_stop_from_that_telephone_closed_and_nothing_else(self):
        """Bea said by letter that she wants no WhatsApp; Caio wrote STOP from a telephone he has no more; Ana wrote STOP, then START."""
        brazil = {"country_id": self.env.ref("base.br").id, "phone": "+55 51 8765-4321", "lang": "en_US"}
        bea, caio = self.make_partner("Bea Souza", **brazil), self.make_partner("Caio Souza", **brazil)
        optouts = self.env["recurring.optout"]
        optouts._ask(bea, "whatsapp", self.company, "told")
        optouts._ask(caio, "whatsapp", self.company, "stop", address="+5551911112222")
        self.enqueue(self.case_of(self.ana))
        self.dispatch()
        self.wrote("parar", "+5551987654321")
        self.assertEqual([len(each.recurring_optout_ids) for each in (self.ana, bea, caio)], [1, 1, 1])
        self.wrote("voltar", "+5551987654321")
        self.assertEqual([len(each.recurring_optout_ids) for each in (self.ana, bea, caio)], [0, 1, 1])

    def test_words_of_strangers_are_not_kept_for_ever(self):
        self.wrote("Who are you?", "+5551900000001")
        notice = self.env["recurring.whatsapp.notice"].search([], limit=1)
        self.assertEqual((notice.state, notice.words), ("ignored", "Who are you?"))
        self.company.recurring_message_keep_months = 12
        service = self.at(fields.Date.to_string(fields.Date.today() + timedelta(days=300)))["recurring.message.keeping"]
        service.run_scheduled()
        self.assertEqual(notice.words, "Who are you?")
        self.at(fields.Date.to_string(fields.Date.today() + timedelta(days=400)))["recurring.message.keeping"].run_scheduled()
        self.env.invalidate_all()
        self.assertFalse(notice.sender or notice.words or notice.content)
