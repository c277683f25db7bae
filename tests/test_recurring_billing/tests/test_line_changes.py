"""Edits of running subscriptions: what was billed stays, the new counts from the first day not billed."""

from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestLineChanges(RecurringCommon):
    def running(self, **values):
        """30.00 a month, March 2024 billed."""
        subscription = self.subscribe("2024-03-01", 30.0, **values)
        self.bill("2024-03-01", subscription)
        return subscription

    def test_a_new_price_counts_from_the_first_day_not_billed(self):
        subscription = self.running()
        old = subscription.line_ids
        old.with_context(recurring_today=date.fromisoformat("2024-03-10")).price_unit = 40.0
        new = subscription.line_ids - old
        self.assertEqual((old.price_unit, str(old.date_end)), (30.0, "2024-03-31"))
        self.assertEqual((new.price_unit, str(new.date_start), new.date_end, new.lineage_id), (40.0, "2024-04-01", False, old.lineage_id))
        self.assertNothingBilled(self.bill("2024-03-15", subscription))
        self.assertBilled(self.bill("2024-04-01", subscription), 1, 1, 40.0)
        self.assertEqual(self.periods(subscription), [("2024-03-01", "2024-03-31", 30.0), ("2024-04-01", "2024-04-30", 40.0)])

    def test_quantity_and_discount_split_a_billed_line_too(self):
        for values, amount in (({"quantity": 2}, 60.0), ({"discount": 50}, 15.0)):
            with self.subTest(values=values):
                subscription = self.running()
                subscription.line_ids.with_context(recurring_today=date.fromisoformat("2024-03-10")).write(values)
                self.bill("2024-04-01", subscription)
                self.assertEqual([period[2] for period in self.periods(subscription)], [30.0, amount])

    def test_an_edit_in_the_form_splits_too(self):
        subscription = self.running()
        with Form(subscription.with_env(self.at("2024-03-10"))) as form, form.line_ids.edit(0) as line:
            line.price_unit = 40.0
        self.assertEqual(sorted(subscription.line_ids.mapped("price_unit")), [30.0, 40.0])

    def test_a_second_edit_before_the_next_bill_makes_no_third_line(self):
        subscription = self.running()
        old = subscription.line_ids
        old.with_context(recurring_today=date.fromisoformat("2024-03-10")).price_unit = 40.0
        (subscription.line_ids - old).with_context(recurring_today=date.fromisoformat("2024-03-11")).price_unit = 45.0
        self.assertEqual(sorted(subscription.line_ids.mapped("price_unit")), [30.0, 45.0])

    def test_the_amount_per_period_follows_the_line_of_the_day(self):
        subscription = self.running()
        subscription.line_ids.with_context(recurring_today=date.fromisoformat("2024-03-10")).price_unit = 40.0
        with self.frozen("2024-03-11 12:00:00"):
            self.env["recurring.subscription.line"]._refresh_current()
        self.assertEqual((subscription.amount_untaxed, subscription.mrr), (30.0, 30.0))
        with self.frozen("2024-04-01 12:00:00"):
            self.env["recurring.subscription.line"]._refresh_current()
        self.assertEqual((subscription.amount_untaxed, subscription.mrr), (40.0, 40.0))

    def test_totals_follow_an_edit_at_once(self):
        subscription = self.subscribe("2024-03-01", 30.0)
        subscription.line_ids.price_unit = 40.0
        self.assertEqual((subscription.amount_untaxed, subscription.amount_total, subscription.mrr), (40.0, 40.0, 40.0))
        subscription.line_ids.quantity = 3
        self.assertEqual(subscription.amount_untaxed, 120.0)

    def test_the_price_of_a_line_not_billed_yet_is_edited_in_place(self):
        subscription = self.subscribe("2024-03-01", 30.0)
        subscription.line_ids.price_unit = 40.0
        self.assertEqual(len(subscription.line_ids), 1)
        self.assertBilled(self.bill("2024-03-01", subscription), 1, 1, 40.0)

    def test_writing_the_same_price_splits_nothing(self):
        subscription = self.running()
        subscription.line_ids.write({"price_unit": 30.0, "quantity": 1})
        self.assertEqual(len(subscription.line_ids), 1)

    def test_a_billed_line_cannot_be_deleted(self):
        subscription = self.running()
        with self.assertRaisesRegex(UserError, "was billed, so it cannot be deleted. Give it a last day"):
            subscription.line_ids.unlink()

    def test_a_line_not_billed_can_be_deleted_and_nothing_of_it_stays(self):
        subscription = self.running()
        extra = self.env["recurring.subscription.line"].create(
            {"subscription_id": subscription.id, "product_id": self.make_product(9.0).id, "date_start": "2024-04-01"}
        )
        lineage = extra.lineage_id
        extra.unlink()
        self.assertFalse(lineage.exists())
        self.assertEqual(str(subscription.next_invoice_date), "2024-04-01")

    def test_the_product_of_a_billed_line_cannot_change(self):
        with self.assertRaisesRegex(UserError, "was billed, so Product cannot change"):
            self.running().line_ids.product_id = self.make_product(1.0)

    def test_a_billed_line_that_ends_with_what_is_billed_leaves_nothing_to_do(self):
        line = self.running().line_ids
        line.date_end = "2024-03-31"
        self.assertFalse(line.subscription_id.next_invoice_date)

    def test_a_line_whose_rest_was_credited_does_not_grow_again(self):
        subscription = self.running()
        line = subscription.line_ids
        line.date_end = "2024-03-20"
        line.date_end = "2024-03-16"
        self.bill("2024-03-17", subscription)
        with self.assertRaisesRegex(UserError, "was credited, so its last day cannot move on"):
            line.date_end = False

    def test_a_billed_subscription_keeps_customer_relevant_terms(self):
        subscription = self.running()
        other_plan = self.make_plan(name="Other")
        for values, name in (
            ({"plan_id": other_plan.id}, "Plan"),
            ({"start_date": "2024-02-01"}, "Start Date"),
            ({"anchor_date": "2024-02-01"}, "Anchor"),
            ({"currency_id": self.currency_eur.id}, "Currency"),
        ):
            with self.subTest(name=name), self.assertRaisesRegex(UserError, f"has billed periods, so {name} cannot change"):
                subscription.write(values)

    def test_a_new_line_may_not_overlap_the_line_it_continues(self):
        line = self.running().line_ids
        with self.assertRaisesRegex(ValidationError, "while the line it continues still runs"):
            line.copy({"date_start": "2024-04-01", "lineage_id": line.lineage_id.id, "subscription_id": line.subscription_id.id})

    def test_activating_leaves_the_start_date_alone(self):
        subscription = self.subscribe("2024-03-01", activate=False)
        subscription.with_context(recurring_today=date.fromisoformat("2024-04-20")).action_activate()
        self.assertEqual((str(subscription.start_date), str(subscription.line_ids.date_start)), ("2024-03-01", "2024-03-01"))
        self.assertEqual(str(subscription.activated_on), "2024-04-20")

    def test_activating_twice_is_refused(self):
        with self.assertRaisesRegex(UserError, "already running or closed"):
            self.running().action_activate()

    def test_back_to_draft_is_refused_once_billed(self):
        with self.assertRaisesRegex(UserError, "cannot go back to draft. Close it instead"):
            self.running().action_back_to_draft()
        subscription = self.subscribe("2024-03-01")
        subscription.action_back_to_draft()
        self.assertEqual((subscription.state, subscription.activated_on), ("draft", False))

    def test_an_active_subscription_cannot_be_deleted(self):
        with self.assertRaisesRegex(UserError, "Close it instead of deleting it"):
            self.subscribe("2024-03-01").unlink()
        draft = self.subscribe("2024-03-01", activate=False)
        draft.unlink()
        self.assertFalse(draft.exists())

    def test_a_copy_is_a_draft_that_starts_today_with_the_running_lines(self):
        subscription = self.running()
        subscription.line_ids.with_context(recurring_today=date.fromisoformat("2024-03-10")).price_unit = 40.0
        copy = subscription.with_context(recurring_today=date.fromisoformat("2024-05-10")).copy()
        self.assertEqual((copy.state, str(copy.start_date), str(copy.anchor_date)), ("draft", "2024-05-10", "2024-05-10"))
        self.assertEqual(copy.line_ids.mapped("price_unit"), [40.0])
        self.assertNotEqual(copy.line_ids.lineage_id, subscription.line_ids.lineage_id)
        self.assertFalse(copy.period_ids)
