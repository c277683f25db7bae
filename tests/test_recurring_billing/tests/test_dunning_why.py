"""Every message answers: why me, and why not yesterday? Told from what the run kept when it decided."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .dunning import DunningCommon


@tagged("post_install", "-at_install")
class TestWhy(DunningCommon):
    """Ana owes 100.00, due on Tuesday 10 March 2026; the standard policy reminds her 1, 3, 7 days later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ana = cls.make_partner("Ana", email="ana@example.com", phone="+1 206 555 0100")
        cls.nina = cls.make_user("nina_why", "recurring_billing.group_collections", name="Nina Caller")

    def last(self):
        messages = self.env["recurring.dunning.message"]
        return messages.search([("partner_id", "=", self.ana.id), ("direction", "=", "out")], order="day desc, id desc", limit=1)

    def told(self, message=None):
        """The dialog as Nina reads it."""
        env = self.env(user=self.nina.id)
        action = (message or self.last()).with_env(env).action_why()
        return str(env[action["res_model"]].browse(action["res_id"]).body).replace("\xa0", " ")

    def test_it_names_the_debt_the_step_and_that_it_was_too_early_before(self):
        invoice = self.owe(100.0, "2026-03-10", partner=self.ana)
        self.dun(*self.each_day("2026-03-10", "2026-03-11"))
        body = self.told()
        self.assertIn(f"{invoice.name}, due on 03/10/2026: $ 100.00 was open.", body)
        self.assertIn("comes the day after the due date. It was 1 day late.", body)
        self.assertIn("On 03/10/2026 it was too early", body)

    def test_what_was_left_out_after_an_outage_is_told(self):
        self.owe(100.0, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        body = self.told()
        self.assertIn("What was left out", body)
        self.assertIn("Due today: A later step was due already.", body)

    def test_after_a_weekend(self):
        """Due on Thursday the 12th: three days later is Sunday, so it leaves on Monday the 16th."""
        self.owe(100.0, "2026-03-12", partner=self.ana)
        self.dun("2026-03-13", "2026-03-16")
        self.assertIn("On 03/15/2026 it had to wait. It is a weekend or a public holiday.", self.told())

    def test_after_a_day_without_a_run(self):
        self.owe(100.0, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11", "2026-03-17", "2026-03-18")
        self.dun("2026-03-27")
        self.assertIn("On 03/26/2026 a message could have gone out already, but collections did not run then", self.told())

    def test_a_promise_that_was_not_kept(self):
        invoice = self.owe(100.0, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        self.env["recurring.promise"].sudo().create(
            {
                "case_id": self.case(self.ana).id,
                "date": "2026-03-18",
                "amount": 100.0,
                "line_ids": [(6, 0, self.receivable(invoice).ids)],
                "state": "broken",
                "broken_on": "2026-03-19",
            }
        )
        self.dun(*self.each_day("2026-03-19", "2026-03-20"))
        body = self.told()
        self.assertIn("What the customer had promised was not kept", body)

    def test_two_debts_are_told_both(self):
        self.owe(100.0, "2026-03-10", partner=self.ana)
        self.owe(50.0, "2026-03-12", partner=self.ana)
        self.dun("2026-03-13")
        body = self.told()
        self.assertIn("$ 100.00 was open", body)
        self.assertIn("$ 50.00 was open", body)

    def test_what_a_person_did_is_told_so(self):
        self.owe(100.0, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        case = self.case(self.ana)
        env = self.at("2026-03-12")(user=self.nina.id)
        message = env["recurring.dunning.work"].log_call(case.with_env(env), "reached", "Pays soon")
        self.assertIn("Nina Caller did this by hand.", self.told(message))

    def test_who_may_not_read_the_case_gets_no_reasons(self):
        self.owe(100.0, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        stranger = self.make_user("stranger_why", "recurring_billing.group_user")
        with self.assertRaises(AccessError):
            self.last().with_user(stranger).action_why()

    def test_the_time_line_shows_what_was_said_not_what_fills_lists_of_mails(self):
        self.owe(100.0, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        message = self.last()
        told = self.env["recurring.dunning.words"].sudo().mail(message.sudo())
        message.sudo().body = told["shown"]
        self.assertIn("Ana", message.excerpt)
        self.assertNotIn("Open it to read it", message.excerpt)

    def test_a_call_the_policy_asked_for_is_the_row_of_the_call_that_was_made(self):
        """Ten days after Tuesday 10 March the policy asks for a call; it is made on Monday 23 March."""
        self.owe(100.0, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11", "2026-03-13", "2026-03-17", "2026-03-20")
        case = self.case(self.ana)
        asked = case.message_line_ids.filtered(lambda message: message.channel == "phone")
        self.assertFalse(asked.result)
        self.post(asked)
        self.assertEqual((asked.state, len(case.activity_ids)), ("to_do", 1))
        env = self.at("2026-03-23")(user=self.nina.id)
        made = env["recurring.dunning.work"].log_call(case.with_env(env), "no_answer", again_on=date(2026, 3, 24))
        self.assertEqual(made.id, asked.id)
        self.assertEqual((asked.state, asked.result, str(asked.day), asked.user_id), ("done", "no_answer", "2026-03-23", self.nina))
        self.assertEqual(asked.headline, "Call: No answer")
        self.assertEqual(case.activity_ids.mapped("date_deadline"), [date(2026, 3, 24)])
        self.assertIn("comes 10 days after the due date", self.told(asked))

    def post(self, message):
        """Dispatch asks somebody to call, as the scheduled action does."""
        channel = self.env["recurring.channel.phone"].sudo().with_context(recurring_today=message.day)
        message.sudo().write(channel._prepare(message.sudo()))
        message.sudo().state = channel._send(message.sudo())[0]
