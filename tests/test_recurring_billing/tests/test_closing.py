"""Closing subscriptions, told by date: what is given back, what is charged, who may make exceptions, and going on again."""

from datetime import date
from unittest.mock import patch

import psycopg2.errors

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.recurring_billing.services.closing_plan import Choice

from .common import RecurringCommon


class ClosingCommon(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env.ref("recurring_billing.reason_moved")
        cls.fee_product = cls.env.ref("recurring_billing.product_exit_fee")
        cls.fee_product.taxes_id = False

    def wizard(self, day, subscriptions, user=None, **values):
        """The wizard of the Close button, filled in as a person does."""
        env = self.at(day)
        records = env["recurring.subscription"].browse(subscriptions.ids).with_user(user or self.env.user)
        action = records.action_close()
        form = Form(records.env["recurring.close"].with_context(**action["context"]))
        form.reason_id = self.reason
        for name, value in values.items():
            setattr(form, name, value)
        return form.save()

    def close(self, day, subscriptions, user=None, **values):
        return self.wizard(day, subscriptions, user, **values).action_close()

    def daily(self, day):
        self.at(day)["recurring.subscription.line"]._refresh_current()

    def documents(self, subscription):
        """What was posted: (type, total) oldest first."""
        return [(move.move_type, move.amount_total) for move in self.invoices(subscription) if move.state == "posted"]

    def says(self, subscription):
        """The newest message of its chatter."""
        return subscription.message_ids[0].body


@tagged("post_install", "-at_install")
class TestClosing(ClosingCommon):
    def test_now_gives_back_what_is_not_used(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        self.close("2026-04-21", subscription, when="now")
        self.assertEqual((subscription.state, str(subscription.end_date)), ("closed", "2026-04-20"))
        self.assertEqual((subscription.close_reason_id, subscription.mrr), (self.reason, 0.0))
        self.bill("2026-04-21", subscription)
        self.assertEqual(self.documents(subscription), [("out_invoice", 30.0), ("out_refund", 10.0)])  # 21 to 30 April
        self.assertNothingBilled(self.bill("2026-05-01", subscription))

    def test_at_the_end_of_the_paid_period_it_runs_until_then(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        with self.frozen("2026-04-10"):
            self.close("2026-04-10", subscription)
            self.assertEqual((subscription.state, str(subscription.end_date), subscription.mrr), ("active", "2026-04-30", 30.0))
            self.assertEqual(subscription.ends_label, "Ends on 04/30/2026: Moved away")
        self.assertFalse(subscription.next_invoice_date)
        self.daily("2026-04-30")
        self.assertEqual(subscription.state, "active")
        self.daily("2026-05-01")
        self.assertEqual((subscription.state, subscription.close_reason_id, subscription.mrr), ("closed", self.reason, 0.0))
        self.assertNothingBilled(self.bill("2026-05-01", subscription))
        self.assertEqual(self.documents(subscription), [("out_invoice", 30.0)])

    def test_what_is_planned_is_kept_as_if_it_had_never_been(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        self.close("2026-04-10", subscription)
        with self.frozen("2026-04-20"):
            self.assertTrue(subscription.can_be_kept)
            self.press("2026-04-20", subscription, "action_keep")
        self.assertEqual((subscription.state, subscription.end_date, subscription.close_reason_id.id), ("active", False, False))
        self.assertEqual(len(subscription.line_ids), 1)
        self.bill("2026-05-01", subscription)
        self.assertEqual(self.documents(subscription), [("out_invoice", 30.0), ("out_invoice", 30.0)])
        with self.assertRaisesRegex(UserError, "No end of .* is planned"):
            self.press("2026-05-02", subscription, "action_keep")

    def test_notice_makes_it_run_on_and_is_billed(self):
        subscription = self.subscribe("2026-04-01", 30.0, plan=self.make_plan(notice_days=30))
        self.bill("2026-04-01", subscription)
        with self.assertRaisesRegex(UserError, "cancelled 30 days ahead: it may end on 05/10/2026"):
            self.close("2026-04-10", subscription, when="now")
        self.close("2026-04-10", subscription, when="allowed")
        self.assertEqual(str(subscription.end_date), "2026-05-10")
        self.bill("2026-05-01", subscription)
        self.assertNothingBilled(self.bill("2026-06-01", subscription))
        # May costs 10 of 31 days
        self.assertEqual(self.documents(subscription), [("out_invoice", 30.0), ("out_invoice", 9.68)])

    def test_the_minimum_term_is_kept_where_no_fee_frees_from_it(self):
        subscription = self.subscribe("2026-01-01", 30.0, plan=self.make_plan(term_count=12))
        with self.assertRaisesRegex(UserError, "minimum term of .* runs until 12/31/2026"):
            self.close("2026-04-10", subscription, when="now")
        self.close("2026-04-10", subscription, when="allowed")
        self.assertEqual((subscription.state, str(subscription.end_date)), ("active", "2026-12-31"))

    def test_a_manager_closes_against_the_contract_with_a_reason(self):
        subscription = self.subscribe("2026-01-01", 30.0, plan=self.make_plan(term_count=12))
        seller = self.make_user("sam", "recurring_billing.group_user_all")
        values = {"subscription_ids": subscription.ids, "reason_id": self.reason.id, "when": "now", "override": True}
        with self.assertRaisesRegex(AccessError, "Only managers"):
            self.at("2026-04-10")["recurring.close"].with_user(seller).create({**values, "exception_reason": "Nice"}).action_close()
        manager = self.at("2026-04-10")["recurring.close"].with_user(self.responsible)
        with self.assertRaisesRegex(UserError, "say why"):
            manager.create(values).action_close()
        manager.create({**values, "exception_reason": "Fire in the building"}).action_close()
        self.assertEqual(subscription.state, "closed")
        self.assertIn("Decided by Rita Responsible: Fire in the building", self.says(subscription))
        line = self.env["recurring.cancellation.line"].search([("subscription_id", "=", subscription.id)])
        self.assertEqual((line.state, line.exception_reason), ("done", "Fire in the building"))
        self.assertIn("minimum term", line.message)

    def test_no_refund_lets_it_run_to_the_end_of_what_is_billed(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        self.close("2026-04-10", subscription, when="now", refund="none")
        self.assertEqual(str(subscription.end_date), "2026-04-30")
        self.assertNothingBilled(self.bill("2026-05-01", subscription))

    def test_unused_time_is_given_back_where_the_plan_would_keep_it(self):
        subscription = self.subscribe("2026-04-01", 30.0, plan=self.make_plan(early_end="boundary"))
        self.bill("2026-04-01", subscription)
        self.close("2026-04-10", subscription, when="now", refund="unused")
        self.bill("2026-04-10", subscription)
        self.assertEqual(self.documents(subscription), [("out_invoice", 30.0), ("out_refund", 21.0)])

    def test_a_draft_is_made_again(self):
        subscription = self.subscribe("2026-04-01", 30.0, plan=self.make_plan(invoice_mode="draft"))
        self.bill("2026-04-01", subscription)
        self.close("2026-04-11", subscription, when="now")
        self.bill("2026-04-11", subscription)
        self.assertEqual([(move.state, move.amount_total) for move in self.invoices(subscription)], [("draft", 10.0)])

    def test_one_that_is_paused_is_closed_and_nothing_more_is_billed(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        change = self.at("2026-04-11")["recurring.subscription.change"]
        change.pause(subscription.line_ids, change.env.company._recurring_today())
        self.bill("2026-04-11", subscription)
        self.close("2026-05-20", subscription, when="now")
        self.assertEqual(subscription.state, "closed")
        self.assertNothingBilled(self.bill("2026-06-01", subscription))
        self.assertEqual(self.documents(subscription), [("out_invoice", 30.0), ("out_refund", 20.0)])

    def test_usage_is_billed_to_the_end(self):
        water = {"product_id": self.make_product(0.0, "Water").id, "billing_type": "usage", "price_unit": 2.0}
        subscription = self.subscribe("2026-04-01", lines=[water])
        line = subscription.line_ids
        for day, quantity in (("2026-04-05", 3), ("2026-04-15", 4)):
            self.env["recurring.usage"].create({"line_id": line.id, "date": day, "quantity": quantity})
        self.close("2026-04-16", subscription, when="now")
        self.bill("2026-04-16", subscription)
        self.assertEqual(self.documents(subscription), [("out_invoice", 14.0)])
        self.assertNothingBilled(self.bill("2026-05-01", subscription))

    def test_in_arrears_the_running_period_is_billed_whole(self):
        subscription = self.subscribe("2026-04-01", 30.0, plan=self.make_plan(timing="arrears"))
        self.close("2026-04-16", subscription)
        self.assertEqual(str(subscription.end_date), "2026-04-30")
        self.bill("2026-05-01", subscription)
        self.assertEqual(self.documents(subscription), [("out_invoice", 30.0)])

    def test_what_is_closed_is_not_closed_again(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.close("2026-04-16", subscription, when="now")
        with self.assertRaisesRegex(UserError, "closed already"):
            self.close("2026-04-17", subscription, when="now")

    def test_a_planned_end_is_moved_earlier_but_not_later(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        self.close("2026-04-10", subscription, when="date", date="2026-06-30")
        with self.assertRaisesRegex(UserError, "ends on 06/30/2026 already"):
            self.close("2026-04-11", subscription, when="date", date="2026-07-31")
        self.close("2026-04-11", subscription, when="now")
        self.assertEqual((subscription.state, str(subscription.end_date)), ("closed", "2026-04-10"))
        self.bill("2026-04-11", subscription)
        self.assertEqual(self.documents(subscription), [("out_invoice", 30.0), ("out_refund", 20.0)])

    def test_a_line_and_its_reduction_are_given_back_on_one_credit_note(self):
        gym = self.make_product(30.0)
        lines = [{"product_id": gym.id, "price_unit": 30.0}, {"product_id": gym.id, "name": "Friends", "price_unit": -10.0}]
        subscription = self.subscribe("2026-04-01", lines=lines)
        self.bill("2026-04-01", subscription)
        self.close("2026-04-16", subscription, when="now")
        self.bill("2026-04-16", subscription)
        self.assertEqual(self.documents(subscription), [("out_invoice", 20.0), ("out_refund", 10.0)])
        self.assertEqual(sorted(self.invoices(subscription)[-1].invoice_line_ids.mapped("price_subtotal")), [-5.0, 15.0])

    def test_one_that_waits_to_start_is_closed_before_it_ran(self):
        subscription = self.subscribe("2026-04-01", 30.0, activate=False, state="waiting")
        self.close("2026-04-16", subscription, when="now")
        self.assertEqual((subscription.state, subscription.close_reason_id), ("closed", self.reason))
        self.assertNothingBilled(self.bill("2026-05-01", subscription))


@tagged("post_install", "-at_install")
class TestWithdrawal(ClosingCommon):
    def sold(self):
        plan = self.make_plan(withdrawal_days=7, term_count=12, exit_fee_kind="fixed", exit_fee_amount=120, notice_days=30)
        subscription = self.subscribe("2026-03-10", 31.0, plan=plan)
        self.bill("2026-03-10", subscription)
        return subscription

    def test_within_the_days_everything_is_given_back_and_nothing_charged(self):
        subscription = self.sold()
        self.env["recurring.one.off"].create(
            {"subscription_id": subscription.id, "product_id": self.make_product(20.0, "Key").id, "reason": "Key", "date": "2026-03-10"}
        )
        self.bill("2026-03-11", subscription)
        billed = sum(total for _kind, total in self.documents(subscription))
        self.close("2026-03-15", subscription, withdrawal=True)
        self.assertEqual((subscription.state, subscription.mrr), ("closed", 0.0))
        self.bill("2026-03-15", subscription)
        back = sum(total for kind, total in self.documents(subscription) if kind == "out_refund")
        self.assertEqual(back, billed)
        self.assertGreaterEqual(billed, 31.0)
        self.assertNothingBilled(self.bill("2026-05-01", subscription))

    def test_what_was_replaced_on_the_first_day_does_not_stand_against_it(self):
        subscription = self.sold()
        change = self.at("2026-03-10")["recurring.subscription.change"]
        change.replace(subscription.line_ids.with_env(change.env), date(2026, 3, 10), {"price_unit": 62.0})
        self.bill("2026-03-10", subscription)
        self.close("2026-03-15", subscription, withdrawal=True)
        self.assertEqual(subscription.state, "closed")
        self.bill("2026-03-15", subscription)
        found = self.documents(subscription)
        self.assertEqual(sum(total if kind == "out_invoice" else -total for kind, total in found), 0.0)

    def test_the_last_day_is_the_seventh_after_the_first(self):
        subscription = self.sold()
        self.close("2026-03-17", subscription, withdrawal=True)
        self.bill("2026-03-17", subscription)
        self.assertEqual(self.documents(subscription), [("out_invoice", 31.0), ("out_refund", 31.0)])

    def test_on_the_eighth_it_is_refused(self):
        subscription = self.sold()
        wizard = self.at("2026-03-18")["recurring.close"].create(
            {"subscription_ids": subscription.ids, "reason_id": self.reason.id, "withdrawal": True}
        )
        self.assertFalse(wizard.can_withdraw)
        with self.assertRaisesRegex(UserError, "could withdraw from .* until 03/17/2026"):
            wizard.action_close()
        self.assertEqual(subscription.state, "active")


@tagged("post_install", "-at_install")
class TestReactivation(ClosingCommon):
    def test_it_goes_on_at_its_price_and_the_time_between_is_not_billed(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        self.close("2026-04-21", subscription, when="now")
        self.bill("2026-04-21", subscription)
        with self.frozen("2026-05-17"):
            wizard = self.at("2026-05-17")["recurring.reactivate"].create({"subscription_ids": subscription.ids})
            wizard.action_reactivate()
            self.assertEqual((subscription.state, subscription.end_date, subscription.mrr), ("active", False, 30.0))
        self.assertFalse(subscription.close_reason_id)
        self.bill("2026-05-17", subscription)
        self.bill("2026-06-01", subscription)
        # 15 of 31 days of May, then June
        self.assertEqual(
            self.documents(subscription),
            [("out_invoice", 30.0), ("out_refund", 10.0), ("out_invoice", 14.52), ("out_invoice", 30.0)],
        )

    def test_what_runs_is_not_reactivated(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        wizard = self.at("2026-05-17")["recurring.reactivate"].create({"subscription_ids": subscription.ids})
        with self.assertRaisesRegex(UserError, "is not closed"):
            wizard.action_reactivate()


@tagged("post_install", "-at_install")
class TestMassClosing(ClosingCommon):
    def mixed(self):
        """One that may leave, one bound by its term, one closed, one with a fee, one that waits to start."""
        free = self.subscribe("2026-04-01", 30.0)
        bound = self.subscribe("2026-04-01", 30.0, plan=self.make_plan(term_count=12))
        closed = self.subscribe("2026-04-01", 30.0)
        self.close("2026-04-02", closed, when="now")
        plan = self.make_plan(term_count=12, exit_fee_kind="fixed", exit_fee_amount=120)
        costly = self.subscribe("2026-04-01", 30.0, plan=plan)
        waiting = self.subscribe("2026-04-01", 30.0, activate=False, state="waiting")
        self.bill("2026-04-01", free | bound | costly)
        return free, bound, closed, costly, waiting

    def test_each_by_its_own_contract_and_those_that_cannot_are_told(self):
        free, bound, closed, costly, waiting = everyone = self.mixed()
        subscriptions = self.env["recurring.subscription"].union(*everyone)
        wizard = self.wizard("2026-04-16", subscriptions, when="now")
        self.assertIn("The minimum term of", wizard.preview)
        self.assertIn("is closed already", wizard.preview)
        action = wizard.action_close()
        cancellation = self.env["recurring.cancellation"].browse(action["res_id"])
        self.assertEqual((cancellation.state, cancellation.done_count, cancellation.refused_count), ("done", 3, 2))
        self.assertEqual(
            {line.subscription_id: line.state for line in cancellation.line_ids},
            {free: "done", bound: "refused", closed: "refused", costly: "done", waiting: "done"},
        )
        refused = cancellation.line_ids.filtered(lambda line: line.subscription_id == bound)
        self.assertIn("runs until 03/31/2027", refused.message)
        self.assertEqual([each.state for each in everyone], ["closed", "active", "closed", "closed", "closed"])
        self.bill("2026-04-16", subscriptions)
        self.assertEqual(self.documents(free), [("out_invoice", 30.0), ("out_refund", 15.0)])
        self.assertEqual(self.env["recurring.one.off"].search([("subscription_id", "=", costly.id)]).amount, 120.0)

    def test_a_preview_writes_nothing_and_says_what_comes(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        before = (subscription.end_date, subscription.line_ids.date_end, subscription.next_invoice_date)
        wizard = self.wizard("2026-04-21", subscription, when="now")
        for words in ("04/20/2026", "Credit note for INV", "10.00", "30.00"):
            self.assertIn(words, wizard.preview)
        self.assertEqual((subscription.end_date, subscription.line_ids.date_end, subscription.next_invoice_date), before)

    def test_a_closing_that_was_interrupted_goes_on_where_it_was(self):
        subscriptions = self.env["recurring.subscription"].union(*(self.subscribe("2026-04-01", 30.0) for _n in range(5)))
        self.bill("2026-04-01", subscriptions)
        service = self.at("2026-04-16")["recurring.subscription.closing"]
        cancellation = service._create(self.company, subscriptions, self.reason, Choice("now"), None)
        first = cancellation._lines_to_do()[:2]
        service._in_company_of(cancellation)._close_lines(cancellation, first)
        self.assertEqual(subscriptions.mapped("state").count("closed"), 2)
        # The same lines once more do nothing, as after a kill.
        service._in_company_of(cancellation)._close_lines(cancellation, first)
        self.env.flush_all()
        cron = self.env.ref("recurring_billing.cron_close")
        with self.in_test_mode():
            self.assertIs(cron.method_direct_trigger(), True)
        self.env.invalidate_all()
        self.assertEqual((cancellation.state, cancellation.done_count), ("done", 5))
        self.assertEqual(set(subscriptions.mapped("state")), {"closed"})
        self.assertEqual([len(each.change_ids) for each in subscriptions], [1] * 5)
        self.bill("2026-04-16", subscriptions)
        self.assertEqual({tuple(self.documents(each)) for each in subscriptions}, {(("out_invoice", 30.0), ("out_refund", 15.0))})

    def test_what_somebody_else_held_is_closed_by_the_next_run(self):
        subscriptions = self.subscribe("2026-04-01", 30.0) | self.subscribe("2026-04-01", 30.0)
        service = self.at("2026-04-16")["recurring.subscription.closing"]
        cancellation = service._create(self.company, subscriptions, self.reason, Choice("now"), None)
        self.env.flush_all()
        cron = self.env.ref("recurring_billing.cron_close")
        held = psycopg2.errors.SerializationFailure("could not serialize access due to concurrent update")
        with self.in_test_mode(), patch.object(self.registry["recurring.subscription.closing"], "_close_lines", side_effect=held):
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((cancellation.state, len(cancellation._lines_to_do())), ("running", 2))
        self.assertEqual(subscriptions.mapped("state"), ["active", "active"])
        with self.in_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((cancellation.state, cancellation.done_count), ("done", 2))
        self.assertEqual(subscriptions.mapped("state"), ["closed", "closed"])

    def test_one_that_fails_stops_nobody_else(self):
        good, bad = self.subscribe("2026-04-01", 30.0), self.subscribe("2026-04-01", 30.0)
        plan = self.make_plan(term_count=12, exit_fee_kind="fixed", exit_fee_amount=120)
        bad = self.subscribe("2026-04-01", 30.0, plan=plan)
        self.env.cr.execute("UPDATE recurring_plan SET exit_fee_product_id = NULL WHERE id = %s", [plan.id])
        self.env.invalidate_all()
        action = self.wizard("2026-04-16", good | bad, when="now").action_close()
        cancellation = self.env["recurring.cancellation"].browse(action["res_id"])
        self.assertEqual((cancellation.done_count, cancellation.refused_count), (1, 1))
        self.assertEqual((good.state, bad.state), ("closed", "active"))

    def test_a_salesperson_closes_own_ones_only(self):
        seller = self.make_user("sid", "recurring_billing.group_user")
        mine = self.subscribe("2026-04-01", 30.0, user_id=seller.id)
        other = self.subscribe("2026-04-01", 30.0, user_id=self.responsible.id)
        self.close("2026-04-16", mine, seller, when="now")
        self.assertEqual(mine.state, "closed")
        values = {"subscription_ids": other.ids, "reason_id": self.reason.id, "when": "now"}
        with self.assertRaises(AccessError):
            self.at("2026-04-16")["recurring.close"].with_user(seller).create(values).action_close()
        auditor = self.make_user("aud", "recurring_billing.group_auditor")
        with self.assertRaises(AccessError):
            self.at("2026-04-16")["recurring.close"].with_user(auditor).create(values)
        with self.assertRaises(AccessError):
            self.env["recurring.cancellation"].search([]).with_user(auditor).write({"exception_reason": "x"})
        self.assertTrue(self.env["recurring.cancellation"].with_user(auditor).search([]))
