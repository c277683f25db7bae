from odoo.tests import tagged

from .collecting import CollectingCommon


@tagged("post_install", "-at_install")
class TestChargingRetries(CollectingCommon):
    """When a card is charged, when again, and when never again."""

    def test_a_posted_invoice_is_charged_on_its_due_date_and_paid(self):
        subscription, token = self.charged("2024-03-01", 57.5, "ok")
        invoice = self.invoices(subscription)
        self.assertEqual((invoice.state, invoice.recurring_stage), ("posted", "to_charge"))
        self.collect("2024-03-01")
        self.assertEqual(self.captured(token), ["57.50"])
        self.assertEqual(self.tries(subscription), [("2024-03-01", "done", "")])
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertFalse(invoice.recurring_charge_state)
        self.collect("2024-03-02")
        self.assertEqual(self.captured(token), ["57.50"])

    def test_it_fails_twice_the_customer_pays_in_the_portal_on_the_fourth_and_nothing_is_tried_again(self):
        subscription, token = self.charged("2024-03-01", 57.5, "soft", "soft", "ok")
        invoice = self.invoices(subscription)
        self.collect("2024-03-01")
        self.collect("2024-03-01")
        self.collect("2024-03-02")
        self.collect("2024-03-03")
        self.assertEqual(
            self.tries(subscription), [("2024-03-01", "declined_soft", "2024-03-02"), ("2024-03-02", "declined_soft", "2024-03-04")]
        )
        self.pay(invoice, "2024-03-04")
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertFalse(invoice.recurring_charge_state)
        for day in ("2024-03-04", "2024-03-06", "2024-03-08"):
            self.collect(day)
        self.assertEqual(len(self.tries(subscription)), 2)
        self.assertEqual(self.captured(token), [])

    def test_a_card_refused_for_good_is_never_charged_again(self):
        partner = self.make_partner()
        subscription, token = self.charged("2024-03-01", 57.5, "hard", "ok", partner=partner)
        self.collect("2024-03-01")
        self.assertEqual(self.tries(subscription), [("2024-03-01", "declined_hard", "")])
        invoice = self.invoices(subscription)
        self.assertEqual((invoice.recurring_charge_state, invoice.recurring_charge_stop), ("stopped", "hard"))
        self.assertTrue(invoice.activity_ids)
        other = self.subscribe("2024-03-02", 10.0, plan=self.plan_post_charge, partner=partner, payment_token_id=token.id)
        self.bill("2024-03-02", other)
        for day in ("2024-03-02", "2024-03-04", "2024-04-20"):
            self.collect(day)
        self.assertEqual(len(self.tries(subscription)), 1)
        self.assertEqual(self.tries(other), [])
        self.assertEqual(self.invoices(other).recurring_charge_stop, "hard")
        self.assertEqual(self.captured(token), [])

    def test_another_card_goes_on_after_a_hard_decline(self):
        subscription, token = self.charged("2024-03-01", 57.5, "hard")
        self.collect("2024-03-01")
        new = self.card(subscription.partner_id, "soft", "ok")
        subscription.payment_token_id = new
        for day in ("2024-03-03", "2024-03-04"):
            self.collect(day)
        self.assertEqual(
            self.tries(subscription),
            [("2024-03-01", "declined_hard", ""), ("2024-03-03", "declined_soft", "2024-03-04"), ("2024-03-04", "done", "")],
        )
        self.assertEqual(self.captured(new), ["57.50"])
        self.assertEqual(self.captured(token), [])

    def test_a_code_nobody_knows_is_tried_once_more(self):
        subscription, _token = self.charged("2024-03-01", 57.5, "strange", "strange", "ok")
        for day in ("2024-03-01", "2024-03-02", "2024-03-04"):
            self.collect(day)
        self.assertEqual(self.tries(subscription), [("2024-03-01", "declined_soft", "2024-03-02"), ("2024-03-02", "declined_soft", "")])
        self.assertEqual(self.invoices(subscription).recurring_charge_stop, "another_card")
        self.assertEqual(self.invoices(subscription).recurring_attempt_ids[0].words, "Refused by the issuer (X17).")

    def test_four_retries_at_most(self):
        subscription, _token = self.charged("2024-03-01", 57.5, *["soft"] * 7)
        for number in range(1, 32):
            self.collect(f"2024-03-{number:02}")
        days = [day for day, _outcome, _next in self.tries(subscription)]
        self.assertEqual(days, ["2024-03-01", "2024-03-02", "2024-03-04", "2024-03-06", "2024-03-08"])
        self.assertEqual(self.invoices(subscription).recurring_charge_stop, "used_up")

    def test_the_plan_s_own_retry_plan_counts_and_blocks_until_it_is_paid(self):
        policy = self.env["recurring.retry.policy"].create({"name": "Once more", "days": "2", "then": "block"})
        plan = self.make_plan(invoice_mode="post_charge", retry_policy_id=policy.id)
        subscription, _token = self.charged("2024-03-01", 57.5, *["soft"] * 5, plan=plan)
        for day in ("2024-03-01", "2024-03-02", "2024-03-03"):
            self.collect(day)
        self.assertEqual([day for day, _outcome, _next in self.tries(subscription)], ["2024-03-01", "2024-03-03"])
        self.assertEqual(subscription.service_state, "running", "3 March is a Sunday, on which the collection policy withholds nothing")
        self.withhold("2024-03-04")
        self.assertEqual(subscription.service_state, "blocked")
        self.pay(self.invoices(subscription), "2024-03-05")
        self.assertEqual(subscription.service_state, "running")

    def withhold(self, day):
        """The scheduled action that begins what waits for its day."""
        self.trigger("cron_service", day)

    def test_a_retry_plan_that_closes(self):
        policy = self.env["recurring.retry.policy"].create({"name": "Never", "days": "0", "then": "close"})
        plan = self.make_plan(invoice_mode="post_charge", retry_policy_id=policy.id)
        subscription, _token = self.charged("2024-03-01", 57.5, "soft", plan=plan)
        self.collect("2024-03-01")
        self.collect("2024-03-02")
        self.assertEqual(subscription.close_reason_id, self.env.ref("recurring_billing.reason_debt"))
        self.assertTrue(subscription.end_date)

    def test_nothing_is_charged_before_the_first_day_or_where_it_is_switched_off(self):
        self.company.recurring_charge_from = "2024-03-02"
        _old, old_card = self.charged("2024-03-01", 57.5)
        new, new_card = self.charged("2024-03-02", 10.0)
        self.collect("2024-03-05")
        self.assertEqual((self.captured(old_card), self.captured(new_card)), ([], ["10.00"]))
        self.company.recurring_charge = False
        self.bill("2024-04-02", new)
        self.collect("2024-04-02")
        self.assertEqual(self.captured(new_card), ["10.00"])
        self.assertIn("not switched on", self.invoices(new)[-1].recurring_stage_hint)

    def test_a_due_date_to_come_is_waited_for(self):
        _subscription, token = self.charged("2024-03-01", 57.5, "ok", due_day="10")
        self.collect("2024-03-09")
        self.assertEqual(self.captured(token), [])
        self.collect("2024-03-10")
        self.assertEqual(self.captured(token), ["57.50"])

    def test_instalments_are_charged_each_on_its_day(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Half now, half in a month",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 0}),
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 30}),
                ],
            }
        )
        subscription, token = self.charged("2024-03-01", 100.0, mode="charge_post", payment_term_id=term.id)
        self.assertEqual(self.invoices(subscription).state, "posted")
        self.collect("2024-03-01")
        self.assertEqual(self.captured(token), ["50.00"])
        self.collect("2024-03-30")
        self.assertEqual(self.captured(token), ["50.00"])
        self.collect("2024-03-31")
        self.assertEqual(self.captured(token), ["50.00", "50.00"])
        self.assertIn(self.invoices(subscription)[0].payment_state, ("paid", "in_payment"))

    def test_a_part_that_was_paid_is_not_charged(self):
        subscription, token = self.charged("2024-03-01", 57.5, "ok")
        self.pay(self.invoices(subscription), "2024-03-01", 20.0)
        self.collect("2024-03-01")
        self.assertEqual(self.captured(token), ["37.50"])

    def test_a_payment_that_is_undone_is_not_charged_again_by_itself(self):
        subscription, token = self.charged("2024-03-01", 57.5, "ok")
        self.collect("2024-03-01")
        invoice = self.invoices(subscription)
        with self.committing("2024-03-05") as env:
            mine = env["account.move"].browse(invoice.id)
            mine.line_ids.filtered(lambda line: line.display_type == "payment_term").remove_move_reconcile()
        self.assertEqual(invoice.payment_state, "not_paid")
        self.collect("2024-03-06")
        self.assertEqual(self.captured(token), ["57.50"])
        self.assertEqual(invoice.recurring_charge_stop, "disputed")
