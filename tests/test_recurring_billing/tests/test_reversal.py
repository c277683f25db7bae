"""Credit notes of Odoo's reversal wizard: what becomes of the time and the money, told by date."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .ledger_checks import LedgerChecks

APRIL = ("2026-04-01", "2026-05-01")


@tagged("post_install", "-at_install")
class TestReversal(LedgerChecks):
    def running(self, price=30.0, **values):
        """April 2026 billed at its start, on one posted invoice."""
        subscription = self.subscribe("2026-04-01", price, **values)
        self.bill("2026-04-01", subscription)
        return subscription, self.invoices(subscription)

    # Reverse

    def test_the_time_counts_as_billed_and_the_money_goes_back(self):
        subscription, invoice = self.running()
        credit = self.reverse("2026-04-03", invoice, "keep")
        self.assertEqual((credit.state, credit.recurring_reversal, credit.amount_total), ("draft", "keep", 30.0))
        self.assertEqual(self.rows(subscription), [("charge", *APRIL, 30.0)])
        self.post("2026-04-03", credit)
        self.assertEqual(
            self.rows(subscription),
            [("charge", "2026-04-01", "2026-04-01", 30.0), ("credit", *APRIL, -30.0), ("charge", *APRIL, 0.0)],
        )
        self.assertInOrder(subscription)
        self.assertEqual((invoice.amount_residual, credit.amount_residual), (0.0, 0.0))
        self.assertNothingBilled(self.bill("2026-04-20", subscription))
        self.assertEqual(str(subscription.next_invoice_date), "2026-05-01")

    def test_without_a_choice_the_time_counts_as_billed(self):
        subscription, invoice = self.running()
        self.post("2026-04-03", self.reverse("2026-04-03", invoice))
        self.assertNothingBilled(self.bill("2026-04-20", subscription))

    def test_the_time_is_billed_again_with_the_next_run(self):
        subscription, invoice = self.running()
        credit = self.reverse("2026-04-03", invoice, "free")
        self.post("2026-04-03", credit)
        self.assertEqual(self.rows(subscription), [("charge", "2026-04-01", "2026-04-01", 30.0), ("credit", *APRIL, -30.0)])
        self.assertInOrder(subscription)
        self.assertEqual(str(subscription.next_invoice_date), "2026-04-01")
        self.assertBilled(self.bill("2026-04-04", subscription), 1, 1, 30.0)
        self.assertInOrder(subscription)
        self.assertNothingBilled(self.bill("2026-04-05", subscription))

    def test_time_that_is_free_again_is_billed_at_the_price_it_has_then(self):
        subscription, invoice = self.running()
        self.post("2026-04-03", self.reverse("2026-04-03", invoice, "free"))
        subscription.line_ids.price_unit = 45.0
        self.assertBilled(self.bill("2026-04-04", subscription), 1, 1, 45.0)
        self.assertEqual(len(subscription.line_ids), 1)
        self.assertInOrder(subscription)

    def test_a_part_of_the_money_goes_back_and_a_later_end_credits_the_rest_by_the_day(self):
        """30.00, of which 10.00 goes back: 20.00 for 30 days. The customer leaves on the 15th: half of that, 10.00."""
        for choice in ("keep", "free"):
            with self.subTest(choice=choice):
                subscription, invoice = self.running()
                credit = self.reverse("2026-04-03", invoice, choice)
                credit.invoice_line_ids.price_unit = 10.0
                self.post("2026-04-03", credit)
                self.assertEqual(
                    self.rows(subscription),
                    [("charge", "2026-04-01", "2026-04-01", 30.0), ("credit", *APRIL, -30.0), ("charge", *APRIL, 20.0)],
                )
                self.assertInOrder(subscription)
                self.assertNothingBilled(self.bill("2026-04-04", subscription))
                subscription.line_ids.date_end = "2026-04-15"
                self.bill("2026-04-16", subscription)
                rest = self.invoices(subscription)[-1]
                self.assertEqual((rest.move_type, rest.amount_total, rest.reversed_entry_id), ("out_refund", 10.0, invoice))
                self.assertEqual(invoice.amount_residual, 10.0)
                self.assertInOrder(subscription)
                self.assertNothingBilled(self.bill("2026-04-17", subscription))

    def test_more_than_was_billed_goes_back(self):
        """30.00 billed, 35.00 given back and the month free: the ledger ends at −5.00, and the month is billed again at 30.00."""
        subscription, invoice = self.running()
        credit = self.reverse("2026-04-03", invoice, "free")
        credit.invoice_line_ids.price_unit = 35.0
        self.post("2026-04-03", credit)
        self.assertEqual([amount for *_row, amount in self.rows(subscription)], [30.0, -30.0, -5.0])
        self.assertInOrder(subscription)
        self.assertBilled(self.bill("2026-04-04", subscription), 1, 1, 30.0)
        self.assertInOrder(subscription)

    def test_after_a_part_was_credited_the_draft_offers_what_is_left(self):
        """99.99 for April; the customer leaves on the 15th: −49.99. A reversal gives back the other 50.00."""
        subscription, invoice = self.running(99.99)
        subscription.line_ids.date_end = "2026-04-15"
        self.bill("2026-04-16", subscription)
        credit = self.reverse("2026-04-17", invoice, "keep")
        self.assertEqual(self.said(credit), [(1, 50.0)])
        self.post("2026-04-17", credit)
        self.assertEqual(self.booked(subscription), 0.0)
        self.assertInOrder(subscription)
        self.assertNothingBilled(self.bill("2026-04-18", subscription))

    def test_what_was_credited_after_the_draft_was_made_is_not_given_back_twice(self):
        subscription, invoice = self.running(99.99)
        credit = self.reverse("2026-04-03", invoice, "free")
        subscription.line_ids.date_end = "2026-04-15"
        self.bill("2026-04-16", subscription)
        with self.refused(r"only \$.50\.00 is left to give back: .* gave back the rest. Lower the amount"):
            self.post("2026-04-17", credit)
        credit.invoice_line_ids.price_unit = 50.0
        self.post("2026-04-17", credit)
        self.assertInOrder(subscription)
        self.assertBilled(self.bill("2026-04-18", subscription), 1, 1, 50.0)
        self.assertInOrder(subscription)

    def test_a_credit_note_posted_later_counts_from_then(self):
        subscription, invoice = self.running()
        credit = self.reverse("2026-04-03", invoice, "free")
        self.assertNothingBilled(self.bill("2026-04-10", subscription))
        self.assertInOrder(subscription, drafts_of_reversals=credit)
        self.bill("2026-05-01", subscription)
        self.post("2026-05-02", credit)
        self.assertInOrder(subscription)
        self.assertBilled(self.bill("2026-05-02", subscription), 1, 1, 30.0)
        self.assertEqual([row[1:3] for row in self.rows(subscription) if row[0] == "charge"][-1], APRIL)
        self.assertInOrder(subscription)

    def test_the_choice_can_change_until_it_is_posted(self):
        subscription, invoice = self.running()
        credit = self.reverse("2026-04-03", invoice, "keep")
        credit.recurring_reversal = "free"
        self.post("2026-04-03", credit)
        self.assertBilled(self.bill("2026-04-04", subscription), 1, 1, 30.0)
        with self.refused("Cancel it and reverse the invoice again"):
            credit.recurring_reversal = "keep"

    def test_only_the_lines_left_on_the_credit_note_count(self):
        products = self.make_product(30.0), self.make_product(12.0, "Locker")
        subscription, invoice = self.running(lines=[{"product_id": product.id} for product in products])
        credit = self.reverse("2026-04-03", invoice, "free")
        credit.invoice_line_ids.filtered(lambda line: line.price_unit == 30.0).unlink()
        self.post("2026-04-03", credit)
        self.assertInOrder(subscription)
        self.assertBilled(self.bill("2026-04-04", subscription), 1, 1, 12.0)
        self.assertInOrder(subscription)

    def test_money_off_goes_back_with_the_line_it_reduces(self):
        """100.00 less 15.00 on a line of its own: 85.00 go back."""
        discount = Command.create({"name": "Welcome", "amount": 15.0})
        subscription, invoice = self.running(100.0, line={"discount_ids": [discount]})
        self.assertEqual(sorted(invoice.invoice_line_ids.mapped("price_subtotal")), [-15.0, 100.0])
        self.post("2026-04-03", self.reverse("2026-04-03", invoice, "free"))
        self.assertEqual([amount for *_row, amount in self.rows(subscription)], [85.0, -85.0])
        self.assertInOrder(subscription)
        self.assertBilled(self.bill("2026-04-04", subscription), 1, 1, 85.0)
        self.assertInOrder(subscription)

    def test_with_tax_included_the_ledger_keeps_the_price_s_own_basis(self):
        """115.00 with 15 % in it; 23.00 go back: 20.00 and 3.00 of tax. The ledger says 115.00 − 23.00."""
        tax = self.make_tax(15, name="15 % included", price_include_override="tax_included")
        subscription, invoice = self.running(115.0, line={"tax_ids": [Command.set(tax.ids)]})
        credit = self.reverse("2026-04-03", invoice, "keep")
        credit.invoice_line_ids.price_unit = 23.0
        self.post("2026-04-03", credit)
        self.assertEqual((credit.amount_untaxed, credit.amount_tax), (20.0, 3.0))
        self.assertEqual([amount for *_row, amount in self.rows(subscription)], [115.0, -115.0, 92.0])
        self.assertInOrder(subscription)

    # Twice

    def test_a_second_reversal_finds_nothing_left(self):
        for choice in ("keep", "free"):
            with self.subTest(choice=choice):
                subscription, invoice = self.running()
                first = self.reverse("2026-04-03", invoice, choice)
                second = self.reverse("2026-04-03", invoice, choice)
                self.post("2026-04-03", first)
                rows = self.rows(subscription)
                with self.refused(f"Nothing of .* is left to give back: {first.name} gave back all of it"):
                    self.post("2026-04-03", second)
                with self.refused(f"Nothing of {invoice.name} is left to give back: {first.name} gave back all"):
                    self.reverse("2026-04-03", invoice, choice)
                second.unlink()
                self.assertEqual(self.rows(subscription), rows)
                self.assertInOrder(subscription)

    def test_what_a_first_reversal_left_a_second_one_frees(self):
        """10.00 of 30.00 go back and the time stays; then the other 20.00 go back and the month is billed again, once."""
        subscription, invoice = self.running()
        first = self.reverse("2026-04-03", invoice, "keep")
        first.invoice_line_ids.price_unit = 10.0
        self.post("2026-04-03", first)
        second = self.reverse("2026-04-04", invoice, "free")
        self.assertEqual(self.said(second), [(1, 20.0)])
        self.post("2026-04-04", second)
        self.assertInOrder(subscription)
        self.assertBilled(self.bill("2026-04-05", subscription), 1, 1, 30.0)
        self.assertInOrder(subscription)
        self.assertNothingBilled(self.bill("2026-04-06", subscription))

    def test_a_first_reversal_is_not_cancelled_under_the_second(self):
        subscription, invoice = self.running()
        first = self.reverse("2026-04-03", invoice, "keep")
        first.invoice_line_ids.price_unit = 10.0
        self.post("2026-04-03", first)
        second = self.reverse("2026-04-04", invoice, "keep")
        self.post("2026-04-04", second)
        with self.refused(f"was credited by {second.name}"):
            first.button_cancel()
        self.assertInOrder(subscription)

    # Back again

    def test_a_draft_that_is_deleted_changes_nothing(self):
        subscription, invoice = self.running()
        rows = self.rows(subscription)
        self.reverse("2026-04-03", invoice, "free").unlink()
        self.assertEqual(self.rows(subscription), rows)
        self.assertInOrder(subscription)
        self.assertNothingBilled(self.bill("2026-04-04", subscription))

    def test_a_cancelled_credit_note_puts_the_charge_in_force_again(self):
        for choice in ("keep", "free"):
            with self.subTest(choice=choice):
                subscription, invoice = self.running()
                rows = self.rows(subscription)
                credit = self.reverse("2026-04-03", invoice, choice)
                self.post("2026-04-03", credit)
                credit.button_cancel()
                self.assertEqual(self.rows(subscription), rows)
                self.assertInOrder(subscription)
                self.assertNothingBilled(self.bill("2026-04-04", subscription))
                credit.button_draft()
                self.assertEqual(self.rows(subscription), rows)
                self.post("2026-04-05", credit)
                self.assertInOrder(subscription)
                self.assertEqual(self.booked(subscription), 0.0)

    def test_a_credit_note_stays_when_its_time_was_billed_again(self):
        subscription, invoice = self.running()
        credit = self.reverse("2026-04-03", invoice, "free")
        self.post("2026-04-03", credit)
        self.bill("2026-04-04", subscription)
        again = self.invoices(subscription)[-1]
        with self.refused(f"was billed again by {again.name} .*, so the credit has to stay. Cancel or delete"):
            credit.button_cancel()
        self.assertInOrder(subscription)

    def test_a_credit_note_reset_to_draft_and_posted_as_it_was_changes_nothing(self):
        subscription, invoice = self.running()
        credit = self.reverse("2026-04-03", invoice, "free")
        self.post("2026-04-03", credit)
        self.bill("2026-04-04", subscription)
        rows = self.rows(subscription)
        credit.button_draft()
        credit.ref = "Corrected"
        self.post("2026-04-05", credit)
        self.assertEqual(self.rows(subscription), rows)
        self.assertInOrder(subscription)

    def test_a_credit_note_posted_again_with_another_amount_acts_anew(self):
        """30.00 given back and kept; corrected to 10.00: 20.00 are left for the month, and half of that for half of it."""
        subscription, invoice = self.running()
        credit = self.reverse("2026-04-03", invoice, "keep")
        self.post("2026-04-03", credit)
        credit.button_draft()
        credit.invoice_line_ids.price_unit = 10.0
        self.post("2026-04-05", credit)
        self.assertInOrder(subscription)
        subscription.line_ids.date_end = "2026-04-15"
        self.bill("2026-04-16", subscription)
        self.assertEqual(self.invoices(subscription)[-1].amount_total, 10.0)
        self.assertInOrder(subscription)

    def test_posted_again_after_its_time_was_billed_again_only_the_money_follows(self):
        subscription, invoice = self.running()
        credit = self.reverse("2026-04-03", invoice, "free")
        self.post("2026-04-03", credit)
        self.bill("2026-04-04", subscription)
        credit.button_draft()
        credit.invoice_line_ids.price_unit = 25.0
        self.post("2026-04-05", credit)
        self.assertEqual([amount for *_row, amount in self.rows(subscription)], [30.0, -30.0, 30.0, 5.0])
        self.assertInOrder(subscription)
        self.assertNothingBilled(self.bill("2026-04-06", subscription))

    def test_a_credit_note_reset_to_draft_and_deleted_is_as_if_it_had_never_been(self):
        subscription, invoice = self.running()
        rows = self.rows(subscription)
        credit = self.reverse("2026-04-03", invoice, "keep")
        self.post("2026-04-03", credit)
        credit.button_draft()
        credit.unlink()
        self.assertEqual(self.rows(subscription), rows)
        self.assertInOrder(subscription)

    # Reverse and create invoice

    def test_the_new_invoice_takes_over_the_time(self):
        subscription, invoice = self.running()
        draft = self.reverse("2026-04-03", invoice, create=True)
        credit = invoice.reversal_move_ids
        self.assertEqual((draft.move_type, draft.state, draft.amount_total), ("out_invoice", "draft", 30.0))
        self.assertEqual((credit.state, credit.recurring_reversal), ("posted", "handed_over"))
        self.assertEqual(
            self.rows(subscription),
            [("charge", "2026-04-01", "2026-04-01", 30.0), ("credit", *APRIL, -30.0), ("charge", *APRIL, 30.0)],
        )
        self.assertEqual(draft.invoice_line_ids.recurring_period_id, subscription.period_ids.sorted("id")[-1])
        self.assertTrue(draft._recurring_is_untouched())
        self.assertInOrder(subscription)
        self.assertNothingBilled(self.bill("2026-04-04", subscription))
        self.post("2026-04-04", draft)
        self.assertInOrder(subscription)
        self.assertNothingBilled(self.bill("2026-04-05", subscription))

    def test_the_new_invoice_at_another_price(self):
        """30.00 reversed, 24.00 on the new invoice; the customer leaves on the 15th: half of 24.00."""
        subscription, invoice = self.running()
        draft = self.reverse("2026-04-03", invoice, create=True)
        draft.invoice_line_ids.price_unit = 24.0
        self.post("2026-04-03", draft)
        self.assertInOrder(subscription)
        self.assertNothingBilled(self.bill("2026-04-04", subscription))
        subscription.line_ids.date_end = "2026-04-15"
        self.bill("2026-04-16", subscription)
        rest = self.invoices(subscription)[-1]
        self.assertEqual((rest.amount_total, rest.reversed_entry_id), (12.0, draft))
        self.assertInOrder(subscription)

    def test_a_new_invoice_that_is_deleted_leaves_the_time_to_the_next_run(self):
        subscription, invoice = self.running()
        self.reverse("2026-04-03", invoice, create=True).unlink()
        self.assertInOrder(subscription)
        self.assertBilled(self.bill("2026-04-04", subscription), 1, 1, 30.0)
        self.assertInOrder(subscription)

    def test_an_untouched_new_invoice_follows_the_subscription(self):
        subscription, invoice = self.running()
        draft = self.reverse("2026-04-03", invoice, create=True)
        subscription.line_ids.date_end = "2026-04-10"
        self.bill("2026-04-11", subscription)
        self.assertFalse(draft.exists())
        self.assertEqual(self.invoices(subscription)[-1].amount_total, 10.0)
        self.assertInOrder(subscription)

    def test_the_reversal_is_not_cancelled_under_the_new_invoice(self):
        _subscription, invoice = self.running()
        self.reverse("2026-04-03", invoice, create=True)
        with self.refused("was billed again by .*, so the credit has to stay"):
            invoice.reversal_move_ids.button_cancel()

    def test_an_invoice_given_back_in_part_is_not_replaced(self):
        subscription, invoice = self.running()
        subscription.line_ids.date_end = "2026-04-15"
        self.bill("2026-04-16", subscription)
        credit = self.invoices(subscription)[-1]
        with self.refused(f"{credit.name} gave back some of {invoice.name} already.* Use Reverse, .* or cancel {credit.name}"):
            self.reverse("2026-04-17", invoice, create=True)

    def test_a_new_invoice_cannot_wait_for_a_later_date(self):
        _subscription, invoice = self.running()
        wizard = self.reversal_form(invoice).save()
        wizard.date = "2999-01-01"
        with self.refused("Choose today, or use Reverse"):
            wizard.modify_moves()

    # Lines with credits

    def with_net_line(self):
        """April paid; a pause from the 10th to the 19th, recorded on the 20th: one run credits 21 days and charges 11 on one line."""
        subscription, invoice = self.running()
        self.pay(invoice)
        change = self.at("2026-04-20")["recurring.subscription.change"]
        change.pause(subscription.line_ids, date(2026, 4, 10))
        change.resume(subscription.line_ids, date(2026, 4, 20))
        self.bill("2026-05-01", subscription)
        self.assertEqual(
            self.rows(subscription),
            [
                ("charge", "2026-04-01", "2026-04-10", 30.0),
                ("charge", "2026-05-01", "2026-06-01", 30.0),
                ("charge", "2026-04-20", "2026-05-01", 11.0),
                ("credit", "2026-04-10", "2026-05-01", -21.0),
            ],
        )
        self.assertInOrder(subscription)
        return subscription, self.invoices(subscription)[-1]

    def test_an_invoice_with_charges_and_credits_on_one_line_is_billed_again_as_it_was(self):
        subscription, invoice = self.with_net_line()
        self.assertEqual(sorted(line.price_subtotal for line in invoice.invoice_line_ids), [-10.0, 30.0])
        credit = self.reverse("2026-05-02", invoice, "free")
        self.assertEqual(credit.amount_total, 20.0)
        self.post("2026-05-02", credit)
        self.assertInOrder(subscription)
        self.assertEqual(self.booked(subscription), 30.0)
        self.assertBilled(self.bill("2026-05-03", subscription), 1, 1, 20.0)
        self.assertInOrder(subscription)
        self.assertNothingBilled(self.bill("2026-05-04", subscription))

    def test_kept_time_of_an_invoice_with_credits_stays_as_it_is(self):
        subscription, invoice = self.with_net_line()
        self.post("2026-05-02", self.reverse("2026-05-02", invoice, "keep"))
        self.assertInOrder(subscription)
        self.assertEqual(self.booked(subscription), 30.0)
        self.assertNothingBilled(self.bill("2026-05-03", subscription))

    def test_the_new_invoice_takes_over_charges_and_credits(self):
        subscription, invoice = self.with_net_line()
        draft = self.reverse("2026-05-02", invoice, create=True)
        self.assertEqual(draft.amount_total, 20.0)
        self.assertInOrder(subscription)
        self.assertNothingBilled(self.bill("2026-05-03", subscription))
        draft.unlink()
        self.assertInOrder(subscription)
        self.assertBilled(self.bill("2026-05-04", subscription), 1, 1, 20.0)
        self.assertInOrder(subscription)

    # Who and what

    def test_a_billing_user_without_sales_rights_reverses(self):
        subscription, invoice = self.running()
        clerk = self.make_user("carla", "account.group_account_invoice")
        credit = self.reverse("2026-04-03", invoice, "free", user=clerk)
        self.post("2026-04-03", credit, user=clerk)
        self.assertInOrder(subscription)
        draft = self.reverse("2026-04-05", self._billed_again(subscription, "2026-04-04"), create=True, user=clerk)
        self.assertTrue(draft.invoice_line_ids.recurring_period_id)
        self.assertInOrder(subscription)

    def _billed_again(self, subscription, day):
        self.bill(day, subscription)
        return self.invoices(subscription)[-1]

    def test_nobody_writes_which_period_a_line_reverses(self):
        _subscription, invoice = self.running()
        clerk = self.make_user("carla", "account.group_account_invoice")
        period = invoice.invoice_line_ids.recurring_period_id
        values = {"move_type": "out_refund", "partner_id": invoice.partner_id.id, "reversed_entry_id": invoice.id}
        line = {"name": "Trick", "price_unit": 30.0, "recurring_credits_period_id": period.id}
        with self.assertRaisesRegex(AccessError, "Reverses Billed Period"):
            self.env["account.move"].with_user(clerk).create({**values, "invoice_line_ids": [Command.create(line)]})
        credit = self.reverse("2026-04-03", invoice, "keep")
        with self.assertRaisesRegex(AccessError, "Reverses Billed Period"):
            credit.invoice_line_ids.with_user(clerk).recurring_credits_period_id = False

    def test_a_credit_note_is_not_switched_into_an_invoice(self):
        _subscription, invoice = self.running()
        credit = self.reverse("2026-04-03", invoice, "keep")
        with self.refused("so it stays what it is"):
            credit.action_switch_move_type()

    def test_the_wizard_asks_only_where_time_was_billed(self):
        _subscription, invoice = self.running()
        plain = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": invoice.partner_id.id,
                "invoice_line_ids": [Command.create({"name": "Towel", "price_unit": 5.0, "tax_ids": False})],
            }
        )
        plain.action_post()
        asked = [self.reversal_form(move).save() for move in (invoice, plain)]
        self.assertEqual([wizard.recurring_has_periods for wizard in asked], [True, False])
        asked[1].refund_moves()
        self.assertFalse(plain.reversal_move_ids.recurring_reversal)
        self.reversal_form(plain).save().modify_moves()

    def test_why_this_amount_speaks_of_the_reversal(self):
        """10.00 of 30.00 go back and the time stays; 35.00 of another 30.00, for good."""
        for choice, price, words in (
            ("keep", 10.0, ["The invoice was reversed.", "The amount $ 20.00 was given by a person."]),
            (
                "free",
                35.0,
                ["The invoice was reversed.", "A person wrote this amount on the document; no day of service explains it: $ -5.00."],
            ),
        ):
            with self.subTest(choice=choice):
                _subscription, invoice = self.running()
                credit = self.reverse("2026-04-03", invoice, choice)
                credit.invoice_line_ids.price_unit = price
                self.post("2026-04-03", credit)
                paragraphs = self.env["recurring.amount.explanation"].of_line(credit.invoice_line_ids)
                told = [text.replace("\N{NO-BREAK SPACE}", " ") for paragraph in paragraphs for text in paragraph.lines]
                for sentence in words:
                    self.assertIn(sentence, [text.replace("\N{ZERO WIDTH NO-BREAK SPACE}", "") for text in told])

    def test_the_chatter_says_what_became_of_the_time(self):
        _subscription, invoice = self.running()
        credit = self.reverse("2026-04-03", invoice, "free")
        self.post("2026-04-03", credit)
        self.assertIn("04/01/2026 – 04/30/2026 is free again", " ".join(credit.message_ids.mapped("body")))
