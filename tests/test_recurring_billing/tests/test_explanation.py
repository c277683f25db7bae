"""Why an invoice line has its amount: period, days, policy, price and formula in words; every figure worked out by hand."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RecurringCommon
from .test_usage import UsageCommon


@tagged("post_install", "-at_install")
class TestExplanation(RecurringCommon):
    def billed(self, day, price, *, start=None, plan=None, **values):
        self.subscription = self.subscribe(start or day, price, plan=plan, **values)
        self.bill(day, self.subscription)
        return self.invoices(self.subscription).invoice_line_ids

    def told(self, line, lang="en_US"):
        """The explanation as one text, a sentence per line."""
        paragraphs = self.env["recurring.amount.explanation"].with_context(lang=lang).of_line(line)
        told = "\n".join(text for paragraph in paragraphs for text in (paragraph.title, *paragraph.lines) if text)
        return told.replace("\N{NO-BREAK SPACE}", " ").replace("\N{ZERO WIDTH NO-BREAK SPACE}", "")

    def assertTold(self, line, *sentences, lang="en_US"):
        for sentence in sentences:
            self.assertIn(sentence, self.told(line, lang).split("\n"))

    def pay(self, move):
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids).create(
            {}
        ).action_create_payments()

    def continue_line(self, date_start, **values):
        """A successor of the subscription's line in its lineage."""
        line = self.subscription.line_ids[:1]
        return self.env["recurring.subscription.line"].create(
            {
                "subscription_id": self.subscription.id,
                "product_id": line.product_id.id,
                "lineage_id": line.lineage_id.id,
                "date_start": date_start,
                "price_unit": line.price_unit,
                **values,
            }
        )

    # Charges

    def test_a_whole_period(self):
        line = self.billed("2024-03-01", 10.0, line={"quantity": 3, "discount": 10})
        self.assertTold(
            line,
            f"Gym, every month, in advance. Subscription {self.subscription.name}.",
            "Charge: 03/01/2024 to 03/31/2024",
            "It is the whole period of 31 days.",
            "A whole period costs 3 × $ 10.00 − 10 % = $ 27.00.",
            "3 × $ 10.00 − 10 %, $ 27.00 without tax.",
        )

    def test_a_leading_stub_by_the_day(self):
        # RULES: 1 February, anchor day 13: 12 of 31 days; 310 × 12/31 = 120
        line = self.billed("2011-02-01", 310.0, plan=self.make_plan(alignment="fixed_day", anchor_day=13))
        self.assertTold(
            line,
            "Charge: 02/01/2011 to 02/12/2011",
            "It is 12 of the 31 days of the period 01/13/2011 to 02/12/2011.",
            "Service starts on 02/01/2011.",
            "The plan bills partial periods by the day.",
            "A whole period costs $ 310.00.",
            "$ 310.00 × 12/31 = $ 120.00",
        )

    def test_a_leading_stub_of_months_of_30_days(self):
        line = self.billed("2011-02-01", 310.0, plan=self.make_plan(alignment="fixed_day", anchor_day=13, proration="thirty"))
        self.assertTold(line, "The plan counts months of 30 days: 12 of 30 days.", "$ 310.00 × 2/5 = $ 124.00")

    def test_a_partial_first_period_that_costs_a_whole_one(self):
        line = self.billed("2011-02-01", 310.0, plan=self.make_plan(alignment="fixed_day", anchor_day=13, proration="full"))
        self.assertTold(line, "By the plan a partial first period costs a whole one, spread over its days: 1 of the price.")
        self.assertEqual(line.price_subtotal, 310.0)

    def test_nothing_stays_of_a_period_given_back_whole(self):
        charge = self.billed("2024-03-01", 31.0)
        self.bill("2024-04-01", self.subscription)
        second = self.invoices(self.subscription)[1]
        self.subscription.line_ids.date_end = "2024-03-31"
        self.bill("2024-04-02", self.subscription)
        credit = self.invoices(self.subscription) - charge.move_id - second
        self.assertTold(credit.invoice_line_ids, "Nothing of it stays.", "$ 0.00 − $ 31.00 = $ -31.00")

    def test_a_partial_first_period_that_is_free(self):
        plan = self.make_plan(alignment="fixed_day", anchor_day=13, proration="none")
        self.billed("2011-02-01", 310.0, plan=plan)
        row = self.subscription.period_ids
        told = [text for paragraph in self.env["recurring.amount.explanation"].of_row(row) for text in paragraph.lines]
        self.assertIn("The plan gives a partial first period for free.", told)
        self.assertEqual(row.amount, 0)

    def test_an_end_within_the_period(self):
        # 10 of 31 days: 62 × 10/31 = 20
        line = self.billed("2024-03-01", 62.0, line={"date_end": "2024-03-10"})
        self.assertTold(line, "It ends on 03/10/2024.", "$ 62.00 × 10/31 = $ 20.00")

    def test_the_rest_of_a_period_billed_in_part(self):
        # 99.99 for April: the first half rounds to 50.00 (49.995), so the rest is 49.99.
        self.billed("2026-04-01", 99.99, line={"date_end": "2026-04-15"})
        self.subscription.line_ids.date_end = False
        self.bill("2026-04-16", self.subscription)
        self.assertTold(
            self.invoices(self.subscription)[1].invoice_line_ids,
            "Of this period, $ 50.00 was billed at this price before.",
            "With this, all of it is billed: $ 99.99.",
            "$ 99.99 − $ 50.00 = $ 49.99",
        )

    def test_a_new_price_in_the_middle_of_a_period(self):
        # 16 of 31 days at 31.00 and 15 of 31 at 62.00: 16 and 30
        self.billed("2024-03-01", 31.0, line={"date_end": "2024-03-16"})
        old = self.subscription.line_ids
        old.sudo().ended_by = "reprice"
        self.continue_line("2024-03-17", price_unit=62.0)
        self.bill("2024-03-17", self.subscription)
        first, second = self.invoices(self.subscription).invoice_line_ids.sorted("id")
        self.assertTold(first, "Another price or quantity holds after 03/16/2024.", "$ 31.00 × 16/31 = $ 16.00")
        self.assertTold(second, "This price holds from 03/17/2024 on.", "$ 62.00 × 15/31 = $ 30.00")

    def test_discounts_are_named(self):
        discounts = [Command.create({"name": "Welcome", "amount": 5.0, "date_start": "2024-03-01"})]
        lines = self.billed("2024-03-01", 50.0, line={"discount_ids": discounts})
        self.assertTold(
            lines[0], "A whole period costs $ 50.00 − $ 5.00 = $ 45.00 (Welcome).", "Money taken off stands on a line of its own."
        )

    # Credits

    def test_a_credit_says_what_stays_why_and_which_invoice(self):
        # RULES: 249.95 from 2 March, ended on the 3rd: 2 of 31 days stay, 16.13
        charge = self.billed("2012-03-02", 249.95)
        self.subscription.line_ids.date_end = "2012-03-03"
        self.bill("2012-03-04", self.subscription)
        credit = (self.invoices(self.subscription) - charge.move_id).invoice_line_ids
        self.assertTold(
            credit,
            "Credit: 03/04/2012 to 04/01/2012",
            "It is 29 of the 31 days of the period 03/02/2012 to 04/01/2012.",
            "It ends on 03/03/2012.",
            f"It was billed with {charge.move_id.name}.",
            "Of this period, $ 249.95 was billed at this price before.",
            "2/31 of it stays: $ 249.95 × 2/31 = $ 16.13.",
            "$ 16.13 − $ 249.95 = $ -233.82",
            f"It reduces {charge.move_id.name}.",
        )

    def test_a_credit_and_a_charge_netted_on_one_line(self):
        # Ended on the 3rd and wanted again from the 20th, both found by one run: 2 days stay, then 15 of 31.
        charge = self.billed("2012-03-02", 249.95)
        self.pay(charge.move_id)
        self.subscription.line_ids.date_end = "2012-03-03"
        self.continue_line("2012-03-20")
        self.bill("2012-03-20", self.subscription)
        line = (self.invoices(self.subscription) - charge.move_id).invoice_line_ids
        self.assertEqual(len(line), 1)
        self.assertTold(
            line,
            "$ 16.13 − $ 249.95 = $ -233.82",
            "With this, 15/31 of it is billed: $ 249.95 × 15/31 = $ 120.94.",
            "$ 120.94 − $ 16.13 = $ 104.81",
            "Together",
            "$ -233.82 + $ 104.81 = $ -129.01",
        )

    def test_a_correction_of_days_that_stay(self):
        """February of 28 days in months of 30: 10 days at 300.00, and the other 18, which take the rest of 30, at 600.00: 100 and 400.
        When 5 of the first go, the month is not whole any more: the 18 days are worth 18/30 of 600.00, 360.00.
        """
        self.billed("2023-02-01", 300.0, plan=self.make_plan(proration="thirty"), line={"date_end": "2023-02-10"})
        self.continue_line("2023-02-11", price_unit=600.0)
        self.bill("2023-02-11", self.subscription)
        self.subscription.line_ids.sorted("date_start")[:1].date_end = "2023-02-05"
        self.bill("2023-02-12", self.subscription)
        correction = self.subscription.period_ids.filtered(lambda row: row.kind == "credit" and row.start == row.end)
        self.assertEqual(correction.amount, -40.0)
        self.assertTold(
            correction._billed_lines(),
            "Correction: 02/01/2023 to 02/28/2023",
            "Days of this period were changed elsewhere, which alters what its other days are worth.",
            "Together with the $ 400.00 that were billed before, this period costs $ 360.00 at this price: $ -40.00 now.",
        )

    def test_a_credit_of_an_opening_position(self):
        # 60.00 for all of April, 10 of 30 days stay: 20.00
        self.subscription = self.subscribe(
            "2026-03-01", 75.0, line={"opening_until": "2026-04-30", "opening_amount": 60.0, "date_end": "2026-04-10"}, activate=False
        )
        self.subscription.line_ids.date_end = False
        self.press("2026-04-05", self.subscription, "action_activate")
        self.subscription.line_ids.date_end = "2026-04-10"
        self.bill("2026-04-11", self.subscription)
        credit = self.invoices(self.subscription).invoice_line_ids
        self.assertEqual(credit.price_subtotal, 40.0)
        self.assertTold(
            credit,
            "It has no price, only the amount $ 60.00 for 30 days: 10 of them stay, in proportion. Credit: $ -40.00.",
        )
        opening = self.subscription.period_ids.filtered(lambda row: row.kind == "opening" and row.amount)
        (_subject, paragraph) = self.env["recurring.amount.explanation"].of_row(opening)
        self.assertEqual(paragraph.title, "Opening position: 04/01/2026 to 04/30/2026")
        self.assertIn("The amount $ 60.00 was given", paragraph.lines[1].replace("\N{NO-BREAK SPACE}", " "))

    # Lines that people changed or made

    def test_a_line_that_a_person_changed(self):
        line = self.billed("2024-03-01", 50.0, invoice_mode="draft")
        line.price_unit = 45.0
        self.assertTold(line, "A person changed the line: by the rules above it would be $ 50.00, it is $ 45.00.")

    def test_an_untouched_line_is_not_said_to_be_changed(self):
        self.assertNotIn("A person changed", self.told(self.billed("2024-03-01", 50.0)))

    def test_a_credit_note_that_a_person_made(self):
        line = self.billed("2024-03-01", 50.0)
        credit = line.move_id._reverse_moves([{"invoice_date": "2024-03-05"}])
        self.assertTold(
            credit.invoice_line_ids,
            f"A person made this credit note. It gives back what {line.move_id.name} charged:",
            "A whole period costs $ 50.00.",
        )

    def test_a_line_that_a_person_wrote(self):
        line = self.billed("2024-03-01", 50.0, invoice_mode="draft")
        line.move_id.invoice_line_ids = [Command.create({"name": "Towel", "price_unit": 5.0})]
        self.assertTold(line.move_id.invoice_line_ids - line, "A person wrote this line. Billing did not compute it.")

    def test_days_are_written_as_the_reader_writes_them(self):
        line = self.billed("2024-03-01", 62.0, line={"date_end": "2024-03-10"})
        self.env["res.lang"]._activate_lang("pt_BR")
        self.assertIn("10/03/2024", self.told(line, "pt_BR"))

    # The dialog

    def test_the_dialog_shows_words_links_and_rows(self):
        charge = self.billed("2012-03-02", 249.95)
        self.subscription.line_ids.date_end = "2012-03-03"
        self.bill("2012-03-04", self.subscription)
        credit = (self.invoices(self.subscription) - charge.move_id).invoice_line_ids
        clerk = self.make_user("explained_clerk", "account.group_account_invoice")
        action = credit.with_user(clerk).action_recurring_explain()
        dialog = self.env[action["res_model"]].with_user(clerk).browse(action["res_id"])
        self.assertIn("2/31", dialog.body)
        self.assertIn(f"/account.move/{charge.move_id.id}", dialog.body)
        self.assertEqual(dialog.period_ids, self.subscription.period_ids)
        action = self.subscription.period_ids[:1].with_user(clerk).action_explain()
        self.assertIn("Gym", self.env[action["res_model"]].browse(action["res_id"]).body)

    def test_the_dialog_opens_only_for_who_may_read_the_line(self):
        line = self.billed("2024-03-01", 50.0)
        seller = self.make_user("explained_seller", "recurring_billing.group_user", companies=self.company_eur)
        with self.assertRaises(AccessError):
            line.with_user(seller).action_recurring_explain()


