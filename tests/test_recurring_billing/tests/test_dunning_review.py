"""Collections at their edges: notices that were never given, one customer who stops the others, debts nobody hears of any more."""

from unittest.mock import patch

from odoo.exceptions import AccessError, LockError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .messaging import MessagingCommon


@tagged("post_install", "-at_install")
class TestDunningReview(MessagingCommon):
    def step(self, offset, **values):
        return self.env["recurring.dunning.step"].create(
            {"policy_id": self.policy.id, "name": f"Day {offset}", "offset_days": offset, "tone": "formal", **values}
        )

    def test_a_notice_is_not_given_by_a_call_about_an_older_debt(self):
        """A call on day 20 and the notice on day 15 fall on 25 March: the customer is called, and gets the notice on the next day."""
        self.step(20, channel="phone")
        older, younger = self.owe(100, "2026-03-05", partner=self.ana), self.owe(50, "2026-03-10", partner=self.ana)
        self.dun("2026-03-20", "2026-03-25", "2026-03-26")
        self.assertEqual(self.messages(self.ana), [("2026-03-20", "email", 15), ("2026-03-25", "phone", 20), ("2026-03-26", "email", 15)])
        self.assertEqual(self.actions(older), [("2026-03-20", 15), ("2026-03-25", 20)])
        self.assertEqual([each for each in self.actions(younger) if each[1] >= 15], [("2026-03-26", 15)])

    def test_a_task_to_find_an_address_is_no_notice(self):
        lost = self.make_partner("Lost")
        invoice = self.owe(100, "2026-03-10", partner=lost)
        self.dun("2026-03-25")
        self.let_go("2026-03-25")
        task = self.said(lost, channel="task")
        self.assertEqual(task.state, "to_do")
        self.press("2026-03-26", task, "action_by_hand")
        self.assertEqual(task.state, "done")
        self.assertIsNone(self.env["recurring.service.debts"].noticed_on(self.receivable(invoice)))

    def test_one_approved_step_that_cannot_be_done_stops_nobody_else(self):
        self.policy.approve = True
        other = self.make_partner("Other", email="other@example.com")
        self.owe(100, "2026-03-10", partner=self.ana), self.owe(100, "2026-03-10", partner=other)
        self.dun("2026-03-11")
        messages = self.said(self.ana) | self.said(other)
        self.assertEqual(set(messages.mapped("state")), {"to_approve"})
        self.press("2026-03-12", messages, "action_approve")
        doing = self.env.registry["recurring.dunning.doing"]
        real = doing.follow

        def follow(service, actions, day):
            if self.ana in actions.partner_id:
                raise UserError(self.env._("no journal"))
            return real(service, actions, day)

        with patch.object(doing, "follow", follow), mute_logger("odoo.addons.recurring_billing.services.dunning_run"):
            self.dun("2026-03-12")
        self.assertEqual(self.said(other).action_ids.mapped("state"), ["done"])

    def test_a_case_somebody_works_on_is_left_for_later_without_ado(self):
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")

        def locked(*_args):
            raise LockError("somebody works on it")

        with patch.object(self.env.registry["recurring.dunning.run"], "_work", locked):
            self.dun("2026-03-12")
        self.assertFalse(self.case(self.ana).activity_ids)

    def test_a_message_in_own_words_with_amounts_finds_no_way_by_sms_and_stops_nobody(self):
        self.company.recurring_sms = True
        nobody = self.make_partner("No Mail", phone="+1 212-555-0112")
        self.owe(100, "2026-03-10", partner=nobody), self.owe(100, "2026-03-10", partner=self.ana)
        mine = self.remind(nobody, "2026-03-11", "manual", channel="email", text="You owe {amount}.\n\n{payment}", subject="Hello")
        other = self.remind(self.ana, "2026-03-11")
        with self.mail_server() as took, self.sms_service() as texted:
            self.let_go("2026-03-11")
        self.assertEqual(mine.state, "failed")
        self.assertEqual(texted, [])
        self.assertEqual(other.state, "sent")
        self.assertEqual(len(took), 1)
        self.assertEqual(self.said(nobody, channel="task").state, "to_do")

    def test_a_letter_whose_debt_is_paid_is_not_posted_although_another_debt_is_open(self):
        silent = self.make_partner("By Letter", street="5 Main St", city="Boston")
        invoice = self.owe(100, "2026-03-10", partner=silent)
        self.owe(70, "2026-03-24", partner=silent)
        self.dun("2026-03-13")
        self.let_go("2026-03-13")
        letter = self.said(silent, channel="letter")
        self.assertEqual(letter.state, "to_do")
        self.pay(invoice, "2026-03-16")
        self.dun("2026-03-19")
        self.assertEqual(self.case(silent).state, "open")
        self.let_go("2026-03-19")
        self.assertEqual(letter.state, "cancelled")

    def test_a_step_that_is_moved_forgets_no_debt(self):
        """The second reminder (day 3) is moved to day 40: who had it on day 3 still gets the notice on day 15."""
        invoice = self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11", "2026-03-13")
        self.env.ref("recurring_billing.dunning_step_late_3").offset_days = 40
        self.dun("2026-03-17", "2026-03-25")
        self.assertEqual([each for each in self.actions(invoice) if each[0] > "2026-03-13"], [("2026-03-17", 7), ("2026-03-25", 15)])

    def test_what_people_who_collect_see_of_a_case_is_not_theirs_to_write(self):
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        collector = self.make_user("collector", "recurring_billing.group_collections")
        case = self.case(self.ana).with_user(collector)
        for values in ({"hold_until": "2099-01-01"}, {"amount_due": 0.0}, {"state": "closed"}, {"partner_id": self.make_partner().id}):
            with self.subTest(values), self.assertRaises(AccessError):
                case.write(values)
        case.user_id = collector
        self.assertEqual(case.user_id, collector)

    def test_a_contact_outside_the_customer_is_not_written_to_more_often(self):
        """Reminders go to the accountant's office; three days lie between two contacts."""
        office = self.make_partner("Accountants", email="office@example.com")
        self.ana.recurring_dunning_contact_id = office
        self.policy.min_interval_days = 4
        invoice = self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12", "2026-03-13")
        self.assertEqual(self.actions(invoice), [("2026-03-09", -1), ("2026-03-13", 3)])

    def test_a_contact_who_left_is_not_written_to(self):
        left = self.make_partner("Left", email="left@example.com")
        self.ana.recurring_dunning_contact_id = left
        left.active = False
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        self.assertEqual(self.case(self.ana).message_line_ids.partner_id, self.ana)

    def test_a_message_nobody_can_decide_about_stops_nobody_else(self):
        self.owe(100, "2026-03-10", partner=self.ana)
        other = self.make_partner("Other", email="other@example.com")
        self.owe(100, "2026-03-10", partner=other)
        broken, fine = self.remind(self.ana, "2026-03-11"), self.remind(other, "2026-03-11")
        check = self.env.registry["recurring.message.check"]
        real = check.verdict

        def verdict(service, message):
            if message == broken:
                raise ValueError("nobody thought of this")
            return real(service, message)

        quiet = mute_logger("odoo.addons.recurring_billing.services.message_dispatch")
        with patch.object(check, "verdict", verdict), self.mail_server() as took, quiet:
            self.let_go("2026-03-11")
            self.assertEqual((broken.state, fine.state, len(took)), ("queued", "sent", 1))
            self.assertIn("nobody thought of this", broken.waits_for)
            self.let_go("2026-03-16")
        self.assertEqual(broken.state, "failed")

    def test_a_letter_whose_debt_is_promised_meanwhile_is_neither_posted_nor_lost(self):
        silent = self.make_partner("By Letter", street="5 Main St", city="Boston")
        invoice = self.owe(100, "2026-03-10", partner=silent)
        self.dun("2026-03-25")
        self.let_go("2026-03-25")
        letter = self.said(silent, channel="letter")
        self.assertEqual((letter.state, letter.is_notice), ("to_do", True))
        promise = (
            self.env["recurring.promise"]
            .sudo()
            .create({"case_id": self.case(silent).id, "date": "2026-03-30", "amount": 100, "line_ids": self.receivable(invoice).ids})
        )
        self.let_go("2026-03-26")
        self.assertEqual(letter.state, "queued")
        promise.state = "cancelled"
        self.let_go("2026-03-27")
        self.assertEqual(letter.state, "to_do")

    def test_a_call_about_a_debt_that_is_paid_is_not_asked_for(self):
        invoice = self.owe(100, "2026-03-10", partner=self.ana)
        self.owe(70, "2026-03-26", partner=self.ana)
        self.dun("2026-03-20")
        self.let_go("2026-03-20")
        call = self.said(self.ana, channel="phone")
        self.assertEqual((call.state, len(call.activity_id)), ("to_do", 1))
        self.pay(invoice, "2026-03-20")
        self.let_go("2026-03-20")
        self.assertEqual((call.state, len(call.activity_id)), ("cancelled", 0))

    def test_thanks_that_find_no_way_ask_nobody_for_a_letter(self):
        silent = self.make_partner("By Letter", street="5 Main St", city="Boston")
        self.owe(100, "2026-03-10", partner=silent)
        thanks = self.remind(silent, "2026-03-11", "thanks", text_kind="thanks")
        self.let_go("2026-03-11")
        self.assertEqual((thanks.state, self.said(silent)), ("failed", thanks))
