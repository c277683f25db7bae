from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.recurring_billing.services.charge_outcome import RecurringChargeOutcome

from .collecting import CollectingCommon

LOGS = (
    "odoo.addons.payment.models.payment_provider",
    "odoo.addons.payment.models.payment_transaction",
    "odoo.addons.recurring_billing.services.provider_request",
)


@tagged("post_install", "-at_install")
class TestChargingReview(CollectingCommon):
    """Money is taken once, never before it is due, and never lost from sight, whatever happens beside the charge."""

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(*LOGS))

    def disturbed(self):
        """Somebody else writes the invoice while the answer is kept, once."""
        follow, left = RecurringChargeOutcome._follow, ["once"]

        def disturbed(service, *arguments):
            if left:
                left.pop()
                raise SerializationFailure
            return follow(service, *arguments)

        return patch.object(RecurringChargeOutcome, "_follow", disturbed)

    def in_instalments(self, **values):
        """Half on the first day, half 30 days later."""
        term = self.env["account.payment.term"].create(
            {
                "name": "Halves",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 30}),
                ],
            }
        )
        return {"payment_term_id": term.id, **values}

    # The answer came, and could not be kept

    def test_an_answer_that_is_kept_at_the_second_go_is_a_payment(self):
        for mode in ("post_charge", "charge_post"):
            with self.subTest(mode):
                subscription, token = self.charged("2024-03-01", 57.5, "ok", mode=mode)
                with self.disturbed():
                    self.collect("2024-03-01")
                self.collect("2024-03-01")
                invoice = self.invoices(subscription)
                self.assertEqual(self.captured(token), ["57.50"])
                self.assertIn(invoice.payment_state, ("paid", "in_payment"))
                self.assertEqual(invoice.recurring_attempt_ids.mapped("outcome"), ["done"])
                self.assertFalse(invoice.recurring_charge_state or invoice.recurring_attempt_ids.clarify)

    def test_a_decline_that_is_kept_at_the_second_go_is_a_decline(self):
        subscription, token = self.charged("2024-03-01", 57.5, "soft", "ok")
        with self.disturbed():
            self.collect("2024-03-01")
        self.assertEqual(self.tries(subscription), [("2024-03-01", "declined_soft", "2024-03-02")])
        self.assertEqual(self.invoices(subscription).transaction_ids.state, "error")
        self.collect("2024-03-02")
        self.assertEqual(self.captured(token), ["57.50"])

    def test_an_authorization_that_is_kept_at_the_second_go_is_captured(self):
        subscription, token = self.charged("2024-03-01", 57.5, "authorize")
        with self.disturbed():
            self.collect("2024-03-01")
        self.collect("2024-03-01")
        self.assertEqual(self.captured(token), ["57.50"])
        self.assertIn(self.invoices(subscription).payment_state, ("paid", "in_payment"))

    # Another amount than asked for

    def test_another_amount_is_settled_by_a_person_and_never_booked_as_what_was_asked_for(self):
        for mode in ("post_charge", "charge_post"):
            with self.subTest(mode):
                subscription, token = self.charged("2024-03-01", 57.5, "short", "ok", mode=mode)
                self.collect("2024-03-01")
                invoice = self.invoices(subscription)
                attempt = invoice.recurring_attempt_ids
                self.assertEqual((attempt.outcome, attempt.clarify), ("unknown", "differs"))
                self.press("2024-03-02", attempt, "action_paid")
                self.assertFalse(attempt.clarify)
                self.assertEqual((invoice.state, invoice.recurring_charge_stop), ("posted", "person"))
                self.pay(invoice, "2024-03-02", 56.5)
                said = {"id": "ch", "reference": attempt.reference, "status": "succeeded", "amount": "56.50", "currency": "USD"}
                attempt.transaction_id._process("recurring_test", said)
                self.collect("2024-03-03")
                self.assertEqual(self.captured(token), ["56.50"])
                self.assertEqual(invoice.amount_residual, 1.0)
                self.press("2024-03-03", invoice, "action_recurring_charge_now")
                self.assertEqual(self.captured(token), ["56.50", "1.00"])
                self.assertIn(invoice.payment_state, ("paid", "in_payment"))

    def test_another_amount_after_a_decline_is_not_booked_as_what_was_asked_for(self):
        subscription, _token = self.charged("2024-03-01", 57.5, "soft")
        self.collect("2024-03-01")
        invoice = self.invoices(subscription)
        attempt = invoice.recurring_attempt_ids
        said = {"id": "ch", "reference": attempt.reference, "status": "succeeded", "amount": "56.50", "currency": "USD"}
        for _again in range(2):
            attempt.transaction_id._process("recurring_test", said)
            self.assertEqual((attempt.outcome, attempt.clarify, attempt.transaction_id.state), ("unknown", "differs", "pending"))
        self.collect("2024-03-02")
        self.assertEqual((invoice.amount_residual, invoice.recurring_charge_state), (57.5, "clarify"))

    # Instalments

    def test_nothing_is_charged_when_the_due_instalment_was_paid_otherwise(self):
        subscription, token = self.charged("2024-03-01", 100.0, "soft", "ok", **self.in_instalments())
        invoice = self.invoices(subscription)
        self.collect("2024-03-01")
        self.assertEqual(self.tries(subscription), [("2024-03-01", "declined_soft", "2024-03-02")])
        self.pay(invoice, "2024-03-01", 50.0)
        self.collect("2024-03-02")
        self.assertEqual(len(invoice.transaction_ids), 1, "nothing is asked for where nothing is due")
        self.assertEqual(self.captured(token), [])
        self.collect("2024-03-31")
        self.assertEqual(self.captured(token), ["50.00"])
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))

    # What a person stopped

    def paid_online_without_answer(self, invoice, token, day):
        with self.committing(day) as env:
            mine = invoice.with_env(env)
            self.transaction(token.with_env(env), mine, operation="online_token").with_env(env)._charge_with_token()
        attempt = invoice.recurring_attempt_ids.filtered("clarify")
        self.assertEqual((attempt.outcome, invoice.recurring_charge_state), ("unknown", "clarify"))
        return attempt

    def test_what_a_person_stopped_stays_so_after_an_online_payment_that_was_not_paid(self):
        subscription, token = self.charged("2024-03-01", 57.5, "soft", "/500", "ok")
        invoice = self.invoices(subscription)
        self.collect("2024-03-01")
        self.press("2024-03-01", invoice, "action_recurring_charge_stop")
        attempt = self.paid_online_without_answer(invoice, token, "2024-03-02")
        self.press("2024-03-03", attempt, "action_not_paid")
        for day in ("2024-03-03", "2024-03-04", "2024-03-10"):
            self.collect(day)
        self.assertEqual(self.captured(token), [])
        self.assertEqual((invoice.recurring_charge_state, invoice.recurring_charge_stop), ("stopped", "person"))

    def test_an_invoice_that_is_not_charged_by_itself_is_not_planned_by_an_online_payment(self):
        plan = self.make_plan(invoice_mode="post")
        subscription, token = self.charged("2024-03-01", 57.5, "/500", "ok", plan=plan)
        invoice = self.invoices(subscription)
        attempt = self.paid_online_without_answer(invoice, token, "2024-03-02")
        self.press("2024-03-03", attempt, "action_not_paid")
        self.assertFalse(invoice.recurring_charge_state)

    # Drafts

    def test_a_draft_whose_charge_could_not_be_sent_is_posted_when_charging_is_switched_off(self):
        subscription, _token = self.charged("2024-03-01", 57.5, "ok", mode="charge_post")
        self.provider.recurring_test_url = "http://127.0.0.1:9"
        self.collect("2024-03-01")
        invoice = self.invoices(subscription)
        self.assertEqual((invoice.state, invoice.recurring_charge_state), ("draft", "planned"))
        self.company.recurring_charge = False
        self.collect("2024-03-02")
        self.assertEqual((invoice.state, invoice.payment_state), ("posted", "not_paid"))

    def test_a_draft_due_before_the_first_day_of_charging_is_posted(self):
        subscription, token = self.charged("2024-03-01", 57.5, "ok", mode="charge_post")
        self.company.recurring_charge_from = "2024-03-10"
        self.collect("2024-03-11")
        self.assertEqual(self.captured(token), [])
        self.assertEqual(self.invoices(subscription).state, "posted")

    # Authorized money

    def test_a_capture_that_was_refused_is_a_person_s_and_not_asked_for_again(self):
        subscription, token = self.charged("2024-03-01", 57.5, "authorize")
        asked = []

        def refuse(transaction):
            asked.append(transaction.reference)
            transaction._set_error("The authorization has expired.")
            from odoo.addons.recurring_billing.services.provider_exchange import Exchange

            Exchange.of(transaction.env).answer_read = True

        with patch.object(type(self.env["payment.transaction"]), "_send_capture_request", refuse):
            for day in ("2024-03-01", "2024-03-01", "2024-03-02"):
                self.collect(day)
        self.assertEqual(len(asked), 1)
        self.assertEqual(self.invoices(subscription).recurring_charge_state, "clarify")
        self.assertEqual(self.captured(token), [])

    # The switch

    def test_switching_off_ends_a_run_before_the_next_card(self):
        first, _card = self.charged("2024-03-01", 57.5, "ok")
        second, other = self.charged("2024-03-01", 20.0, "ok")
        company, release = self.company, type(self.env["recurring.provider.request"])._release

        def off(service, attempt_id):
            release(service, attempt_id)
            service.env["res.company"].browse(company.id).recurring_charge = False

        with patch.object(type(self.env["recurring.provider.request"]), "_release", off):
            self.collect("2024-03-01")
        self.assertIn(self.invoices(first).payment_state, ("paid", "in_payment"))
        self.assertEqual(self.captured(other), [])
        self.assertFalse(self.invoices(second).recurring_attempt_ids)

    # A card that could not be charged for some days

    def test_a_card_that_can_be_charged_again_is(self):
        subscription, token = self.charged("2024-03-01", 57.5, "soft", "ok")
        self.collect("2024-03-01")
        token.recurring_expiry = "2024-03-01"
        self.collect("2024-03-02")
        self.assertEqual(self.invoices(subscription).recurring_charge_stop, "no_card")
        token.recurring_expiry = "2026-03-31"
        self.collect("2024-03-03")
        self.assertEqual(self.captured(token), ["57.50"])

    # Rights

    def test_nobody_stops_or_resumes_what_he_may_not_see(self):
        subscription, _token = self.charged("2024-03-01", 57.5, "soft")
        invoice = self.invoices(subscription)
        self.collect("2024-03-01")
        stranger = self.make_user("stranger", "recurring_billing.group_collections", companies=self.company_eur)
        for method in ("action_recurring_charge_stop", "action_recurring_charge_now", "action_recurring_charge_resume"):
            with self.subTest(method), self.assertRaises(AccessError):
                self.press("2024-03-01", invoice, method, user=stranger)
        self.assertEqual(invoice.recurring_charge_state, "planned")

    def test_no_caller_decides_that_nothing_is_committed(self):
        """A request that is rolled back after money moved would be made again."""
        request = self.env["recurring.provider.request"].with_context(recurring_one_transaction=True)
        self.assertTrue(request._in_one_transaction(), "stories of the demo data")
        with patch("odoo.addons.recurring_billing.services.provider_request.http_request", object()):
            self.assertFalse(request._in_one_transaction())

    def test_nothing_authorized_is_taken_in_a_copy(self):
        subscription, token = self.charged("2024-03-01", 57.5, "authorize")
        invoice = self.invoices(subscription)
        with patch.object(type(self.env["recurring.charge.booking"]), "_end_authorized", lambda service, attempt_id: None):
            self.collect("2024-03-01")
        self.assertEqual(invoice.recurring_attempt_ids.outcome, "authorized")
        company = self.company
        with (
            patch.object(type(self.env["recurring.identity"]), "is_confirmed", lambda service: False),
            self.committing("2024-03-01") as env,
        ):
            mine = env["res.company"].browse(company.id)
            env["recurring.payment.collection"]._for_company(mine).env["recurring.charge.booking"].finish(mine)
        self.assertEqual(self.captured(token), [])
        self.collect("2024-03-01")
        self.assertEqual(self.captured(token), ["57.50"])
        self.assertEqual(fields.Date.to_string(invoice.invoice_date), "2024-03-01")

    def test_a_customer_pays_on_the_page_while_a_run_charges_only_once(self):
        """The page was opened before the run began; whoever comes second finds the other."""
        subscription, token = self.charged("2024-03-01", 57.5, "pending", "ok")
        invoice = self.invoices(subscription)
        self.collect("2024-03-01")
        self.assertEqual(invoice.recurring_charge_state, "running")
        with self.assertRaises(ValidationError):
            self.transaction(token, invoice, operation="online_token")
        self.assertFalse(invoice._has_to_be_paid())

    def test_who_only_reads_charges_clarifies_and_stops_nothing(self):
        subscription, _token = self.charged("2024-03-01", 57.5, "/500")
        other, _card = self.charged("2024-03-01", 20.0, "soft")
        self.collect("2024-03-01")
        attempt, invoice = self.invoices(subscription).recurring_attempt_ids, self.invoices(other)
        portal = self.make_user("portal", "base.group_portal", companies=self.company)
        auditor = self.make_user("auditor", "recurring_billing.group_auditor", companies=self.company)
        for user in (portal, auditor):
            for records, method in (
                (attempt, "action_paid"),
                (attempt, "action_not_paid"),
                (attempt, "action_ask"),
                (attempt, "action_repeat"),
                (invoice, "action_recurring_charge_now"),
                (invoice, "action_recurring_charge_stop"),
                (invoice, "action_recurring_charge_resume"),
                (attempt.transaction_id, "_recurring_charge_back"),
            ):
                with self.subTest(user=user.name, method=method), self.assertRaises(UserError):
                    self.press("2024-03-01", records, method, user=user)
            for vals in ({"recurring_charge_state": False}, {"recurring_is_disputed": False}, {"recurring_frozen": False}):
                with self.assertRaises(AccessError):
                    invoice.with_user(user).write(vals)
        self.assertEqual((attempt.clarify, invoice.recurring_charge_state), ("unknown", "planned"))
