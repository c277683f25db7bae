"""The ledger of billed periods: reruns bill nothing, PostgreSQL refuses double billing, drafts that go give their time back."""

import psycopg2.errors

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestLedger(RecurringCommon):
    def billed(self, mode="post", **values):
        subscription = self.subscribe("2024-03-01", 30.0, invoice_mode=mode, **values)
        self.bill("2024-03-01", subscription)
        return subscription

    def insert_copy(self, period, **columns):
        """Insert a copy of a ledger row by SQL, past everything Odoo checks."""
        self.env.flush_all()
        names = [name for name, field in period._fields.items() if field.store and field.column_type and name not in ("id", *columns)]
        quoted = ", ".join(f'"{name}"' for name in [*names, *columns])
        values = ", ".join([*(f'"{name}"' for name in names), *columns.values()])
        self.env.cr.execute(f"INSERT INTO recurring_period ({quoted}) SELECT {values} FROM recurring_period WHERE id = {period.id}")

    # Reruns

    def test_a_rerun_bills_nothing_and_its_run_says_so(self):
        subscription = self.billed()
        self.assertNothingBilled(self.bill("2024-03-01", subscription))
        self.assertNothingBilled(self.run_cron("2024-03-01"))
        self.assertEqual(len(self.invoices(subscription)), 1)

    def test_bill_now_and_the_scheduled_action_share_one_ledger(self):
        subscription = self.subscribe("2024-03-01", 30.0)
        self.assertBilled(self.run_cron("2024-03-01"), 1, 1, 30.0)
        self.assertNothingBilled(self.bill("2024-03-01", subscription))

    def test_a_wrong_next_date_bills_nothing_twice(self):
        subscription = self.billed()
        self.env.cr.execute("UPDATE recurring_subscription SET next_invoice_date = '2024-03-01' WHERE id = %s", [subscription.id])
        self.env.invalidate_all()
        self.assertNothingBilled(self.bill("2024-03-01", subscription))
        self.assertEqual(len(self.invoices(subscription)), 1)

    # PostgreSQL

    def test_postgresql_refuses_an_overlapping_row(self):
        period = self.billed().period_ids
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.ExclusionViolation):
            self.insert_copy(period)

    def test_postgresql_refuses_a_row_that_overlaps_by_one_day(self):
        period = self.billed().period_ids
        days = {"start": "'2024-03-31'", "end": "'2024-04-01'", "live_end": "'2024-04-01'"}
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.ExclusionViolation):
            self.insert_copy(period, **days)

    def test_postgresql_refuses_a_row_whose_voided_is_not_set(self):
        """Odoo's own NOT NULL guards `voided`; the constraint holds without it, as on a database where it could not be set."""
        period = self.billed().period_ids
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.NotNullViolation):
            self.insert_copy(period, voided="NULL")
        self.env.cr.execute("ALTER TABLE recurring_period ALTER COLUMN voided DROP NOT NULL")
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.ExclusionViolation):
            self.insert_copy(period, voided="NULL")

    def test_postgresql_takes_the_next_month_and_a_voided_row(self):
        period = self.billed().period_ids
        april = {name: f"'{day}'" for name, day in {"start": "2024-04-01", "end": "2024-05-01", "live_end": "2024-05-01"}.items()}
        self.insert_copy(period, full_start="'2024-04-01'", full_end="'2024-05-01'", **april)
        self.insert_copy(period, voided="true")
        self.env.cr.execute("SELECT count(*) FROM recurring_period WHERE lineage_id = %s", [period.lineage_id.id])
        self.assertEqual(self.env.cr.fetchone(), (3,))

    def test_postgresql_refuses_a_row_outside_its_full_period(self):
        period = self.billed().period_ids
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.CheckViolation):
            self.insert_copy(period, start="'2024-04-01'", end="'2024-05-01'", live_end="'2024-05-01'")

    def test_the_orm_refuses_an_overlapping_row_in_words(self):
        period = self.billed().period_ids
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.ExclusionViolation) as caught:
            period.copy()
        self.assertIn("billed already", self.env["recurring.period"]._sql_error_to_message(caught.exception))

    # Rows stay as they are

    def test_a_row_cannot_be_edited(self):
        period = self.billed().period_ids
        for values in ({"amount": 1.0}, {"start": "2024-03-02"}, {"kind": "opening"}, {"lineage_id": period.lineage_id.id}):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "a row is never edited"):
                period.write(values)

    def test_a_row_cannot_be_deleted(self):
        period = self.billed().period_ids
        with self.assertRaisesRegex(UserError, "never deleted"):
            period.unlink()
        with self.assertRaisesRegex(UserError, "never deleted"):
            period.with_context(recurring_ledger_discard=True).unlink()

    # Drafts that go

    def assertFreeAgain(self, subscription):
        self.assertEqual(self.periods(subscription), [])
        self.assertEqual(str(subscription.next_invoice_date), "2024-03-01")
        self.assertBilled(self.bill("2024-03-05", subscription), 1, 1, 30.0)
        self.assertEqual(self.periods(subscription), [("2024-03-01", "2024-03-31", 30.0)])

    def test_deleting_a_draft_gives_its_period_back(self):
        subscription = self.billed("draft")
        self.invoices(subscription).unlink()
        self.assertFreeAgain(subscription)
        self.assertEqual(len(subscription.period_ids), 2)

    def test_deleting_a_line_of_a_draft_gives_its_period_back(self):
        products = self.make_product(30.0), self.make_product(10.0)
        subscription = self.billed("draft", lines=[{"product_id": product.id} for product in products])
        draft = self.invoices(subscription)
        draft.invoice_line_ids[0].unlink()
        self.assertEqual(self.periods(subscription), [("2024-03-01", "2024-03-31", 10.0)])
        self.assertBilled(self.bill("2024-03-05", subscription), 1, 1, 30.0)

    def test_deleting_a_line_in_the_form_of_the_draft_gives_its_period_back(self):
        subscription = self.billed("draft")
        draft = self.invoices(subscription)
        draft.write({"invoice_line_ids": [(2, draft.invoice_line_ids.id)]})
        self.assertFreeAgain(subscription)

    def test_cancelling_a_draft_gives_its_period_back(self):
        subscription = self.billed("draft")
        self.invoices(subscription).button_cancel()
        self.assertFreeAgain(subscription)

    def test_cancelling_a_posted_invoice_gives_its_period_back(self):
        subscription = self.billed()
        invoice = self.invoices(subscription)
        invoice.button_draft()
        self.assertEqual(len(self.periods(subscription)), 1)
        invoice.button_cancel()
        self.assertFreeAgain(subscription)

    def test_resetting_to_draft_and_posting_again_keeps_the_period(self):
        subscription = self.billed()
        invoice = self.invoices(subscription)
        invoice.button_draft()
        self.assertNothingBilled(self.bill("2024-03-05", subscription))
        invoice.action_post()
        self.assertNothingBilled(self.bill("2024-03-05", subscription))

    def test_a_cancelled_invoice_reset_to_draft_claims_its_period_again(self):
        subscription = self.billed("draft")
        invoice = self.invoices(subscription)
        invoice.button_cancel()
        invoice.button_draft()
        self.assertEqual(self.periods(subscription), [("2024-03-01", "2024-03-31", 30.0)])
        self.assertEqual(str(subscription.next_invoice_date), "2024-04-01")
        self.assertNothingBilled(self.bill("2024-03-05", subscription))

    def test_a_cancelled_invoice_cannot_come_back_when_its_period_was_billed_again(self):
        subscription = self.billed("draft")
        cancelled = self.invoices(subscription)
        cancelled.button_cancel()
        subscription.invoice_mode = "post"
        self.bill("2024-03-05", subscription)
        other = self.invoices(subscription) - cancelled
        with self.assertRaisesRegex(UserError, f"is billed by {other.name} .*meanwhile"):
            cancelled.button_draft()
        self.assertEqual(cancelled.state, "cancel")

    def test_deleting_a_cancelled_invoice_leaves_the_new_one_alone(self):
        subscription = self.billed("draft")
        cancelled = self.invoices(subscription)
        cancelled.button_cancel()
        self.bill("2024-03-05", subscription)
        cancelled.unlink()
        self.assertEqual(self.periods(subscription), [("2024-03-01", "2024-03-31", 30.0)])
        self.assertNothingBilled(self.bill("2024-03-06", subscription))

    def test_a_billing_user_without_sales_rights_may_delete_a_draft(self):
        subscription = self.billed("draft")
        clerk = self.make_user("carla", "account.group_account_invoice")
        self.invoices(subscription).with_user(clerk).unlink()
        self.assertFreeAgain(subscription)

    def test_a_copy_of_an_invoice_is_no_invoice_of_the_subscription(self):
        subscription = self.billed()
        copy = self.invoices(subscription).copy()
        self.assertFalse(copy.invoice_line_ids.recurring_period_id)
        copy.unlink()
        self.assertEqual(len(self.periods(subscription)), 1)

    def test_the_ledger_tells_run_share_and_invoice(self):
        subscription = self.subscribe("2024-03-01", 30.0)
        run = self.bill("2024-03-01", subscription)
        period = subscription.period_ids
        self.assertEqual((period.run_id, period.share_label, period.move_ids), (run, "1", self.invoices(subscription)))
        self.assertEqual((period.price_unit, period.quantity, str(period.due_on)), (30.0, 1.0, "2024-03-01"))

    def test_time_that_moved_without_costing_anything_falls_with_the_invoice_that_paid_for_it(self):
        """Ten days billed from the 1st become ten days from the 11th: no document says so, so cancelling the first frees the others."""
        subscription = self.subscribe("2026-04-01", 30.0, line={"date_end": "2026-04-10"})
        self.bill("2026-04-01", subscription)
        line = subscription.line_ids
        line.date_end = "2026-03-31"
        self.env["recurring.subscription.line"].create(
            {
                "subscription_id": subscription.id,
                "product_id": line.product_id.id,
                "lineage_id": line.lineage_id.id,
                "date_start": "2026-04-11",
                "date_end": "2026-04-20",
                "price_unit": 30.0,
            }
        )
        self.bill("2026-04-11", subscription)
        invoice = self.invoices(subscription)
        self.assertEqual(len(invoice), 1)
        invoice.button_cancel()
        self.bill("2026-04-12", subscription)
        self.assertEqual(self.periods(subscription), [("2026-04-11", "2026-04-20", 10.0)])
        self.assertEqual((self.invoices(subscription) - invoice).amount_untaxed, 10.0)
