"""Which policy a customer has, which of its steps are for them, and what follows from a step: who goes on, late fees."""

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .dunning import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningForWhom(DunningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ana = cls.make_partner("Ana", email="ana@example.com")
        cls.firm = cls.make_partner("Harbor Ltd", email="pay@harbor.example.com", is_company=True)
        cls.tag = cls.env["res.partner.category"].create({"name": "School"})

    def make_policy(self, *steps, **values):
        """A policy of its own: steps are (days, values)."""
        lines = [Command.create({"name": f"Day {day}", "offset_days": day, "channel": "email", **more}) for day, more in steps]
        policy = self.env["recurring.dunning.policy"].create(
            {"name": "Ours", "company_id": self.company.id, "business_days_only": False, "step_ids": lines, **values}
        )
        self.company.recurring_dunning_policy_id = policy
        return policy

    def reached(self, amount=100.0, partner=None, last="2026-03-16"):
        """The steps done about a debt due on 10 March, as days after it."""
        invoice = self.owe(amount, "2026-03-10", partner=partner or self.ana)
        self.dun(*self.each_day("2026-03-11", last))
        return [offset for _day, offset in self.actions(invoice)]

    # Steps for some

    def test_a_step_for_companies_leaves_people_alone(self):
        self.make_policy((1, {}), (3, {"customer_type": "company"}), (5, {"customer_type": "person"}))
        self.assertEqual((self.reached(), self.reached(partner=self.firm)), ([1, 5], [1, 3]))

    def test_a_step_for_a_tag(self):
        self.make_policy((1, {}), (3, {"category_ids": [Command.link(self.tag.id)]}))
        self.firm.category_id = self.tag
        self.assertEqual((self.reached(), self.reached(partner=self.firm)), ([1], [1, 3]))

    def test_a_step_from_an_amount_on(self):
        self.make_policy((1, {}), (3, {"min_amount": 100.0}))
        self.assertEqual((self.reached(99.99), self.reached(100.0, self.firm)), ([1], [1, 3]))

    def test_a_step_for_a_risk(self):
        """More than 60 days late is a bad risk, whatever else is owed."""
        self.make_policy((1, {}), (3, {"segment": "bad"}))
        self.owe(50.0, "2026-01-05", partner=self.firm)
        self.env["recurring.risk.assessment"].with_env(self.at("2026-03-10")).assess(self.ana | self.firm, self.company)
        self.assertEqual((self.reached(), self.reached(partner=self.firm)), ([1], [1, 3]))

    def test_a_step_that_needs_another_one_first(self):
        policy = self.make_policy((1, {"customer_type": "company"}), (3, {}))
        policy.step_ids[1].requires_step_id = policy.step_ids[0]
        self.assertEqual((self.reached(), self.reached(partner=self.firm)), ([], [1, 3]))

    def test_nothing_follows_before_the_debt_is_late(self):
        with self.assertRaisesRegex(ValidationError, "nothing may follow"):
            self.make_policy((-1, {"charge_fees": True}))

    # Policies for some

    def test_the_policy_of_a_customer_comes_before_those_for_such_customers_and_the_usual_one(self):
        usual = self.make_policy((1, {}))
        schools = self.make_policy((2, {}), category_ids=[Command.link(self.tag.id)], sequence=1)
        own = self.make_policy((4, {}), customer_type="company")
        self.company.recurring_dunning_policy_id = usual
        bia = self.make_partner("Bia", email="bia@example.com", category_id=[Command.link(self.tag.id)])
        self.ana.category_id = self.tag
        self.ana.with_company(self.company).recurring_dunning_policy_id = own
        carl = self.make_partner("Carl", email="carl@example.com")
        found = self.env["recurring.dunning.policy"]._for(self.ana | bia | carl, self.company)
        self.assertEqual((found[self.ana], found[bia], found[carl]), (own, schools, usual))
        self.assertEqual((self.reached(), self.reached(partner=bia), self.reached(partner=carl)), ([4], [2], [1]))

    # What follows

    def test_somebody_else_goes_on_from_a_step(self):
        nina = self.make_user("nina_on", "recurring_billing.group_collections")
        self.make_policy((1, {}), (3, {"assign_user_id": nina.id}))
        self.reached(last="2026-03-12")
        self.assertFalse(self.case(self.ana).user_id)
        self.dun("2026-03-13")
        self.assertEqual(self.case(self.ana).user_id, nina)

    def test_a_step_charges_the_late_fees(self):
        """1 000.00 three days late: fine 20.00, interest 1 % a month × 3 days = 1.00, as a document of its own."""
        account = self.make_account("400931", "income_other")
        self.company.recurring_fee_policy_id = self.env["recurring.fee.policy"].create(
            {
                "name": "2 % and 1 %",
                "fine_percent": 2.0,
                "interest_percent": 1.0,
                "fine_account_id": account.id,
                "interest_account_id": account.id,
                "booking": "document",
            }
        )
        self.company.write({"recurring_fee_scope": "invoice", "recurring_fee_from": "2026-01-01"})
        self.make_policy((1, {}), (3, {"charge_fees": True}))
        self.reached(1000.0, last="2026-03-12")
        mine = [("partner_id", "=", self.ana.id), ("move_type", "=", "out_invoice"), ("amount_total", "<", 1000.0)]
        self.assertFalse(self.env["account.move"].search(mine))
        self.dun("2026-03-13")
        self.assertEqual(self.env["account.move"].search(mine).mapped("amount_total"), [21.0])
