"""A contested debt waits for an answer by a date; a hold always ends; everything else goes on."""

from odoo import fields
from odoo.exceptions import AccessError, UserError

from .arranging import ArrangingCase


class TestDisputes(ArrangingCase):
    def setUp(self):
        super().setUp()
        self.march = self.invoice("2026-03-02", 300.0)
        self.april = self.invoice("2026-04-01", 200.0)
        self.case = self.case_of()

    def dispute(self, day="2026-04-06", **values):
        self.dialog(day, self.case, "action_dispute", **{"reason": "The training did not take place", **values})
        return self.env["recurring.dispute"].search([("case_id", "=", self.case.id)], order="id desc", limit=1)

    def answer(self, dispute, day, save, words="Attendance list sent"):
        with self.committing(day, self.carla) as env:
            mine = env["recurring.dispute"].browse(dispute.id)
            action = mine.action_answer()
            wizard = env["recurring.dispute.answer"].with_context(**action["context"]).create({"answer": words})
            done = getattr(wizard, save)()
        self.env.invalidate_all()
        return done

    def waiting(self, day):
        """Which debts the facts of reminders leave alone on a day."""
        facts = self.env["recurring.dunning.facts"].customers(self.company, fields.Date.to_date(day))
        items = facts[self.ana.id].items
        return {self.env["account.move.line"].browse(item.key).move_id.id: item.waits for item in items}

    def test_the_contested_invoice_says_so_and_waits_the_other_does_not(self):
        dispute = self.dispute()
        self.assertEqual((dispute.line_ids.move_id, str(dispute.answer_by), dispute.amount), (self.march, "2026-04-13", 300.0))
        self.assertIn("Contested by the customer: The training did not take place", self.march.recurring_arrangement_hint)
        self.assertFalse(self.april.recurring_arrangement_hint)
        self.assertEqual((self.march.recurring_charge_waits, self.april.recurring_charge_waits), (True, False))
        self.assertEqual(self.waiting("2026-04-07"), {self.march.id: "disputed", self.april.id: ""})
        self.assertEqual(str(dispute.activity_ids.date_deadline), "2026-04-13")

    def test_nobody_answers_in_time_and_the_responsible_hears_of_it_once(self):
        dispute = self.dispute()
        self.watch("2026-04-13")
        self.assertEqual(len(dispute.activity_ids.filtered(lambda each: "in time" in (each.summary or ""))), 0)
        dispute.activity_ids.user_id = self.carla
        for day in ("2026-04-14", "2026-04-15"):
            self.watch(day)
        warned = dispute.activity_ids.filtered(lambda each: each.user_id == self.responsible)
        self.assertEqual(len(warned), 1)
        self.assertEqual(self.env["recurring.dispute"].with_env(self.at("2026-04-15")).search([("is_late", "=", True)]), dispute)
        self.assertEqual(self.waiting("2026-04-16")[self.march.id], "disputed", "it still waits for an answer")

    def test_the_debt_stands_and_reminders_go_on(self):
        dispute = self.dispute()
        self.answer(dispute, "2026-04-10", "action_reject")
        self.assertEqual((dispute.state, dispute.answer, str(dispute.closed_on)), ("rejected", "Attendance list sent", "2026-04-10"))
        self.assertEqual(self.waiting("2026-04-11"), {self.march.id: "", self.april.id: ""})
        self.assertFalse(self.march.recurring_charge_waits)
        self.assertFalse(dispute.activity_ids)
        self.assertFalse(self.march.recurring_arrangement_hint)

    def test_the_customer_is_right_and_is_reminded_no_more_even_before_the_credit_note(self):
        dispute = self.dispute()
        self.answer(dispute, "2026-04-10", "action_accept", "Sorry")
        self.assertEqual(dispute.state, "accepted")
        self.assertEqual(self.waiting("2026-04-11"), {self.march.id: "disputed", self.april.id: ""})
        self.assertEqual(dispute.activity_ids.mapped("summary"), ["Credit what the customer is right about"])

    def test_contested_twice_is_refused(self):
        self.dispute()
        with self.assertRaisesRegex(UserError, "contested already"):
            self.dispute("2026-04-07")

    def test_an_answer_in_the_past_is_refused(self):
        with self.assertRaisesRegex(UserError, "not over"):
            self.dispute(answer_by="2026-04-05")

    def test_answered_twice_is_refused_and_nobody_writes_it_by_hand(self):
        dispute = self.dispute()
        self.answer(dispute, "2026-04-10", "action_reject")
        with self.assertRaisesRegex(UserError, "answered already"):
            self.answer(dispute, "2026-04-11", "action_accept")
        with self.assertRaises(AccessError):
            dispute.with_user(self.carla).write({"state": "open"})

    def test_what_is_contested_is_not_renegotiated(self):
        self.dispute()
        with self.assertRaisesRegex(UserError, "Answer the dispute first"):
            self.agree("2026-04-07", self.case, count=2)


class TestHolds(ArrangingCase):
    def setUp(self):
        super().setUp()
        self.invoice("2026-03-02", 300.0)
        self.case = self.case_of()

    def hold(self, day, until):
        self.dialog(day, self.case, "action_hold", until=until, reason="In hospital")

    def test_it_holds_until_its_day_and_then_ends_by_itself(self):
        self.hold("2026-04-06", "2026-04-20")
        self.assertEqual((str(self.case.hold_until), self.case.hold_reason), ("2026-04-20", "In hospital"))
        self.watch("2026-04-20")
        self.assertEqual(str(self.case.hold_until), "2026-04-20", "the day itself is part of it")
        self.watch("2026-04-21")
        self.assertEqual((self.case.hold_until, self.case.hold_reason), (False, False))
        self.assertIn("In hospital", self.case.activity_ids.mapped("summary")[-1])

    def test_what_happens_by_itself_is_told_in_the_language_of_the_company(self):
        """The scheduled action has none of its own; a gym in Florianópolis reads Portuguese."""
        self.env["res.lang"]._activate_lang("pt_BR")
        self.company.partner_id.lang = "pt_BR"
        self.company.recurring_responsible_id = False
        self.hold("2026-04-06", "2026-04-20")
        self.watch("2026-04-21")
        summary = self.case.activity_ids.mapped("summary")[-1]
        self.assertIn("In hospital", summary, "the reason is as the person wrote it")
        self.assertNotIn("is over", summary)

    def test_it_always_ends(self):
        for until in ("2026-04-05", "2026-07-06"):
            with self.subTest(until), self.assertRaisesRegex(UserError, "A hold always ends"):
                self.hold("2026-04-06", until)

    def test_a_person_ends_it_earlier(self):
        self.hold("2026-04-06", "2026-04-20")
        self.press("2026-04-08", self.case, "action_end_hold", user=self.carla)
        self.assertFalse(self.case.hold_until)
