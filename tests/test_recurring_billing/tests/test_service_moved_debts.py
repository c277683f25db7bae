"""Blocks of debts whose due date was moved."""

from odoo.tests import tagged

from .withholding import WithholdingCommon


@tagged("post_install", "-at_install")
class TestMovedDebts(WithholdingCommon):
    def test_a_block_does_not_begin_for_a_debt_that_is_not_due_any_more(self):
        """Blocks may begin from Monday to Thursday: asked for on Friday 3 April; on Saturday the debt is given until 30 April."""
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        self.step("2026-04-03", self.step_block, line)
        self.assertEqual(subscription.block_ids.mapped("state"), ["waiting"])
        line.date_maturity = "2026-04-30"
        self.watch("2026-04-06")
        self.watch("2026-04-07")
        self.assertEqual((subscription.block_ids.mapped("state"), subscription.service_state), (["waiting"], "running"))
        self.watch("2026-05-04")
        self.assertEqual(subscription.service_state, "blocked")
