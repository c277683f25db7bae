"""Discounts by count, by date and for good, and totals agreed over N periods: stories by date, worked out by hand."""

from contextlib import contextmanager
from datetime import date

import psycopg2.errors

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import RecurringCommon

MONTHS = ("2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01")


class DiscountsCommon(RecurringCommon):
    def with_discount(self, start="2024-01-01", price=100.0, plan=None, line=None, **discount):
        """A subscription of one line with one discount, "Welcome"."""
        values = {"name": "Welcome", **discount}
        return self.subscribe(start, price, plan=plan, line={"discount_ids": [Command.create(values)], **(line or {})})

    def monthly(self, subscription, months=MONTHS):
        """What it is billed, month by month: the amounts of the ledger."""
        for day in months:
            self.bill(day, subscription)
        return [period[2] for period in self.periods(subscription)]

    @contextmanager
    def refused(self, words):
        """What is done inside is refused in these words, and undone."""
        with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
            yield
        self.env.invalidate_all()

    def untaxed(self, subscription):
        return self.invoices(subscription).mapped("amount_untaxed")


@tagged("post_install", "-at_install")
class TestDiscounts(DiscountsCommon):
    # How long

    def test_half_price_for_two_months_then_the_whole_price(self):
        subscription = self.with_discount(percent=50, periods=2)
        self.assertEqual(self.monthly(subscription, MONTHS[:4]), [50.0, 50.0, 100.0, 100.0])

    def test_a_partial_first_month_is_the_first_of_the_periods(self):
        """20 January to 1 February: 12 of 31 days of 62.00 = 24.00, half of it 12.00; February 31.00; March 62.00."""
        plan = self.make_plan(alignment="fixed_day", anchor_day=1)
        subscription = self.with_discount("2024-01-20", 62.0, plan=plan, percent=50, periods=2)
        self.assertEqual(self.monthly(subscription, ["2024-01-20", "2024-02-01", "2024-03-01"]), [12.0, 31.0, 62.0])

    def test_until_a_day_counts_the_period_that_begins_on_it(self):
        subscription = self.with_discount(percent=10, date_end="2024-03-01")
        self.assertEqual(self.monthly(subscription), [90.0, 90.0, 90.0, 100.0, 100.0])

    def test_a_discount_that_begins_in_mid_month_counts_from_the_next_one(self):
        subscription = self.with_discount(percent=10, date_start="2024-01-15", periods=1)
        self.assertEqual(self.monthly(subscription, MONTHS[:3]), [100.0, 90.0, 100.0])

    def test_a_discount_for_good_never_ends(self):
        self.assertEqual(self.monthly(self.with_discount(percent=25)), [75.0] * 5)

    def test_missed_months_have_the_discount_of_their_own_time(self):
        """Billed for the first time on 5 March: 3 February at half price, 3 March whole."""
        subscription = self.with_discount("2024-02-03", percent=50, periods=1)
        self.bill("2024-03-05", subscription)
        self.assertEqual(self.untaxed(subscription), [50.0, 100.0])

    def test_in_arrears_the_first_months_are_the_discounted_ones(self):
        subscription = self.with_discount(plan=self.make_plan(timing="arrears"), percent=50, periods=1)
        self.assertEqual(self.monthly(subscription, MONTHS[:3]), [50.0, 100.0])

    def test_after_a_trial_the_count_begins_with_the_first_paid_period(self):
        plan = self.make_plan(trial_count=1, trial_unit="month")
        subscription = self.with_discount(plan=plan, percent=50, periods=1)
        self.assertEqual(self.monthly(subscription, MONTHS[:4]), [50.0, 100.0, 100.0])

    # How much

    def test_percentages_come_one_after_the_other(self):
        """200.00 − 10 % = 180.00; − 20 % = 144.00: 28 % on the invoice."""
        subscription = self.with_discount(price=200.0, percent=20, line={"discount": 10})
        self.bill("2024-01-01", subscription)
        line = self.invoices(subscription).invoice_line_ids
        self.assertEqual((line.price_unit, line.discount, line.price_subtotal), (200.0, 28.0, 144.0))

    def test_a_percentage_finer_than_the_column_is_exact_all_the_same(self):
        """1 200 000.00 × (1 − 33.33 %)² = 533 386.668 → 533 386.67, month by month."""
        subscription = self.with_discount(price=1200000.0, percent=33.33, line={"discount": 33.33})
        self.assertEqual(self.monthly(subscription, MONTHS[:2]), [533386.67, 533386.67])
        self.assertEqual(self.untaxed(subscription), [533386.67, 533386.67])

    def test_a_run_after_the_run_corrects_nothing(self):
        subscription = self.with_discount(price=99.99, percent=33.33, line={"discount": 33.33, "quantity": 3})
        self.bill("2024-01-01", subscription)
        self.assertNothingBilled(self.bill("2024-01-02", subscription))

    def test_money_off_is_a_line_of_its_own(self):
        subscription = self.with_discount(amount=15, periods=1, line={"quantity": 2, "price_unit": 50.0})
        self.assertEqual(self.monthly(subscription, MONTHS[:2]), [85.0, 100.0])
        first, second = self.invoices(subscription)
        self.assertEqual(
            [(line.name.splitlines()[0], line.quantity, line.price_unit) for line in first.invoice_line_ids],
            [("Gym", 2, 50.0), ("Discount: Welcome", 1, -15.0)],
        )
        self.assertEqual(len(first.invoice_line_ids.recurring_period_id), 1)
        self.assertEqual(len(first.invoice_line_ids.account_id), 1)
        self.assertEqual(len(second.invoice_line_ids), 1)

    def test_a_part_of_a_month_has_a_part_of_the_money_off(self):
        """12 of 31 days: 62.00 → 24.00, 15.50 off → 6.00; net 18.00."""
        plan = self.make_plan(alignment="fixed_day", anchor_day=1)
        subscription = self.with_discount("2024-01-20", 62.0, plan=plan, amount=15.5)
        self.bill("2024-01-20", subscription)
        self.assertEqual(self.invoices(subscription).invoice_line_ids.mapped("price_subtotal"), [24.0, -6.0])

    def test_money_off_stops_at_nothing(self):
        subscription = self.with_discount(price=10.0, amount=12, periods=1)
        self.assertEqual(self.monthly(subscription, MONTHS[:2]), [0.0, 10.0])

    def test_money_off_has_the_taxes_of_its_line(self):
        """100.00 − 20.00 = 80.00, and 15 % on that: 92.00."""
        product = self.make_product(100.0, taxes_id=[Command.set(self.tax.ids)])
        subscription = self.with_discount(amount=20, line={"product_id": product.id})
        self.bill("2024-01-01", subscription)
        invoice = self.invoices(subscription)
        self.assertEqual((invoice.amount_untaxed, invoice.amount_tax, invoice.amount_total), (80.0, 12.0, 92.0))

    def test_money_off_a_price_with_tax_is_off_what_the_customer_pays(self):
        """110.00 − 22.00 = 88.00 with 10 % inside: 80.00 + 8.00. Half a month later as much again."""
        tax = self.make_tax(10, price_include_override="tax_included")
        product = self.make_product(110.0, taxes_id=[Command.set(tax.ids)])
        subscription = self.with_discount(price=110.0, amount=22, line={"product_id": product.id})
        self.bill("2024-01-01", subscription)
        invoice = self.invoices(subscription)
        self.assertEqual((invoice.amount_untaxed, invoice.amount_total), (80.0, 88.0))
        self.assertEqual((subscription.amount_untaxed, subscription.amount_total), (80.0, 88.0))

    # Changes of the line

    def test_a_new_price_keeps_the_discount_and_its_count(self):
        """Three months half price: January 50.00; from February the price is 120.00: 60.00, 60.00, then 120.00."""
        subscription = self.with_discount(percent=50, periods=3)
        self.bill("2024-01-01", subscription)
        subscription.line_ids.with_env(self.at("2024-01-10")).price_unit = 120.0
        self.assertEqual(self.monthly(subscription, MONTHS[1:4]), [50.0, 60.0, 60.0, 120.0])

    def test_a_discount_that_changes_a_billed_period_is_refused(self):
        subscription = self.subscribe("2024-01-01", 100.0)
        self.bill("2024-01-01", subscription)
        line = subscription.line_ids
        with self.refused("is billed until 01/31/2024, and what is billed keeps its price"):
            line.discount_ids = [Command.create({"name": "Late", "percent": 10, "date_start": "2024-01-01"})]
        line.discount_ids = [Command.create({"name": "Later", "percent": 10})]
        self.assertEqual(str(line.discount_ids.date_start), "2024-02-01")
        self.assertEqual(self.monthly(subscription, MONTHS[1:2]), [100.0, 90.0])

    def test_a_discount_of_a_billed_period_can_end_but_not_vanish(self):
        subscription = self.with_discount(percent=10)
        self.bill("2024-01-01", subscription)
        discount = subscription.line_ids.discount_ids
        with self.refused("give it 01/31/2024 as its last day"):
            discount.unlink()
        with self.refused("what is billed keeps its price"):
            discount.percent = 20
        discount.date_end = "2024-01-31"
        self.assertEqual(self.monthly(subscription, MONTHS[1:2]), [90.0, 100.0])

    def test_a_discount_still_to_come_can_be_deleted(self):
        subscription = self.with_discount(percent=10, date_start="2024-02-01")
        self.bill("2024-01-01", subscription)
        subscription.line_ids.discount_ids.unlink()
        self.assertEqual(self.monthly(subscription, MONTHS[1:2]), [100.0, 100.0])

    def change(self, day):
        return self.at(day)["recurring.subscription.change"]

    def test_a_pause_stops_no_count(self):
        """Four months half price, February paused: January and March 50.00, April 50.00, May whole."""
        subscription = self.with_discount(percent=50, periods=4)
        self.bill("2024-01-01", subscription)
        self.change("2024-01-20").pause(subscription.line_ids, date(2024, 2, 1))
        self.change("2024-02-20").resume(subscription.line_ids, date(2024, 3, 1))
        self.assertEqual(self.monthly(subscription, MONTHS[1:]), [50.0, 50.0, 50.0, 100.0])

    def test_a_price_recorded_late_keeps_the_discount(self):
        """January billed at 100.00 − 50 %; from 11 January the price was 200.00: 50.00 × 10/31 + 100.00 × 21/31 = 16.13 + 67.74."""
        subscription = self.with_discount(percent=50, periods=1)
        self.bill("2024-01-01", subscription)
        self.change("2024-01-15").reprice(subscription.line_ids, date(2024, 1, 11), {"price_unit": 200.0})
        self.assertEqual(sum(self.monthly(subscription, ["2024-01-15"])), 83.87)
        self.assertEqual(self.monthly(subscription, MONTHS[1:2])[-1], 200.0)

    def test_another_product_gets_what_is_left_of_the_discount(self):
        """Three months half price; the product changes with the third: the new line has what is left, one month."""
        subscription = self.with_discount(percent=50, periods=3)
        self.monthly(subscription, MONTHS[:2])
        product = self.make_product(80.0, name="Premium")
        new = self.change("2024-02-10").replace(subscription.line_ids, date(2024, 3, 1), {"product_id": product.id})
        self.assertEqual(str(new.discount_ids.holds_until), "2024-03-31")
        self.assertEqual(self.monthly(subscription, MONTHS[2:4])[-2:], [40.0, 80.0])

    def test_a_copy_of_a_running_subscription_gets_what_is_left_of_the_discount(self):
        subscription = self.with_discount(percent=50, periods=3)
        self.monthly(subscription, MONTHS[:2])
        copy = subscription.with_env(self.at("2024-03-01")).copy()
        self.assertEqual([str(day) for day in copy.line_ids.discount_ids.mapped("date_end")], ["2024-03-31"])
        late = subscription.with_env(self.at("2024-04-01")).copy()
        self.assertFalse(late.line_ids.discount_ids)

    def test_a_copy_of_an_offer_not_begun_counts_from_its_own_start(self):
        subscription = self.with_discount(percent=50, periods=3)
        copy = subscription.with_env(self.at("2024-03-05")).copy()
        self.assertEqual((str(copy.line_ids.discount_ids.date_start), copy.line_ids.discount_ids.periods), ("2024-03-05", 3))

    # Credits

    def test_a_credit_gives_back_its_part_of_the_money_off(self):
        """31 days at 100.00 − 15.00 = 85.00; 10 days stay: 27.42, so 57.58 come back: 21/31 of 100.00 = 67.74, less 10.16."""
        subscription = self.with_discount(amount=15)
        self.bill("2024-01-01", subscription)
        subscription.line_ids.date_end = "2024-01-10"
        self.bill("2024-01-11", subscription)
        invoice, credit = self.invoices(subscription)
        self.assertEqual((credit.move_type, credit.reversed_entry_id), ("out_refund", invoice))
        self.assertEqual(
            [(line.quantity, line.price_unit, line.price_subtotal) for line in credit.invoice_line_ids],
            [(1, 67.74, 67.74), (1, -10.16, -10.16)],
        )
        self.assertEqual(invoice.amount_residual, 27.42)

    def test_a_credit_on_the_next_invoice_turns_both_lines(self):
        """The same month, paid: on the invoice of February −67.74 and +10.16, beside February's 100.00 − 15.00."""
        subscription = self.with_discount(amount=15)
        self.bill("2024-01-01", subscription)
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=self.invoices(subscription).ids).create(
            {}
        ).action_create_payments()
        line = subscription.line_ids
        line.date_end = "2024-01-10"
        line.copy({"date_start": "2024-02-01", "lineage_id": line.lineage_id.id, "subscription_id": subscription.id})
        self.bill("2024-02-01", subscription)
        second = self.invoices(subscription)[1]
        self.assertEqual(
            sorted((line.quantity, line.price_unit, line.price_subtotal) for line in second.invoice_line_ids),
            [(-1, -10.16, 10.16), (-1, 67.74, -67.74), (1, -15.0, -15.0), (1, 100.0, 100.0)],
        )
        self.assertAlmostEqual(second.amount_total, 27.42)

    def test_deleting_the_line_of_money_off_keeps_the_period_billed(self):
        subscription = self.with_discount(amount=15, plan=self.make_plan(invoice_mode="draft"))
        self.bill("2024-01-01", subscription)
        invoice = self.invoices(subscription)
        invoice.invoice_line_ids[1].unlink()
        self.assertEqual(len(self.periods(subscription)), 1)
        invoice.unlink()
        self.assertFalse(self.periods(subscription))

    # Amounts of the day

    def test_the_amount_per_period_and_mrr_are_those_of_the_day(self):
        with self.frozen("2024-01-01 12:00:00"):
            subscription = self.with_discount(percent=50, periods=2)
            figures = [(subscription.amount_untaxed, subscription.mrr)]
        for day in ("2024-02-29", "2024-03-01"):
            with self.frozen(f"{day} 12:00:00"):
                self.env["recurring.subscription.line"]._refresh_current()
                figures.append((subscription.amount_untaxed, subscription.mrr))
        self.assertEqual(figures, [(50.0, 50.0), (50.0, 50.0), (100.0, 100.0)])
        self.assertFalse(subscription.line_ids.amount_changes_on)

    # Words and limits

    def test_a_discount_says_its_terms(self):
        subscription = self.with_discount(percent=12.5, periods=2)
        self.assertEqual(subscription.line_ids.discount_ids.terms, "12.5% for 2 periods")
        self.assertEqual(str(subscription.line_ids.discount_ids.holds_until), "2024-02-29")

    def test_impossible_discounts_are_refused_in_words(self):
        for values, words in (
            ({"percent": 10, "amount": 5}, "either a percentage or an amount"),
            ({}, "either a percentage or an amount"),
            ({"percent": 5, "date_start": "2024-03-01", "date_end": "2024-01-31"}, "before it begins"),
        ):
            with self.subTest(values=values), self.refused(words):
                self.with_discount(**values)
                self.env.flush_all()

    def test_the_database_refuses_what_no_discount_can_be(self):
        for values in ({"percent": 101}, {"amount": -5}, {"percent": 5, "periods": -1}):
            with self.subTest(values=values), mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.CheckViolation):
                self.with_discount(**values)
                self.env.flush_all()


