"""Services that are reduced and blocked because of debts, and run again: on which day, for whom, what is billed meanwhile."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .withholding import WithholdingCommon


@tagged("post_install", "-at_install")
class TestServiceState(WithholdingCommon):
    """1 April 2026 is a Wednesday; Friday 3 April is Good Friday in many countries, but no holiday here unless a test makes it one."""

    def holiday(self, day):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": self.company.id,
                "date_from": f"{day} 00:00:00",
                "date_to": f"{day} 23:59:59",
            }
        )

    # When

    def test_blocked_on_the_day_of_the_step_when_all_allows_it(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        said = self.step("2026-04-01", self.step_block, line)
        self.assertEqual((subscription.service_state, subscription.badge), ("blocked", "blocked"))
        self.assertEqual(said, f"{subscription.name}: Blocked since 04/01/2026.")

    def test_days_count_from_the_notice_that_was_really_sent(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-24", line)
        said = self.step("2026-04-01", self.step_block, line)
        self.assertEqual(said, f"{subscription.name}: Will be blocked on 04/08/2026.", "15 days after 24 March")
        self.watch("2026-04-07")
        self.assertEqual(subscription.service_state, "running")
        self.watch("2026-04-08")
        self.assertEqual(subscription.service_state, "blocked")

    def test_nothing_is_blocked_before_a_notice_was_sent(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line, state="failed")
        said = self.step("2026-04-01", self.step_block, line)
        self.assertEqual(said, f"{subscription.name}: Waits for the formal notice to be sent.")
        self.watch("2026-05-01")
        self.assertEqual(subscription.service_state, "running")
        self.notice("2026-05-04", line, step=self.make_step("Notice again", 60, is_notice=True))
        self.watch("2026-05-18")
        self.assertEqual(subscription.service_state, "running")
        self.watch("2026-05-19")
        self.assertEqual(subscription.service_state, "blocked")

    def test_a_task_about_who_cannot_be_reached_is_no_notice(self):
        subscription, line = self.owing("2026-03-02")
        case = self.notice("2026-03-17", line)
        case.message_line_ids.write({"channel": "task", "state": "done"})
        self.assertIn("Waits for the formal notice", self.step("2026-04-01", self.step_block, line))
        self.assertEqual(subscription.service_state, "running")

    def test_a_notice_that_somebody_wrote_by_hand_counts(self):
        _subscription, line = self.owing("2026-03-02")
        case = self.notice("2026-03-17", line, state="failed")
        case.message_line_ids.copy(
            {"kind": "manual", "step_id": False, "is_notice": True, "line_ids": line.ids, "state": "sent", "sent_at": "2026-03-18 12:00:00"}
        )
        self.assertIn("04/02/2026", self.step("2026-04-01", self.step_block, line))

    def test_a_policy_may_do_without_a_notice(self):
        self.policy.block_needs_notice = False
        subscription, line = self.owing("2026-03-02")
        self.step("2026-04-01", self.step_block, line)
        self.assertEqual(subscription.service_state, "blocked")

    def test_no_block_on_friday_the_eve_of_a_weekend(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        self.step("2026-04-10", self.step_block, line)
        for day in ("2026-04-10", "2026-04-11", "2026-04-12"):
            self.watch(day)
            self.assertEqual(subscription.service_state, "running", day)
        self.watch("2026-04-13")
        self.assertEqual(subscription.service_state, "blocked")

    def test_no_block_on_a_holiday_nor_on_its_eve(self):
        self.holiday("2026-04-21")
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        said = self.step("2026-04-20", self.step_block, line)
        self.assertEqual(said, f"{subscription.name}: Will be blocked on 04/22/2026.")

    def test_forbidden_weekdays(self):
        self.policy.write({"block_mon": False, "block_tue": False, "block_spare_eves": False, "block_fri": True})
        _subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        said = self.step("2026-04-11", self.step_block, line)
        self.assertIn("04/15/2026", said, "the 11th is a Saturday; Monday and Tuesday are forbidden")

    def test_a_policy_must_leave_a_day(self):
        with self.assertRaisesRegex(ValidationError, "Choose another weekday"):
            self.policy.write({"block_mon": False, "block_tue": False, "block_wed": False, "block_thu": False})

    def test_paid_before_its_day_blocks_nothing(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-24", line)
        self.step("2026-04-01", self.step_block, line)
        self.pay(line.move_id, "2026-04-06")
        self.watch("2026-04-08")
        self.assertEqual(subscription.service_state, "running")
        self.assertEqual(subscription.block_ids.state, "cancelled")

    def test_promised_disputed_held_or_said_to_be_paid_waits(self):
        subscription, line = self.owing("2026-03-02")
        case = self.notice("2026-03-17", line)
        lines = [Command.set(line.ids)]
        promise = self.env["recurring.promise"].create({"case_id": case.id, "date": "2026-04-07", "amount": 100.0, "line_ids": lines})
        self.assertEqual(
            self.step("2026-04-01", self.step_block, line), f"{subscription.name}: The customer promised to pay. Until 04/07/2026."
        )
        self.watch("2026-04-07")
        self.assertEqual(subscription.service_state, "running", "the day of the promise is still the customer's")
        promise.state = "broken"
        dispute = self.env["recurring.dispute"].create(
            {"case_id": case.id, "reason": "Closed in March", "answer_by": "2026-04-20", "line_ids": lines}
        )
        self.watch("2026-04-08")
        self.assertEqual(subscription.service_state, "running")
        dispute.state = "rejected"
        case.write({"hold_until": "2026-04-13", "hold_reason": "Ill"})
        self.watch("2026-04-13")
        self.assertEqual(subscription.service_state, "running")
        self.env["recurring.payment.claim"].create(
            {"case_id": case.id, "line_ids": lines, "day": "2026-04-13", "holds_until": "2026-04-14"}
        )
        self.watch("2026-04-14")
        self.assertEqual(subscription.service_state, "running")
        self.watch("2026-04-15")
        self.assertEqual(subscription.service_state, "blocked")

    def test_nothing_begins_while_collections_are_switched_off(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-24", line)
        self.step("2026-04-01", self.step_block, line)
        self.company.recurring_dunning = False
        self.watch("2026-04-08")
        self.assertEqual(subscription.service_state, "running")
        self.company.recurring_dunning = True
        self.watch("2026-04-09")
        self.assertEqual(subscription.service_state, "blocked")

    def test_nothing_begins_at_night(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-24", line)
        self.step("2026-04-01", self.step_block, line)
        service = self.env["recurring.service.state"].with_context(recurring_today=None)
        for moment, state in (("2026-04-08 06:00:00", "running"), ("2026-04-08 21:00:00", "running"), ("2026-04-09 08:30:00", "blocked")):
            with self.frozen(moment):
                service._run_apart(subscription.block_ids, service.env["res.company"].browse(self.company.id)._recurring_today())
            self.assertEqual(subscription.service_state, state, moment)

    # For whom

    def test_only_the_subscriptions_with_the_debt_or_everything_the_customer_pays(self):
        partner = self.make_partner()
        subscription, line = self.owing("2026-03-02", partner=partner)
        other = self.subscribe("2026-03-02", 20.0, partner=partner)
        pupil = self.subscribe("2026-03-02", 20.0, partner=self.make_partner("Pupil"), partner_invoice_id=partner.id)
        stranger = self.subscribe("2026-03-02", 20.0)
        self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_block, line)
        states = [each.service_state for each in (subscription, other, pupil, stranger)]
        self.assertEqual(states, ["blocked", "running", "running", "running"])
        self.policy.block_scope = "all"
        step = self.make_step("Block all", 31, channel="none", service_effect="blocked")
        self.step("2026-04-02", step, line)
        states = [each.service_state for each in (subscription, other, pupil, stranger)]
        self.assertEqual(states, ["blocked", "blocked", "blocked", "running"])

    def test_a_plan_that_is_never_withheld(self):
        subscription, line = self.owing("2026-03-02", plan=self.make_plan(never_withheld=True))
        self.notice("2026-03-17", line)
        self.assertEqual(self.step("2026-04-01", self.step_block, line), "No service to withhold.")
        self.assertEqual(subscription.service_state, "running")

    def test_a_debt_without_a_subscription_blocks_everything_only_where_the_policy_says_so(self):
        partner = self.make_partner()
        subscription = self.subscribe("2026-03-02", 20.0, partner=partner)
        line = self.opening_balance(partner, 300.0, "2026-03-02")
        self.notice("2026-03-17", line)
        self.assertEqual(self.step("2026-04-01", self.step_block, line), "No service to withhold.")
        self.policy.block_scope = "all"
        step = self.make_step("Block all", 31, channel="none", service_effect="blocked")
        self.step("2026-04-02", step, line)
        self.assertEqual(subscription.service_state, "blocked")

    # Restored

    def test_the_minute_the_payment_is_reconciled_it_runs_again(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_block, line)
        self.pay(line.move_id, "2026-04-04")
        self.assertEqual((subscription.service_state, subscription.badge), ("running", "ok"))
        self.assertEqual((str(subscription.block_ids.ended_on), subscription.block_ids.ended_by), ("2026-04-04", "paid"))

    def test_a_part_is_not_enough(self):
        subscription, line = self.owing("2026-03-02", 100.0)
        self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_block, line)
        self.pay(line.move_id, "2026-04-04", 99.99)
        self.assertEqual(subscription.service_state, "blocked")
        self.pay(line.move_id, "2026-04-05", 0.01)
        self.assertEqual(subscription.service_state, "running")

    def test_an_opening_balance_that_is_paid_ends_its_block_at_once(self):
        self.policy.block_scope = "all"
        partner = self.make_partner()
        subscription = self.subscribe("2026-03-02", 20.0, partner=partner)
        line = self.opening_balance(partner, 300.0, "2026-03-02")
        self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_block, line)
        self.assertEqual(subscription.service_state, "blocked")
        journal = self.env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1)
        with self.committing("2026-04-04") as env:
            payment = env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": partner.id,
                    "amount": 300.0,
                    "journal_id": journal.id,
                    "date": "2026-04-04",
                }
            )
            payment.with_context(force_payment_move=True).action_post()
            credit = payment.move_id.line_ids.filtered(lambda each: each.account_type == "asset_receivable")
            (credit | env["account.move.line"].browse(line.id)).reconcile()
        self.assertEqual(subscription.service_state, "running")

    def test_money_on_account_counts_though_nobody_reconciled_it(self):
        subscription, line = self.owing("2026-03-02", 100.0)
        self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_block, line)
        self.opening_credit(subscription.partner_id, 99.0)
        self.watch("2026-04-02")
        self.assertEqual(subscription.service_state, "blocked")
        self.opening_credit(subscription.partner_id, 1.0)
        self.watch("2026-04-02")
        self.assertEqual(subscription.service_state, "running")

    def opening_credit(self, partner, amount):
        receivable = partner.with_company(self.company).property_account_receivable_id
        journal = self.env["account.journal"].search([("type", "=", "general"), ("company_id", "=", self.company.id)], limit=1)
        lines = [
            Command.create({"account_id": receivable.id, "partner_id": partner.id, "credit": amount}),
            Command.create({"account_id": self.income.id, "debit": amount}),
        ]
        move = self.env["account.move"].create({"move_type": "entry", "journal_id": journal.id, "date": "2026-04-02", "line_ids": lines})
        move.action_post()

    def test_of_two_debts_each_has_to_be_paid(self):
        subscription, march = self.owing("2026-03-02")
        self.bill("2026-04-02", subscription)
        april = self.debt(subscription) - march
        self.policy.block_needs_notice = False
        self.step("2026-04-01", self.step_block, march)
        self.step("2026-05-04", self.step_block, april)
        self.assertEqual(len(subscription.block_ids), 1, "one block for both")
        self.pay(march.move_id, "2026-05-05")
        self.assertEqual(subscription.service_state, "blocked")
        self.pay(april.move_id, "2026-05-06")
        self.assertEqual(subscription.service_state, "running")

    def test_a_debt_that_is_not_the_reason_does_not_keep_it_blocked(self):
        subscription, march = self.owing("2026-03-02")
        self.policy.block_needs_notice = False
        self.step("2026-04-01", self.step_block, march)
        self.bill("2026-04-02", subscription)
        self.pay(march.move_id, "2026-04-06")
        self.assertEqual(subscription.service_state, "running")

    def test_a_payment_that_is_undone_blocks_again_on_the_next_day_that_allows_it(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_block, line)
        payment = self.pay(line.move_id, "2026-04-02")
        self.assertEqual(subscription.service_state, "running")
        with self.committing("2026-04-11") as env:
            env["account.payment"].browse(payment.id).action_draft()
            env["account.move.line"].browse(line.id).remove_move_reconcile()

        self.assertEqual(subscription.service_state, "running", "the 11th is a Saturday")
        self.watch("2026-04-12")
        self.assertEqual(subscription.service_state, "running")
        self.watch("2026-04-13")
        self.assertEqual(subscription.service_state, "blocked")

    def test_by_hand(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_block, line)
        tom = self.make_user("seller", "recurring_billing.group_user_all")
        with self.assertRaisesRegex(AccessError, "Collections, Manager and Billing"):
            self.press("2026-04-02", subscription.block_ids, "action_end", user=tom)
        nina = self.make_user("collector", "recurring_billing.group_collections", name="Nina")
        self.press("2026-04-02", subscription.block_ids, "action_end", user=nina)
        self.assertEqual((subscription.service_state, subscription.block_ids.ended_by), ("running", "hand"))
        self.assertIn("Nina ended the block by hand.", "".join(subscription.message_ids.mapped("body")))
        self.watch("2026-04-03")
        self.assertEqual(subscription.service_state, "running", "nothing begins again by itself")

    # Billed meanwhile

    def test_billed_in_full_by_default(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_block, line)
        self.bill("2026-04-02", subscription)
        self.assertEqual(len(self.invoices(subscription)), 2)
        self.assertEqual(subscription.mrr, 100.0)

    def test_not_billed_meanwhile_future_periods_only(self):
        """March and April are billed, blocked on 8 April: April is never given back, May is not, from 18 May it is: 15 days of 31."""
        self.policy.block_billing = "none"
        subscription, line = self.owing("2026-03-02", 93.0)
        self.notice("2026-03-24", line)
        self.bill("2026-04-02", subscription)
        self.step("2026-04-08", self.step_block, line)
        self.assertEqual(subscription.service_state, "blocked")
        self.assertEqual(subscription.state, "active")
        self.run_cron("2026-05-02")
        self.assertEqual(self.periods(subscription), [("2026-03-02", "2026-04-01", 93.0), ("2026-04-02", "2026-05-01", 93.0)])
        self.env["recurring.subscription.line"].with_env(self.at("2026-05-02"))._refresh_current()
        self.assertEqual((subscription.state, subscription.mrr, subscription.badge), ("paused", 0.0, "blocked"))
        self.pay(line.move_id, "2026-05-18")
        self.assertEqual((subscription.service_state, subscription.state, subscription.mrr), ("running", "active", 93.0))
        self.bill("2026-05-18", subscription)
        self.assertEqual(self.periods(subscription)[-1], ("2026-05-18", "2026-06-01", 45.0), "15 of 31 days of 93.00")

    def test_paid_before_the_next_period_leaves_no_trace_in_billing(self):
        self.policy.block_billing = "none"
        subscription, line = self.owing("2026-03-02", 93.0)
        self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_block, line)
        self.assertFalse(subscription.next_invoice_date)
        self.pay(line.move_id, "2026-04-01")
        self.assertEqual(str(subscription.next_invoice_date), "2026-04-02")
        self.bill("2026-04-02", subscription)
        self.assertEqual(self.periods(subscription)[-1], ("2026-04-02", "2026-05-01", 93.0))

    def test_what_the_customer_had_paused_stays_paused(self):
        self.policy.block_billing = "none"
        lines = [{"product_id": self.make_product(31.0, name).id, "price_unit": 31.0} for name in ("Gym", "Pool")]
        subscription, line = self.owing("2026-03-02", lines=lines)
        _gym, pool = subscription.line_ids
        self.env["recurring.subscription.change"].with_env(self.at("2026-03-10")).pause(
            pool, self.at("2026-04-02").context["recurring_today"]
        )
        self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_block, line)
        self.pay(line.move_id, "2026-04-20")
        self.assertEqual((pool.ended_by, str(pool.date_end)), ("pause", "2026-04-01"))
        self.bill("2026-05-02", subscription)
        self.assertEqual(
            [str(row.start) for row in subscription.period_ids if row.line_id.product_id == pool.product_id and row.amount > 0],
            ["2026-03-02"],
        )

    def test_in_arrears_what_has_begun_is_billed(self):
        self.policy.write({"block_billing": "none", "block_needs_notice": False, "block_scope": "all"})
        partner = self.make_partner()
        subscription = self.subscribe("2026-03-02", 93.0, plan=self.make_plan(timing="arrears"), partner=partner)
        line = self.opening_balance(partner, 300.0, "2026-03-02")
        self.run_cron("2026-04-02")
        self.step("2026-04-08", self.step_block, line)
        self.run_cron("2026-05-02")
        self.run_cron("2026-06-02")
        self.assertEqual(self.periods(subscription), [("2026-03-02", "2026-04-01", 93.0), ("2026-04-02", "2026-05-01", 93.0)])

    # On trust

    def test_three_days_on_trust_twice_a_year(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        case = self.case(line)
        self.step("2026-04-01", self.step_block, line)
        nina = self.make_user("collector", "recurring_billing.group_collections")
        self.unlock("2026-04-06", subscription, nina)
        self.assertEqual(subscription.service_state, "running")
        self.watch("2026-04-08")
        self.assertEqual(subscription.service_state, "running", "6, 7 and 8 April")
        self.watch("2026-04-09")
        self.assertEqual(subscription.service_state, "blocked")
        self.unlock("2026-04-13", case, nina)
        self.watch("2026-04-16")
        self.assertEqual(subscription.service_state, "blocked")
        with self.assertRaisesRegex(UserError, "trusted as often"):
            self.unlock("2026-04-20", case, nina)

    def test_trust_over_a_weekend_lasts_until_a_block_may_begin(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_block, line)
        self.unlock("2026-04-08", subscription, self.make_user("collector", "recurring_billing.group_collections"))
        self.assertEqual(str(subscription.block_ids.trusted_until), "2026-04-12", "the 10th is a Friday; withheld again on Monday the 13th")

    def test_paid_while_on_trust(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_block, line)
        self.unlock("2026-04-06", subscription, self.make_user("collector", "recurring_billing.group_collections"))
        self.pay(line.move_id, "2026-04-07")
        self.watch("2026-04-09")
        self.assertEqual((subscription.service_state, subscription.block_ids.state), ("running", "ended"))

    def test_billing_that_had_stopped_goes_on_with_the_payment_and_not_with_the_trust(self):
        """Not billed from 2 May on; on trust from 11 May, paid on the 13th: 13 May to 1 June are 20 of 31 days of 93.00."""
        self.policy.block_billing = "none"
        subscription, line = self.owing("2026-03-02", 93.0)
        self.notice("2026-03-24", line)
        self.bill("2026-04-02", subscription)
        self.step("2026-04-08", self.step_block, line)
        self.run_cron("2026-05-02")
        self.unlock("2026-05-11", subscription, self.make_user("collector", "recurring_billing.group_collections"))
        self.run_cron("2026-05-12")
        self.assertEqual(len(self.periods(subscription)), 2)
        self.pay(line.move_id, "2026-05-13")
        self.run_cron("2026-05-13")
        self.assertEqual(self.periods(subscription)[2:], [("2026-05-13", "2026-06-01", 60.0)])

    def unlock(self, day, record, user):
        """What people press: the button, then the dialog."""
        action = self.press(day, record, "action_service_trust", user=user)
        with self.committing(day, user) as env:
            wizard = env[action["res_model"]].with_context(**action["context"]).create({"note": "Paid, the bank needs a day"})
            wizard.action_unlock()

    # Closing, events

    def test_a_step_that_closes_takes_the_same_care(self):
        step = self.make_step("Close", 60, channel="none", close=True)
        subscription, line = self.owing("2026-03-02")
        self.assertEqual(self.step("2026-05-04", step, line), "Not closed: no formal notice was sent.")
        self.assertEqual(subscription.state, "active")
        self.notice("2026-05-05", line)
        step = self.make_step("Close now", 61, channel="none", close=True)
        self.assertEqual(self.step("2026-05-06", step, line), f"Closed: {subscription.name}")
        self.assertEqual(subscription.close_reason_id, self.env.ref("recurring_billing.reason_debt"))

    def test_a_closed_subscription_has_nothing_left_to_withhold(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_block, line)
        with self.committing("2026-04-02") as env:
            env["recurring.subscription"].browse(subscription.id).write({"state": "closed"})
        self.assertEqual((subscription.block_ids.state, subscription.block_ids.ended_by), ("ended", "closed"))

    def test_whoever_delivers_the_service_is_told_of_each_change_once(self):
        heard = []
        model = self.registry["recurring.subscription"]
        self.patch(model, "_recurring_on_service_change", lambda records, old, new: heard.append((records.ids, old, new)))
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_reduce, line)
        self.step("2026-04-01", self.step_block, line)
        self.watch("2026-04-02")
        self.pay(line.move_id, "2026-04-02")
        mine = subscription.ids
        self.assertEqual(heard, [(mine, "running", "reduced"), (mine, "reduced", "blocked"), (mine, "blocked", "running")])

    # Rights

    def test_nobody_writes_blocks_by_hand(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_block, line)
        manager = self.make_user("boss", "recurring_billing.group_manager", "recurring_billing.group_collections")
        block = subscription.block_ids.with_user(manager)
        with self.assertRaises(AccessError):
            block.write({"state": "ended"})
        with self.assertRaises(AccessError):
            subscription.with_user(manager).service_state = "running"

    def test_own_blocks_only_and_none_of_another_company(self):
        seller = self.make_user("seller", "recurring_billing.group_user")
        mine, line = self.owing("2026-03-02", user_id=seller.id)
        other, other_line = self.owing("2026-03-02", user_id=self.responsible.id)
        for each in (line, other_line):
            self.notice("2026-03-17", each)
            self.step("2026-04-01", self.step_block, each)
        blocks = mine.block_ids | other.block_ids
        seen = self.env["recurring.service.block"].with_user(seller).search([("id", "in", blocks.ids)])
        self.assertEqual(seen, mine.block_ids)
        elsewhere = self.make_user("elsewhere", "recurring_billing.group_collections", companies=self.company_brl)
        seen = self.env["recurring.service.block"].with_user(elsewhere).with_context(allowed_company_ids=self.company_brl.ids)
        self.assertFalse(seen.search([("id", "in", blocks.ids)]))
