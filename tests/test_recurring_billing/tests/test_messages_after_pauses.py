"""What a customer gets on the first day on which they may be written to again: one message, of the step their debt has reached."""

from odoo.tests import tagged

from .messaging import MessagingCommon


@tagged("post_install", "-at_install")
class TestMessagesAfterPauses(MessagingCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self.owe(100, "2026-03-10", partner=self.ana)

    def sent(self):
        """What has left: (day, offset of its step)."""
        return [(str(each.sent_at.date()), each.step_id.offset_days) for each in self.said(self.ana, direction="out") if each.sent_at]

    def paused(self, until):
        """The first reminder is made on 11 March; before it leaves, Ana writes to us."""
        self.dun("2026-03-11")
        self.case(self.ana).sudo().write({"hold_until": until, "hold_reason": "She wrote to us"})
        self.let_go("2026-03-11")
        self.assertEqual(self.said(self.ana).mapped("state"), ["queued"])

    def days(self, *days):
        """On each day sending comes before the run, and again after it."""
        for day in days:
            self.let_go(day), self.dun(day), self.let_go(day)

    def test_after_a_pause_of_weeks_what_waited_makes_room_for_the_step_of_the_day(self):
        """On 26 March the notice of day 15 is what Ana gets, and nothing besides."""
        self.paused("2026-03-25")
        with self.mail_server():
            self.days("2026-03-12", "2026-03-25", "2026-03-26", "2026-03-27")
        self.assertEqual(self.sent(), [("2026-03-26", 15)])
        self.assertEqual(self.said(self.ana)[0].error, "A later step says it all.")

    def test_after_a_short_pause_what_waited_leaves(self):
        """On 12 March the first reminder is what her debt has reached."""
        self.paused("2026-03-11")
        with self.mail_server():
            self.days("2026-03-12", "2026-03-13")
        self.assertEqual(self.sent(), [("2026-03-12", 1), ("2026-03-13", 3)])

    def test_a_notice_that_waited_is_what_she_gets(self):
        """The notice waits until 20 April; nothing overtakes it, and the block comes 15 days after it left, on 6 May."""
        self.dun("2026-03-25")
        self.case(self.ana).sudo().write({"hold_until": "2026-04-20", "hold_reason": "In hospital"})
        with self.mail_server():
            self.days("2026-03-25", "2026-04-20", "2026-04-21", "2026-04-22", "2026-05-06")
        self.assertEqual(self.sent(), [("2026-04-21", 15), ("2026-05-06", 30)])

    def test_what_somebody_approved_leaves(self):
        """It waits for approval since 11 March and gets it on the 17th, when day 7 is reached: it leaves all the same."""
        self.policy.approve = True
        self.dun("2026-03-11")
        message = self.said(self.ana)
        self.press("2026-03-17", message, "action_approve")
        with self.mail_server():
            self.days("2026-03-17")
        self.assertEqual(message.state, "sent")

    def test_a_step_that_cannot_follow_overtakes_nothing(self):
        """Day 7 needs the first reminder, which was never given: what waited since day 3 is all that Ana gets."""
        self.dun("2026-03-13")
        steps = {step.offset_days: step for step in self.policy.step_ids}
        steps[7].requires_step_id = steps[1]
        self.case(self.ana).sudo().write({"hold_until": "2026-03-17", "hold_reason": "She wrote to us"})
        with self.mail_server():
            self.days("2026-03-13", "2026-03-17", "2026-03-18")
        self.assertEqual(self.sent(), [("2026-03-18", 3)])

    def test_after_a_pause_a_mail_server_has_its_time_anew(self):
        """The notice could not leave on 25 March, then the case was paused: on 21 April one failure more is not the end of e-mail."""
        self.dun("2026-03-25")
        notice = self.said(self.ana)
        with self.no_mail_server():
            self.let_go("2026-03-25")
        self.case(self.ana).sudo().write({"hold_until": "2026-04-20", "hold_reason": "In hospital"})
        notice.not_before = False
        with self.mail_server():
            self.let_go("2026-03-26")
            self.let_go("2026-04-20")
        with self.no_mail_server():
            self.let_go("2026-04-21")
        self.assertEqual((notice.state, self.said(self.ana)), ("queued", notice))
