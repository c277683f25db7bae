"""Collections told by date: what is done about a debt on each day, and what is not."""

from odoo import Command, fields
from odoo.tests import tagged

from .dunning import DunningCommon

# 2026: 10 March is a Tuesday; weekends are 7/8, 14/15, 21/22, 28/29 March.


@tagged("post_install", "-at_install")
class TestDunningStories(DunningCommon):
    """The standard policy: 5 days and 1 day before, on the day, 1, 3, 7 days after, a call, the formal notice on 15, the block on 30."""

    def test_due_on_10_march_from_the_first_reminder_to_the_block(self):
        invoice = self.owe(100, "2026-03-10")
        self.dun(*self.each_day("2026-03-01", "2026-04-20"))
        self.assertEqual(
            self.actions(invoice),
            [
                ("2026-03-05", -5),
                ("2026-03-09", -1),
                ("2026-03-10", 0),
                ("2026-03-11", 1),
                ("2026-03-13", 3),
                ("2026-03-17", 7),
                ("2026-03-20", 10),
                ("2026-03-25", 15),
                ("2026-04-09", 30),
            ],
        )
        self.assertEqual(self.actions(invoice, "skipped"), [])
        self.assertEqual(
            self.messages(invoice.partner_id),
            [
                ("2026-03-05", "email", -5),
                ("2026-03-09", "email", -1),
                ("2026-03-10", "email", 0),
                ("2026-03-11", "email", 1),
                ("2026-03-13", "email", 3),
                ("2026-03-17", "email", 7),
                ("2026-03-20", "phone", 10),
                ("2026-03-25", "email", 15),
                ("2026-04-09", "email", 30),
            ],
        )

    def test_the_scheduled_action_that_runs_again_does_nothing_again(self):
        invoice = self.owe(100, "2026-03-10")
        self.dun("2026-03-11", "2026-03-11", "2026-03-11")
        self.assertEqual(self.actions(invoice), [("2026-03-11", 1)])
        self.assertEqual(self.messages(invoice.partner_id), [("2026-03-11", "email", 1)])

    def test_whoever_paid_hears_nothing_any_more_and_the_case_is_closed(self):
        invoice = self.owe(100, "2026-03-10")
        self.dun("2026-03-11", "2026-03-13")
        case = self.case(invoice.partner_id)
        self.assertEqual((case.stage, case.amount_due, case.days_late), ("overdue", 100, 3))
        self.pay(invoice, "2026-03-16")
        self.dun(*self.each_day("2026-03-16", "2026-04-20"))
        self.assertEqual(self.actions(invoice), [("2026-03-11", 1), ("2026-03-13", 3)])
        self.assertEqual((case.state, case.stage, case.amount_due, str(case.closed_on)), ("closed", "closed", 0, "2026-03-16"))

    def test_the_case_is_closed_in_the_minute_of_the_payment(self):
        """Not at the next run: 60 of 100 leave 40, the rest closes it."""
        invoice = self.owe(100, "2026-03-10")
        self.dun("2026-03-11")
        case = self.case(invoice.partner_id)
        with self.committing("2026-03-12") as env:
            register = env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
            register.create({"payment_date": "2026-03-12", "amount": 60})._create_payments()
            env.cr.precommit.run()
        self.assertEqual((case.state, case.amount_due), ("open", 40))
        with self.committing("2026-03-12") as env:
            register = env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
            register.create({"payment_date": "2026-03-12"})._create_payments()
            env.cr.precommit.run()
        self.assertEqual((case.state, case.stage, case.amount_due), ("closed", "closed", 0))

    def test_a_partial_payment_does_not_end_it_but_only_the_rest_is_asked_for(self):
        invoice = self.owe(100, "2026-03-10")
        self.dun("2026-03-11")
        self.pay(invoice, "2026-03-12", 60)
        self.dun("2026-03-13")
        self.assertEqual(self.actions(invoice), [("2026-03-11", 1), ("2026-03-13", 3)])
        done = [("move_id", "=", invoice.id), ("state", "=", "done")]
        amounts = self.env["recurring.dunning.action"].search(done, order="day").mapped("amount")
        self.assertEqual(amounts, [100, 40])
        self.assertEqual(self.case(invoice.partner_id).amount_due, 40)

    def test_two_invoices_are_one_message_and_the_more_severe_step_leads(self):
        """The older is at its notice (15 days) on the day on which the younger has its first reminder (1 day)."""
        customer = self.make_partner("Twice")
        older, younger = self.owe(100, "2026-03-10", partner=customer), self.owe(50, "2026-03-24", partner=customer)
        self.dun("2026-03-25")
        self.assertEqual(self.messages(customer), [("2026-03-25", "email", 15)])
        self.assertEqual((self.actions(older), self.actions(younger)), ([("2026-03-25", 15)], [("2026-03-25", 1)]))
        message = self.env["recurring.dunning.message"].search([("partner_id", "=", customer.id)])
        self.assertEqual(message.line_ids, self.receivable(older) | self.receivable(younger))
        self.assertIn("Formal notice", message.action_ids.filtered(lambda action: action.move_id == younger).reason)
        self.dun("2026-03-27")
        self.assertEqual(self.actions(younger), [("2026-03-25", 1), ("2026-03-27", 3)])

    def test_words_of_what_is_to_come_leave_out_what_is_late(self):
        """100 are late since 12 March; on the 20th, five days before 50 more are due, the sentence is about the 50, the box about all."""
        customer = self.make_partner("Late and early", email="late@example.com")
        late, coming = self.owe(100, "2026-03-12", partner=customer), self.owe(50, "2026-03-25", partner=customer)
        self.dun("2026-03-19", "2026-03-20")
        self.assertEqual(self.messages(customer)[-1], ("2026-03-20", "email", -5))
        message = self.env["recurring.dunning.message"].search([("partner_id", "=", customer.id), ("day", "=", "2026-03-20")])
        self.assertEqual(message.line_ids, self.receivable(late) | self.receivable(coming))
        told = str(self.at("2026-03-20")["recurring.dunning.words"].sudo().mail(message.with_env(self.at("2026-03-20")))["shown"])
        sentence, box = told.partition("To pay today")[::2]
        self.assertIn("50.00", sentence)
        self.assertNotIn("150.00", sentence)
        self.assertIn("150.00", box)

    def test_each_instalment_is_dunned_by_itself(self):
        parts = [(40, 0), (30, 30), (30, 60)]
        term = self.env["account.payment.term"].create(
            {
                "name": "Three parts",
                "line_ids": [Command.clear()]
                + [Command.create({"value": "percent", "value_amount": share, "nb_days": days}) for share, days in parts],
            }
        )
        invoice = self.owe(100, None, day="2026-03-10", instalments=term)
        first, second, third = self.receivable(invoice).sorted("date_maturity")
        self.assertEqual([str(line.date_maturity) for line in first | second | third], ["2026-03-10", "2026-04-09", "2026-05-09"])
        self.dun(*self.each_day("2026-03-10", "2026-04-12"))
        done = self.env["recurring.dunning.action"].search([("move_id", "=", invoice.id), ("state", "=", "done")], order="day, id")
        self.assertEqual(
            [(str(action.day), action.line_id, action.step_id.offset_days) for action in done],
            [
                ("2026-03-11", first, 1),
                ("2026-03-13", first, 3),
                ("2026-03-17", first, 7),
                ("2026-03-20", first, 10),
                ("2026-03-25", first, 15),
                ("2026-04-06", second, -5),
                ("2026-04-08", second, -1),
                ("2026-04-09", first, 30),
                ("2026-04-09", second, 0),
                ("2026-04-10", second, 1),
            ],
        )
        self.assertEqual(self.case(invoice.partner_id).amount_due, 70)

    def test_a_server_that_was_down_for_twelve_days_over_day_30_sends_one_message_and_blocks_once(self):
        invoice = self.owe(100, "2026-03-10")
        self.dun(*self.each_day("2026-03-11", "2026-04-01"))
        self.dun(*self.each_day("2026-04-14", "2026-04-30"))
        self.assertEqual(self.actions(invoice)[-2:], [("2026-03-25", 15), ("2026-04-14", 30)])
        self.assertEqual(
            [message for message in self.messages(invoice.partner_id) if message[0] > "2026-03-25"], [("2026-04-14", "email", 30)]
        )

    def test_a_server_that_was_down_for_two_months_gives_notice_before_it_blocks(self):
        """Nobody is blocked without the notice; what lies between is skipped. The block waits the fifteen days of the policy."""
        invoice = self.owe(100, "2026-03-10")
        self.dun("2026-03-11")
        self.dun(*self.each_day("2026-05-11", "2026-06-15"))
        self.assertEqual(self.actions(invoice), [("2026-03-11", 1), ("2026-05-11", 15), ("2026-05-26", 30)])
        skipped = [(day, offset) for day, offset in self.actions(invoice, "skipped") if offset > 0]
        self.assertEqual(skipped, [("2026-05-11", 3), ("2026-05-11", 7), ("2026-05-11", 10)])

    def test_an_open_credit_that_balances_the_debt_keeps_everybody_quiet(self):
        customer = self.make_partner("Balanced")
        invoice = self.owe(100, "2026-03-10", partner=customer)
        credit = self.owe(100, "2026-03-10", partner=customer, move_type="out_refund")
        self.dun(*self.each_day("2026-03-05", "2026-04-20"))
        self.assertEqual((self.actions(invoice), self.messages(customer)), ([], []))
        credit.button_draft()
        self.dun("2026-04-21")
        self.assertEqual(self.actions(invoice), [("2026-04-21", 15)])

    def test_a_payment_nobody_allocated_counts_for_the_oldest_debt(self):
        """100 and 50 are owed, 120 came: 30 of the younger is asked for."""
        customer = self.make_partner("Unallocated")
        older, younger = self.owe(100, "2026-03-10", partner=customer), self.owe(50, "2026-03-17", partner=customer)
        payment = self.env["account.payment"].create(
            {"partner_id": customer.id, "amount": 120, "payment_type": "inbound", "partner_type": "customer", "date": "2026-03-17"}
        )
        payment.action_post()
        if not payment.move_id:
            self.skipTest("the chart posts payments without entries")
        self.dun("2026-03-18")
        self.assertEqual((self.actions(older), self.actions(younger)), ([], [("2026-03-18", 1)]))
        self.assertEqual(self.case(customer).amount_due, 30)

    def test_a_debt_in_euro_is_balanced_by_a_credit_in_euro_at_whatever_rates(self):
        """1 USD buys 0.90 EUR in January and 0.80 in March: the books say 111.11 and 125.00, the customer owes nothing."""
        self.make_rate(self.currency_eur, "2026-01-01", 0.9)
        self.make_rate(self.currency_eur, "2026-03-01", 0.8)
        customer = self.make_partner("Two rates")
        invoice = self.owe(100, "2026-03-10", partner=customer, day="2026-01-05", currency=self.currency_eur)
        credit = self.owe(100, "2026-03-10", partner=customer, day="2026-03-05", currency=self.currency_eur, move_type="out_refund")
        self.dun(*self.each_day("2026-03-10", "2026-03-20"))
        self.assertEqual(self.messages(customer), [])
        credit.button_draft()
        self.dun("2026-03-23")
        self.assertEqual(self.actions(invoice), [("2026-03-23", 10)])
        self.assertEqual(self.case(customer).amount_due, 111.11)

    def test_a_weekend_and_a_holiday_move_the_due_day_and_the_messages(self):
        """Due on Saturday 7 March, Monday is a holiday: paying on Tuesday is on time. +1 is Wednesday; +3 is Friday; +7 is Tuesday 17."""
        self.company.resource_calendar_id = self.env["resource.calendar"].create({"name": "Harbor", "company_id": self.company.id})
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Harbor Day",
                "company_id": self.company.id,
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": "2026-03-09 00:00:00",
                "date_to": "2026-03-09 23:00:00",
            }
        )
        invoice = self.owe(100, "2026-03-07")
        self.dun(*self.each_day("2026-02-27", "2026-03-17"))
        self.assertEqual(
            self.actions(invoice),
            [("2026-03-02", -5), ("2026-03-06", -1), ("2026-03-10", 0), ("2026-03-11", 1), ("2026-03-13", 3), ("2026-03-17", 7)],
        )

    def test_days_between_contacts_let_the_next_step_wait(self):
        self.policy.min_interval_days = 3
        invoice = self.owe(100, "2026-03-10")
        self.dun(*self.each_day("2026-03-09", "2026-03-18"))
        self.assertEqual(self.actions(invoice), [("2026-03-09", -1), ("2026-03-12", 1), ("2026-03-16", 3)])
        self.assertEqual(self.actions(invoice, "skipped"), [("2026-03-09", -5), ("2026-03-12", 0)])

    def test_what_is_disputed_waits_and_other_debts_go_on(self):
        customer = self.make_partner("Contests")
        contested, other = self.owe(100, "2026-03-10", partner=customer), self.owe(50, "2026-03-10", partner=customer)
        self.dun("2026-03-11")
        dispute = self.env["recurring.dispute"].create(
            {
                "case_id": self.case(customer).id,
                "line_ids": self.receivable(contested).ids,
                "reason": "Never ordered",
                "answer_by": "2026-03-20",
            }
        )
        self.dun("2026-03-13")
        self.assertEqual((self.actions(contested), self.actions(other)), ([("2026-03-11", 1)], [("2026-03-11", 1), ("2026-03-13", 3)]))
        dispute.state = "rejected"
        self.dun("2026-03-17")
        self.assertEqual(self.actions(contested), [("2026-03-11", 1), ("2026-03-17", 7)])

    def test_a_promise_keeps_quiet_and_a_broken_one_begins_again_the_next_day(self):
        """Promised on the 13th for the 20th, broken: on Saturday 21 nobody writes; on Monday 23 the debt is 13 days old, at the call."""
        invoice = self.owe(100, "2026-03-10")
        self.dun("2026-03-11", "2026-03-13")
        promise = self.env["recurring.promise"].create(
            {
                "case_id": self.case(invoice.partner_id).id,
                "line_ids": self.receivable(invoice).ids,
                "date": "2026-03-20",
                "amount": 100,
            }
        )
        self.dun(*self.each_day("2026-03-14", "2026-03-20"))
        self.assertEqual(self.case(invoice.partner_id).stage, "promise")
        self.assertEqual(self.actions(invoice), [("2026-03-11", 1), ("2026-03-13", 3)])
        promise.write({"state": "broken", "broken_on": "2026-03-21"})
        self.dun(*self.each_day("2026-03-21", "2026-03-25"))
        self.assertEqual(self.actions(invoice)[2:], [("2026-03-23", 10), ("2026-03-25", 15)])
        actions = self.env["recurring.dunning.action"].search([("move_id", "=", invoice.id), ("cycle", "=", 1)])
        self.assertEqual(
            set(actions.filtered(lambda action: action.state == "skipped").mapped("step_id.offset_days")), {-5, -1, 0, 1, 3, 7}
        )

    def test_a_hold_keeps_quiet_and_ends(self):
        invoice = self.owe(100, "2026-03-10")
        self.dun("2026-03-11")
        self.case(invoice.partner_id).sudo().write({"hold_until": "2026-03-24", "hold_reason": "In hospital"})
        self.dun(*self.each_day("2026-03-12", "2026-03-24"))
        case = self.case(invoice.partner_id)
        self.assertEqual((case.stage, str(case.next_action_date)), ("hold", "2026-03-25"))
        self.assertIn("on hold", case.next_action_words)
        self.dun("2026-03-25")
        self.assertEqual(self.actions(invoice), [("2026-03-11", 1), ("2026-03-25", 15)])

    def test_nothing_is_done_before_it_is_switched_on_and_older_debts_enter_where_was_chosen(self):
        """Three debts of last year, one of 3 March; from 16 March on, entering at the third reminder (7 days)."""
        old = [self.owe(100, due) for due in ("2025-06-10", "2025-11-10", "2025-12-10")]
        fresh, coming = self.owe(100, "2026-03-12"), self.owe(100, "2026-03-17")
        self.company.write({"recurring_dunning": False})
        self.dun("2026-03-13")
        self.assertFalse(self.env["recurring.dunning.action"].search([("company_id", "=", self.company.id)]))
        enter = self.policy.step_ids.filtered(lambda step: step.offset_days == 7)
        self.company.write({"recurring_dunning": True, "recurring_dunning_from": "2026-03-16", "recurring_dunning_enter_step_id": enter.id})
        self.dun("2026-03-13")
        self.assertFalse(self.env["recurring.dunning.action"].search([("company_id", "=", self.company.id)]))
        self.dun(*self.each_day("2026-03-16", "2026-03-24"))
        for invoice in old:
            # 16 March counts as day 7; the call is on day 10, the notice on day 15.
            self.assertEqual(self.actions(invoice), [("2026-03-16", 7), ("2026-03-19", 10), ("2026-03-24", 15)])
        self.assertEqual(self.actions(fresh), [("2026-03-16", 3), ("2026-03-19", 7), ("2026-03-23", 10)])
        self.assertEqual(
            self.actions(coming), [("2026-03-16", -1), ("2026-03-17", 0), ("2026-03-18", 1), ("2026-03-20", 3), ("2026-03-24", 7)]
        )

    def test_older_debts_stay_with_people_where_no_step_was_chosen(self):
        self.company.recurring_dunning_from = "2026-03-16"
        old = self.owe(100, "2025-12-10")
        self.dun(*self.each_day("2026-03-16", "2026-03-20"))
        self.assertEqual(self.actions(old), [])
        case = self.case(old.partner_id)
        self.assertEqual((case.amount_due, case.next_action_date), (100, False))
        self.assertIn("left to people", case.next_action_words)

    def test_500_old_debts_get_nothing_before_it_is_switched_on_and_what_was_previewed_after(self):
        """500 debts of 125 customers in one opening entry, due 1 to 125 days before 16 March; they enter at the third reminder."""
        self.company.write({"recurring_dunning": False, "recurring_dunning_from": False})
        customers = self.env["res.partner"].create([{"name": f"Old {number}", "company_id": False} for number in range(125)])
        receivable = customers[0].with_company(self.company).property_account_receivable_id
        journal = self.env["account.journal"].search([("company_id", "=", self.company.id), ("type", "=", "general")], limit=1)
        first = fields.Date.to_date("2026-03-16")
        debts = [
            Command.create(
                {
                    "account_id": receivable.id,
                    "partner_id": customers[number % 125].id,
                    "debit": 10,
                    "date_maturity": fields.Date.subtract(first, days=1 + number // 4),
                    "name": f"Debt {number}",
                }
            )
            for number in range(500)
        ]
        whole = Command.create({"account_id": self.income.id, "credit": 5000, "name": "Opening"})
        entry = self.env["account.move"].create({"journal_id": journal.id, "date": "2025-11-01", "line_ids": [*debts, whole]})
        entry.action_post()
        mine = [("company_id", "=", self.company.id)]
        self.dun("2026-03-12", "2026-03-13")
        self.assertFalse(self.env["recurring.dunning.message"].search_count(mine))
        wizard = self.at("2026-03-13")["recurring.dunning.preview"].create(
            {
                "day": first,
                "policy_id": self.policy.id,
                "enter_step_id": self.policy.step_ids.filtered(lambda step: step.offset_days == 7).id,
            }
        )
        wizard.action_show()
        previewed = {(row.partner_id, row.step_id, row.amount) for row in wizard.contact_ids}
        self.assertEqual((len(previewed), sum(amount for _customer, _step, amount in previewed)), (125, 5000))
        wizard.action_switch_on()
        self.dun("2026-03-13")
        self.assertFalse(self.env["recurring.dunning.message"].search_count(mine))
        self.dun("2026-03-16")
        messages = self.env["recurring.dunning.message"].search(mine)
        sent = {(message.partner_id, message.step_id, sum(message.line_ids.mapped("amount_residual"))) for message in messages}
        self.assertEqual((len(messages), sent), (125, previewed))
        self.dun("2026-03-16")
        self.assertEqual(self.env["recurring.dunning.message"].search_count(mine), 125)

    def test_another_company_is_not_touched(self):
        customer = self.make_partner("Elsewhere")
        invoice = self.owe(100, "2026-03-10", partner=customer, company=self.company_brl)
        self.dun("2026-03-11")
        self.assertFalse(self.env["recurring.dunning.action"].search([("move_id", "=", invoice.id)]))