@tagged("post_install", "-at_install")
class TestUsageExplanation(UsageCommon):
    told = TestExplanation.told
    assertTold = TestExplanation.assertTold

    def test_usage_shows_its_tiers_and_what_was_billed_of_it_before(self):
        subscription = self.subscribe_metered()
        self.use(subscription, "2024-01-05", 1200)
        self.bill("2024-02-01", subscription)
        first = self.invoices(subscription).invoice_line_ids
        self.assertTold(
            first,
            "Usage: 01/01/2024 to 01/31/2024",
            "Usage is billed at the end of its period.",
            "Records of usage: 1.",
            "1,200 Units: 1,000 × 1.50, 200 × 2.00, basic fee 30.00 = $ 1,930.00",
        )
        self.use(subscription, "2024-01-30", 3)
        self.bill("2024-03-01", subscription)
        rows = subscription.period_ids.filtered(lambda row: row.usage_reason == "late")
        self.assertTold(
            rows._billed_lines(),
            "It was recorded after its days were billed, so it comes later.",
            "1,203 Units: 1,000 × 1.50, 203 × 2.00, basic fee 30.00 = $ 1,936.00",
            "Of this, $ 1,930.00 was billed before.",
            "$ 1,936.00 − $ 1,930.00 = $ 6.00",
        )
