"""One invoice for several subscriptions of a customer: what goes together, what stays apart, and that each keeps its own ledger."""

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RecurringCommon

DAY = "2024-03-01"
BATCH_LOGGER = "odoo.addons.recurring_billing.services.billing_batch"


@tagged("post_install", "-at_install")
class TestGrouping(RecurringCommon):
    def setUp(self):
        super().setUp()
        self.plan = self.make_plan(grouping="customer")
        self.mother = self.make_partner("Mother Maria")

    def pupil(self, name, price, day=DAY, **values):
        """A subscription of a pupil, paid by the mother."""
        values = {"plan": self.plan, "partner": self.mother, "beneficiary_id": self.make_partner(name).id, **values}
        return self.subscribe(day, price, **values)

    def both(self, **values):
        return self.pupil("Pedro", 30.0, **values) | self.pupil("Paula", 20.0, **values)

    def told(self, move):
        return [(line.display_type, line.name.splitlines()[0], line.price_subtotal) for line in move.invoice_line_ids.sorted("sequence")]

    # Together

    def test_two_pupils_of_a_mother_make_one_invoice_with_a_section_each(self):
        pedro, paula = self.both()
        run = self.bill(DAY, pedro | paula)
        self.assertBilled(run, 2, 1, 50.0)
        invoice = run.move_ids
        self.assertEqual(
            self.told(invoice),
            [
                ("line_section", f"{pedro.name} · Pedro", 0.0),
                ("product", "Gym", 30.0),
                ("line_section", f"{paula.name} · Paula", 0.0),
                ("product", "Gym", 20.0),
            ],
        )
        self.assertEqual((invoice.partner_id, invoice.state, invoice.amount_total), (self.mother, "posted", 50.0))
        self.assertEqual(invoice.recurring_subscription_ids, pedro | paula)
        self.assertEqual(invoice.invoice_origin, f"{pedro.name}, {paula.name}")

    def test_every_line_points_to_the_ledger_row_of_its_own_subscription(self):
        pedro, paula = self.both()
        self.bill(DAY, pedro | paula)
        for subscription, amount in ((pedro, 30.0), (paula, 20.0)):
            self.assertEqual(self.periods(subscription), [("2024-03-01", "2024-03-31", amount)])
            line = subscription.period_ids.move_line_ids
            self.assertEqual((line.recurring_subscription_id, line.price_subtotal), (subscription, amount))
            self.assertEqual(str(subscription.next_invoice_date), "2024-04-01")

    def test_the_chatter_of_each_tells_its_own_part(self):
        pedro, paula = self.both()
        self.bill(DAY, pedro | paula)
        for subscription, amount in ((pedro, "30.00"), (paula, "20.00")):
            self.assertIn(amount, subscription.message_ids[0].body)
        invoice = self.invoices(pedro)
        self.assertTrue(all(name in invoice.message_ids[0].body for name in (pedro.name, paula.name)))

    def test_different_first_days_go_together_when_billed_on_one_day(self):
        pedro, paula = self.pupil("Pedro", 30.0), self.pupil("Paula", 20.0, "2024-03-03")
        self.assertBilled(self.bill("2024-03-05", pedro | paula), 2, 1, 50.0)

    def test_the_scheduled_run_groups_too_and_batches_never_part_a_group(self):
        self.env["ir.config_parameter"].set_param("recurring_billing.batch_size", 2)
        self.pupil("Pedro", 30.0)
        self.subscribe(DAY, 11.0)
        self.subscribe(DAY, 12.0)
        self.pupil("Paula", 20.0)
        run = self.run_cron(DAY)
        self.assertEqual(sorted(run.move_ids.mapped("amount_untaxed")), [11.0, 12.0, 50.0])

    def test_the_dry_count_counts_the_invoices_that_will_be_made(self):
        both = self.both()
        with self.committing(DAY) as env:
            wizard = env["recurring.bill.now"].create({"subscription_ids": [Command.set(both.ids)]})
            self.assertEqual((wizard.count_ids.subscription_count, wizard.count_ids.invoice_count), (2, 1))

    def test_taxes_of_the_group_are_those_of_the_lines(self):
        """30.00 + 15 % and 22.00 with 10 % inside: 50.00 untaxed, 4.50 + 2.00 taxes."""
        inside = self.make_tax(10, price_include_override="tax_included")
        pedro = self.pupil("Pedro", 30.0, line={"tax_ids": [Command.set(self.tax.ids)]})
        paula = self.pupil("Paula", 22.0, line={"tax_ids": [Command.set(inside.ids)]})
        run = self.bill(DAY, pedro | paula)
        self.assertEqual((run.move_ids.amount_untaxed, run.move_ids.amount_tax, run.move_ids.amount_total), (50.0, 6.5, 56.5))

    # Apart

    def test_without_the_option_each_has_its_own_invoice(self):
        self.plan.grouping = "subscription"
        self.assertBilled(self.bill(DAY, self.both()), 2, 2, 50.0)

    def test_one_alone_has_no_section(self):
        run = self.bill(DAY, self.pupil("Pedro", 30.0))
        self.assertEqual(run.move_ids.invoice_line_ids.mapped("display_type"), ["product"])

    def test_what_differs_stays_apart(self):
        position = self.env["account.fiscal.position"].create({"name": "Abroad", "company_id": self.company.id})
        journal = self.env["account.journal"].create({"name": "Other", "code": "OTH", "type": "sale", "company_id": self.company.id})
        for values in (
            {"due_day": 10},
            {"invoice_mode": "draft"},
            {"fiscal_position_id": position.id},
            {"journal_id": journal.id},
            {"payment_term_id": self.env.ref("account.account_payment_term_30days").id},
            {"partner_invoice_id": self.make_partner("Father Fabio").id},
        ):
            with self.subTest(values=values):
                pair = self.pupil("Pedro", 30.0) | self.pupil("Paula", 20.0, **values)
                self.assertBilled(self.bill(DAY, pair), 2, 2)

    def test_missed_months_keep_an_invoice_each_and_the_months_go_together(self):
        both = self.both(day="2024-02-01")
        run = self.bill(DAY, both)
        self.assertBilled(run, 2, 2, 100.0)
        self.assertEqual(run.move_ids.mapped("amount_untaxed"), [50.0, 50.0])

    def test_a_free_period_is_no_part_of_the_invoice(self):
        free = self.pupil("Pedro", 0.0)
        run = self.bill(DAY, free | self.pupil("Paula", 20.0))
        self.assertBilled(run, 1, 1, 20.0)
        self.assertEqual(self.periods(free), [("2024-03-01", "2024-03-31", 0.0)])

    # What goes wrong

    def test_what_cannot_be_billed_is_parked_alone(self):
        bad = self.pupil("Pia", 10.0)
        bad.line_ids.product_id.active = False
        run = self.bill(DAY, self.both() | bad)
        self.assertEqual((run.invoice_count, run.parked_count, run.amount_untaxed), (1, 1, 50.0))
        self.assertTrue(self.issue(bad))

    def test_a_crash_parks_the_culprit_and_the_others_stay_together(self):
        culprit = self.pupil("Pia", 10.0)
        alone = self.subscribe(DAY, 7.0)
        self.patch_failure(culprit)
        with mute_logger(BATCH_LOGGER):
            run = self.bill(DAY, self.both() | culprit | alone)
        self.assertEqual(sorted(run.move_ids.mapped("amount_untaxed")), [7.0, 50.0])
        self.assertEqual((run.parked_count, self.issue(culprit).kind), (1, "error"))

    def patch_failure(self, culprit):
        """Its invoice lines cannot be made."""
        model = type(self.env["recurring.invoice.preparation"])
        original = model._prepare_move_lines

        def failing(preparation, invoice, item, period, words):
            if invoice.subscription.id == culprit.id:
                raise RuntimeError("no line for Pia")
            return original(preparation, invoice, item, period, words)

        self.patch(model, "_prepare_move_lines", failing)

    # Deleting

    def test_deleting_the_lines_of_one_frees_its_period_only(self):
        pedro, paula = self.both(invoice_mode="draft")
        self.bill(DAY, pedro | paula)
        invoice = self.invoices(pedro)
        pedro.period_ids.move_line_ids.unlink()
        self.assertFalse(self.periods(pedro))
        self.assertEqual(len(self.periods(paula)), 1)
        self.assertEqual([line[1] for line in self.told(invoice)], [f"{paula.name} · Paula", "Gym"])
        self.assertBilled(self.bill(DAY, pedro | paula), 1, 1, 30.0)

    def test_cancelling_the_invoice_frees_the_periods_of_all(self):
        both = self.both()
        self.bill(DAY, both)
        invoice = both.period_ids.move_ids
        invoice.button_draft()
        invoice.button_cancel()
        self.assertFalse(any(self.periods(subscription) for subscription in both))
        self.assertBilled(self.bill(DAY, both), 2, 1, 50.0)

    def test_a_credit_of_one_reduces_the_common_invoice(self):
        pedro, paula = self.both()
        self.bill(DAY, pedro | paula)
        invoice = self.invoices(pedro)
        pedro.line_ids.date_end = "2024-03-31"
        paula.line_ids.with_env(self.at("2024-03-11")).date_end = "2024-03-10"
        self.bill("2024-03-11", pedro | paula)
        credit = self.invoices(paula) - invoice
        self.assertEqual((credit.move_type, credit.reversed_entry_id), ("out_refund", invoice))
        self.assertAlmostEqual(credit.amount_total, 13.55)  # 20.00 − 20.00 × 10/31 = 20.00 − 6.45
        self.assertEqual(credit.recurring_subscription_ids, paula)
