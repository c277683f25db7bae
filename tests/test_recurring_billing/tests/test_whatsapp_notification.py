"""What WhatsApp tells is believed only with its signature, once, in any order, and by the right account."""

import json

from .chatting import ChatCommon


class TestWhatsappNotification(ChatCommon):
    def notices(self):
        return self.env["recurring.whatsapp.notice"].search([("account_id", "=", self.account.id)])

    def test_a_delivery_becomes_the_state_of_the_message(self):
        message = self.make_message(self.ana)
        self.assertEqual(self.tell(self.status("delivered")), 200)
        self.assertEqual(message.state, "sent", "it is read in the background")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", self.env.ref("recurring_billing.cron_whatsapp_hear").id)])
        self.assertTrue(triggers)
        self.read_notices()
        self.assertEqual(message.state, "delivered")

    def test_what_comes_twice_late_or_in_the_wrong_order_leaves_the_furthest_state(self):
        message = self.make_message(self.ana)
        for status in ("read", "sent", "delivered", "delivered", "read"):
            self.assertEqual(self.tell(self.status(status)), 200)
        self.read_notices()
        self.assertEqual(message.state, "read")
        self.assertEqual(len(self.notices()), 3, "each is kept once")
        self.tell(self.status("failed", code=131026))
        self.read_notices()
        self.assertEqual(message.state, "read", "what was read has arrived")

    def test_a_message_that_could_not_be_delivered_failed_and_says_why(self):
        message = self.make_message(self.ana)
        self.tell(self.status("failed", code=131026))
        self.read_notices()
        self.assertEqual((message.state, message.error), ("failed", "WhatsApp could not deliver it. Unable to deliver."))

    def test_a_message_nobody_knows_the_fate_of_is_found_by_our_own_name(self):
        message = self.make_message(self.ana, state="unknown", provider_ref=False, error="No answer.")
        self.tell(self.status("sent", key="wamid.NEW", callback=message._whatsapp_name()))
        self.read_notices()
        self.assertEqual((message.state, message.provider_ref, message.error), ("sent", "wamid.NEW", False))

    def test_a_delivery_told_before_our_request_was_answered_waits(self):
        message = self.make_message(self.ana, state="sending", provider_ref=False)
        self.tell(self.status("delivered", key="wamid.EARLY", callback=message._whatsapp_name()))
        self.read_notices()
        self.assertEqual((message.state, self.notices().state), ("sending", "new"))
        message.write({"state": "sent", "provider_ref": "wamid.EARLY"})
        self.read_notices()
        self.assertEqual((message.state, self.notices().state), ("delivered", "done"))

    def test_a_bad_signature_is_refused_and_nothing_is_kept(self):
        message = self.make_message(self.ana)
        told = self.status("read")
        for signature in ("", "0" * 64, "sha256=", "é"):
            with self.subTest(signature):
                self.assertEqual(self.tell(told, signature=signature.encode("latin-1", "ignore").decode("latin-1")), 403)
        self.assertEqual(self.tell(told, secret="another secret"), 403)
        answer = self.url_open(f"/recurring_billing/whatsapp/{self.account.webhook_token}", data=json.dumps(told).encode())
        self.assertEqual(answer.status_code, 403)
        self.read_notices()
        self.assertEqual((message.state, len(self.notices())), ("sent", 0))

    def test_a_signature_fits_one_content_only(self):
        """Who overheard a notification cannot change what it says."""
        import hashlib
        import hmac

        content = json.dumps(self.status("sent")).encode()
        signature = hmac.new(self.account.app_secret.encode(), content, hashlib.sha256).hexdigest()
        self.assertEqual(self.tell(content.replace(b"sent", b"read"), signature=signature), 403)

    def test_an_address_nobody_gave_out_is_not_there(self):
        self.assertEqual(self.tell(self.status("read"), token="no-such-token"), 404)

    def test_nonsense_is_answered_and_changes_nothing(self):
        for content in (b"[]", b"{}", b'{"entry": 5}', b'{"entry": [{"changes": [null, {"value": 7}]}]}', b'"x"'):
            with self.subTest(content):
                self.assertEqual(self.tell(content), 200)
        for content in (b"{", b"[" * 60_000):
            with self.subTest(content[:5]):
                self.assertEqual(self.tell(content), 400)
        odd = {"statuses": [5, {"id": "x"}, {"status": "sent"}, {"id": "y", "status": "warning"}], "messages": [{"from": "1"}, None]}
        self.assertEqual(self.tell(self.whole(odd)), 200)
        self.assertFalse(self.notices())

    def test_a_message_that_cannot_be_kept_does_not_stop_the_others(self):
        message = self.make_message(self.ana)
        self.tell(self.whole({"messages": [{"id": "wamid.\u0000", "from": "555187654321", "type": "text", "text": {"body": "a\u0000b"}}]}))
        self.tell(self.status("delivered"))
        self.read_notices()
        self.assertEqual(message.state, "delivered")

    def test_what_is_told_of_another_number_of_the_same_app_goes_to_its_account(self):
        other = self.account.copy(
            {"company_id": self.company_eur.id, "phone_number_id": "777", "access_token": "x", "app_secret": self.account.app_secret}
        )
        told = {"messages": [{"id": "wamid.OTHER", "from": "555187654321", "type": "text", "text": {"body": "oi"}}]}
        self.assertEqual(self.tell(self.whole(told, number="777")), 200)
        self.assertEqual(self.tell(self.whole(told, number="888")), 200)
        found = self.env["recurring.whatsapp.notice"].search([("key", "=", "in:wamid.OTHER")])
        self.assertEqual(found.mapped(lambda notice: (notice.account_id, notice.company_id)), [(other, self.company_eur)])

    def test_another_companys_delivery_does_not_touch_our_message(self):
        message = self.make_message(self.ana)
        self.account.copy(
            {"company_id": self.company_eur.id, "phone_number_id": "777", "access_token": "x", "app_secret": self.account.app_secret}
        )
        told = self.status("read")
        told["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = "777"
        self.tell(told)
        self.read_notices()
        self.assertEqual(message.state, "sent")

    def test_the_address_is_verified_with_its_token_only(self):
        path = f"/recurring_billing/whatsapp/{self.account.webhook_token}"
        right = f"hub.mode=subscribe&hub.challenge=12345&hub.verify_token={self.account.verify_token}"
        answer = self.url_open(f"{path}?{right}")
        self.assertEqual((answer.status_code, answer.text), (200, "12345"))
        self.assertIn("text/plain", answer.headers["Content-Type"])
        for query in ("", "hub.mode=subscribe&hub.challenge=1", "hub.mode=subscribe&hub.challenge=1&hub.verify_token=x"):
            with self.subTest(query):
                self.assertEqual(self.url_open(f"{path}?{query}").status_code, 403)
