"""A notice that was made and could not leave is given as soon as it may, and what it is for follows from that day, by itself."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from .messaging import MessagingCommon


@tagged("post_install", "-at_install")
class TestDunningHeldBack(MessagingCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self.owe(100, "2026-03-10", partner=self.ana)

    def hold(self, until):
        self.case(self.ana).sudo().write({"hold_until": until, "hold_reason": "In hospital"})

    def days(self, *days):
        """The run and the sending of these days."""
        for day in days:
            self.dun(day)
            self.let_go(day)

    def notices(self):
        return [(str(each.sent_at.date()), each.step_id.offset_days) for each in self.said(self.ana, is_notice=True) if each.sent_at]

    def test_a_hold_longer_than_from_notice_to_block(self):
        """The notice is made on 25 March, the customer is in hospital from that day to 20 April: it leaves on the 21st, the block comes 15
        days after.
        """
        with self.mail_server():
            self.days("2026-03-11", "2026-03-13", "2026-03-17")
            self.dun("2026-03-25")
            self.hold("2026-04-20")
            self.days("2026-03-25", "2026-03-26", "2026-04-09", "2026-04-20")
            self.assertEqual(self.notices(), [])
            self.case(self.ana).sudo().hold_until = False
            self.days("2026-04-21", "2026-04-22", "2026-05-05", "2026-05-06")
        self.assertEqual(self.notices(), [("2026-04-21", 15), ("2026-05-06", 30)])
        self.assertEqual([each for each in self.actions(self.invoice) if each[1] > 10], [("2026-03-25", 15), ("2026-05-06", 30)])

    def test_a_notice_about_what_is_contested_does_not_give_way_to_reminders_of_other_debts(self):
        """The notice waits for an answer to the dispute; meanwhile another invoice is reminded of."""
        with self.mail_server():
            self.dun("2026-03-25")
            dispute = self.env["recurring.dispute"].create(
                {
                    "case_id": self.case(self.ana).id,
                    "line_ids": self.receivable(self.invoice).ids,
                    "reason": "Never ordered",
                    "answer_by": "2026-04-10",
                }
            )
            self.let_go("2026-03-25")
            self.owe(50, "2026-04-01", partner=self.ana)
            self.days("2026-04-02")
            self.assertEqual(self.said(self.ana)[-1].state, "sent")
            notice = self.said(self.ana, is_notice=True)
            self.assertEqual(notice.state, "queued")
            dispute.state = "rejected"
            self.days("2026-04-03")
        self.assertEqual(notice.state, "sent")

    def test_a_reminder_between_notice_and_block_does_not_take_the_place_of_the_notice(self):
        self.env["recurring.dunning.step"].create({"policy_id": self.policy.id, "name": "Day 20", "offset_days": 20, "tone": "firm"})
        self.hold_before("2026-03-12", "2026-04-20")
        self.days("2026-04-21", "2026-04-22", "2026-05-06")
        self.assertEqual([each for each in self.actions(self.invoice) if each[1] > 3], [("2026-04-21", 15), ("2026-05-06", 30)])
        self.assertEqual(self.actions(self.invoice, "skipped")[-1], ("2026-04-21", 20))

    def hold_before(self, day, until):
        self.days(day)
        self.hold(until)
        self.days("2026-03-25", until)
        self.case(self.ana).sudo().hold_until = False

    def test_a_notice_that_was_dropped_for_a_payment_is_given_when_that_payment_fails(self):
        """Paid on 25 March before the notice left; on the 27th that payment has failed, and the notice is given. The block follows 15 days
        after, on a Saturday, so on Monday.
        """
        with self.mail_server():
            self.dun("2026-03-25")
            payment = self.pay(self.invoice, "2026-03-25")
            self.let_go("2026-03-25")
            self.assertEqual(self.said(self.ana, is_notice=True).state, "cancelled")
            payment.action_draft()
            payment.action_cancel()
            self.days("2026-03-27", "2026-03-30", "2026-04-13", "2026-04-14")
        self.assertEqual(self.notices(), [("2026-03-27", 15), ("2026-04-13", 30)])

    def test_a_notice_that_is_said_not_to_have_arrived_is_refused_by_nobody(self):
        """Nobody knows whether it left on 25 March; on the 26th a person says it did not. Before it leaves, Ana pays, the payment fails:
        the notice is given on the 27th, by who works the case, not by who cleared it up.
        """
        with self.mail_server(TimeoutError("timed out")), mute_logger("odoo.addons.mail.models.mail_mail"):
            self.days("2026-03-25")
            notice = self.said(self.ana, is_notice=True)
            self.assertEqual(notice.state, "unknown")
            self.press("2026-03-26", notice, "action_not_left")
            self.assertEqual((notice.state, notice.user_id.id, notice.approved_by_id), ("queued", False, self.env.user))
            payment = self.pay(self.invoice, "2026-03-26")
            self.let_go("2026-03-26")
            self.assertEqual(notice.state, "cancelled")
            payment.action_draft()
            payment.action_cancel()
            self.days("2026-03-27")
        self.assertEqual(self.notices(), [("2026-03-27", 15)])

    def test_a_notice_somebody_refused_is_not_made_again(self):
        with self.mail_server():
            self.dun("2026-03-25")
            self.press("2026-03-25", self.said(self.ana, is_notice=True), "action_refuse")
            self.days("2026-03-26", "2026-04-09", "2026-04-30")
        self.assertEqual(self.notices(), [])
