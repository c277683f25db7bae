"""A notice that was made and could not leave is given as soon as it may, and what it is for follows from that day, by itself."""

from odoo.tests import tagged

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
            self.invoice.recurring_is_disputed = True
            self.let_go("2026-03-25")
            self.owe(50, "2026-04-01", partner=self.ana)
            self.days("2026-04-02")
            self.assertEqual(self.said(self.ana)[-1].state, "sent")
            notice = self.said(self.ana, is_notice=True)
            self.assertEqual(notice.state, "queued")
            self.invoice.recurring_is_disputed = False
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
