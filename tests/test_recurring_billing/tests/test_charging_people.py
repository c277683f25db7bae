from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .collecting import CollectingCommon


@tagged("post_install", "-at_install")
class TestChargingPeople(CollectingCommon):
    """What people decide about charges: buttons, wizards, rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.make_user("cora", "recurring_billing.group_collections")
        cls.seller = cls.make_user("saul", "recurring_billing.group_user")
        cls.auditor = cls.make_user("aida", "recurring_billing.group_auditor")
        cls.clerk = cls.make_user("bill", "account.group_account_invoice")

    def test_charge_now_says_what_became_of_it(self):
        subscription, token = self.charged("2024-03-01", 57.5, "soft", "ok", due_day="20")
        invoice = self.invoices(subscription)
        said = self.press("2024-03-02", invoice, "action_recurring_charge_now", user=self.collector)
        self.assertEqual((said["params"]["type"], said["params"]["message"]), ("warning", "The card was declined."))
        said = self.press("2024-03-02", invoice, "action_recurring_charge_now", user=self.clerk)
        self.assertEqual((said["params"]["type"], said["params"]["message"]), ("success", "Paid."))
        self.assertEqual(self.captured(token), ["57.50"])
        said = self.press("2024-03-02", invoice, "action_recurring_charge_now", user=self.clerk)
        self.assertEqual(said["params"]["message"], "Nothing is due any more.")
        self.assertEqual(self.captured(token), ["57.50"])
        self.assertEqual(invoice.recurring_attempt_ids.started_by, self.collector | self.clerk)

    def test_who_only_reads_charges_nothing(self):
        subscription, token = self.charged("2024-03-01", 57.5, "ok")
        invoice = self.invoices(subscription)
        for method in ("action_recurring_charge_now", "action_recurring_charge_stop"):
            with self.assertRaises(AccessError):
                self.press("2024-03-01", invoice, method, user=self.auditor)
        self.assertEqual(self.captured(token), [])

    def test_stopped_stays_stopped_until_a_person_goes_on(self):
        subscription, token = self.charged("2024-03-01", 57.5, "soft", "ok")
        self.collect("2024-03-01")
        self.press("2024-03-01", subscription, "action_charge_stop", user=self.collector)
        for day in ("2024-03-02", "2024-03-08"):
            self.collect(day)
        self.assertEqual(self.captured(token), [])
        invoice = self.invoices(subscription)
        self.assertIn("somebody stopped it", invoice.with_user(self.collector).recurring_stage_hint)
        self.press("2024-03-09", invoice, "action_recurring_charge_resume", user=self.collector)
        self.collect("2024-03-09")
        self.assertEqual(self.captured(token), ["57.50"])

    def test_another_card_is_chosen_and_charged_at_once(self):
        subscription, token = self.charged("2024-03-01", 57.5, "hard")
        self.collect("2024-03-01")
        new = self.card(subscription.partner_id, "ok")
        stranger = self.card(self.make_partner("Somebody else"), "ok")
        action = self.press("2024-03-02", self.invoices(subscription), "action_recurring_charge_card", user=self.collector)
        with self.committing("2024-03-02", user=self.collector) as env:
            wizard = env["recurring.charge.card"].with_context(**action["context"]).create({})
            self.assertEqual(wizard.card_ids.ids, new.ids)
            wizard.token_id = stranger
            with self.assertRaises(UserError):
                wizard.action_use()
            wizard.token_id = new.id
            wizard.action_use()
        self.assertEqual((self.captured(token), self.captured(new), self.captured(stranger)), ([], ["57.50"], []))
        self.assertEqual(subscription.payment_token_id, new)

    def test_charging_is_switched_on_by_a_manager_who_has_seen_what_it_does(self):
        self.company.recurring_charge = False
        subscription, _token = self.charged("2024-03-10", 57.5, "ok")
        bare = self.subscribe("2024-03-10", 10.0, plan=self.plan_post_charge)
        self.bill("2024-03-10", bare)
        env = self.at("2024-03-10")(user=self.responsible.id)
        form = Form(env["recurring.charge.switch"].with_context(default_company_id=self.company.id))
        wizard = form.save()
        self.assertEqual(
            [(line.move_id, line.amount, bool(line.problem)) for line in wizard.line_ids.sorted("amount")],
            [(self.invoices(bare), 10.0, True), (self.invoices(subscription), 57.5, False)],
        )
        self.assertIn("1 cards would be charged: $\xa057.50", wizard.summary)
        wizard.first_day = "2024-03-01"
        with self.assertRaises(UserError):
            wizard.action_switch_on()
        self.assertFalse(self.company.recurring_charge)
        wizard.first_day = "2024-03-10"
        wizard.action_switch_on()
        self.assertTrue(self.company.recurring_charge)
        with self.assertRaises(AccessError):
            self.at("2024-03-10")(user=self.seller.id)["recurring.charge.switch"].create({"company_id": self.company.id})

    def test_nobody_writes_what_charging_keeps(self):
        subscription, token = self.charged("2024-03-01", 57.5, "soft")
        self.collect("2024-03-01")
        invoice, attempt = self.invoices(subscription), self.invoices(subscription).recurring_attempt_ids
        manager = self.make_user("mona", "recurring_billing.group_manager", "account.group_account_manager", "base.group_system")
        for record, values in (
            (attempt, {"outcome": "done"}),
            (invoice, {"recurring_charge_state": False}),
            (invoice, {"recurring_is_settled": True}),
            (token, {"recurring_refused": False}),
        ):
            with self.assertRaises(AccessError):
                record.with_user(manager).write(values)
        with self.assertRaises(AccessError):
            self.env["recurring.charge.attempt"].with_user(manager).create(
                {"company_id": self.company.id, "currency_id": self.company.currency_id.id, "date": "2024-03-01"}
            )
        with self.assertRaises(AccessError):
            attempt.with_user(manager).unlink()

    def test_who_sees_which_charges(self):
        mine, _token = self.charged("2024-03-01", 57.5, "soft", user_id=self.seller.id)
        other, _token = self.charged("2024-03-01", 10.0, "soft", user_id=self.responsible.id)
        self.collect("2024-03-01")
        attempts = self.invoices(mine | other).recurring_attempt_ids
        visible = {
            user: attempts.with_user(user).search([("id", "in", attempts.ids)]) for user in (self.seller, self.collector, self.auditor)
        }
        self.assertEqual(visible[self.seller], self.invoices(mine).recurring_attempt_ids)
        self.assertEqual(visible[self.collector], attempts)
        self.assertEqual(visible[self.auditor], attempts)
        portal = self.make_user("port", "base.group_portal")
        with self.assertRaises(AccessError):
            attempts.with_user(portal).search([])
        elsewhere = self.make_user("elsa", "recurring_billing.group_manager", companies=self.company_brl)
        there = attempts.with_user(elsewhere).with_context(allowed_company_ids=self.company_brl.ids)
        self.assertFalse(there.search([("id", "in", attempts.ids)]))
        with self.assertRaises(AccessError):
            self.press("2024-03-01", attempts, "action_paid", user=self.seller)

    def test_the_customer_cannot_pay_beside_a_charge_that_is_under_way(self):
        subscription, token = self.charged("2024-03-01", 57.5, "pending")
        invoice = self.invoices(subscription)
        self.assertTrue(invoice._has_to_be_paid())
        self.collect("2024-03-01")
        self.assertFalse(invoice._has_to_be_paid())
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.transaction(token, invoice, operation="online_direct")

    def test_an_online_payment_that_was_begun_is_waited_for_then_listed(self):
        subscription, token = self.charged("2024-03-01", 57.5, "ok")
        invoice = self.invoices(subscription)
        begun = self.transaction(token, invoice, operation="online_direct", token_id=False)
        self.collect("2024-03-01")
        self.assertEqual((self.captured(token), self.tries(subscription)), ([], []))
        self.env.cr.execute("UPDATE payment_transaction SET create_date = create_date - interval '25 hours' WHERE id = %s", [begun.id])
        self.env.invalidate_all()
        self.collect("2024-03-02")
        attempt = invoice.recurring_attempt_ids
        self.assertEqual((attempt.clarify, attempt.transaction_id), ("unfinished", begun))
        self.collect("2024-03-02")
        self.assertEqual(len(invoice.recurring_attempt_ids), 1)
        self.press("2024-03-02", attempt, "action_not_paid", user=self.clerk)
        self.collect("2024-03-02")
        self.assertEqual(self.captured(token), ["57.50"])

    def test_a_card_payment_in_the_portal_without_an_answer_is_no_decline(self):
        subscription, token = self.charged("2024-03-01", 57.5, "ok/500", due_day="20")
        invoice = self.invoices(subscription)
        with self.committing("2024-03-02") as env:
            transaction = self.transaction(token, invoice, operation="online_token").with_env(env)
            transaction._charge_with_token()
            self.assertEqual((transaction.state, transaction.recurring_unknown), ("pending", True))
        self.assertEqual(invoice.recurring_attempt_ids.clarify, "unknown")
        self.collect("2024-03-20")
        self.assertEqual(self.captured(token), ["57.50"])

    def test_bad_retry_plans_and_codes_are_refused_in_words(self):
        for days in ("1, 1", "7, 3", "1 2 3 4 5", "0, 1", "99", "soon"):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.env["recurring.retry.policy"].create({"name": "Bad", "days": days})
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.env["recurring.decline.code"].create({"code": "*"})

    def test_a_line_for_a_code_changes_what_it_means(self):
        self.env["recurring.decline.code"].create({"provider_code": "recurring_test", "code": "x17*", "meaning": "hard", "name": "Never"})
        subscription, _token = self.charged("2024-03-01", 57.5, "strange")
        self.collect("2024-03-01")
        attempt = self.invoices(subscription).recurring_attempt_ids
        self.assertEqual((attempt.outcome, attempt.reason, attempt.code), ("declined_hard", "Never", "x17_refused"))