@tagged("post_install", "-at_install")
class TestFixedTotals(DiscountsCommon):
    def agreed(self, total, count, start="2024-01-01", plan=None, **line):
        return self.subscribe(start, 70.0, plan=plan, line={"fixed_total": total, "fixed_periods": count, **line})

    def test_a_total_over_three_months_sums_exactly_and_ends(self):
        subscription = self.agreed(100.0, 3)
        self.assertEqual(self.monthly(subscription), [33.33, 33.33, 33.34])
        self.assertEqual(self.untaxed(subscription), [33.33, 33.33, 33.34])
        self.assertEqual(str(subscription.line_ids.date_end), "2024-03-31")
        self.assertFalse(subscription.next_invoice_date)

    def test_a_partial_first_month_costs_as_much_as_the_others(self):
        plan = self.make_plan(alignment="fixed_day", anchor_day=1)
        subscription = self.agreed(12000.0, 12, "2024-01-20", plan=plan)
        self.assertEqual(self.monthly(subscription, ["2024-01-20", "2024-02-01"]), [1000.0, 1000.0])
        self.assertEqual(str(subscription.line_ids.date_end), "2024-12-31")

    def test_billed_at_once_it_sums_exactly_too(self):
        subscription = self.agreed(1000.0, 7, plan=self.make_plan(catch_up="together"))
        self.bill("2024-01-01", subscription, horizon="2024-12-31")
        self.assertAlmostEqual(sum(period[2] for period in self.periods(subscription)), 1000.0)
        self.assertAlmostEqual(sum(self.untaxed(subscription)), 1000.0)

    def test_a_total_with_tax_inside_is_what_the_customer_pays(self):
        tax = self.make_tax(10, price_include_override="tax_included")
        product = self.make_product(1.0, taxes_id=[Command.set(tax.ids)])
        subscription = self.agreed(100.0, 3, product_id=product.id)
        self.monthly(subscription, MONTHS[:3])
        self.assertAlmostEqual(sum(self.invoices(subscription).mapped("amount_total")), 100.0)

    def test_the_line_shows_one_part_and_the_last_day(self):
        with self.frozen("2024-01-01 12:00:00"):
            subscription = self.agreed(12000.0, 12, quantity=3, discount=10)
            self.env.flush_all()
        line = subscription.line_ids
        self.assertEqual((line.quantity, line.price_unit, line.discount, line.amount_untaxed), (1.0, 1000.0, 0.0, 1000.0))
        self.assertEqual((str(line.date_end), subscription.mrr), ("2024-12-31", 1000.0))
        self.assertIn("in 12 periods", line.offer_label)

    def test_the_last_day_follows_the_start_while_nothing_is_billed(self):
        subscription = self.agreed(12000.0, 12)
        subscription.start_date = "2024-02-01"
        self.assertEqual(str(subscription.line_ids.date_end), "2025-01-31")

    def test_the_price_of_an_agreed_total_is_not_edited(self):
        line = self.agreed(100.0, 3).line_ids
        with self.assertRaisesRegex(UserError, "follows from its agreed total of"):
            line.price_unit = 50.0
        line.write({"fixed_total": 300.0})
        self.assertEqual(line.price_unit, 100.0)

    def test_a_billed_total_is_not_changed(self):
        subscription = self.agreed(100.0, 4)
        self.bill("2024-01-01", subscription)
        with self.assertRaisesRegex(UserError, "what is billed keeps its price"):
            subscription.line_ids.fixed_total = 200.0

    def test_an_agreed_total_is_not_repriced_and_another_product_ends_it(self):
        subscription = self.agreed(400.0, 4)
        self.bill("2024-01-01", subscription)
        line, change = subscription.line_ids, self.at("2024-01-20")["recurring.subscription.change"]
        with self.refused("follows from its agreed total of"):
            change.reprice(line, date(2024, 2, 1), {"price_unit": 50.0})
        new = change.replace(line, date(2024, 2, 1), {"product_id": self.make_product(80.0).id})
        self.assertEqual((new.fixed_total, new.price_unit), (0.0, 80.0))
        self.assertEqual(self.monthly(subscription, MONTHS[1:2]), [100.0, 80.0])

    def test_a_pause_takes_its_parts_out_of_the_total(self):
        """400.00 in 4, February paused: 300.00 in all, and the last day stays."""
        subscription = self.agreed(400.0, 4)
        self.bill("2024-01-01", subscription)
        change = self.at("2024-01-20")["recurring.subscription.change"]
        change.pause(subscription.line_ids, date(2024, 2, 1))
        change.resume(subscription.line_ids, date(2024, 3, 1))
        self.assertEqual(self.monthly(subscription), [100.0, 100.0, 100.0])
        self.assertFalse(subscription.next_invoice_date)

    def test_a_total_needs_its_number_of_periods(self):
        with self.assertRaisesRegex(ValidationError, "needs both"):
            self.agreed(100.0, 0)


