"""Collections told by date: what is done about a debt on each day, and what is not."""

from odoo.tests import tagged

from .dunning import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningStories(DunningCommon):
    """The standard policy: 5 days and 1 day before, on the day, 1, 3, 7 days after, a call, the formal notice on 15, the block on 30."""

    def test_due_on_10_march_from_the_first_reminder_to_the_block(self):
        """10 March 2026 is a Tuesday. 5 and 9 March are business days; +3 is Friday 13, +7 Tuesday 17, +10 Friday 20, +15 Wednesday 25."""
        invoice = self.owe(100, "2026-03-10")
        self.dun(*self.each_day("2026-03-01", "2026-04-20"))
        self.assertEqual(
            self.actions(invoice),
            [
                ("2026-03-05", -5),
                ("2026-03-09", -1),
                ("2026-03-10", 0),
                ("2026-03-11", 1),
                ("2026-03-13", 3),
                ("2026-03-17", 7),
                ("2026-03-20", 10),
                ("2026-03-25", 15),
                ("2026-04-09", 30),
            ],
        )
        self.assertEqual(self.actions(invoice, "skipped"), [])
