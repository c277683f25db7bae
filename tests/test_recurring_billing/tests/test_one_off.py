"""One-off charges and credits: on the next invoice, by themselves, withdrawn, undone; billed once or not at all."""

from datetime import date

import psycopg2.errors

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class OneOffCase(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visit = cls.make_product(80.0, "Technical visit")

    def one_off(self, day, subscription, price=80.0, **values):
        """A one-off charge or credit recorded on a day."""
        return (
            self.env["recurring.one.off"]
            .with_env(self.at(day))
            .create(
                {
                    "subscription_id": subscription.id,
                    "product_id": self.visit.id,
                    "price_unit": price,
                    "reason": "Router replaced",
                    **values,
                }
            )
        )

    def totals(self, subscription):
        return [(move.move_type, move.amount_total) for move in self.invoices(subscription)]


class TestOneOff(OneOffCase):
    def test_a_new_one_off_waits(self):
        subscription = self.subscribe("2024-01-01", 50.0)
        one_off = self.one_off("2024-01-10", subscription)
        self.assertEqual((one_off.state, one_off.amount, str(one_off.date)), ("waiting", 80.0, "2024-01-10"))

    def test_a_charge_goes_on_the_next_invoice(self):
        """January 50.00; in January a visit of 80.00: February is 130.00, March 50.00."""
        subscription = self.subscribe("2024-01-01", 50.0)
        self.bill("2024-01-01", subscription)
        one_off = self.one_off("2024-01-10", subscription)
        self.assertEqual(str(subscription.next_invoice_date), "2024-02-01")
        self.bill("2024-01-20", subscription)
        self.assertEqual(one_off.state, "waiting")
        self.bill("2024-02-01", subscription)
        self.bill("2024-03-01", subscription)
        self.assertEqual(self.totals(subscription), [("out_invoice", 50.0), ("out_invoice", 130.0), ("out_invoice", 50.0)])
        self.assertEqual((one_off.state, one_off.move_ids.amount_total), ("billed", 130.0))

    def test_taxes_of_a_charge_are_the_products(self):
        """80.00 with 15 % on the invoice of February, which has no tax itself: 50.00 + 92.00 = 142.00."""
        self.visit.taxes_id = self.tax
        subscription = self.subscribe("2024-01-01", 50.0)
        self.bill("2024-01-01", subscription)
        self.one_off("2024-01-10", subscription)
        self.bill("2024-02-01", subscription)
        self.assertEqual(self.totals(subscription)[1], ("out_invoice", 142.0))

    def test_a_credit_makes_the_next_invoice_smaller(self):
        """50.00 − 20.00 = 30.00 in February."""
        subscription = self.subscribe("2024-01-01", 50.0)
        self.bill("2024-01-01", subscription)
        self.one_off("2024-01-10", subscription, -20.0)
        self.bill("2024-02-01", subscription)
        self.assertEqual(self.totals(subscription), [("out_invoice", 50.0), ("out_invoice", 30.0)])

    def test_a_credit_above_the_next_invoice_is_a_credit_note(self):
        """A credit of 70.00 does not fit on 50.00: a credit note, which settles the oldest open invoice of January."""
        subscription = self.subscribe("2024-01-01", 50.0)
        self.bill("2024-01-01", subscription)
        self.one_off("2024-01-10", subscription, -70.0)
        self.bill("2024-02-01", subscription)
        self.assertEqual(self.totals(subscription), [("out_invoice", 50.0), ("out_invoice", 50.0), ("out_refund", 70.0)])
        self.assertEqual(sum(self.invoices(subscription).mapped("amount_residual_signed")), 30.0)

    def test_a_credit_note_leaves_alone_what_the_customer_contests(self):
        """January's 50.00 is contested: of the 70.00, 50.00 settle February's invoice, and 20.00 stay open in the customer's favour."""
        subscription = self.subscribe("2024-01-01", 50.0)
        self.bill("2024-01-01", subscription)
        january = self.invoices(subscription)
        case = self.env["recurring.dunning.case"]._of(january.partner_id, self.company)[january.partner_id]
        item = january.line_ids.filtered(lambda line: line.display_type == "payment_term")
        contested = {"case_id": case.id, "line_ids": item.ids, "reason": "Never came", "day": "2024-01-09", "answer_by": "2024-03-01"}
        self.env["recurring.dispute"].sudo().create(contested)
        self.one_off("2024-01-10", subscription, -70.0)
        self.bill("2024-02-01", subscription)
        self.assertEqual(sorted(self.invoices(subscription).mapped("amount_residual_signed")), [-20.0, 0.0, 50.0])
        self.assertEqual(january.amount_residual, 50.0)

    def test_a_closed_subscription_bills_it_with_the_next_run(self):
        subscription = self.subscribe("2024-01-01", 50.0)
        self.bill("2024-01-01", subscription)
        subscription.end_date = "2024-01-31"
        self.press("2024-02-01", self.env["recurring.subscription.line"], "_refresh_current")
        self.assertEqual((subscription.state, subscription.next_invoice_date), ("closed", False))
        self.one_off("2024-02-10", subscription)
        self.assertEqual(str(subscription.next_invoice_date), "2024-02-10")
        self.run_cron("2024-02-10")
        self.run_cron("2024-02-11")
        self.assertEqual(self.totals(subscription), [("out_invoice", 50.0), ("out_invoice", 80.0)])
        self.assertFalse(subscription.next_invoice_date)

    def test_at_once_does_not_wait_for_the_next_invoice(self):
        subscription = self.subscribe("2024-01-01", 50.0)
        self.bill("2024-01-01", subscription)
        self.one_off("2024-01-10", subscription, when="at_once")
        self.assertEqual(str(subscription.next_invoice_date), "2024-01-10")
        self.run_cron("2024-01-10")
        self.assertEqual(self.totals(subscription), [("out_invoice", 50.0), ("out_invoice", 80.0)])
        self.assertEqual(str(subscription.next_invoice_date), "2024-02-01")

    def test_withdrawn_it_is_never_billed(self):
        subscription = self.subscribe("2024-01-01", 50.0)
        self.bill("2024-01-01", subscription)
        one_off = self.one_off("2024-01-10", subscription)
        self.press("2024-01-12", one_off, "action_withdraw")
        self.bill("2024-02-01", subscription)
        self.assertEqual((one_off.state, self.totals(subscription)[1]), ("withdrawn", ("out_invoice", 50.0)))

    def test_what_is_billed_cannot_change_and_is_undone_by_its_opposite(self):
        """February 50.00 + 80.00; undone on 5 February: March 50.00 − 80.00 does not fit, so a credit note of 80.00."""
        subscription = self.subscribe("2024-01-01", 50.0)
        self.bill("2024-01-01", subscription)
        one_off = self.one_off("2024-01-10", subscription)
        self.bill("2024-02-01", subscription)
        for attempt in (lambda: one_off.write({"price_unit": 10.0}), one_off.action_withdraw):
            with self.assertRaisesRegex(UserError, "Use Undo"):
                attempt()
        self.press("2024-02-05", one_off, "action_undo")
        with self.assertRaisesRegex(UserError, "taken back already"):
            one_off.action_undo()
        self.bill("2024-03-01", subscription)
        self.assertEqual(self.totals(subscription)[1:], [("out_invoice", 130.0), ("out_invoice", 50.0), ("out_refund", 80.0)])

    def test_a_deleted_draft_lets_it_wait_again(self):
        plan = self.make_plan(invoice_mode="draft")
        subscription = self.subscribe("2024-01-01", 50.0, plan=plan)
        one_off = self.one_off("2024-01-01", subscription)
        self.bill("2024-01-01", subscription)
        self.assertEqual(one_off.state, "billed")
        self.invoices(subscription).unlink()
        self.assertEqual(one_off.state, "waiting")
        self.bill("2024-01-02", subscription)
        self.assertEqual(self.totals(subscription), [("out_invoice", 130.0)])

    def test_a_cancelled_invoice_that_comes_back_is_refused_when_it_is_billed_elsewhere(self):
        subscription = self.subscribe("2024-01-01", 50.0)
        self.bill("2024-01-01", subscription)
        one_off = self.one_off("2024-01-10", subscription, when="at_once")
        self.bill("2024-01-10", subscription)
        first = one_off.move_ids
        first.button_draft()
        first.button_cancel()
        self.assertEqual((one_off.state, str(subscription.next_invoice_date)), ("waiting", "2024-01-10"))
        self.bill("2024-01-11", subscription)
        with self.assertRaisesRegex(UserError, "meanwhile"):
            first.button_draft()

    def test_a_native_reversal_leaves_it_billed(self):
        subscription = self.subscribe("2024-01-01", 50.0)
        self.bill("2024-01-01", subscription)
        one_off = self.one_off("2024-01-10", subscription, when="at_once")
        self.bill("2024-01-10", subscription)
        one_off.move_ids._reverse_moves(cancel=True)
        self.assertEqual(one_off.state, "billed")
        self.bill("2024-02-01", subscription)
        self.assertEqual(self.totals(subscription)[-1], ("out_invoice", 50.0))

    def test_the_database_refuses_a_second_invoice_line(self):
        subscription = self.subscribe("2024-01-01", 50.0)
        one_off = self.one_off("2024-01-01", subscription)
        self.bill("2024-01-01", subscription)
        line = one_off.move_line_ids
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.UniqueViolation), self.env.cr.savepoint():
            line.copy({"move_id": line.move_id.id, "recurring_one_off_id": one_off.id})
            self.env.flush_all()

    def test_an_untouched_draft_made_again_keeps_it(self):
        """A draft of 50.00 + 80.00; the last day moves to 15 January: 50 × 15/31 = 24.19, and 80.00 beside it: 104.19."""
        plan = self.make_plan(invoice_mode="draft")
        subscription = self.subscribe("2024-01-01", 50.0, plan=plan)
        self.one_off("2024-01-01", subscription)
        self.bill("2024-01-01", subscription)
        subscription.end_date = "2024-01-15"
        self.bill("2024-01-16", subscription)
        self.assertEqual(self.totals(subscription), [("out_invoice", 104.19)])

    def test_an_archived_product_parks(self):
        subscription = self.subscribe("2024-01-01", 50.0)
        self.one_off("2024-01-01", subscription)
        self.visit.active = False
        self.bill("2024-01-01", subscription)
        self.assertIn("Technical visit", self.issue(subscription).name)

    def test_coming_invoices_and_preview_show_it(self):
        subscription = self.subscribe("2024-01-01", 50.0)
        self.bill("2024-01-01", subscription)
        self.one_off("2024-01-10", subscription)
        with self.committing("2024-01-11") as env:
            mine = env["recurring.subscription"].browse(subscription.id)
            expected, _problems = env["recurring.billing.outlook"].expected(mine, date(2024, 3, 1))
            self.assertEqual([(str(each.run_day), each.total) for each in expected], [("2024-02-01", 130.0), ("2024-03-01", 50.0)])
            lines = env["recurring.billing.preview"].lines(mine, date(2024, 2, 1))
            self.assertEqual([line["amount"] for line in lines], [50.0, 80.0])
            months = env["recurring.coming.invoices"].months(mine)["months"]
            self.assertIn("Technical visit", months[0]["entries"][0]["products"])

    def test_why_this_amount_tells_the_reason(self):
        subscription = self.subscribe("2024-01-01", 50.0)
        one_off = self.one_off("2024-01-01", subscription)
        self.bill("2024-01-01", subscription)
        words = self.env["recurring.amount.explanation"].of_line(one_off.move_line_ids)
        self.assertIn("Router replaced", " ".join(line for paragraph in words for line in paragraph.lines))