@tagged("post_install", "-at_install")
class TestAddDiscount(DiscountsCommon):
    def wizard(self, day, subscriptions, user=None, **values):
        env = self.at(day)
        if user:
            env = env(user=user)
        action = subscriptions.with_env(env).action_add_discount()
        form = Form(env["recurring.discount.add"].with_context(**action["context"]))
        for name, value in values.items():
            setattr(form, name, value)
        return form

    def test_three_clicks_give_a_discount_from_the_next_invoice(self):
        subscription = self.subscribe("2024-01-01", 100.0)
        self.bill("2024-01-01", subscription)
        form = self.wizard("2024-01-10", subscription, percent=20.0, periods=2)
        self.assertEqual(form.summary, "Gym: $\xa0100.00 → $\xa080.00 per period, 02/01/2024 to 03/31/2024")
        form.save().action_apply()
        self.assertIn("Gym: 20% from 02/01/2024 for 2 periods", subscription.message_ids[0].body)
        self.assertEqual(self.monthly(subscription, MONTHS[1:4]), [100.0, 80.0, 80.0, 100.0])

    def test_money_off_until_a_date_for_one_of_two_lines(self):
        products = [self.make_product(30.0, name="Gym"), self.make_product(20.0, name="Sauna")]
        subscription = self.subscribe("2024-01-01", lines=[{"product_id": product.id} for product in products])
        form = self.wizard("2024-01-01", subscription, kind="amount", amount=5.0, duration="until", date_end="2024-02-10")
        form.line_ids.remove(index=0)
        form.save().action_apply()
        self.monthly(subscription, MONTHS[:3])
        self.assertEqual(self.untaxed(subscription), [45.0, 45.0, 50.0])

    def test_a_price_already_planned_gets_the_discount_too(self):
        subscription = self.subscribe("2024-01-01", 100.0)
        self.bill("2024-01-01", subscription)
        subscription.line_ids.with_env(self.at("2024-01-05")).price_unit = 200.0
        self.wizard("2024-01-10", subscription, percent=50.0, duration="endless").save().action_apply()
        self.assertEqual(self.monthly(subscription, MONTHS[1:2]), [100.0, 100.0])

    def test_a_metered_line_is_not_offered(self):
        products = [self.make_product(30.0, name="Phone"), self.make_product(0.5, name="Calls")]
        subscription = self.subscribe("2024-01-01", lines=[{"product_id": product.id} for product in products])
        phone, calls = subscription.line_ids
        calls.billing_type = "usage"
        self.assertEqual(self.wizard("2024-01-01", subscription).line_ids[:], phone)

    def test_several_subscriptions_at_once(self):
        subscriptions = self.subscribe("2024-01-01", 100.0) | self.subscribe("2024-01-15", 50.0)
        with self.frozen("2024-01-20 12:00:00"):
            self.wizard("2024-01-20", subscriptions, percent=10.0).save().action_apply()
            self.assertEqual(subscriptions.mapped("amount_untaxed"), [90.0, 45.0])

    def test_a_salesperson_gives_a_discount_to_a_customer_of_his_own(self):
        sam = self.make_user("sam", "recurring_billing.group_user")
        subscription = self.subscribe("2024-01-01", 100.0, user_id=sam.id)
        self.wizard("2024-01-01", subscription, user=sam, percent=10.0).save().action_apply()
        self.assertEqual(subscription.line_ids.discount_ids.percent, 10.0)

    def test_without_lines_or_a_reduction_it_says_what_is_missing(self):
        subscription = self.subscribe("2024-01-01", 100.0)
        wizard = self.env["recurring.discount.add"].create({"subscription_ids": [Command.set(subscription.ids)]})
        with self.assertRaisesRegex(UserError, "how much is taken off"):
            wizard.action_apply()
        wizard.line_ids = False
        with self.assertRaisesRegex(UserError, "Choose the lines"):
            wizard.action_apply()
