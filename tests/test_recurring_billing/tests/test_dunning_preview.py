"""Who gets what on a day, why and why not; and switching collections on after having seen it."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .dunning import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningPreview(DunningCommon):
    def setUp(self):
        super().setUp()
        self.late = self.owe(100, "2026-03-10", partner=self.make_partner("Late"))
        self.paid = self.owe(70, "2026-03-10", partner=self.make_partner("Paid"))
        self.pay(self.paid, "2026-03-10")
        self.coming = self.owe(30, "2026-03-25", partner=self.make_partner("Coming"))
        self.balanced = self.owe(50, "2026-03-10", partner=self.make_partner("Balanced"))
        self.owe(50, "2026-03-10", partner=self.balanced.partner_id, move_type="out_refund")

    def preview(self, today, user=None):
        """The screen, as it opens from the menu."""
        env = self.at(today)(user=user) if user else self.at(today)
        action = env["recurring.dunning.preview"].action_open()
        return env["recurring.dunning.preview"].browse(action["res_id"])

    def rows(self, lines):
        return {line.partner_id.name: line.why for line in lines}

    def test_tomorrow_is_told_with_reasons_and_nothing_is_written(self):
        wizard = self.preview("2026-03-10")
        self.assertEqual(str(wizard.day), "2026-03-11")
        self.assertEqual(self.rows(wizard.contact_ids), {"Late": "First reminder. It was 1 day late."})
        self.assertEqual(self.rows(wizard.quiet_ids), {"Balanced": "Open credits cover what is owed."})
        self.assertIn("1 of 2 customers", wizard.summary)
        self.assertEqual((wizard.contact_ids.amount, wizard.contact_ids.documents), (100, self.late.name))
        domain = [("company_id", "=", self.company.id)]
        self.assertFalse(self.env["recurring.dunning.action"].search(domain))
        self.assertFalse(self.env["recurring.dunning.message"].search(domain))

    def test_what_is_said_of_tomorrow_is_what_happens_tomorrow(self):
        said = self.rows(self.preview("2026-03-10").contact_ids)
        self.dun("2026-03-11")
        message = self.env["recurring.dunning.message"].search([("company_id", "=", self.company.id)])
        self.assertEqual({message.partner_id.name: message.reason}, said)

    def test_on_a_saturday_everybody_is_left_alone_and_it_is_said_why(self):
        wizard = self.preview("2026-03-13")
        self.assertEqual(str(wizard.day), "2026-03-14")
        self.assertFalse(wizard.contact_ids)
        self.assertEqual(self.rows(wizard.quiet_ids)["Late"], "It is a weekend or a public holiday.")
        self.assertEqual(wizard.quiet_ids.filtered(lambda line: line.partner_id.name == "Late").step_id.offset_days, 3)

    def test_it_is_switched_on_only_after_it_was_seen_for_these_choices(self):
        self.company.write({"recurring_dunning": False, "recurring_dunning_from": False})
        wizard = self.preview("2026-03-15", self.responsible)
        # On Monday 16 the debt of the 10th is older than the first day: left to people.
        self.assertEqual(self.rows(wizard.contact_ids), {})
        self.assertIn("left to people", self.rows(wizard.quiet_ids)["Late"])
        wizard.enter_step_id = self.policy.step_ids.filtered(lambda step: step.offset_days == 3)
        with self.assertRaisesRegex(UserError, "press Show"):
            wizard.action_switch_on()
        wizard.action_show()
        self.assertEqual(list(self.rows(wizard.contact_ids)), ["Late"])
        self.assertFalse(self.company.recurring_dunning)
        wizard.action_switch_on()
        self.assertEqual((self.company.recurring_dunning, str(self.company.recurring_dunning_from)), (True, "2026-03-16"))
        self.dun("2026-03-15", "2026-03-16")
        self.assertEqual(self.actions(self.late), [("2026-03-16", 3)])

    def test_it_is_not_switched_on_for_a_day_that_is_over_and_it_can_be_switched_off(self):
        self.company.recurring_dunning = False
        wizard = self.preview("2026-03-15")
        wizard.day = "2026-03-14"
        wizard.action_show()
        with self.assertRaisesRegex(UserError, "today or a later day"):
            wizard.action_switch_on()
        wizard.day = "2026-03-15"
        wizard.action_show()
        wizard.action_switch_on()
        self.assertTrue(self.company.recurring_dunning)
        wizard.action_switch_off()
        self.dun("2026-03-16")
        self.assertFalse(self.actions(self.late))

    def test_managers_switch_collectors_and_auditors_look_salespeople_do_neither(self):
        self.company.recurring_dunning = False
        for group in ("group_collections", "group_auditor"):
            user = self.make_user(group, f"recurring_billing.{group}", companies=self.company)
            wizard = self.preview("2026-03-15", user)
            wizard.action_show()
            with self.assertRaises(AccessError):
                wizard.action_switch_on()
            with self.assertRaises(AccessError):
                wizard.action_run()
        seller = self.make_user("seller", "recurring_billing.group_user", companies=self.company)
        with self.assertRaises(AccessError):
            self.preview("2026-03-15", seller)

    def test_the_newest_entry_of_each_bank_account_is_shown_and_may_be_waited_for(self):
        """The payment of the 10th is the newest entry. A policy that waits after 5 days is quiet from the 16th on."""
        journal = self.paid._get_reconciled_payments().journal_id or self.env["account.payment"].search([], limit=1).journal_id
        wizard = self.preview("2026-03-12")
        self.assertIn(f"{journal.name}: 03/10/2026, 2 days ago", wizard.bank_words)
        self.policy.bank_wait_days = 5
        self.dun("2026-03-11", "2026-03-13", "2026-03-17")
        self.assertEqual(self.actions(self.late), [("2026-03-11", 1), ("2026-03-13", 3)])
        wizard = self.preview("2026-03-16")
        self.assertIn("newest bank entry is too old", self.rows(wizard.quiet_ids)["Late"])
        self.pay(self.coming, "2026-03-17")
        self.dun("2026-03-17")
        self.assertEqual(self.actions(self.late)[-1], ("2026-03-17", 7))
