"""Who is written to about debts when customers are joined, people leave, dates move, and several debts meet on one day."""

from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.tests import tagged
from odoo.tools import mute_logger

from .messaging import MessagingCommon


@tagged("post_install", "-at_install")
class TestCustomersWhoChange(MessagingCommon):
    # Customers that become one

    def merge(self, source, target):
        self.env.flush_all()
        self.env["base.partner.merge.automatic.wizard"]._merge([source.id, target.id], target)
        self.env.invalidate_all()

    def test_two_customers_who_owe_become_one(self):
        """Ana and Ana Silva were two entries of one person, both reminded. After joining them nothing is said again, no promise is lost."""
        double = self.make_partner("Ana S.", email="ana@example.com")
        first, second = self.owe(100, "2026-03-10", partner=self.ana), self.owe(50, "2026-03-10", partner=double)
        self.dun("2026-03-11")
        with self.mail_server():
            self.let_go("2026-03-11")
        promise = (
            self.env["recurring.promise"]
            .sudo()
            .create({"case_id": self.case(double).id, "date": "2026-03-20", "amount": 50, "line_ids": self.receivable(second).ids})
        )
        for partner in (double, self.ana):
            self.env["recurring.customer.risk"].sudo().create({"partner_id": partner.id, "company_id": self.company.id, "found": "watch"})
            self.env["recurring.optout"].create({"partner_id": partner.id, "channel": "sms", "company_id": self.company.id})
        self.env["recurring.optout"].create({"partner_id": double.id, "channel": "phone", "company_id": self.company.id})
        self.case(double).with_env(self.at("2026-03-12"))._hold("2026-03-30", "in hospital")
        self.merge(double, self.ana)
        case = self.case(self.ana)
        self.assertEqual(str(case.hold_until), "2026-03-30")
        self.assertEqual(sorted(self.ana.recurring_optout_ids.mapped("channel")), ["phone", "sms"])
        self.assertEqual(promise.exists().case_id, case)
        self.assertEqual((self.actions(first), self.actions(second)), ([("2026-03-11", 1)], [("2026-03-11", 1)]))
        self.assertEqual(len(case.message_line_ids.filtered(lambda each: each.kind == "dunning")), 2)
        self.dun("2026-03-11")
        self.assertEqual(len(self.messages(self.ana)), 2)
        self.assertEqual(case.amount_due, 150.0)

    # Steps without a message

    def test_a_step_without_a_message_swallows_no_reminder_of_another_debt(self):
        self.policy = self.env["recurring.dunning.policy"].create({"name": "House", "business_days_only": False})
        self.env["recurring.dunning.step"].create(
            [
                {"policy_id": self.policy.id, "name": "First", "offset_days": 1},
                {"policy_id": self.policy.id, "name": "Orders", "offset_days": 30, "channel": "none", "block_orders": "warn"},
            ]
        )
        self.company.recurring_dunning_policy_id = self.policy
        old = self.owe(100, "2026-03-01", partner=self.ana)
        self.dun("2026-03-02")
        new = self.owe(50, "2026-03-30", partner=self.ana)
        self.dun("2026-03-31")
        self.assertEqual(self.actions(old), [("2026-03-02", 1), ("2026-03-31", 30)])
        self.assertEqual(self.actions(new), [("2026-03-31", 1)])
        self.assertEqual(self.messages(self.ana), [("2026-03-02", "email", 1), ("2026-03-31", "email", 1)])
        self.assertEqual(self.said(self.ana)[-1].action_ids.line_id, self.receivable(new))
        self.assertEqual(self.case(self.ana).orders_effect, "warn")

    def test_a_step_that_is_moved_later_is_not_due_again(self):
        """The second reminder (day 3) is moved to day 9 after Ana had it: on day 9 nothing is due, and the call of day 10 is asked for."""
        invoice = self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11", "2026-03-13", "2026-03-17")
        self.env.ref("recurring_billing.dunning_step_late_3").offset_days = 9
        other = self.owe(100, "2026-03-18", partner=self.ana)
        self.dun("2026-03-19", "2026-03-20")
        self.assertEqual(self.actions(invoice), [("2026-03-11", 1), ("2026-03-13", 9), ("2026-03-17", 7), ("2026-03-20", 10)])
        self.assertEqual(self.actions(other), [("2026-03-19", 1)])

    def test_what_would_fail_in_each_run_is_told_to_a_person(self):
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")

        def twice(*_args):
            raise UniqueViolation("there already")

        quiet = mute_logger("odoo.addons.recurring_billing.services.dunning_run")
        with patch.object(self.env.registry["recurring.dunning.run"], "_work", twice), quiet:
            self.dun("2026-03-12")
        self.assertEqual(self.case(self.ana).activity_ids.mapped("summary"), ["Collections could not go on"])

    # Off, and on again

    def test_what_waited_when_collections_were_off_does_not_leave_when_they_begin_anew(self):
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        reminder = self.said(self.ana)
        self.company.recurring_dunning = False
        with self.mail_server() as took:
            self.let_go("2026-03-11")
            self.company.write(
                {"recurring_dunning": True, "recurring_dunning_from": "2026-06-01", "recurring_dunning_enter_step_id": False}
            )
            self.let_go("2026-06-01")
        self.assertEqual((reminder.state, took), ("cancelled", []))

    # One message a day

    def test_who_was_thanked_today_is_reminded_tomorrow(self):
        """A reminder about two debts waits for the morning; the night's payment is thanked for at once."""
        self.company.recurring_thanks = "always"
        self.owe(100, "2026-03-10", partner=self.ana)
        paid = self.owe(50, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        with self.committing("2026-03-11") as env:
            wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=paid.ids)
            wizard.create({"payment_date": "2026-03-11"})._create_payments()
        with self.mail_server() as took, self.clock(7):
            self.let_go("2026-03-11")
        self.assertEqual(self.said(self.ana).mapped(lambda m: (m.kind, m.state)), [("dunning", "queued"), ("thanks", "sent")])
        with self.mail_server() as took:
            self.let_go("2026-03-11")
        self.assertFalse(took)

    # People who leave

    def test_the_cases_of_who_left_come_up_for_others(self):
        left, carla = (self.make_user(name, "recurring_billing.group_collections") for name in ("left", "carla"))
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        case = self.case(self.ana)
        case.user_id = left
        task = case.activity_schedule("mail.mail_activity_data_call", "2026-03-12", summary="Call again", user_id=left.id)
        left.action_archive()
        self.assertTrue(task.exists())
        waiting = self.at("2026-03-12")["recurring.dunning.queue"].with_user(carla).waiting(self.company)
        self.assertIn(case, waiting)

    def test_a_call_is_asked_of_somebody_who_is_there(self):
        left = self.make_user("left", "recurring_billing.group_collections")
        call = self.policy.step_ids.filtered(lambda step: step.channel == "phone")
        call.assign_user_id = left
        left.active = False
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-20")
        with self.mail_server():
            self.let_go("2026-03-20")
        message = self.said(self.ana)
        self.assertEqual((message.channel, message.state), ("phone", "to_do"))
        self.assertTrue(message.activity_id.user_id.active)
        self.assertNotEqual(self.case(self.ana).user_id, left)

    # Privacy

    def test_nothing_of_an_erased_message_stays(self):
        self.owe(100, "2026-03-10", partner=self.ana)
        message = self.remind(self.ana, "2026-03-11")
        message.sudo().write({"state": "sent", "whatsapp_content": {"text": {"body": "Ana owes 100"}}, "reason": "Overdue"})
        self.company.recurring_message_keep_months = 12
        self.let_go("2027-04-01", "cron_message_keeping")
        self.assertTrue(message.is_body_erased)
        self.assertFalse(message.whatsapp_content)

    # The customer belongs to a company from now on

    def test_a_hold_goes_with_the_customer_into_a_company(self):
        invoice = self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        case = self.case(self.ana)
        case.with_env(self.at("2026-03-12"))._hold("2026-03-30", "in hospital")
        firm = self.make_partner("Silva Ltda", is_company=True)
        self.ana.parent_id = firm
        self.env.flush_all()
        self.dun("2026-03-13")
        self.assertEqual(self.actions(invoice), [("2026-03-11", 1)])
        self.assertEqual(str(self.case(firm).hold_until), "2026-03-30")
