"""A message that is told to have failed days after it left, when the customer has heard of us since."""

from odoo.tests import tagged

from .messaging import MessagingCommon


@tagged("post_install", "-at_install")
class TestMessagesThatComeBack(MessagingCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self.owe(100, "2026-03-10", partner=self.ana)

    def days(self, *days):
        for day in days:
            self.dun(day)
            self.let_go(day)

    def back(self, message, day):
        """The mail server tells on a day that a message found nobody."""
        env = self.at(day)
        message.with_env(env)._delivery("failed", "The mailbox is full.")
        self.let_go(day)

    def ways(self):
        return [(each.channel, each.step_id.offset_days, each.state) for each in self.said(self.ana)]

    def test_what_was_said_since_is_not_followed_by_an_older_reminder(self):
        """The first reminder of 11 March is told on the 16th to have failed; that of day 3 left on the 13th: no letter is printed."""
        with self.mail_server():
            self.days("2026-03-11", "2026-03-13")
            first = self.said(self.ana)[0]
            self.back(first, "2026-03-16")
        self.assertEqual(self.ways(), [("email", 1, "failed"), ("email", 3, "sent")])

    def test_what_nothing_has_followed_goes_another_way(self):
        with self.mail_server():
            self.days("2026-03-11")
            self.back(self.said(self.ana), "2026-03-12")
        self.assertEqual(self.ways(), [("email", 1, "failed"), ("letter", 1, "to_do")])

    def test_a_formal_notice_is_given_another_way_whatever_was_said_since(self):
        """The notice of 25 March comes back on 2 April, after a reminder of another invoice."""
        with self.mail_server():
            self.days("2026-03-25")
            notice = self.said(self.ana)
            self.owe(50, "2026-03-30", partner=self.ana)
            self.days("2026-03-31")
            self.back(notice, "2026-04-02")
        self.assertEqual(self.ways(), [("email", 15, "failed"), ("email", 1, "sent"), ("letter", 15, "to_do")])
