"""Plans in use keep their schedule, and bad input is refused in words."""

import psycopg2.errors

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestPlans(RecurringCommon):
    def test_the_schedule_of_a_billed_plan_cannot_change(self):
        plan = self.make_plan()
        self.bill("2024-03-01", self.subscribe("2024-03-01", plan=plan))
        for values in (
            {"interval_count": 2},
            {"interval_unit": "year"},
            {"timing": "arrears"},
            {"proration": "none"},
            {"trial_count": 3},
            {"alignment": "fixed_day"},
        ):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "Duplicate the plan"):
                plan.write(values)
        plan.write({"interval_count": 1, "name": "Renamed", "lead_days": 5, "invoice_mode": "draft"})

    def test_the_schedule_of_a_plan_not_billed_yet_changes_the_next_dates(self):
        plan = self.make_plan()
        subscription = self.subscribe("2024-03-01", plan=plan)
        plan.timing = "arrears"
        self.assertEqual(str(subscription.next_invoice_date), "2024-04-01")

    def test_lead_days_change_the_next_dates_at_once(self):
        plan = self.make_plan()
        subscription = self.subscribe("2024-03-01", plan=plan)
        self.bill("2024-03-01", subscription)
        plan.lead_days = 5
        self.assertEqual(str(subscription.next_invoice_date), "2024-03-27")

    def test_a_plan_in_use_cannot_be_archived_or_deleted(self):
        plan = self.make_plan()
        subscription = self.subscribe("2024-03-01", plan=plan, activate=False)
        with self.assertRaisesRegex(UserError, "used by 1 subscriptions that are not closed"):
            plan.action_archive()
        with self.assertRaises(UserError):
            plan.unlink()
        subscription.unlink()
        plan.action_archive()
        self.assertFalse(plan.active)

    def test_a_plan_of_closed_subscriptions_can_be_archived(self):
        plan = self.make_plan()
        self.subscribe("2024-03-01", plan=plan).write({"end_date": "2024-03-31", "state": "closed"})
        plan.action_archive()
        self.assertFalse(plan.active)

    def test_impossible_plans_are_refused_in_words(self):
        cases = [
            ({"interval_count": 0}, "every 1 or more"),
            ({"lead_days": -1}, "cannot be negative"),
            ({"trial_count": -1}, "cannot be negative"),
            ({"anchor_day": 32}, "between 1 and 31"),
            ({"alignment": "fixed_day", "interval_unit": "week"}, "no fixed day of the month"),
            ({"renewal": "end"}, "how long that is"),
        ]
        for values, words in cases:
            with self.subTest(values=values):
                self.assertRefused(words, self.make_plan, **values)

    def assertRefused(self, words, call, *arguments, **values):
        """Refused by Odoo in these words, or by PostgreSQL with a constraint whose message, as the user reads it, has them."""
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception) as caught:
            call(*arguments, **values)
            self.env.flush_all()
        error = caught.exception
        if isinstance(error, psycopg2.errors.IntegrityError):
            model = next(model for model in self.env.values() if model._table == error.diag.table_name and not model._abstract)
            error = UserError(model._sql_error_to_message(error))
        self.assertIsInstance(error, UserError)
        self.assertIn(words, str(error))

    def test_impossible_subscriptions_are_refused_in_words(self):
        cases = [
            ({"end_date": "2024-02-28"}, "before it starts on"),
            ({"due_day": 32}, "between 1 and 31"),
            ({"line": {"quantity": -1}}, "cannot be negative"),
            ({"line": {"discount": 101}}, "between 0 and 100"),
            ({"line": {"date_start": "2024-05-01", "date_end": "2024-04-01"}}, "Choose a last day on or after its first day"),
        ]
        for values, words in cases:
            with self.subTest(values=values):
                self.assertRefused(words, self.subscribe, "2024-03-01", **values)

    def test_a_negative_limit_in_the_settings_is_refused(self):
        for name in ("recurring_catch_up_days", "recurring_guard_factor", "recurring_rate_max_age"):
            with self.subTest(name=name):
                self.assertRefused("cannot be negative", self.company.write, {name: -1})

    def test_a_plan_of_one_company_is_refused_in_another(self):
        plan = self.make_plan(company_id=self.company_brl.id)
        with self.assertRaises(UserError):
            self.subscribe("2024-03-01", plan=plan)

    def test_a_plan_used_elsewhere_cannot_become_one_company_s(self):
        plan = self.make_plan()
        self.subscribe("2024-03-01", plan=plan)
        with self.assertRaisesRegex(ValidationError, "used by subscriptions of Harbor Gym"):
            plan.company_id = self.company_brl

    def test_labels_say_how_often(self):
        self.assertEqual(self.make_plan().interval_label, "every month")
        self.assertEqual(self.make_plan(interval_count=3).interval_label, "every 3 months")

    def test_the_figures_of_a_plan_are_those_of_the_list_it_opens(self):
        plan = self.make_plan()
        both = self.subscribe("2024-03-01", 30.0, plan=plan) | self.subscribe("2024-03-01", 40.0, plan=plan)
        self.subscribe("2024-03-01", 50.0, plan=plan, activate=False)
        self.assertEqual((plan.subscription_count, plan.mrr), (2, 70.0))
        action = plan.action_open_subscriptions()
        shown = self.env["recurring.subscription"].search([*action["domain"], ("state", "=", "active")])
        self.assertEqual(shown, both)
