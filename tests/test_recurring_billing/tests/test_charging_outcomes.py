from odoo.exceptions import UserError
from odoo.tests import tagged

from .collecting import CollectingCommon


@tagged("post_install", "-at_install")
class TestChargingOutcomes(CollectingCommon):
    """What is a decline and what is not: after an unknown outcome nobody but a person, a notice or a query decides."""

    def clarify(self, subscription):
        return self.invoices(subscription).recurring_attempt_ids.filtered("clarify")

    def assertUnknown(self, subscription):
        attempt = self.clarify(subscription)
        self.assertEqual((attempt.outcome, attempt.clarify), ("unknown", "unknown"))
        self.assertEqual((attempt.transaction_id.state, attempt.transaction_id.recurring_unknown), ("pending", True))
        self.assertEqual(self.invoices(subscription).recurring_charge_state, "clarify")
        return attempt

    def test_an_answer_that_never_came_is_not_a_decline(self):
        for words in ("ok/500", "ok/drop", "ok/garbage", "/500", "/drop"):
            with self.subTest(words):
                subscription, token = self.charged("2024-03-01", 57.5, words)
                self.collect("2024-03-01")
                self.assertUnknown(subscription)
                taken = self.captured(token)
                for day in ("2024-03-02", "2024-03-08"):
                    self.collect(day)
                self.assertEqual(self.captured(token), taken)
                self.assertEqual(len(self.tries(subscription)), 1)

    def test_who_saw_that_it_was_paid_says_so_and_it_is_booked(self):
        subscription, token = self.charged("2024-03-01", 57.5, "ok/500")
        self.collect("2024-03-01")
        attempt = self.assertUnknown(subscription)
        self.press("2024-03-02", attempt, "action_paid")
        invoice = self.invoices(subscription)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual((attempt.outcome, attempt.clarify, attempt.clarified_by), ("done", False, self.env.user))
        self.assertFalse(invoice.recurring_charge_state)
        self.assertEqual(self.captured(token), ["57.50"])

    def test_who_saw_that_it_was_not_paid_lets_it_be_charged_again(self):
        subscription, token = self.charged("2024-03-01", 57.5, "/500", "ok")
        self.collect("2024-03-01")
        attempt = self.assertUnknown(subscription)
        self.press("2024-03-02", attempt, "action_not_paid")
        self.assertEqual(self.captured(token), [])
        self.collect("2024-03-02")
        self.assertEqual(self.captured(token), ["57.50"])
        self.assertIn(self.invoices(subscription).payment_state, ("paid", "in_payment"))
        with self.assertRaises(UserError):
            self.press("2024-03-03", attempt, "action_paid")

    def test_a_provider_that_cannot_be_reached_took_nothing_and_is_asked_again(self):
        subscription, token = self.charged("2024-03-01", 57.5, "ok", mode="charge_post")
        url = self.provider.recurring_test_url
        self.provider.recurring_test_url = "http://127.0.0.1:9"
        self.collect("2024-03-01")
        self.assertEqual(self.tries(subscription), [("2024-03-01", "not_sent", "2024-03-01")])
        self.assertEqual(self.invoices(subscription).state, "draft")
        self.provider.recurring_test_url = url
        self.collect("2024-03-01")
        self.assertEqual(self.captured(token), ["57.50"])
        self.assertEqual(self.invoices(subscription).state, "posted")

    def test_wrong_credentials_are_no_decline_of_the_card(self):
        subscription, token = self.charged("2024-03-01", 57.5, "ok")
        key = self.provider.recurring_test_key
        self.provider.recurring_test_key = "wrong"
        self.collect("2024-03-01")
        self.assertEqual(self.tries(subscription), [("2024-03-01", "not_sent", "2024-03-01")])
        self.provider.recurring_test_key = key
        self.collect("2024-03-01")
        self.assertEqual(self.captured(token), ["57.50"])

    def test_another_amount_than_asked_for_is_clarified(self):
        subscription, token = self.charged("2024-03-01", 57.5, "short")
        self.collect("2024-03-01")
        attempt = self.clarify(subscription)
        self.assertEqual((attempt.outcome, attempt.clarify, attempt.transaction_id.state), ("unknown", "differs", "pending"))
        self.collect("2024-03-02")
        self.assertEqual(len(self.captured(token)), 1)

    def test_pending_waits_for_its_notice(self):
        subscription, _token = self.charged("2024-03-01", 57.5, "pending")
        self.collect("2024-03-01")
        self.assertEqual(self.tries(subscription), [("2024-03-01", "pending", "")])
        self.collect("2024-03-05")
        self.assertEqual(len(self.tries(subscription)), 1)
        transaction = self.invoices(subscription).transaction_ids
        said = {"id": "ch", "reference": transaction.reference, "status": "succeeded", "amount": "57.50", "currency": "USD"}
        transaction._process("recurring_test", said)
        transaction._process("recurring_test", said)
        self.collect("2024-03-05")
        self.assertEqual(self.tries(subscription), [("2024-03-01", "done", "")])
        self.assertIn(self.invoices(subscription).payment_state, ("paid", "in_payment"))

    def test_a_notice_resolves_an_unknown_outcome_late(self):
        subscription, _token = self.charged("2024-03-01", 57.5, "/500", "/500")
        self.collect("2024-03-01")
        attempt = self.assertUnknown(subscription)
        said = {"id": "ch", "reference": attempt.reference, "status": "declined", "error": {"code": "insufficient_funds", "message": "No."}}
        said |= {"amount": "57.50", "currency": "USD"}
        with self.committing("2024-03-01") as env:
            env["payment.transaction"].browse(attempt.transaction_id.id)._process("recurring_test", said)
        self.assertEqual(self.tries(subscription), [("2024-03-01", "declined_soft", "2024-03-02")])
        self.assertEqual((attempt.clarify, attempt.reason), (False, "Not enough money on the account"))

    def test_a_late_confirmation_after_another_payment_is_listed(self):
        subscription, _token = self.charged("2024-03-01", 57.5, "soft")
        self.collect("2024-03-01")
        invoice = self.invoices(subscription)
        attempt = invoice.recurring_attempt_ids
        self.pay(invoice, "2024-03-02")
        said = {"id": "ch", "reference": attempt.reference, "status": "succeeded", "amount": "57.50", "currency": "USD"}
        with self.committing("2024-03-03") as env:
            env["payment.transaction"].browse(attempt.transaction_id.id)._process("recurring_test", said)
        self.collect("2024-03-03")
        self.assertEqual((attempt.outcome, attempt.clarify), ("done", "twice"))
        self.press("2024-03-03", attempt, "action_paid")
        self.assertFalse(attempt.clarify)
        self.assertFalse(invoice.recurring_charge_state)

    def test_authorized_money_is_taken(self):
        subscription, token = self.charged("2024-03-01", 57.5, "authorize", mode="charge_post")
        self.collect("2024-03-01")
        self.assertEqual(self.captured(token), ["57.50"])
        invoice = self.invoices(subscription)
        self.assertEqual(invoice.state, "posted")
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(len(invoice._get_reconciled_payments()), 1)
        self.collect("2024-03-01")
        self.assertEqual(len(invoice._get_reconciled_payments()), 1)
        self.assertEqual(set(invoice.recurring_attempt_ids.mapped("outcome")), {"done"})

    def test_a_process_that_died_while_it_asked_leaves_an_unknown_outcome(self):
        subscription, token = self.charged("2024-03-01", 57.5, "ok")
        invoice = self.invoices(subscription)
        with self.committing("2024-03-01") as env:
            company = env["res.company"].browse(self.company.id)
            service = env["recurring.payment.collection"]._for_company(company)
            attempt, refusal = service._intend(invoice.id, None)
            self.assertFalse(refusal)
            attempt_id = service.env["recurring.provider.request"].begin(attempt)
            service.env["recurring.provider.request"]._release(attempt_id)  # as the end of its connection does
        self.collect("2024-03-01")
        self.assertUnknown(subscription)
        self.collect("2024-03-02")
        self.assertEqual(self.captured(token), [])
