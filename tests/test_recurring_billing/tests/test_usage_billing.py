"""Usage on invoices, told by date: billed at the end of its period, late records with the next invoice, corrections as credits."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .test_usage import UsageCommon


@tagged("post_install", "-at_install")
class TestUsageBilling(UsageCommon):
    def rows(self, subscription):
        """Usage rows in force: (first day, last day, reason, quantity, amount)."""
        rows = subscription.period_ids.filtered(lambda row: row.kind == "usage" and not row.voided).sorted("id")
        return [(str(row.start), str(row.last_day), row.usage_reason, row.quantity, row.amount) for row in rows]

    def usage_lines(self, move):
        return move.invoice_line_ids.filtered(lambda line: line.product_id == self.calls)

    def test_usage_is_billed_at_the_end_of_its_period_with_what_is_due_then(self):
        """50.00 a month in advance and calls: on 1 January 50.00; on 1 February 50.00 and January's 1,200 calls."""
        subscription = self.subscribe_metered(fixed=50.0)
        self.assertBilled(self.bill("2024-01-01", subscription), 1, 1, 50.0)
        self.assertEqual(str(subscription.next_invoice_date), "2024-02-01")
        first, second = self.use(subscription, "2024-01-05", 700), self.use(subscription, "2024-01-31", 500)
        february = self.use(subscription, "2024-02-01", 1)
        self.assertNothingBilled(self.bill("2024-01-31", subscription))
        run = self.run_cron("2024-02-01")
        self.assertEqual(run.move_ids.amount_untaxed, 1980.0)
        self.assertEqual(self.rows(subscription), [("2024-01-01", "2024-01-31", "regular", 1200.0, 1930.0)])
        self.assertEqual((first + second).mapped("state"), ["billed", "billed"])
        self.assertEqual((first.move_ids, february.state, february.move_ids.ids), (run.move_ids, "to_bill", []))
        self.assertNothingBilled(self.bill("2024-02-01", subscription))
        self.assertEqual(str(subscription.next_invoice_date), "2024-03-01")

    def test_the_invoice_says_what_was_used(self):
        subscription = self.subscribe_metered(line={"usage_allowance": 100})
        self.use(subscription, "2024-01-05", 1300)
        self.bill("2024-02-01", subscription)
        line = self.invoices(subscription).invoice_line_ids
        self.assertEqual((line.quantity, line.price_unit, line.price_subtotal), (1.0, 1930.0, 1930.0))
        self.assertEqual(
            line.name.split("\n")[1:],
            ["01/01/2024 to 01/31/2024", "1,300 Units: 100 included, 1,000 × 1.50, 200 × 2.00, basic fee 30.00"],
        )

    def test_packages_in_words(self):
        line = {"model": "package", "usage_flat_fee": 0, "usage_tier_ids": [Command.create({"unit_price": 2.95, "package_size": 100})]}
        subscription = self.subscribe_metered(line=line)
        self.use(subscription, "2024-01-05", 199)
        self.bill("2024-02-01", subscription)
        line = self.invoices(subscription).invoice_line_ids
        self.assertEqual((line.price_subtotal, line.name.split("\n")[2]), (5.9, "199 Units: 2 packages × 2.95"))

    def test_the_invoice_speaks_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        subscription = self.subscribe_metered(partner=self.make_partner(lang="pt_BR"))
        self.use(subscription, "2024-01-05", 1200)
        self.bill("2024-02-01", subscription)
        self.assertIn("1.000 × 1,50", self.invoices(subscription).invoice_line_ids.name)

    def test_the_basic_fee_is_billed_without_a_record_and_nothing_costs_nothing(self):
        subscription = self.subscribe_metered()
        self.assertBilled(self.bill("2024-02-01", subscription), 1, 1, 30.0)
        free = self.subscribe_metered(fixed=50.0, line={"usage_flat_fee": 0})
        self.bill("2024-01-01", free)
        self.assertBilled(self.bill("2024-02-01", free), 1, 1, 50.0)
        self.assertFalse(self.usage_lines(self.invoices(free)[-1]))
        self.assertEqual(self.rows(free), [("2024-01-01", "2024-01-31", "regular", 0.0, 0.0)])
        only = self.subscribe_metered(line={"usage_flat_fee": 0})
        self.bill("2024-02-01", only)
        self.assertFalse(self.invoices(only))
        self.assertEqual(str(only.next_invoice_date), "2024-03-01")

    def test_late_usage_goes_with_the_next_invoice_and_says_so(self):
        """995 calls in January, billed on 1 February; ten of January known on the 5th: five at 1.50, five at 2.00."""
        subscription = self.subscribe_metered(fixed=50.0)
        self.use(subscription, "2024-01-05", 995)
        self.bill("2024-01-01", subscription)
        self.bill("2024-02-01", subscription)
        late = self.use(subscription, "2024-01-30", 10, on="2024-02-05")
        self.assertEqual((late.state, str(subscription.next_invoice_date)), ("late", "2024-03-01"))
        self.use(subscription, "2024-02-10", 2)
        self.run_cron("2024-02-20")
        self.assertEqual(late.state, "late")
        run = self.run_cron("2024-03-01")
        self.assertEqual((len(run.move_ids), run.move_ids.amount_untaxed), (1, 50.0 + 17.5 + 33.0))
        january, february = self.usage_lines(run.move_ids).sorted("price_subtotal")
        self.assertEqual(
            (january.price_subtotal, january.name.split("\n")[1:]),
            (
                17.5,
                [
                    "Late usage of 01/01/2024 to 01/31/2024",
                    "1,005 Units in all, 995 billed before",
                    "1,005 Units: 1,000 × 1.50, 5 × 2.00, basic fee 30.00",
                ],
            ),
        )
        self.assertEqual(february.price_subtotal, 33.0)
        self.assertEqual((late.state, late.move_ids), ("billed", run.move_ids))

    def test_late_usage_of_a_subscription_that_ended_makes_an_invoice_of_its_own(self):
        subscription = self.subscribe_metered(end_date="2024-01-31")
        self.bill("2024-02-01", subscription)
        self.assertFalse(subscription.next_invoice_date)
        late = self.use(subscription, "2024-01-30", 10, on="2024-02-05")
        self.assertEqual(str(subscription.next_invoice_date), "2024-02-05")
        self.assertBilled(self.run_cron("2024-02-05"), 1, 1, 15.0)
        self.assertEqual(late.state, "billed")
        self.assertFalse(subscription.next_invoice_date)

    def test_deleting_late_usage_takes_the_date_back(self):
        subscription = self.subscribe_metered(end_date="2024-01-31")
        self.bill("2024-02-01", subscription)
        self.use(subscription, "2024-01-30", 10, on="2024-02-05").unlink()
        self.assertFalse(subscription.next_invoice_date)

    def test_a_correction_of_billed_usage_comes_off_its_open_invoice(self):
        """100 calls were billed with 180.00; 40 of them never happened: a credit note of 60.00 for that invoice."""
        subscription = self.subscribe_metered()
        self.use(subscription, "2024-01-05", 100)
        self.bill("2024-02-01", subscription)
        invoice = self.invoices(subscription)
        self.use(subscription, "2024-01-05", -40, on="2024-02-05")
        self.bill("2024-03-01", subscription)
        credit = self.invoices(subscription).filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual((credit.amount_untaxed, credit.reversed_entry_id, credit.state), (60.0, invoice, "posted"))
        self.assertEqual(invoice.amount_residual, 120.0)
        self.assertEqual(credit.invoice_line_ids.account_id, invoice.invoice_line_ids.account_id)
        self.assertEqual(sum(row[-1] for row in self.rows(subscription)), 150.0)

    def test_a_correction_of_paid_usage_comes_off_the_next_invoice(self):
        subscription = self.subscribe_metered(fixed=100.0)
        self.bill("2024-01-01", subscription)
        self.use(subscription, "2024-01-05", 100)
        self.bill("2024-02-01", subscription)
        for invoice in self.invoices(subscription):
            wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
            wizard.create({"payment_date": "2024-02-02"}).action_create_payments()
        self.use(subscription, "2024-01-05", -40, on="2024-02-05")
        run = self.run_cron("2024-03-01")
        # 100.00 of March, 30.00 of February, less 60.00
        self.assertEqual((len(run.move_ids), run.move_ids.move_type, run.move_ids.amount_untaxed), (1, "out_invoice", 70.0))
        line = self.usage_lines(run.move_ids).sorted("price_subtotal")[0]
        self.assertEqual((line.quantity, line.price_unit, line.price_subtotal), (-1.0, 60.0, -60.0))

    def test_deleting_the_draft_frees_its_usage(self):
        subscription = self.subscribe_metered(invoice_mode="draft")
        usage = self.use(subscription, "2024-01-05", 100)
        self.bill("2024-02-01", subscription)
        self.assertEqual(usage.state, "billed")
        self.invoices(subscription).unlink()
        self.assertEqual((usage.state, str(subscription.next_invoice_date)), ("to_bill", "2024-02-01"))
        usage.quantity = 50
        self.assertBilled(self.bill("2024-02-02", subscription), 1, 1, 105.0)

    def test_a_cancelled_invoice_comes_back_with_its_usage_unless_it_was_billed_anew(self):
        subscription = self.subscribe_metered()
        usage = self.use(subscription, "2024-01-05", 100)
        self.bill("2024-02-01", subscription)
        invoice = self.invoices(subscription)
        invoice.button_draft()
        invoice.button_cancel()
        self.assertEqual(usage.state, "to_bill")
        invoice.button_draft()
        self.assertEqual((usage.state, str(subscription.next_invoice_date)), ("billed", "2024-03-01"))
        invoice.button_cancel()
        self.bill("2024-02-02", subscription)
        with self.assertRaisesRegex(UserError, "The usage of .* is billed by INV/2024/"):
            invoice.button_draft()

    def test_late_usage_of_a_cancelled_invoice_is_billed_once(self):
        subscription = self.subscribe_metered()
        self.bill("2024-02-01", subscription)
        late = self.use(subscription, "2024-01-05", 10, on="2024-02-05")
        self.bill("2024-03-01", subscription)
        invoice = self.invoices(subscription)[-1]
        invoice.button_draft()
        invoice.button_cancel()
        self.assertEqual(late.state, "late")
        self.bill("2024-03-02", subscription)
        self.assertEqual(late.move_ids, self.invoices(subscription)[-1])
        self.assertEqual(sum(row[-1] for row in self.rows(subscription)), 75.0)
        with self.assertRaisesRegex(UserError, "The usage of .* is billed by"):
            invoice.button_draft()

    def test_an_end_inside_a_period_bills_what_was_used_until_then(self):
        subscription = self.subscribe_metered(end_date="2024-02-10")
        self.use(subscription, "2024-02-10", 10)
        self.bill("2024-02-01", subscription)
        self.assertEqual(str(subscription.next_invoice_date), "2024-02-11")
        self.assertBilled(self.bill("2024-02-11", subscription), 1, 1, 45.0)
        self.assertFalse(subscription.next_invoice_date)

    def test_catching_up_makes_one_invoice_per_missed_period(self):
        subscription = self.subscribe_metered("2024-01-01")
        self.use(subscription, "2024-01-10", 10)
        self.use(subscription, "2024-02-10", 20)
        self.bill("2024-03-01", subscription)
        self.assertEqual(self.invoices(subscription).mapped("amount_untaxed"), [45.0, 60.0])

    def test_old_usage_waits_for_a_confirmation(self):
        subscription = self.subscribe_metered()
        run = self.bill("2024-04-15", subscription)
        self.assertEqual((run.parked_count, self.issue(subscription).kind), (1, "catch_up"))
        self.assertFalse(self.rows(subscription))

    def test_another_price_holds_from_the_next_period_and_late_usage_keeps_the_old_one(self):
        subscription = self.subscribe_metered()
        self.bill("2024-02-01", subscription)
        subscription.line_ids.usage_tier_ids = [Command.clear(), Command.create({"unit_price": 1.0})]
        self.use(subscription, "2024-01-10", 10, on="2024-02-20")
        self.use(subscription, "2024-02-10", 10)
        self.bill("2024-03-01", subscription)
        self.assertEqual(
            self.rows(subscription)[1:],
            [("2024-01-01", "2024-01-31", "late", 10.0, 15.0), ("2024-02-01", "2024-02-29", "regular", 10.0, 40.0)],
        )

    def test_usage_is_taxed_and_posted_as_anything_else(self):
        subscription = self.subscribe_metered(line={"tax_ids": [Command.set(self.tax.ids)]})
        self.use(subscription, "2024-01-10", 100)
        self.bill("2024-02-01", subscription)
        invoice = self.invoices(subscription)
        self.assertEqual((invoice.amount_untaxed, invoice.amount_total, invoice.state), (180.0, 207.0, "posted"))

    def test_the_dry_count_knows_usage(self):
        subscription = self.subscribe_metered(fixed=50.0)
        self.use(subscription, "2024-01-10", 100)
        self.bill("2024-01-01", subscription)
        generation = self.env["recurring.invoice.generation"].with_context(recurring_today=self.day("2024-02-01"))
        counts = generation.dry_count(subscription, self.day("2024-02-01"))
        ((count,),) = [company.values() for company in counts.values()]
        self.assertEqual((count["invoices"], count["amount"]), (1, 230.0))

    def test_the_database_refuses_to_bill_usage_twice(self):
        subscription = self.subscribe_metered()
        self.bill("2024-02-01", subscription)
        row = subscription.period_ids
        with self.assertRaisesRegex(Exception, "recurring_period_no_double_usage"), self.env.cr.savepoint():
            row.sudo().copy({"usage_ids": []})
            self.env.flush_all()

    def test_queries_do_not_grow_with_past_usage(self):
        """Three months billed or one: the run reads the open period only."""
        counts = []
        for months in (1, 12):
            subscription = self.subscribe_metered(plan=self.make_plan(catch_up="together"))
            subscription.company_id.recurring_catch_up_days = 1000
            for n in range(months):
                self.use(subscription, f"2024-{n + 1:02}-10", 5)
                self.bill(f"2024-{n + 2:02}-01" if n < 11 else "2025-01-01", subscription)
            books = self.env["recurring.usage.billing"]._books(subscription, whole=False)[subscription]
            counts.append((len(books.rows), len(books.records)))
        self.assertEqual(counts, [(0, 0), (0, 0)])

    def change(self, day, kind, subscription, *arguments):
        change = self.env["recurring.subscription.change"].with_context(recurring_today=self.day(day))
        line = subscription.line_ids.filtered(lambda line: line.billing_type == "usage")[:1]
        return getattr(change, kind)(line, self.day(day), *arguments)

    def test_a_pause_bills_what_was_used_before_it_and_the_fee_once(self):
        subscription = self.subscribe_metered()
        self.use(subscription, "2024-01-05", 10)
        self.change("2024-01-11", "pause", subscription)
        self.assertBilled(self.bill("2024-01-11", subscription), 1, 1, 45.0)
        with self.refused(ValidationError, "was paused on 01/15/2024"):
            self.use(subscription, "2024-01-15", 1)
        self.change("2024-01-21", "resume", subscription)
        self.use(subscription, "2024-01-21", 1000)
        self.assertBilled(self.bill("2024-02-01", subscription), 1, 1, 1505.0)
        self.assertEqual([row[:2] for row in self.rows(subscription)], [("2024-01-01", "2024-01-10"), ("2024-01-21", "2024-01-31")])

    def test_an_end_in_the_past_gives_back_what_was_used_after_it(self):
        subscription = self.subscribe_metered()
        self.use(subscription, "2024-01-05", 10)
        after = self.use(subscription, "2024-01-20", 100)
        self.bill("2024-02-01", subscription)
        self.change("2024-01-11", "end", subscription)
        self.assertEqual((after.state, str(subscription.next_invoice_date)), ("outside", "2024-01-11"))
        self.bill("2024-02-02", subscription)
        credit = self.invoices(subscription).filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual((credit.amount_untaxed, subscription.next_invoice_date), (150.0, False))
        self.assertIn("Correction of usage of 01/01/2024 to 01/10/2024", credit.invoice_line_ids.name)
        self.change("2024-01-11", "reopen", subscription)
        self.bill("2024-02-03", subscription)
        self.assertEqual((after.state, sum(row[-1] for row in self.rows(subscription))), ("billed", 195.0))

    def test_a_price_from_within_a_period_counts_from_the_next_one(self):
        flat = {"usage_model": "flat", "usage_flat_fee": 10.0, "usage_tier_ids": []}
        subscription = self.subscribe_metered(line=flat)
        self.change("2024-01-11", "reprice", subscription, {"price_unit": 3.0})
        self.use(subscription, "2024-01-20", 10)
        self.use(subscription, "2024-02-20", 10)
        self.bill("2024-02-01", subscription)
        self.bill("2024-03-01", subscription)
        self.assertEqual([row[-1] for row in self.rows(subscription)], [25.0, 40.0])

    def test_a_price_of_a_billed_period_is_credited_and_billed_again(self):
        """January at 1.50 was billed with 25.00; from 1 January the price is 3.00: 40.00."""
        flat = {"usage_model": "flat", "usage_flat_fee": 10.0, "usage_tier_ids": []}
        subscription = self.subscribe_metered(line=flat)
        usage = self.use(subscription, "2024-01-20", 10)
        self.bill("2024-02-01", subscription)
        self.change("2024-01-01", "reprice", subscription, {"price_unit": 3.0})
        self.bill("2024-02-02", subscription)
        self.assertEqual(sorted(row[-1] for row in self.rows(subscription)), [-25.0, 25.0, 40.0])
        self.assertEqual((usage.state, usage.line_id.price_unit), ("billed", 1.5))
        self.assertNothingBilled(self.bill("2024-02-03", subscription))

    def test_the_price_of_tiers_is_changed_in_the_line(self):
        subscription = self.subscribe_metered()
        self.bill("2024-02-01", subscription)
        with self.refused(UserError, "its price is in its tiers"):
            self.change("2024-02-11", "reprice", subscription, {"price_unit": 3.0})

    def test_another_product_takes_over_and_each_bills_its_own_usage(self):
        subscription = self.subscribe_metered()
        self.use(subscription, "2024-01-05", 10)
        change = self.env["recurring.subscription.change"].with_context(recurring_today=self.day("2024-01-11"))
        new = change.replace(subscription.line_ids, self.day("2024-01-11"), {"usage_flat_fee": 0.0})
        self.use(subscription, "2024-01-11", 20)
        entry = {"subscription": subscription.name, "product": "CALLS", "date": "2024-01-12", "quantity": 5}
        usage = self.env["recurring.usage"].browse(self.env["recurring.usage"].record([entry, {**entry, "date": "2024-01-10"}]))
        self.assertEqual(usage[0].line_id, new)
        self.bill("2024-02-01", subscription)
        # 15 calls and the basic fee until the 10th; 25 calls after it
        self.assertEqual(sorted(row[-1] for row in self.rows(subscription)), [37.5, 52.5])

    def test_usage_of_a_draft_that_is_made_again_is_on_the_new_one(self):
        subscription = self.subscribe_metered(fixed=50.0, invoice_mode="draft")
        usage = self.use(subscription, "2024-01-05", 100)
        self.bill("2024-01-01", subscription)
        self.bill("2024-02-01", subscription)
        before = self.invoices(subscription)[-1]
        self.use(subscription, "2024-01-05", -40, on="2024-02-02")
        self.bill("2024-02-05", subscription)
        self.bill("2024-03-01", subscription)
        drafts = self.invoices(subscription)
        self.assertNotIn(before, drafts)
        self.assertFalse(drafts.filtered(lambda move: move.move_type == "out_refund"))
        self.assertEqual(sum(drafts.mapped("amount_untaxed")), 3 * 50.0 + 120.0 + 30.0)
        self.assertEqual((usage.state, len(usage.move_ids)), ("billed", 1))

    def test_the_outlook_knows_usage(self):
        subscription = self.subscribe_metered(fixed=50.0)
        self.bill("2024-01-01", subscription)
        self.use(subscription, "2024-01-05", 100)
        outlook = self.env["recurring.billing.outlook"].with_context(recurring_today=self.day("2024-01-10"))
        expected, problems = outlook.expected(subscription.with_env(outlook.env), self.day("2024-03-01"))
        self.assertEqual([(str(each.run_day), each.untaxed) for each in expected], [("2024-02-01", 230.0), ("2024-03-01", 80.0)])
        self.assertFalse(problems)

    def test_a_metered_line_costs_no_query_per_subscription(self):
        """Twelve subscriptions instead of two: one more query each than fixed lines need for the same invoices, and a few in all."""

        def growth(line):
            counts = []
            for number in (2, 12):
                plan, partner = self.make_plan(timing="arrears"), self.make_partner()
                many = self.env["recurring.subscription"].union(
                    *(self.subscribe("2024-01-01", lines=[line()], plan=plan, partner=partner) for _n in range(number))
                )
                for subscription in many.filtered("is_metered"):
                    self.use(subscription, "2024-01-05", 10)
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                self.assertBilled(self.bill("2024-02-01", many), number, number)
                counts.append(self.cr.sql_log_count - before)
            return counts[1] - counts[0]

        product = self.make_product(50.0)
        growth(self.metered)  # warms Odoo's caches
        fixed = growth(lambda: {"product_id": product.id, "price_unit": 50.0})
        self.assertLessEqual(growth(self.metered), fixed + 10 + 5)
