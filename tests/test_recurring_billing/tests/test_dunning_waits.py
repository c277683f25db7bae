"""What is left alone: money on its way, what was said about a debt, what is charged by itself; and debts without an invoice."""

from odoo import Command
from odoo.tests import tagged

from .collecting import CollectingCommon
from .dunning import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningWaits(DunningCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self.owe(100, "2026-03-10", partner=self.make_partner("Waits"))
        self.customer = self.invoice.partner_id

    def why(self, day):
        """Why the customer is left alone on a day, in words; None where something is done."""
        (plan,) = self.at(day)["recurring.dunning.run"].plans(self.company, self.at(day).context["recurring_today"], self.customer.ids)
        return None if hasattr(plan.decision, "step") else self.env["recurring.dunning.silence"].decision(plan.decision)

    def online(self, state, day):
        """A payment begun online on a day."""
        provider = self.env["payment.provider"].search([("company_id", "=", self.company.id)], limit=1) or self.env[
            "payment.provider"
        ].create({"name": "Bank transfer", "company_id": self.company.id, "code": "none"})
        method = self.env["payment.method"].search([], limit=1)
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": f"{self.invoice.name}-{day}",
                "amount": 100,
                "currency_id": self.company.currency_id.id,
                "partner_id": self.customer.id,
                "state": state,
                "last_state_change": f"{day} 12:00:00",
                "invoice_ids": [Command.set(self.invoice.ids)],
            }
        )

    def test_an_online_payment_under_way_is_waited_for_some_days_not_for_ever(self):
        self.online("pending", "2026-03-10")
        self.assertIn("A payment is on its way", self.why("2026-03-11"))
        self.dun("2026-03-11", "2026-03-13")
        self.assertEqual(self.actions(self.invoice), [])
        self.dun("2026-03-17")
        self.assertEqual(self.actions(self.invoice), [("2026-03-17", 7)])

    def test_money_a_card_reserved_and_nobody_took_is_not_waited_for_for_ever(self):
        self.online("authorized", "2026-03-10")
        self.assertIn("A payment is on its way", self.why("2026-04-09"))
        self.assertIsNone(self.why("2026-04-13"))

    def test_a_payment_that_was_cancelled_is_not_waited_for(self):
        self.online("cancel", "2026-03-10")
        self.dun("2026-03-11")
        self.assertEqual(self.actions(self.invoice), [("2026-03-11", 1)])

    def test_what_is_excluded_from_follow_up_is_left_alone(self):
        self.invoice.no_followup = True
        self.assertIn("excluded from follow-up", self.why("2026-03-11"))
        self.dun("2026-03-11", "2026-03-25")
        self.assertEqual(self.messages(self.customer), [])

    def test_an_invoice_in_payment_is_no_debt_though_its_item_keeps_a_residual(self):
        """A payment without an entry of its own leaves the whole residual; Odoo says the invoice is in payment."""
        self.env.cr.execute("UPDATE account_move SET payment_state = 'in_payment' WHERE id = %s", [self.invoice.id])
        self.env.invalidate_all()
        self.dun("2026-03-11", "2026-03-25")
        self.assertEqual((self.messages(self.customer), self.receivable(self.invoice).amount_residual), ([], 100))

    def test_what_the_customer_says_was_paid_waits_until_somebody_looked(self):
        self.dun("2026-03-11")
        self.env["recurring.payment.claim"].create(
            {
                "case_id": self.case(self.customer).id,
                "line_ids": self.receivable(self.invoice).ids,
                "day": "2026-03-12",
                "holds_until": "2026-03-16",
            }
        )
        self.assertIn("says that it was paid", self.why("2026-03-13"))
        self.dun("2026-03-13", "2026-03-16", "2026-03-17")
        self.assertEqual(self.actions(self.invoice), [("2026-03-11", 1), ("2026-03-17", 7)])
        action = self.env["recurring.dunning.action"].search(
            [("move_id", "=", self.invoice.id), ("day", "=", "2026-03-17"), ("state", "=", "done")]
        )
        self.assertEqual((action.why["before"], action.why["days"]), ("items_wait", 7))

    def test_a_reply_pauses_messages(self):
        """The customer wrote on Thursday the 12th; the policy pauses three days: the 12th, 13th and 14th."""
        self.dun("2026-03-11")
        self.env["recurring.dunning.message"].create(
            {
                "case_id": self.case(self.customer).id,
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "channel": "whatsapp",
                "direction": "in",
                "kind": "reply",
                "state": "done",
                "day": "2026-03-12",
            }
        )
        self.assertIn("The customer wrote", self.why("2026-03-13"))
        self.dun("2026-03-13", "2026-03-16")
        self.assertEqual(self.actions(self.invoice), [("2026-03-11", 1), ("2026-03-16", 3)])

    def test_an_opening_balance_without_an_invoice_is_chased_like_any_debt(self):
        customer = self.make_partner("From before")
        receivable = customer.with_company(self.company).property_account_receivable_id
        journal = self.env["account.journal"].search([("company_id", "=", self.company.id), ("type", "=", "general")], limit=1)
        entry = self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "date": "2026-01-31",
                "line_ids": [
                    Command.create(
                        {"account_id": receivable.id, "partner_id": customer.id, "debit": 80, "date_maturity": "2026-03-10", "name": "Old"}
                    ),
                    Command.create({"account_id": self.income.id, "credit": 80, "name": "Old"}),
                ],
            }
        )
        entry.action_post()
        self.dun("2026-03-11")
        self.assertEqual(self.messages(customer), [("2026-03-11", "email", 1)])
        self.assertEqual(self.case(customer).amount_due, 80)

    def test_a_message_that_waits_for_approval_lets_the_next_one_wait_and_follows_nothing_yet(self):
        self.policy.approve = True
        self.dun("2026-03-11", "2026-03-13")
        self.assertEqual((self.actions(self.invoice), self.actions(self.invoice, "to_approve")), ([], [("2026-03-11", 1)]))
        self.assertIn("waits for approval", self.why("2026-03-13"))
        message = self.env["recurring.dunning.message"].search([("partner_id", "=", self.customer.id)])
        self.env["recurring.message.dispatch"].approve(message)
        self.dun("2026-03-16")
        self.assertEqual(self.actions(self.invoice)[0], ("2026-03-11", 1))
        self.assertEqual(self.actions(self.invoice, "to_approve"), [("2026-03-16", 3)])

    def test_a_notice_that_did_not_arrive_blocks_nobody_and_is_told(self):
        self.dun(*self.each_day("2026-03-11", "2026-03-25"))
        self.assertEqual(self.actions(self.invoice)[-1], ("2026-03-25", 15))
        self.env["recurring.dunning.message"].search([("step_id.offset_days", "=", 15)]).state = "failed"
        self.dun("2026-04-09", "2026-04-30")
        self.assertEqual(self.actions(self.invoice)[-1], ("2026-03-25", 15))
        self.assertIn("the step it needs before was not done or did not arrive", self.why("2026-04-30"))
        self.assertIn("cannot follow", self.case(self.customer).next_action_words)

    def test_quiet_hours(self):
        """The machine's clock counts, in the company's time zone: before eight nothing is done, at nine it is."""
        self.company.recurring_tz = "America/Sao_Paulo"
        for moment, done in (("2026-03-11 10:30:00", 0), ("2026-03-11 12:00:00", 1)):
            with self.frozen(moment):
                self.env["recurring.dunning.run"].with_context(recurring_one_transaction=True).run_scheduled()
            self.assertEqual(len(self.messages(self.customer)), done)

    def test_one_customer_who_cannot_be_done_does_not_stop_the_others(self):
        """The constraint of the database refuses the action of one of them: he is listed, the other is reminded."""
        other = self.owe(50, "2026-03-10", partner=self.make_partner("Fine"))
        doing = self.env.registry["recurring.dunning.doing"]
        usual = doing._message

        def fails(service, case, *rest):
            if case.partner_id == self.customer.with_env(case.env):
                raise ValueError("no way")
            return usual(service, case, *rest)

        self.patch(doing, "_message", fails)
        with self.assertLogs("odoo.addons.recurring_billing.services.dunning_run", "ERROR"):
            self.dun("2026-03-11")
        self.assertEqual((self.messages(self.customer), self.actions(self.invoice)), ([], []))
        self.assertEqual(self.messages(other.partner_id), [("2026-03-11", "email", 1)])
        self.assertEqual(self.case(self.customer).activity_ids.mapped("note")[0].striptags(), "no way")

    def test_queries_do_not_grow_with_customers(self):
        def queries(count, day):
            for number in range(count):
                self.owe(50, "2026-03-10", partner=self.make_partner(f"Customer {day} {number}"))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.dun(day)
            return self.cr.sql_log_count - before

        queries(2, "2026-03-11")  # warms Odoo's caches
        few = queries(5, "2026-03-13")
        many = queries(20, "2026-03-17")
        self.assertLessEqual(many, few + 25, "per customer: nothing that grows")


@tagged("post_install", "-at_install")
class TestDunningOfCharged(CollectingCommon, DunningCommon):
    """Invoices that are charged by themselves."""

    def test_who_is_charged_by_card_is_not_reminded_before_and_not_while_a_try_is_planned(self):
        subscription, _card = self.charged("2026-03-10", 50.0, billed=False)
        self.company.write({"recurring_charge": True, "recurring_charge_from": "2026-01-01"})
        self.bill("2026-03-10", subscription)
        invoice = self.invoices(subscription)[:1]
        self.dun("2026-03-10")
        self.assertEqual(self.actions(invoice), [])
        invoice.sudo().write({"recurring_charge_state": "planned", "recurring_next_charge_date": "2026-03-13"})
        self.dun("2026-03-11", "2026-03-13")
        self.assertEqual(self.actions(invoice), [])
        invoice.sudo().write({"recurring_charge_state": "stopped", "recurring_next_charge_date": False})
        self.dun("2026-03-17")
        self.assertEqual(self.actions(invoice), [("2026-03-17", 7)])
