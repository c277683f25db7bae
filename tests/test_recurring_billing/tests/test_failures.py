"""One bad record never stops the others: failing batches are halved until only the culprit is left, and that one is parked."""

from collections import defaultdict
from datetime import date
from math import ceil, log2
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RecurringCommon

DAY = "2024-03-01"


@tagged("post_install", "-at_install")
class TestFailures(RecurringCommon):
    def make_many(self, count, price=10.0):
        """Active subscriptions of one customer, one plan and one product."""
        partner, plan, product = self.make_partner("Many"), self.make_plan(), self.make_product(price)
        subscriptions = self.env["recurring.subscription"].create(
            [
                {
                    "partner_id": partner.id,
                    "plan_id": plan.id,
                    "start_date": DAY,
                    "user_id": False,
                    "line_ids": [(0, 0, {"product_id": product.id})],
                }
                for _number in range(count)
            ]
        )
        subscriptions.with_context(recurring_today=date.fromisoformat(DAY)).action_activate()
        return subscriptions

    def make_breaking(self):
        """A subscription whose posting raises, as a bug in another module would: see `models/account_move.py` of this addon."""
        return self.subscribe(DAY, 50.0, partner=self.make_partner("Breaker", comment="breaks posting"))

    def bill_quietly(self, subscriptions):
        with mute_logger("odoo.addons.recurring_billing.services.billing_batch"):
            return self.bill(DAY, subscriptions)

    def test_an_unexpected_error_parks_its_subscription_and_bills_the_others(self):
        healthy, breaking = self.subscribe(DAY, 77.0), self.make_breaking()
        run = self.bill_quietly(healthy | breaking)
        self.assertBilled(run, 1, 1, 77.0)
        self.assertEqual(run.parked_count, 1)
        issue = self.issue(breaking)
        self.assertEqual((issue.kind, issue.activity_ids.user_id), ("error", self.responsible))
        self.assertIn("ZeroDivisionError: posting breaks", issue.message)
        self.assertFalse(self.periods(breaking))
        self.assertFalse(self.invoices(breaking))

    def test_only_managers_see_the_technical_detail(self):
        breaking = self.make_breaking()
        self.bill_quietly(breaking)
        issue = self.issue(breaking)
        self.assertIn("Traceback", issue.with_user(self.responsible).technical_detail)
        for group in ("recurring_billing.group_user_all", "account.group_account_invoice", "recurring_billing.group_auditor"):
            user = self.make_user(group.split(".")[1], group)
            with self.subTest(group=group), self.assertRaises(AccessError):
                issue.with_user(user).read(["technical_detail"])
            self.assertNotIn("Traceback", issue.with_user(user).message)

    def test_what_accounting_refuses_is_parked_with_its_words(self):
        subscription = self.subscribe(DAY)
        refusing = patch.object(
            self.registry["account.move"], "_check_fiscal_lock_dates", autospec=True, side_effect=UserError("The books are closed.")
        )
        with refusing:
            self.bill(DAY, subscription)
        issue = self.issue(subscription)
        self.assertEqual(issue.kind, "refused")
        self.assertIn("The books are closed.", issue.message)
        self.press(DAY, issue, "action_retry")
        self.assertEqual((issue.state, len(self.invoices(subscription))), ("solved", 1))

    def test_a_second_failure_makes_no_second_issue(self):
        breaking = self.make_breaking()
        self.bill_quietly(breaking)
        issue = self.issue(breaking)
        with mute_logger("odoo.addons.recurring_billing.services.billing_batch"):
            self.press(DAY, issue, "action_retry")
        self.assertEqual((self.issue(breaking), issue.tries, len(issue.activity_ids)), (issue, 2, 1))

    def test_a_parked_subscription_is_left_alone_until_retried(self):
        breaking = self.make_breaking()
        self.bill_quietly(breaking)
        run = self.bill_quietly(breaking)
        self.assertEqual((run.parked_count, self.issue(breaking).tries), (0, 1))

    def test_a_retry_after_mending_bills_and_solves(self):
        breaking = self.make_breaking()
        self.bill_quietly(breaking)
        issue = self.issue(breaking)
        breaking.partner_id.comment = False
        self.press(DAY, issue, "action_retry")
        self.assertEqual((issue.state, len(self.invoices(breaking))), ("solved", 1))
        retry = self.env["recurring.billing.run"].search([("trigger", "=", "retry")], limit=1)
        self.assertBilled(retry, 1, 1, 50.0)

    def test_a_solved_issue_cannot_be_retried(self):
        breaking = self.make_breaking()
        self.bill_quietly(breaking)
        issue = self.issue(breaking)
        breaking.partner_id.comment = False
        self.press(DAY, issue, "action_retry")
        with self.assertRaisesRegex(UserError, "solved already"):
            issue.action_retry()

    def test_a_new_problem_takes_the_place_of_the_old_reason(self):
        breaking = self.make_breaking()
        self.bill_quietly(breaking)
        issue = self.issue(breaking)
        breaking.partner_id.active = False
        self.press(DAY, issue, "action_retry")
        self.assertEqual((self.issue(breaking), issue.kind, issue.tries), (issue, "partner", 2))
        self.assertFalse(issue.technical_detail)

    def test_200_good_and_1_bad_the_culprit_is_found_by_halving(self):
        good, breaking = self.make_many(200), self.make_breaking()
        self.env["ir.config_parameter"].set_param("recurring_billing.batch_size", 201)
        tried = []
        service = self.registry["recurring.billing.batch"]
        real = service._bill_locked

        def counted(this, batch, ids):
            tried.append(len(ids))
            return real(this, batch, ids)

        with patch.object(service, "_bill_locked", counted):
            run = self.bill_quietly(good[:120] | breaking | good[120:])
        self.assertBilled(run, 200, 200, 2000.0)
        self.assertEqual(run.parked_count, 1)
        self.assertEqual(self.env["recurring.billing.issue"].search([("run_id", "=", run.id)]).subscription_id, breaking)
        self.assertLessEqual(len(tried), 2 * ceil(log2(201)) + 1)

    def test_a_record_that_cannot_even_be_planned_is_parked(self):
        """A price that is no number, written by SQL: reading it fails before any invoice is made, in the scheduled action too."""
        healthy, broken = self.subscribe(DAY, 77.0), self.subscribe(DAY)
        self.env.flush_all()
        self.env.cr.execute("UPDATE recurring_subscription_line SET price_unit = 'NaN' WHERE subscription_id = %s", [broken.id])
        self.env.invalidate_all()
        with mute_logger("odoo.addons.recurring_billing.services.billing_batch"):
            run = self.run_cron(DAY)
        self.assertBilled(run, 1, 1, 77.0)
        self.assertEqual(len(self.invoices(healthy)), 1)
        self.assertEqual(self.issue(broken).kind, "error")

    def test_an_empty_next_date_does_not_stop_the_others(self):
        subscriptions = self.subscribe(DAY, 77.0) | self.subscribe(DAY, 50.0)
        self.env.cr.execute("UPDATE recurring_subscription SET next_invoice_date = NULL WHERE id = %s", [subscriptions[1].id])
        self.env.invalidate_all()
        self.assertBilled(self.run_cron(DAY), 1, 1, 77.0)

    def test_a_period_that_somebody_else_billed_is_parked_in_words_and_not_billed_twice(self):
        """The run looks at the ledger as it was before the other billed, as in a race it keeps losing: the database refuses."""
        subscription = self.subscribe(DAY)
        self.bill(DAY, subscription)
        self.env.cr.execute("UPDATE recurring_lineage SET billed_until = NULL WHERE subscription_id = %s", [subscription.id])
        self.env.cr.execute("UPDATE recurring_subscription SET next_invoice_date = '2024-03-01' WHERE id = %s", [subscription.id])
        self.env.invalidate_all()
        stale = patch.object(self.registry["recurring.coverage"], "_rows_in_force", lambda *_arguments: defaultdict(list))
        with stale, mute_logger("odoo.sql_db", "odoo.addons.recurring_billing.services.billing_batch"):
            self.bill(DAY, subscription)
        issue = self.issue(subscription)
        self.assertEqual(issue.kind, "ledger")
        self.assertIn("billed already", issue.name)
        self.assertEqual(len(self.invoices(subscription)), 1)
        self.press(DAY, issue, "action_retry")
        self.assertEqual((issue.state, len(self.invoices(subscription))), ("solved", 1))
