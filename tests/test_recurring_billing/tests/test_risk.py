"""The risk of a customer: found once a day from how debts were paid, shown with its reasons, decided by a person who knows better."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .test_fees_of_all_debts import DebtCase


@tagged("post_install", "-at_install")
class TestRisk(DebtCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recurring_fee_policy_id = False
        cls.collector = cls.make_user("collector_risk", "recurring_billing.group_collections", companies=cls.company)

    def look(self, day):
        """The scheduled action on a day."""
        self.trigger("cron_risk", day)

    def risk(self, partner=None):
        """What staff read on the customer: the segment and why."""
        self.env.invalidate_all()
        partner = (partner or self.carla).with_user(self.collector)
        return partner.recurring_risk, partner.recurring_risk_words

    def paid(self, due, on, partner=None):
        invoice = self.plain(100.0, due, partner=partner)
        self.register(invoice, 100.0, on)
        return invoice

    def test_somebody_new_is_good(self):
        self.plain(100.0, "2026-05-10")
        self.look("2026-05-01")
        self.assertEqual(self.risk(), ("good", "No earlier payments to judge by."))

    def test_as_a_debt_gets_older_the_risk_grows_and_goes_with_the_payment(self):
        invoice = self.plain(100.0, "2026-03-10")
        for day, segment in (("2026-03-25", "good"), ("2026-03-26", "watch"), ("2026-05-09", "watch"), ("2026-05-10", "bad")):
            self.look(day)
            self.assertEqual((day, self.risk()[0]), (day, segment))
        self.assertEqual(self.risk()[1], "Something is 61 days late.")
        self.register(invoice, 100.0, "2026-05-11")
        self.look("2026-05-12")
        self.assertEqual(self.risk(), ("good", "0 of the last 1 debts were paid in time."))

    def test_a_habit_of_paying_late(self):
        """Due on the 10th of January, February and March; paid 20, 17 and 0 days later."""
        self.paid("2026-01-10", "2026-01-30")
        self.paid("2026-02-10", "2026-02-27")
        self.paid("2026-03-10", "2026-03-10")
        self.look("2026-04-01")
        self.assertEqual(self.risk(), ("bad", "2 of the last 3 debts were paid late."))

    def test_only_what_was_known_on_the_day_counts(self):
        """Looked at again for 20 March, after all was paid in April: still open then."""
        self.paid("2026-03-01", "2026-04-01")
        service, day = self.env["recurring.risk.assessment"], fields.Date.to_date
        self.assertEqual(service.of(self.carla, self.company, day("2026-03-20"))[self.carla.id].segment, "watch")
        self.assertEqual(service.of(self.carla, self.company, day("2026-04-02"))[self.carla.id].segment, "good")

    def test_a_credit_note_says_nothing_of_how_somebody_pays(self):
        invoice = self.plain(100.0, "2026-01-10")
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": "2026-03-20"})
        )
        wizard.refund_moves()
        wizard.new_move_ids.action_post()
        self.assertEqual(invoice.payment_state, "reversed")
        self.look("2026-04-01")
        self.assertEqual(self.risk()[1], "No earlier payments to judge by.")

    def test_promises_that_were_not_kept(self):
        self.paid("2026-03-01", "2026-03-01")
        case = self.env["recurring.dunning.case"].create({"partner_id": self.carla.id, "company_id": self.company.id})
        promise = {"case_id": case.id, "date": "2026-03-05", "amount": 10.0, "state": "broken", "broken_on": "2026-03-06"}
        self.env["recurring.promise"].create(promise)
        self.look("2026-04-01")
        self.assertEqual(self.risk(), ("watch", "Promises or agreements not kept in the last year: 1."))
        self.env["recurring.promise"].create(promise)
        self.look("2026-04-02")
        self.assertEqual(self.risk()[0], "bad")
        self.look("2027-04-02")
        self.assertEqual(self.risk()[0], "good")

    def test_the_case_shows_it(self):
        self.plain(100.0, "2026-03-10")
        self.look("2026-06-01")
        case = self.env["recurring.dunning.case"].create({"partner_id": self.carla.id, "company_id": self.company.id})
        self.assertEqual((case.risk, case.risk_words), ("bad", "Something is 83 days late."))
        self.register(self.env["account.move"].search([("partner_id", "=", self.carla.id)]), 100.0, "2026-06-02")
        self.look("2026-06-03")
        self.assertEqual(case.risk, "good")

    def test_a_person_knows_better_and_says_why(self):
        self.plain(100.0, "2026-03-10")
        self.look("2026-06-01")
        case = self.env["recurring.dunning.case"].create({"partner_id": self.carla.id, "company_id": self.company.id})
        context = case.with_user(self.collector).action_risk_decide()["context"]
        form = Form(self.env["recurring.risk.decide"].with_user(self.collector).with_context(**context))
        self.assertEqual((form.found, form.words), ("bad", "Something is 83 days late."))
        form.segment, form.reason = "good", ""
        wizard = form.save()
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_decide()
        wizard.reason = "Her son pays at the end of June"
        wizard.action_decide()
        self.assertEqual(self.risk(), ("good", "Decided by Collector_Risk: Her son pays at the end of June"))
        self.assertEqual(case.risk, "good")
        self.assertIn("Her son pays", self.carla.message_ids[0].body)
        self.look("2026-06-02")
        self.assertEqual(self.risk()[0], "good")
        wizard.action_give_back()
        self.assertEqual((self.risk()[0], case.risk), ("bad", "bad"))

    def test_who_may_decide(self):
        seller = self.make_user("seller_risk", "recurring_billing.group_user", companies=self.company)
        auditor = self.make_user("auditor_risk", "recurring_billing.group_auditor", companies=self.company)
        self.look("2026-06-01")
        for user in (seller, auditor):
            with self.assertRaises(AccessError):
                self.env["recurring.risk.decide"].with_user(user).create({"partner_id": self.carla.id}).action_decide()
        with self.assertRaises(AccessError):
            self.env["recurring.customer.risk"].with_user(self.collector).create(
                {"partner_id": self.carla.id, "company_id": self.company.id}
            )

    def test_customers_are_found_by_their_risk(self):
        self.plain(100.0, "2026-03-10")
        self.plain(100.0, "2026-05-25", partner=self.make_partner("Otto"))
        self.look("2026-06-01")
        partners = self.env["res.partner"].with_user(self.collector)
        mine = [("name", "in", ("Carla", "Otto"))]
        self.assertEqual(partners.search([*mine, ("recurring_risk", "=", "bad")]).mapped("name"), ["Carla"])
        self.assertEqual(partners.search([*mine, ("recurring_risk", "!=", "bad")]).mapped("name"), ["Otto"])

    def test_another_company_has_its_own_opinion(self):
        self.plain(100.0, "2026-03-10")
        self.look("2026-06-01")
        there = self.env(context={**self.env.context, "allowed_company_ids": self.company_brl.ids})
        self.assertFalse(there["res.partner"].browse(self.carla.id).recurring_risk)

    def test_many_customers_cost_no_more_queries(self):
        partners = self.env["res.partner"]
        for number in range(12):
            partners |= self.make_partner(f"Payer {number}")
            self.plain(100.0, "2026-03-10", partner=partners[-1])

        def queries(some, day):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["recurring.risk.assessment"].assess(self.env["res.partner"].browse(some.ids), self.company, fields.Date.to_date(day))
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(partners, "2026-03-20")
        self.assertLessEqual(queries(partners, "2026-03-21"), queries(partners[:2], "2026-03-22") + 2)
