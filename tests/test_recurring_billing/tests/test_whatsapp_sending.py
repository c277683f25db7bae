"""Messages leave by WhatsApp once, with words it has approved; its answer decides whether they are tried again, failed, or are unclear."""

from unittest.mock import patch

from odoo.tools import mute_logger

from .chatting import ChatCommon

CHANNEL = "odoo.addons.recurring_billing.services.channels.whatsapp"
WAITS = f"{CHANNEL}.SHORT_WAITS_S"
API = "odoo.addons.recurring_billing.services.whatsapp_api"


class TestWhatsappSending(ChatCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch(WAITS, (0.01, 0.01)))
        cls.register()
        cls.account.per_second = 80

    def send(self, **values):
        """A reminder to Ana is made and let go; gives the message."""
        message = self.enqueue(self.case_of(self.ana), **values)
        self.dispatch()
        return message

    def taken(self, message):
        return self.meta.taken(message._whatsapp_name())

    def test_a_reminder_leaves_with_the_approved_text_in_the_customers_language(self):
        self.ana.lang = "pt_BR"
        message = self.send()
        (taken,) = self.taken(message)
        self.assertEqual((taken["to"], taken["template"], taken["language"]), ("5551987654321", "overdue_friendly", "pt_BR"))
        link = self.ana._recurring_debts_link(self.company)
        words = f"Olá Ana, sua fatura de Academia do Porto venceu. Veja em {link} como pagar."
        self.assertEqual(taken["text"], words)
        self.assertEqual((message.state, message.provider_ref, message.address), ("sent", taken["id"], "+5551987654321"))
        self.assertIn("Olá Ana, sua fatura de Academia do Porto venceu.", message.body, "the time line shows what the customer reads")

    def test_no_more_leave_in_a_second_than_the_account_says(self):
        """Four a second: the first leaves at once, each of the others a quarter of a second after the one before."""
        self.account.per_second = 4
        channel, slept, moments = self.env["recurring.channel"]._of("whatsapp"), [], {}
        clock = patch(f"{CHANNEL}.time.monotonic", lambda: 1000.0 + sum(slept))
        with clock, patch(f"{CHANNEL}.time.sleep", slept.append), patch(f"{CHANNEL}._last_sent", moments):
            for _message in range(3):
                channel._pace(self.account)
        self.assertEqual(slept, [0.0, 0.25, 0.25])

    def test_another_language_gets_the_nearest_text(self):
        self.ana.lang = "en_US"
        message = self.send()
        self.assertEqual(self.taken(message)[0]["language"], "en")

    def test_a_customer_in_whose_language_nothing_is_approved_is_reached_another_way(self):
        self.env["res.lang"]._activate_lang("es_AR")
        self.ana.write({"lang": "es_AR", "email": "ana@example.com"})
        message = self.send()
        self.assertEqual((message.state, message.error), ("failed", "WhatsApp has approved no text for it in the customer's language."))
        follower = self.env["recurring.dunning.message"].search([("follows_id", "=", message.id)])
        self.assertEqual(follower.channel, "email")
        self.assertFalse(self.taken(message))

    def test_a_text_with_a_place_nobody_filled_is_not_sent(self):
        self.ana.lang = "pt_BR"
        text = self.account.template_ids.filtered(lambda each: (each.name, each.language) == ("overdue_friendly", "pt_BR"))
        text.place_ids[1].placeholder = False
        message = self.send()
        self.assertEqual((message.state, self.taken(message)), ("failed", []))

    def test_too_much_to_do_is_tried_again_at_once_then_later(self):
        self.meta.fault("code:130429", times=2)
        message = self.send()
        self.assertEqual((message.state, len(self.taken(message))), ("sent", 1))
        self.meta.fault("429", times=3)
        other = self.send()
        self.assertEqual((other.state, self.taken(other)), ("queued", []))
        self.assertTrue(other.not_before)
        self.dispatch("2026-03-13")
        self.assertEqual((other.state, len(self.taken(other))), ("sent", 1))

    @mute_logger(API)
    def test_a_message_that_may_have_left_is_unclear_and_never_sent_again(self):
        for fault in ("500", "503", "drop", "garbage", "500_after", "drop_after", "garbage_after"):
            with self.subTest(fault):
                self.meta.calm()
                self.meta.fault(fault)
                message = self.send()
                self.assertEqual(message.state, "unknown")
                taken = len(self.taken(message))
                self.assertEqual(taken, 1 if fault.endswith("_after") else 0)
                self.dispatch()
                self.dispatch("2026-03-16")
                self.assertEqual((message.state, len(self.taken(message))), ("unknown", taken))
                message.case_id.write({"state": "closed", "stage": "closed"})

    def test_an_unclear_message_is_clear_when_whatsapp_tells(self):
        self.meta.fault("500_after")
        message = self.send()
        self.assertEqual((message.state, message.provider_ref), ("unknown", False))
        self.hear(twice=True)
        self.assertEqual((message.state, message.provider_ref), ("read", self.taken(message)[0]["id"]))
        self.assertFalse(message.error)

    @mute_logger(API)
    def test_nobody_there_means_that_nothing_left(self):
        self.account.address = "http://127.0.0.1:1/v23.0"
        message = self.send()
        self.assertEqual(message.state, "queued")
        self.account.address = self.meta.address
        self.dispatch("2026-03-13")
        self.assertEqual((message.state, len(self.taken(message))), ("sent", 1))

    def test_a_token_that_is_not_accepted_stops_the_account_not_the_messages(self):
        self.meta.forget_token()
        bea = self.make_partner("Bea", phone="+55 51 98888-7777")
        first, second = self.enqueue(self.case_of(self.ana)), self.enqueue(self.case_of(bea))
        before = len(self.meta.requests("POST /messages"))
        self.dispatch()
        self.assertEqual((first.state, second.state), ("queued", "queued"))
        self.assertEqual(len(self.meta.requests("POST /messages")) - before, 1, "the second is not even tried")
        self.assertIn("Your access token has expired", self.account.problem)
        self.meta.know_token()
        self.account.action_test()
        self.dispatch("2026-03-13")
        self.assertEqual((first.state, second.state, self.account.problem), ("sent", "sent", False))

    def test_a_refusal_fails_and_says_why(self):
        self.meta.fault("code:131009")
        message = self.send()
        self.assertEqual(message.state, "failed")
        self.assertIn("One or more parameter values are invalid", message.error)

    def test_a_text_whatsapp_paused_is_not_used_again(self):
        self.ana.lang = "pt_BR"
        self.meta.fault("code:132015")
        message = self.send()
        self.assertEqual(message.state, "failed")
        text = self.account.template_ids.filtered(lambda each: (each.name, each.language) == ("overdue_friendly", "pt_BR"))
        self.assertEqual(text.state, "paused")
        self.account.action_read_templates()
        self.assertEqual((text.state, text.problem), ("approved", False))

    def test_a_number_without_whatsapp_is_not_tried_twice(self):
        self.meta.stranger("+5551981111111")
        carla = self.make_partner("Carla", phone="+55 51 98111-1111", email="carla@example.com")
        message = self.enqueue(self.case_of(carla))
        self.dispatch()
        self.assertEqual(message.state, "sent", "WhatsApp tells only later")
        self.hear()
        self.assertEqual((message.state, message.is_address_wrong), ("failed", True))
        follower = self.env["recurring.dunning.message"].search([("follows_id", "=", message.id)])
        self.assertEqual(follower.channel, "email")
        next_one = self.enqueue(message.case_id, "2026-03-20", unique_ref="next")
        self.dispatch("2026-03-20")
        self.assertIn("did not arrive", next_one.error)
        self.assertFalse(self.taken(next_one))

    def test_what_whatsapp_says_it_did_not_take_but_delivers_is_not_sent_again(self):
        self.meta.fault("code:131000", times=9)
        message = self.send()
        self.assertEqual(message.state, "queued")
        self.meta.calm()
        self.tell(self.status("delivered", key="wamid.AFTERALL", callback=message._whatsapp_name()))
        self.read_notices()
        self.dispatch("2026-03-13")
        self.assertEqual((message.state, self.taken(message)), ("delivered", []))

    def test_who_paid_meanwhile_is_not_written_to(self):
        message = self.enqueue(self.case_of(self.ana))
        self.pay(self.env["account.move"].search([("partner_id", "=", self.ana.id)], limit=1), "2026-03-11")
        self.dispatch()
        self.assertEqual((message.state, self.taken(message)), ("cancelled", []))

    def test_the_number_is_completed_and_the_ninth_digit_added(self):
        br = self.env.ref("base.br").id
        for written, dialled in (
            ("(51) 98765-4321", "+5551987654321"),
            ("51 8765 4321", "+5551987654321"),
            ("+55 51 8765-4321", "+5551987654321"),
            ("051 98765-4321", "+5551987654321"),
            ("0055 51 98765-4321", "+5551987654321"),
            ("(11) 3333-4444", "+551133334444"),
            ("+351 912 345 678", "+351912345678"),
        ):
            with self.subTest(written):
                partner = self.make_partner("P", phone=written, country_id=br)
                self.assertEqual(self.env["recurring.phone.numbers"].of(partner), (dialled, ""))
        for written in ("98765-4321", "123", "call me", "+55 51 98765-43210"):
            with self.subTest(written):
                partner = self.make_partner("P", phone=written, country_id=br)
                number, why = self.env["recurring.phone.numbers"].of(partner)
                self.assertEqual(number, "")
                self.assertIn("not complete", why)
