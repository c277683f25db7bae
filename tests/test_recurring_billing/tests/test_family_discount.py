"""Family discount by rank: by date, ending in posted invoices; who is billed keeps the price, the others move up at the next boundary."""

from odoo import Command
from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestFamilyDiscount(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        steps = [Command.create({"rank": 2, "percent": 10}), Command.create({"rank": 3, "percent": 20})]
        cls.scheme = cls.env["recurring.family.discount"].create({"name": "Siblings", "step_ids": steps})
        cls.plan = cls.make_plan(family_discount_id=cls.scheme.id, alignment="fixed_day", anchor_day=1)
        cls.parent = cls.make_partner("Paula")

    def child(self, name, start="2024-01-01", **values):
        return self.subscribe(start, 100.0, plan=self.plan, partner=self.parent, beneficiary_id=self.make_partner(name).id, **values)

    def untaxed(self, *subscriptions):
        return [self.invoices(each).mapped("amount_untaxed") for each in subscriptions]

    def test_the_first_leaves_and_the_others_move_up_at_the_next_boundary(self):
        """January 100, 90, 80. Ana leaves after 15 February (100, 90, 80 are billed; 14/29 of hers goes back: 100 − 51.72 = 48.28).
        March: Bea is the first, 100; Caio the second, 90.
        """
        ana, bea, caio = (self.child(name) for name in ("Ana", "Bea", "Caio"))
        family = ana | bea | caio
        self.bill("2024-01-01", family)
        self.assertEqual(self.untaxed(ana, bea, caio), [[100.0], [90.0], [80.0]])
        self.bill("2024-02-01", family)
        self.press("2024-02-10", ana, "write", {"end_date": "2024-02-15"})
        self.run_cron("2024-02-16")
        self.bill("2024-03-01", family)
        self.bill("2024-04-01", family)
        self.assertEqual(self.untaxed(ana, bea, caio), [[100.0, 100.0, 48.28], [90.0, 90.0, 100.0, 100.0], [80.0, 80.0, 90.0, 90.0]])
        self.assertIn("no. 1 of 2", bea.with_context(recurring_today=self.at("2024-03-01").context["recurring_today"]).family_label)

    def test_a_new_one_has_its_rank_from_its_first_partial_period(self):
        """Ana since 1 January. Bea joins on 16 January: 16/31 of 90.00 = 46.45 (46.4516…), then 90.00."""
        ana = self.child("Ana")
        self.bill("2024-01-01", ana)
        bea = self.child("Bea", "2024-01-16")
        self.bill("2024-01-16", bea)
        self.bill("2024-02-01", ana | bea)
        self.assertEqual(self.untaxed(ana, bea), [[100.0, 100.0], [46.45, 90.0]])

    def test_an_end_taken_back_gives_the_ranks_back(self):
        ana, bea = self.child("Ana"), self.child("Bea")
        self.bill("2024-01-01", ana | bea)
        self.press("2024-01-10", ana, "write", {"end_date": "2024-02-15"})
        self.assertEqual([(d.percent, str(d.date_end)) for d in bea.line_ids.discount_ids], [(10.0, "2024-02-29")])
        self.press("2024-01-12", ana, "write", {"end_date": False})
        self.bill("2024-02-01", ana | bea)
        self.bill("2024-03-01", ana | bea)
        self.assertEqual(self.untaxed(ana, bea), [[100.0] * 3, [90.0] * 3])

    def test_other_payers_and_other_plans_do_not_count(self):
        self.subscribe("2024-01-01", 100.0, partner=self.parent)
        self.subscribe("2024-01-01", 100.0, plan=self.plan)
        mine = self.child("Ana")
        self.bill("2024-01-01", mine)
        self.assertEqual(self.untaxed(mine), [[100.0]])

    def test_the_payer_is_the_commercial_partner_of_the_invoice_address(self):
        firm = self.make_partner("Firm", is_company=True)
        branch = self.make_partner("Branch", parent_id=firm.id, type="invoice")
        one = self.subscribe("2024-01-01", 100.0, plan=self.plan, partner_invoice_id=branch.id)
        two = self.subscribe("2024-01-02", 100.0, plan=self.plan, partner=self.make_partner("Bob"), partner_invoice_id=firm.id)
        self.bill("2024-02-01", one | two)
        self.assertEqual(self.invoices(two)[-1].amount_untaxed, 90.0)

    def test_a_changed_price_keeps_the_rank(self):
        ana, bea = self.child("Ana"), self.child("Bea")
        self.bill("2024-01-01", ana | bea)
        bea.line_ids.with_env(self.at("2024-01-10")).price_unit = 200.0
        self.press("2024-01-20", self.env["recurring.subscription.line"], "_refresh_current")
        self.bill("2024-02-01", ana | bea)
        self.assertEqual(self.untaxed(bea), [[90.0, 180.0]])

    def test_other_steps_count_from_the_next_period(self):
        ana, bea = self.child("Ana"), self.child("Bea")
        self.bill("2024-01-01", ana | bea)
        self.scheme.with_env(self.at("2024-01-10")).write({"step_ids": [Command.update(self.scheme.step_ids[0].id, {"percent": 15})]})
        self.bill("2024-02-01", ana | bea)
        self.assertEqual(self.untaxed(bea), [[90.0, 85.0]])

    def test_the_daily_job_changes_nothing_that_is_right(self):
        ana, bea = self.child("Ana"), self.child("Bea")
        before = bea.line_ids.discount_ids
        self.press("2024-01-20", self.env["recurring.subscription.line"], "_refresh_current")
        self.assertEqual((bea.line_ids.discount_ids, ana.line_ids.discount_ids.ids), (before, []))

    def test_words_on_the_explanation(self):
        self.child("Ana")
        bea = self.child("Bea")
        self.bill("2024-01-01", bea)
        words = self.env["recurring.amount.explanation"].of_line(self.invoices(bea).invoice_line_ids)
        self.assertIn("Siblings (no. 2)", " ".join(line for paragraph in words for line in paragraph.lines))
