"""The simulated gateway and its provider, on which the tests of charging stand."""

from odoo.tests import HttpCase
from odoo.tools import mute_logger

from .charging import ChargingCommon

QUIET = ("odoo.addons.payment.models.payment_provider", "odoo.addons.payment.models.payment_transaction", "odoo.http")


class TestGateway(ChargingCommon):
    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(*QUIET))
        self.customer = self.make_partner()

    def charged(self, *words, amount=57.5, **values):
        transaction = self.transaction(self.card(self.customer, *words), amount=amount, **values)
        transaction._charge_with_token()
        return transaction

    def test_a_good_card_is_charged_once(self):
        paid = self.charged("ok")
        self.assertEqual((paid.state, paid.provider_reference[:3]), ("done", "ch_"))
        self.assertEqual(self.captured(paid.token_id), ["57.50"])
        paid._charge_with_token()
        self.assertEqual(self.captured(paid.token_id), ["57.50"], "the same reference is the same payment")

    def test_another_amount_under_the_same_reference_is_refused(self):
        paid = self.charged("ok")
        paid.amount = 60.0
        paid._charge_with_token()
        self.assertEqual(self.captured(paid.token_id), ["57.50"])
        self.assertEqual(self.gateway.everything()["rejected"][-1][:2], [409, "idempotency_mismatch"])

    def test_declines_take_nothing_and_say_why(self):
        for word, said in [("soft", "insufficient funds"), ("hard", "stolen"), ("strange", "X17"), ("refused", "insufficient funds")]:
            declined = self.charged(word)
            self.assertEqual(declined.state, "error", word)
            self.assertIn(said, declined.state_message)
            self.assertEqual(self.captured(declined.token_id), [], word)

    def test_answers_that_fail_say_nothing_of_the_money(self):
        """Core shows each as an error, or lets the exception through; the gateway's ledger knows better."""
        for words, taken in [("ok/500", ["57.50"]), ("/500", []), ("ok/drop", ["57.50"]), ("/drop", []), ("/busy", [])]:
            failed = self.charged(words)
            self.assertNotEqual(failed.state, "done", words)
            self.assertEqual(self.captured(failed.token_id), taken, words)
            self.assertIs(failed._recurring_query_status(), bool(taken), words)
            self.assertEqual(failed.state == "done", bool(taken), words)

    def test_an_authorized_payment_is_captured_or_voided(self):
        self.provider.capture_manually = True
        first, second = self.charged(), self.charged()
        self.assertEqual((first.state, second.state), ("authorized", "authorized"))
        self.assertEqual(self.captured(first.token_id), [])
        first._capture()
        second._void()
        self.assertEqual((first.state, second.state), ("done", "cancel"))
        self.assertEqual((self.captured(first.token_id), self.captured(second.token_id)), (["57.50"], []))

    def test_a_refund_gives_back_once_and_never_more_than_was_taken(self):
        paid = self.charged()
        self.assertEqual(paid._refund(20.0).state, "done")
        self.assertEqual(paid._refund(40.0).state, "error")
        self.assertEqual([str(amount) for reference, amount in self.gateway.moved("refund") if reference == paid.reference], ["20.00"])


class TestGatewayNotices(ChargingCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(*QUIET))
        self.waiting = self.transaction(self.card(self.make_partner(), "pending"), amount=57.5)
        self.waiting._charge_with_token()
        self.assertEqual(self.waiting.state, "pending")

    def test_a_notice_brings_the_end(self):
        self.assertEqual(self.notice(self.waiting, "succeeded").status_code, 200)
        self.assertEqual(self.waiting.state, "done")

    def test_a_notice_with_a_wrong_signature_changes_nothing(self):
        self.assertEqual(self.notice(self.waiting, "succeeded", secret="guessed").status_code, 403)
        self.assertEqual(self.waiting.state, "pending")

    def test_notices_twice_and_out_of_order_leave_what_is_true(self):
        for status in ("succeeded", "pending", "succeeded"):
            self.assertEqual(self.notice(self.waiting, status).status_code, 200)
        self.assertEqual(self.waiting.state, "done")