class TestOneOffWizard(OneOffCase):
    def wizard(self, day, subscriptions, **values):
        return self.env["recurring.one.off.add"].with_env(self.at(day)).create({"subscription_ids": subscriptions.ids, **values})

    def test_three_days_without_service(self):
        """31.00 a month: January has 31 days, 3 days are 3.00; 62.00: 6.00. February 28.00 and 56.00."""
        one, two = self.subscribe("2024-01-01", 31.0), self.subscribe("2024-01-01", 62.0)
        both = one | two
        self.bill("2024-01-01", both)
        wizard = self.wizard("2024-01-10", both, kind="days", days=3, reason="Cut cable")
        shown = [(line.subscription_id, line.amount, str(line.bill_on)) for line in wizard.line_ids]
        self.assertEqual(shown, [(one, -3.0, "2024-02-01"), (two, -6.0, "2024-02-01")])
        self.press("2024-01-10", wizard, "action_add")
        self.bill("2024-02-01", both)
        self.assertEqual([self.invoices(each)[-1].amount_total for each in both], [28.0, 56.0])

    def test_a_mass_charge_is_undone_as_one_action(self):
        both = self.subscribe("2024-01-01", 50.0) | self.subscribe("2024-01-15", 60.0)
        self.bill("2024-01-15", both)
        wizard = self.wizard("2024-01-20", both, product_id=self.visit.id, reason="Yearly check")
        self.assertEqual([(line.amount, str(line.bill_on)) for line in wizard.line_ids], [(80.0, "2024-02-01"), (80.0, "2024-02-15")])
        action = self.press("2024-01-20", wizard, "action_add")
        batch = self.env["recurring.one.off.batch"].browse(action["res_id"])
        self.assertEqual((batch.count, batch.waiting_count), (2, 2))
        self.press("2024-01-21", batch, "action_withdraw")
        self.bill("2024-02-15", both)
        self.assertEqual([self.invoices(each)[-1].amount_total for each in both], [50.0, 60.0])
        with self.assertRaisesRegex(UserError, "Nothing of this waits"):
            self.press("2024-02-16", batch, "action_withdraw")

    def test_without_a_reason_it_is_refused(self):
        wizard = self.wizard("2024-01-20", self.subscribe("2024-01-01", 50.0), product_id=self.visit.id)
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_add()


class TestOneOffRights(OneOffCase):
    def test_a_salesperson_adds_to_own_subscriptions_only(self):
        tom = self.make_user("tom", "recurring_billing.group_user")
        nina = self.make_user("nina", "recurring_billing.group_user")
        mine, hers = self.subscribe("2024-01-01", user_id=tom.id), self.subscribe("2024-01-01", user_id=nina.id)
        values = {"product_id": self.visit.id, "price_unit": 80.0, "reason": "Visit"}
        one_offs = self.env["recurring.one.off"].with_user(tom)
        one_off = one_offs.create({"subscription_id": mine.id, **values})
        one_off.action_withdraw()
        with self.assertRaises(AccessError):
            one_offs.create({"subscription_id": hers.id, **values})
        with self.assertRaises(AccessError):
            one_off.write({"withdrawn": False})
        auditor = self.make_user("ana", "recurring_billing.group_auditor")
        self.assertEqual(one_off.with_user(auditor).reason, "Visit")
        with self.assertRaises(AccessError):
            one_offs.with_user(auditor).create({"subscription_id": mine.id, **values})
