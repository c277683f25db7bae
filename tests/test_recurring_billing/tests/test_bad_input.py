"""Bad input is refused in words that say what to do, whoever enters it and wherever: nothing of it is written."""

from datetime import date

from odoo import Command
from odoo.tests import tagged

from .ledger_checks import LedgerChecks


@tagged("post_install", "-at_install")
class TestBadInput(LedgerChecks):
    def billed(self, **values):
        """30.00 a month since 1 March 2024, of which March is billed."""
        subscription = self.subscribe("2024-03-01", 30.0, **values)
        self.bill("2024-03-01", subscription)
        return subscription

    # Dates and intervals

    def test_a_line_does_not_end_before_it_starts(self):
        line = self.subscribe("2024-03-01").line_ids
        with self.refused("would end on 02/28/2024, before it starts on 03/01/2024. Choose a last day on or after its first day"):
            line.date_end = "2024-02-28"

    def test_a_subscription_does_not_end_before_it_starts(self):
        subscription = self.subscribe("2024-03-01")
        with self.refused("would end on 02/28/2024, before it starts on 03/01/2024. Choose a last day on or after the start"):
            subscription.end_date = "2024-02-28"

    def test_an_interval_is_at_least_one(self):
        for count in (0, -1):
            with self.subTest(count=count), self.refused_by_database("every 1 or more days, weeks, months or years"):
                self.make_plan(interval_count=count)

    def test_counts_of_a_plan_are_not_negative(self):
        for name in ("lead_days", "trial_count", "term_count", "notice_days"):
            with self.subTest(name=name), self.refused_by_database("cannot be negative. Use 0 for none"):
                self.make_plan(**{name: -1})

    def test_quantity_and_discount_stay_in_their_bounds(self):
        line = self.subscribe("2024-03-01").line_ids
        for values, words in (
            ({"quantity": -1}, "A quantity cannot be negative"),
            ({"discount": 101}, "between 0 and 100 percent"),
            ({"discount": -1}, "between 0 and 100 percent"),
        ):
            with self.subTest(values=values), self.refused_by_database(words):
                line.write(values)

    # Successors and pauses

    def test_a_line_and_the_one_that_continues_it_do_not_overlap(self):
        subscription = self.billed()
        line = subscription.line_ids
        successor = {"subscription_id": subscription.id, "product_id": line.product_id.id, "lineage_id": line.lineage_id.id}
        for end in (False, "2024-04-15"):
            line.date_end = end
            with self.subTest(end=end), self.refused("starts on 04/15/2024, while the line it continues still runs. End that one first"):
                line.create({**successor, "date_start": "2024-04-15"})
        line.date_end = "2024-04-14"
        self.assertTrue(line.create({**successor, "date_start": "2024-04-15"}))

    def test_a_pause_inside_a_pause(self):
        subscription = self.billed()
        change = self.at("2024-03-10")["recurring.subscription.change"]
        change.pause(subscription.line_ids, date(2024, 4, 1))
        with self.refused("is paused since 03/31/2024 already. Resume it before you pause it again"):
            change.pause(subscription.line_ids, date(2024, 4, 10))

    def test_resuming_what_is_not_paused(self):
        subscription = self.billed()
        with self.refused("is not paused, so there is nothing to resume"):
            self.at("2024-03-10")["recurring.subscription.change"].resume(subscription.line_ids, date(2024, 4, 1))

    # What billing has fixed

    def test_the_currency_stays_once_something_was_billed(self):
        subscription = self.billed()
        with self.refused("has billed periods, so Currency cannot change any more. Close it and start a new subscription instead"):
            subscription.currency_id = self.currency_eur
        self.currency_eur.active = True
        euros = self.env["product.pricelist"].create({"name": "Euros", "currency_id": self.currency_eur.id})
        with self.refused("has billed periods, so .* cannot change any more. Close it and start a new subscription instead"):
            subscription.pricelist_id = euros

    def test_a_billed_line_is_not_deleted(self):
        line = self.billed().line_ids
        with self.refused("was billed, so it cannot be deleted. Give it a last day instead"):
            line.unlink()
        with self.refused("was billed, so it cannot be deleted. Give it a last day instead"):
            line.subscription_id.write({"line_ids": [Command.delete(line.id)]})

    def test_a_line_whose_invoice_was_reversed_is_not_deleted_either(self):
        subscription = self.billed()
        self.post("2024-03-02", self.reverse("2024-03-02", self.invoices(subscription), "free"))
        with self.refused("was billed, so it cannot be deleted"):
            subscription.line_ids.unlink()

    def test_a_subscription_that_was_billed_is_not_deleted(self):
        with self.refused("was activated, so its history must stay. Close it instead of deleting it"):
            self.billed().unlink()

    def test_a_plan_in_use_is_neither_archived_nor_deleted(self):
        plan = self.billed().plan_id
        for act in (plan.action_archive, plan.unlink):
            with (
                self.subTest(act=act.__name__),
                self.refused("used by 1 subscriptions that are not closed. Close them first, then archive"),
            ):
                act()

    # Documents

    def test_a_cancelled_invoice_whose_time_was_billed_again_stays_cancelled(self):
        subscription = self.billed()
        invoice = self.invoices(subscription)
        invoice.button_cancel()
        self.bill("2024-03-05", subscription)
        again = self.invoices(subscription)[-1]
        with self.refused(f"is billed by {again.name} .*meanwhile. Cancel or delete that invoice first"):
            invoice.button_draft()
        self.assertInOrder(subscription)

    def test_an_invoice_is_not_cancelled_under_its_credit_note(self):
        subscription = self.billed()
        invoice = self.invoices(subscription)
        credit = self.reverse("2024-03-02", invoice, "keep")
        self.post("2024-03-02", credit)
        with self.refused(f"was credited by {credit.name} .*. Cancel or delete that first"):
            invoice.button_cancel()
        self.assertInOrder(subscription)
