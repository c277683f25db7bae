"""Making many messages costs what making few costs."""

from odoo.tests import tagged

from .messaging import MessagingCommon


@tagged("post_install", "-at_install")
class TestMessageQueries(MessagingCommon):
    def made(self, count):
        """How many queries it takes to make as many messages of one step."""
        partners = self.env["res.partner"].create([{"name": f"C{n}", "email": f"c{n}@example.com"} for n in range(count)])
        cases = self.at("2026-03-11")["recurring.dunning.case"]._of(partners, self.company)
        step = self.env.ref("recurring_billing.dunning_step_late_1")
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        messages = self.at("2026-03-11")["recurring.message.dispatch"]._enqueue_all(
            [{"case": case, "kind": "dunning", "step": step} for case in cases.values()]
        )
        self.env.flush_all()
        self.assertEqual(len(messages), count)
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_grow_with_messages(self):
        self.made(2)
        few, many = self.made(5), self.made(60)
        self.assertLessEqual(many, few + 5, f"{few} queries for 5 messages, {many} for 60")
