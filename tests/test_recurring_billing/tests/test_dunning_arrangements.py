"""Collections told by date, where something was arranged: nobody is reminded meanwhile, and nothing is forgotten afterwards."""

from odoo import Command
from odoo.tests import tagged

from .dunning import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningArrangements(DunningCommon):
    def setUp(self):
        super().setUp()
        self.carla = self.make_user("carla", "recurring_billing.group_collections")
        self.ana = self.make_partner("Ana", email="ana@example.com")
        self.invoice = self.owe(100, "2026-03-10", partner=self.ana)

    def days(self, first, last):
        """Each day as it is: what was arranged is looked at, then reminders go out."""
        for day in self.each_day(first, last):
            self.trigger("cron_arrangements", day)
            self.dun(day)

    def arrange(self, day, model, save, **values):
        """A dialog of the case, as a person of collections saves it."""
        with self.committing(day, self.carla) as env:
            case = env["recurring.dunning.case"].browse(self.case(self.ana).id)
            done = getattr(env[model].create({"case_id": case.id, **values}), save)()
        self.env.invalidate_all()
        return done

    def sent(self, first="2026-01-01"):
        """The days on which Ana was spoken to since a day, and the step of each."""
        return [(day, step) for day, _channel, step in self.messages(self.ana) if day >= first]

    def test_instalments_are_reminded_of_by_themselves_and_a_broken_agreement_resumes_at_the_step_of_its_age(self):
        self.days("2026-03-05", "2026-03-26")
        self.assertEqual([step for _day, step in self.sent()], [-5, -1, 0, 1, 3, 7, 10, 15], "as usual, up to the notice")
        self.arrange("2026-03-26", "recurring.agreement.make", "action_sign", count=2, first_date="2026-04-10")
        self.assertEqual(
            sorted(self.receivable(self.invoice).mapped(lambda line: (str(line.date_maturity), line.amount_residual))),
            [("2026-04-10", 50.0), ("2026-05-10", 50.0)],
        )
        self.days("2026-03-27", "2026-05-05")
        self.assertEqual(
            self.sent("2026-03-27"),
            [
                ("2026-04-06", -5),  # 5 April is a Sunday
                ("2026-04-09", -1),
                ("2026-04-10", 0),
                ("2026-04-13", 3),  # +1 was a Saturday
                ("2026-04-17", 7),
                ("2026-04-20", 10),
                # 21 April: 11 days late, one more than the patience. From the next day on all of it is 43 days late again.
                ("2026-04-22", 30),
            ],
        )
        self.assertEqual(set(self.receivable(self.invoice).mapped(lambda line: str(line.date_maturity))), {"2026-03-10"})

    def test_who_keeps_the_agreement_is_reminded_of_what_comes_and_thanked_not_chased(self):
        self.days("2026-03-10", "2026-03-12")
        self.arrange("2026-03-12", "recurring.agreement.make", "action_sign", count=2, first_date="2026-03-20")
        with self.committing("2026-03-18") as env:
            wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=self.invoice.ids)
            wizard.create({"payment_date": "2026-03-18", "amount": 50.0})._create_payments()
        self.env.invalidate_all()
        self.days("2026-03-19", "2026-04-16")
        self.assertEqual(self.sent("2026-03-13"), [("2026-04-15", -5)], "only the second instalment, which comes on 20 April")

    def test_a_reminder_that_waits_for_approval_does_not_leave_once_an_agreement_was_signed(self):
        self.policy.approve = True
        self.days("2026-03-11", "2026-03-11")
        message = self.env["recurring.dunning.message"].search([("partner_id", "=", self.ana.id), ("state", "=", "to_approve")])
        env = self.at("2026-03-11")
        check = env["recurring.message.check"]
        self.assertNotEqual(check.verdict(message.with_env(env)).what, "cancel")
        self.arrange("2026-03-11", "recurring.agreement.make", "action_sign", count=2, first_date="2026-04-10")
        verdict = check.verdict(message.with_env(env))
        self.assertEqual((verdict.what, verdict.words), ("cancel", "What it was about is due later now."))

    def test_a_promise_keeps_quiet_until_it_is_broken_and_the_reminders_begin_anew_the_next_day(self):
        self.days("2026-03-10", "2026-03-12")
        self.arrange("2026-03-12", "recurring.promise.make", "action_save", date="2026-03-19")
        self.days("2026-03-13", "2026-03-20")
        self.assertEqual(self.sent("2026-03-13"), [], "the bank has one day to tell")
        self.days("2026-03-21", "2026-03-24")
        promise = self.env["recurring.promise"].search([("partner_id", "=", self.ana.id)])
        self.assertEqual((promise.state, str(promise.broken_on)), ("broken", "2026-03-21"))
        # 21 March is a Saturday. On Monday, 13 days late, the step of its age is the call of day 10.
        self.assertEqual(self.sent("2026-03-13"), [("2026-03-23", 10)])

    def test_a_promise_that_is_kept_is_the_end(self):
        self.days("2026-03-10", "2026-03-12")
        self.arrange("2026-03-12", "recurring.promise.make", "action_save", date="2026-03-19")
        self.pay(self.invoice, "2026-03-18")
        self.days("2026-03-18", "2026-04-20")
        self.assertEqual(self.sent("2026-03-13"), [])

    def test_of_two_invoices_the_contested_one_waits_and_the_other_goes_on(self):
        other = self.owe(40, "2026-03-10", partner=self.ana)
        self.days("2026-03-11", "2026-03-12")
        line = self.receivable(self.invoice)
        self.arrange(
            "2026-03-12",
            "recurring.dispute.open",
            "action_save",
            line_ids=[Command.set(line.ids)],
            reason="Not delivered",
            answer_by="2026-03-19",
        )
        self.days("2026-03-13", "2026-03-18")
        self.assertEqual(self.actions(self.invoice)[-1], ("2026-03-11", 1))
        self.assertEqual(self.actions(other)[-1], ("2026-03-17", 7))
        dispute = self.env["recurring.dispute"].search([("partner_id", "=", self.ana.id)])
        with self.committing("2026-03-18", self.carla) as env:
            env["recurring.dispute.answer"].create({"dispute_id": dispute.id, "answer": "Delivered"}).action_reject()
        self.env.invalidate_all()
        self.days("2026-03-19", "2026-03-20")
        self.assertEqual(self.actions(self.invoice)[-1], ("2026-03-20", 10), "the most severe step that is due")

    def test_a_hold_ends_and_the_most_severe_step_follows_once(self):
        self.days("2026-03-10", "2026-03-12")
        self.arrange("2026-03-12", "recurring.case.hold", "action_save", until="2026-03-20", reason="In hospital")
        self.days("2026-03-13", "2026-03-24")
        self.assertEqual(self.sent("2026-03-13"), [("2026-03-23", 10)])
        self.assertFalse(self.case(self.ana).hold_until)
