"""Services of debts whose due date was moved, and of who pays too much."""

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

    def test_who_pays_too_much_has_the_service_back_at_once(self):
        """100.00 are owed and 120.00 are paid: nothing but a credit is left of the customer."""
        subscription, line = self.owing("2026-03-02")
        case = self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_block, line)
        self.watch("2026-04-01")
        self.assertEqual(subscription.service_state, "blocked")
        self.pay(line.move_id, "2026-04-06", 120.0)
        self.assertEqual((subscription.service_state, case.state), ("running", "closed"))
        page = self.env["recurring.debts.page"].of(line.partner_id, self.company)
        self.assertFalse(page["late"] or page["coming"])
