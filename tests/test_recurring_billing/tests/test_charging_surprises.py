from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .collecting import CollectingCommon

COLLECTION_LOG = "odoo.addons.recurring_billing.services.payment_collection"
LOGS = ("odoo.addons.payment.models.payment_provider", "odoo.addons.payment.models.payment_transaction")


@tagged("post_install", "-at_install")
class TestChargingSurprises(CollectingCommon):
    """The provider says something else than everybody believed: money that was taken is never lost from sight."""

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(*LOGS))

    def say(self, day, attempt, status, **more):
        """A notice of the provider, read as its controller does."""
        said = {"id": "ch", "reference": attempt.reference, "status": status, "amount": "57.50", "currency": "USD", **more}
        with self.committing(day) as env:
            env["payment.transaction"].browse(attempt.transaction_id.id)._process("recurring_test", said)

    def unpaid_by_word(self, day="2024-03-01", *words, **values):
        """A charge without an answer, of which a person believes that nothing was taken."""
        subscription, token = self.charged("2024-03-01", 57.5, *(words or ("ok/500", "ok")), **values)
        self.collect("2024-03-01")
        invoice = self.invoices(subscription)
        attempt = invoice.recurring_attempt_ids
        self.assertEqual(attempt.clarify, "unknown")
        self.press(day, attempt, "action_not_paid")
        return subscription, token, invoice, attempt

    def test_a_confirmation_is_believed_though_a_person_said_it_was_not_paid(self):
        _subscription, token, invoice, attempt = self.unpaid_by_word()
        self.say("2024-03-01", attempt, "succeeded")
        self.collect("2024-03-01")
        self.assertEqual(self.captured(token), ["57.50"])
        self.assertEqual((attempt.outcome, attempt.clarify), ("done", False))
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))

    def test_a_confirmation_after_the_card_was_charged_again_is_listed(self):
        _subscription, token, invoice, attempt = self.unpaid_by_word()
        self.collect("2024-03-01")
        self.assertEqual(self.captured(token), ["57.50", "57.50"], "the person was wrong")
        self.say("2024-03-02", attempt, "succeeded")
        self.collect("2024-03-02")
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual((attempt.outcome, attempt.clarify), ("done", "twice"))
        self.assertEqual(invoice.transaction_ids.mapped("state"), ["done", "done"])
        self.assertEqual(sorted(invoice.transaction_ids.payment_id.mapped("amount")), [57.5, 57.5], "both are in the books")

    def test_a_confirmation_of_a_draft_s_first_charge_after_its_debt_was_paid_is_listed(self):
        _subscription, token, invoice, attempt = self.unpaid_by_word(mode="charge_post")
        self.collect("2024-03-01")
        self.assertEqual(self.captured(token), ["57.50", "57.50"])
        self.say("2024-03-02", attempt, "succeeded")
        self.collect("2024-03-02")
        self.assertEqual((attempt.outcome, attempt.clarify), ("done", "twice"))
        self.assertEqual(invoice.amount_residual, 0)

    def test_a_confirmation_of_a_cancelled_payment_is_believed(self):
        subscription, _token = self.charged("2024-03-01", 57.5, "cancelled")
        self.collect("2024-03-01")
        attempt = self.invoices(subscription).recurring_attempt_ids
        self.assertEqual(attempt.outcome, "cancelled")
        self.say("2024-03-02", attempt, "succeeded")
        self.collect("2024-03-02")
        self.assertEqual((attempt.outcome, attempt.clarify), ("done", False))
        self.assertIn(self.invoices(subscription).payment_state, ("paid", "in_payment"))

    def test_a_payment_the_provider_has_not_heard_of_yet_is_not_charged_again_at_once(self):
        """The request may still be on its way: minutes have to pass before "never heard of it" means that nothing was taken."""
        subscription, token = self.charged("2024-03-01", 57.5, "/drop", "ok")
        self.collect("2024-03-01")
        invoice = self.invoices(subscription)
        attempt = invoice.recurring_attempt_ids
        self.press("2024-03-01", attempt, "action_ask")
        self.assertEqual(attempt.clarify, "unknown")
        self.collect("2024-03-01")
        self.assertEqual(self.captured(token), [])
        attempt.sudo().asked_at = "2024-02-29 12:00:00"
        self.press("2024-03-01", attempt, "action_ask")
        self.assertEqual((attempt.outcome, attempt.clarify), ("not_sent", False))
        self.collect("2024-03-01")
        self.assertEqual(self.captured(token), ["57.50"])

    def test_a_payment_that_stays_pending_for_two_weeks_is_listed_and_can_be_asked_for(self):
        subscription, token = self.charged("2024-03-01", 57.5, "pending")
        self.collect("2024-03-01")
        invoice = self.invoices(subscription)
        attempt = invoice.recurring_attempt_ids
        self.collect("2024-03-10")
        self.assertEqual((attempt.outcome, attempt.clarify), ("pending", False))
        attempt.sudo().asked_at = "2024-02-14 12:00:00"
        self.collect("2024-03-10")
        self.assertEqual((attempt.clarify, invoice.recurring_charge_state), ("unknown", "clarify"))
        self.gateway.resolve(attempt.reference, "ok")
        self.press("2024-03-10", attempt, "action_ask")
        self.assertEqual((attempt.outcome, attempt.clarify, self.captured(token)), ("done", False, ["57.50"]))
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))

    def test_an_invoice_that_cannot_even_be_asked_for_stops_nobody_and_is_told(self):
        broken, _token = self.charged("2024-03-01", 10.0, "ok")
        good, token = self.charged("2024-03-01", 57.5, "ok")
        bad = self.invoices(broken)
        service = type(self.env["recurring.payment.collection"])
        prepare = service._prepare_transaction

        def prepare_or_break(service, move, *arguments):
            if move.id == bad.id:
                raise ZeroDivisionError("a bug of another module")
            return prepare(service, move, *arguments)

        with patch.object(service, "_prepare_transaction", prepare_or_break), mute_logger(COLLECTION_LOG):
            self.collect("2024-03-01")
        self.assertEqual(self.captured(token), ["57.50"])
        self.assertIn(self.invoices(good).payment_state, ("paid", "in_payment"))
        self.assertEqual(bad.recurring_charge_state, "stopped")
        self.assertIn("a bug of another module", bad.activity_ids.note)

    def test_a_reference_that_another_process_took_at_the_same_moment_is_no_error(self):
        subscription, token = self.charged("2024-03-01", 57.5, "ok")
        invoice = self.invoices(subscription)
        service = type(self.env["recurring.payment.collection"])
        taken = self.transaction(self.card(subscription.partner_id), amount=1.0, reference="TAKEN")
        prepare = service._prepare_transaction

        def prepare_with_it(service, *arguments):
            return {**prepare(service, *arguments), "reference": taken.reference}

        with patch.object(service, "_prepare_transaction", prepare_with_it), mute_logger("odoo.sql_db"):
            self.collect("2024-03-01")
        self.assertEqual((invoice.recurring_charge_state, self.captured(token)), (False, []))
        self.collect("2024-03-01")
        self.assertEqual(self.captured(token), ["57.50"])
