"""Withheld services and agreements: a debt that was renegotiated is paid when its instalments are."""

from odoo import fields
from odoo.tests import tagged

from .withholding import WithholdingCommon


@tagged("post_install", "-at_install")
class TestServiceAgreements(WithholdingCommon):
    def agree(self, day, case, first_date):
        """Two instalments, a month apart, signed by who collects."""
        nina = self.make_user("collector", "recurring_billing.group_collections")
        with self.committing(day, nina) as env:
            values = {"case_id": case.id, "count": 2, "first_date": fields.Date.to_date(first_date)}
            env["recurring.agreement.make"].create(values).action_sign()
        return self.env["recurring.agreement"].search([("case_id", "=", case.id)])

    def test_a_block_lasts_until_the_instalments_are_paid(self):
        subscription, line = self.owing("2026-03-02", 100.0)
        case = self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_block, line)
        agreement = self.agree("2026-04-02", case, "2026-04-10")
        self.assertEqual(agreement.state, "running")
        self.watch("2026-04-02")
        self.assertEqual(subscription.service_state, "blocked")
        self.pay(line.move_id, "2026-04-10", 50.0)
        self.watch("2026-04-10")
        self.assertEqual(subscription.service_state, "blocked")
        self.pay(line.move_id, "2026-05-10", 50.0)
        self.assertEqual(subscription.service_state, "running")

    def test_a_block_that_waits_does_not_begin_while_an_agreement_is_kept(self):
        subscription, line = self.owing("2026-03-02", 100.0)
        case = self.notice("2026-03-24", line)
        self.step("2026-04-01", self.step_block, line)
        self.agree("2026-04-02", case, "2026-04-10")
        self.watch("2026-04-08")
        self.assertEqual((subscription.service_state, subscription.block_ids.waits_for), ("running", "Paid by agreement."))
        self.pay(line.move_id, "2026-04-10", 50.0)
        self.pay(line.move_id, "2026-05-10", 50.0)
        self.assertEqual(subscription.block_ids.state, "cancelled")

    def test_an_opening_balance_that_was_renegotiated(self):
        self.policy.write({"block_scope": "all", "block_needs_notice": False})
        partner = self.make_partner()
        subscription = self.subscribe("2026-03-02", 20.0, partner=partner)
        line = self.opening_balance(partner, 300.0, "2026-03-02")
        self.step("2026-04-01", self.step_block, line)
        agreement = self.agree("2026-04-02", self.case(line), "2026-04-10")
        self.watch("2026-04-02")
        self.assertEqual(subscription.service_state, "blocked")
        for day, instalment in zip(("2026-04-10", "2026-05-10"), agreement.instalment_ids, strict=True):
            self.assertEqual(subscription.service_state, "blocked")
            self.money_for(day, instalment.part_ids.line_id, instalment.amount)
        self.assertEqual(subscription.service_state, "running")

    def money_for(self, day, lines, amount):
        journal = self.env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1)
        with self.committing(day) as env:
            payment = env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": lines.partner_id.id,
                    "amount": amount,
                    "journal_id": journal.id,
                    "date": day,
                }
            )
            payment.with_context(force_payment_move=True).action_post()
            credit = payment.move_id.line_ids.filtered(lambda each: each.account_type == "asset_receivable")
            (credit | env["account.move.line"].browse(lines.ids)).reconcile()

    def test_a_broken_agreement_blocks_the_subscription_behind_it(self):
        subscription, line = self.owing("2026-03-02", 100.0)
        case = self.notice("2026-03-17", line)
        agreement = self.agree("2026-04-02", case, "2026-04-10")
        agreement.sudo().state = "broken"
        self.assertEqual(subscription.service_state, "running")
        parts = agreement.part_ids.line_id
        self.notice("2026-04-15", parts[:1], step=self.make_step("Notice again", 16, is_notice=True))
        self.step("2026-05-04", self.step_block, parts[:1])
        self.assertEqual(subscription.service_state, "blocked")
