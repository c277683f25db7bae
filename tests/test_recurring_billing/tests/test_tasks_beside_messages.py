"""A task is for a person of ours: the customer hears of their other debts on the same day all the same."""

from odoo.tests import tagged

from .messaging import MessagingCommon


@tagged("post_install", "-at_install")
class TestTasksBesideMessages(MessagingCommon):
    def setUp(self):
        super().setUp()
        step = {"policy_id": self.policy.id, "name": "Look for assets", "offset_days": 20, "channel": "task"}
        self.env["recurring.dunning.step"].create(step)
        self.older, self.younger = self.owe(100, "2026-03-05", partner=self.ana), self.owe(50, "2026-03-24", partner=self.ana)

    def test_the_customer_hears_of_the_other_debt_on_the_same_day(self):
        """On 25 March the debt of the 5th reaches its task of day 20, that of the 24th its first reminder: both are done, once."""
        with self.mail_server() as took:
            self.dun("2026-03-20", "2026-03-25")
            self.let_go("2026-03-25")
            self.dun("2026-03-25", "2026-03-26")
            self.let_go("2026-03-26")
        today = [each for each in self.messages(self.ana) if each[0] >= "2026-03-25"]
        self.assertEqual(sorted(today), [("2026-03-25", "email", 1), ("2026-03-25", "task", 20)])
        self.assertEqual(len(took), 2)
        task = self.said(self.ana, channel="task")
        self.assertEqual((task.state, task.line_ids, task.subject), ("to_do", self.receivable(self.older), "Look for assets"))
        self.assertEqual(task.action_ids.step_id.offset_days, 20)

    def test_a_task_waits_for_nobody_s_approval_beside_a_message_that_does(self):
        self.dun("2026-03-20")
        self.let_go("2026-03-20")
        self.policy.approve = True
        self.dun("2026-03-25")
        found = {each.channel: each.state for each in self.said(self.ana) if str(each.day) == "2026-03-25"}
        self.assertEqual(found, {"email": "to_approve", "task": "queued"})
        self.assertEqual(self.actions(self.older)[-1], ("2026-03-25", 20))

    def test_a_task_alone_is_no_contact(self):
        """The task is made on 25 March, and nobody was spoken to: with five days between contacts, the next debt is told of on the 26th."""
        self.policy.min_interval_days = 5
        self.pay(self.younger, "2026-03-24")
        self.dun("2026-03-20", "2026-03-25")
        self.owe(70, "2026-03-25", partner=self.ana)
        self.dun("2026-03-26")
        self.assertEqual(self.messages(self.ana)[1:], [("2026-03-25", "task", 20), ("2026-03-26", "email", 1)])
