"""What ends stays ended, what runs on runs on: last days, terms, closing and reopening, through all other changes."""

from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestEnds(RecurringCommon):
    def change(self, day, subscription, kind, **values):
        """Apply the change wizard on a day."""
        wizard = Form(self.at(day)["recurring.change.wizard"].with_context(default_subscription_id=subscription.id, default_kind=kind))
        for name, value in values.items():
            setattr(wizard, name, value)
        wizard.save().action_apply()

    def close(self, day, subscription, **values):
        reason = self.env["recurring.close.reason"].search([], limit=1)
        wizard = self.at(day)["recurring.close"].create({"subscription_ids": subscription.ids, "reason_id": reason.id, **values})
        wizard.action_close()

    def daily(self, day):
        self.at(day)["recurring.subscription.line"]._refresh_current()

    def segments(self, subscription):
        """The lines that have days: (first day, last day, price)."""
        lines = subscription.line_ids.filtered(lambda line: not line._is_empty()).sorted(lambda line: (line.date_start, line.id))
        return [(str(line.date_start), str(line.date_end or ""), line.price_unit) for line in lines]

    def test_a_new_price_of_a_line_with_a_last_day_closes_nothing(self):
        with self.frozen("2026-04-11"):
            subscription = self.subscribe("2026-04-01", 30.0, line={"date_end": "2026-12-31"})
            self.change("2026-04-11", subscription, "reprice", price_unit=60.0)
        self.assertEqual((subscription.state, subscription.end_date, subscription.mrr), ("active", False, 60.0))

    def test_a_new_price_never_moves_the_last_day_of_the_subscription(self):
        with self.frozen("2026-04-11"):
            subscription = self.subscribe("2026-04-01", 30.0, line={"date_end": "2026-12-31"}, end_date="2026-06-30")
            self.change("2026-04-11", subscription, "reprice", price_unit=60.0)
        self.assertEqual((subscription.state, str(subscription.end_date)), ("active", "2026-06-30"))

    def test_a_line_with_a_last_day_that_is_resumed_runs(self):
        with self.frozen("2026-05-11"):
            subscription = self.subscribe("2026-04-01", 30.0, line={"date_end": "2026-12-31"})
            self.change("2026-04-11", subscription, "pause")
            self.change("2026-05-11", subscription, "resume")
        self.assertEqual((subscription.state, subscription.end_date), ("active", False))
        self.assertEqual(self.segments(subscription), [("2026-04-01", "2026-04-10", 30.0), ("2026-05-11", "2026-12-31", 30.0)])

    def test_a_term_that_a_person_took_away_does_not_come_back_with_a_pause(self):
        plan = self.make_plan(renewal="end", term_count=3, term_unit="month")
        subscription = self.subscribe("2026-01-01", 30.0, plan=plan)
        self.assertEqual(str(subscription.end_date), "2026-03-31")
        subscription.end_date = False
        for day in ("2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"):
            self.bill(day, subscription)
        self.change("2026-04-21", subscription, "pause")
        self.assertEqual((subscription.state, subscription.end_date), ("paused", False))
        self.bill("2026-04-21", subscription)
        self.assertEqual(sum(subscription.period_ids.mapped("amount")), 110.0)  # three months, and 20 days of April

    def test_what_the_calendar_closed_is_reopened(self):
        subscription = self.subscribe("2026-04-01", 30.0, end_date="2026-04-30")
        self.bill("2026-04-01", subscription)
        self.daily("2026-05-02")
        self.assertEqual(subscription.state, "closed")
        self.change("2026-05-11", subscription, "reopen")
        self.assertEqual((subscription.state, subscription.end_date), ("active", False))
        self.assertEqual(self.segments(subscription), [("2026-04-01", "2026-04-30", 30.0), ("2026-05-11", "", 30.0)])

    def test_reopening_does_not_bring_back_a_product_that_was_replaced(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        self.change("2026-05-01", subscription, "replace", product_id=self.make_product(60.0, "Big"))
        self.bill("2026-05-01", subscription)
        self.close("2026-05-02", subscription)
        self.change("2026-06-01", subscription, "reopen")
        self.bill("2026-06-01", subscription)
        self.assertEqual(self.periods(subscription)[2:], [("2026-06-01", "2026-06-30", 60.0)])

    def test_a_price_planned_for_later_survives_closing_and_reopening(self):
        subscription = self.subscribe("2026-04-01", 100.0)
        self.bill("2026-04-01", subscription)
        self.change("2026-04-11", subscription, "reprice", date="2026-07-01", price_unit=120.0)
        self.close("2026-04-12", subscription)
        self.assertEqual(self.segments(subscription), [("2026-04-01", "2026-04-30", 100.0)])
        self.change("2026-05-01", subscription, "reopen")
        self.assertEqual(self.segments(subscription)[1:], [("2026-05-01", "2026-06-30", 100.0), ("2026-07-01", "", 120.0)])

    def test_the_last_day_that_was_agreed_survives_ending_earlier_and_reopening(self):
        subscription = self.subscribe("2026-04-01", 30.0, end_date="2026-12-31")
        self.change("2026-04-11", subscription, "end")
        self.change("2026-04-20", subscription, "reopen")
        self.assertEqual(self.segments(subscription)[-1], ("2026-04-20", "2026-12-31", 30.0))

    def test_a_pause_before_a_planned_end_does_not_undo_it(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.change("2026-04-11", subscription, "end", date="2026-12-01")
        change = self.env["recurring.subscription.change"]
        change.pause(subscription.line_ids, date(2026, 5, 11))
        change.resume(subscription.line_ids, date(2026, 6, 11))
        self.assertEqual(self.segments(subscription)[-1], ("2026-06-11", "2026-11-30", 30.0))

    def test_what_was_credited_is_not_the_end_of_what_is_billed(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        self.change("2026-04-11", subscription, "pause")
        self.bill("2026-04-11", subscription)
        self.close("2026-04-12", subscription)
        self.assertEqual(str(subscription.end_date), "2026-04-10")

    def test_another_quantity_leaves_a_price_planned_for_later(self):
        subscription = self.subscribe("2026-04-01", 100.0)
        self.change("2026-04-11", subscription, "reprice", date="2026-07-01", price_unit=120.0)
        self.change("2026-04-12", subscription, "reprice", date="2026-05-01", quantity=2)
        self.assertEqual(
            [(line.price_unit, line.quantity) for line in subscription.line_ids.sorted("date_start")],
            [(100.0, 1.0), (100.0, 2.0), (120.0, 2.0)],
        )

    def test_a_planned_price_that_is_taken_away_leaves_the_line_running(self):
        subscription = self.subscribe("2026-04-01", 30.0)
        self.bill("2026-04-01", subscription)
        self.change("2026-04-11", subscription, "reprice", date="2026-05-01", price_unit=60.0)
        subscription.line_ids.filtered(lambda line: line.price_unit == 60.0).unlink()
        self.assertEqual(self.segments(subscription), [("2026-04-01", "", 30.0)])
        self.assertEqual(str(subscription.next_invoice_date), "2026-05-01")

    def test_the_copy_has_one_line_for_what_is_planned_to_change(self):
        subscription = self.subscribe("2026-04-01", 100.0)
        self.change("2026-04-11", subscription, "reprice", date="2099-07-01", price_unit=120.0)
        self.assertEqual(subscription.copy().line_ids.mapped("price_unit"), [100.0])

    def test_a_product_planned_to_take_over_does_not_count_twice(self):
        subscription = self.subscribe("2026-04-01", 100.0)
        self.change("2026-04-11", subscription, "replace", date="2099-07-01", product_id=self.make_product(60.0, "Big"))
        self.assertEqual((subscription.amount_untaxed, subscription.mrr), (100.0, 100.0))
        self.assertEqual(subscription.copy().line_ids.mapped("price_unit"), [100.0])

    def test_the_end_of_time_is_refused_in_words(self):
        for values in ({"end_date": "9999-12-31"}, {"line": {"date_end": "9999-12-31"}}, {"line": {"opening_until": "9999-12-31"}}):
            with self.subTest(values=values), self.assertRaisesRegex(ValidationError, "too far ahead"):
                self.subscribe("2026-04-01", 30.0, **values)

    def test_a_closed_subscription_that_an_import_makes_active_goes_on(self):
        subscription = self.subscribe("2026-04-01", 30.0, activate=False)
        subscription.write({"state": "closed", "end_date": "2026-04-30"})
        self.bill("2026-04-20", subscription)
        subscription.write({"state": "active", "end_date": False})
        self.bill("2026-05-01", subscription)
        self.assertEqual([amount for _first, _last, amount in self.periods(subscription)], [30.0, 30.0])
