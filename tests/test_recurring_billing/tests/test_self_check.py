"""The daily self-check: what it finds, whom it tells, and that all is well where all is well."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .dunning import DunningCommon

TODAY = "2026-04-10"


@tagged("post_install", "-at_install")
class TestSelfCheck(DunningCommon):
    def setUp(self):
        super().setUp()
        mine = self.env["ir.model.data"].search([("module", "=like", "recurring_billing%"), ("model", "=", "ir.cron")])
        self.actions = self.env["ir.cron"].with_context(active_test=False).browse(mine.mapped("res_id"))
        self.actions.lastcall = fields.Datetime.now()
        self.clerk = self.make_user("clerk_check", "account.group_account_invoice", companies=self.company)
        self.manager = self.make_user("manager_check", "recurring_billing.group_manager", companies=self.company)

    def look(self, day=TODAY, user=None):
        """Check Now, as a person presses it."""
        self.env["recurring.revenue.recording"].record_noted(forget=True)  # what a commit would do
        action = self.press(day, self.env["recurring.self.check"], "action_check_now", user=user or self.manager, companies=self.company)
        return self.env["recurring.self.check"].browse(action["res_id"])

    def found(self, day=TODAY):
        return {finding.kind: finding for finding in self.look(day).finding_ids}

    def card(self, day=TODAY):
        cards = self.env["recurring.dashboard"].with_env(self.at(day)).with_user(self.manager)
        return cards.search([("company_id", "=", self.company.id), ("plan_id", "=", False)])

    def test_a_certificate_of_pix_that_ends_is_told_30_days_before_and_again_7_days_before(self):
        brl = self.env.ref("base.BRL")
        brl.active = True
        journal = self.env["account.journal"].create({"name": "Itaú", "type": "bank", "code": "PIXC", "currency_id": brl.id})
        account = self.env["recurring.pix.account"].create(
            {
                "name": "Itaú Pix",
                "company_id": self.company.id,
                "journal_id": journal.id,
                "pix_key": "pix@example.com",
                "address": "https://pix.example.com/api",
                "token_address": "https://pix.example.com/token",
                "client": "us",
                "secret": "ours",
            }
        )
        account.certificate_until = "2026-05-10"
        kinds = {
            day: [kind for kind in self.found(day) if kind.startswith("certificate")]
            for day in ("2026-04-09", TODAY, "2026-05-02", "2026-05-03")
        }
        self.assertEqual(
            kinds,
            {"2026-04-09": [], TODAY: ["certificate_soon"], "2026-05-02": ["certificate_soon"], "2026-05-03": ["certificate_now"]},
        )
        self.assertIn("Itaú Pix", self.found("2026-05-20")["certificate_now"].detail)

    def test_all_is_well(self):
        subscription = self.subscribe("2026-03-01")
        self.run_cron("2026-03-01")
        self.run_cron("2026-04-01")
        self.run_cron(TODAY)
        for invoice in self.invoices(subscription):
            self.pay(invoice, "2026-04-02")
        check = self.look()
        self.assertEqual((check.state, check.finding_ids.mapped("kind")), ("ok", []))
        self.assertFalse(self.card().check_words)
        self.assertEqual(len(self.invoices(subscription)), 2)

    def test_a_date_that_is_wrong_would_leave_time_unbilled(self):
        """Somebody's script moved the next invoice date to 2027: no run would ever bill April."""
        subscription = self.subscribe("2026-03-01")
        self.run_cron("2026-03-01")
        self.env.cr.execute("UPDATE recurring_subscription SET next_invoice_date = '2027-01-01' WHERE id = %s", (subscription.id,))
        self.env.invalidate_all()
        finding = self.found()["coverage"]
        self.assertEqual(finding.action_open()["domain"], [("id", "in", subscription.ids)])
        self.assertIn("Time that nobody will bill: 1", self.card().check_words)

    def test_a_ledger_that_lost_a_row_is_seen(self):
        """The kept dates say March is settled; the ledger does not."""
        subscription = self.subscribe("2026-03-01")
        self.run_cron("2026-03-01")
        self.run_cron("2026-04-01")
        self.env.cr.execute(
            "UPDATE recurring_period SET voided = TRUE WHERE subscription_id = %s AND start = '2026-03-01'", (subscription.id,)
        )
        self.env.invalidate_all()
        self.assertIn("coverage", self.found())

    def test_what_a_run_left_is_seen(self):
        subscription = self.subscribe("2026-03-01")
        self.run_cron("2026-03-01")
        self.run_cron(TODAY)
        self.env.cr.execute(
            "UPDATE recurring_subscription SET next_invoice_date = '2026-04-01', write_date = write_date - interval '1 day' WHERE id = %s",
            (subscription.id,),
        )
        self.env.invalidate_all()
        self.assertEqual(self.found()["not_billed"].count, 1)

    def test_what_waits_for_a_person_as_an_issue_is_no_finding(self):
        product = self.make_product()
        self.subscribe("2026-03-01", product=product)
        product.active = False
        self.run_cron("2026-03-01")
        self.assertNotIn("coverage", self.found("2026-03-03"))

    def test_the_last_run_is_too_old(self):
        self.subscribe("2026-03-01")
        self.run_cron("2026-04-07")
        self.assertIn("run_late", self.found())

    def test_scheduled_actions_that_are_off_or_late(self):
        bill, daily = self.env.ref("recurring_billing.cron_bill"), self.env.ref("recurring_billing.cron_daily")
        bill.active = False
        daily.lastcall = fields.Datetime.now() - timedelta(hours=27)
        found = self.found()
        self.assertEqual((found["action_off"].detail, found["action_late"].detail), (bill.display_name, daily.display_name))
        daily.lastcall = fields.Datetime.now() - timedelta(hours=25)
        bill.active = True
        self.assertEqual(self.look().state, "ok")

    def test_movements_that_do_not_add_up(self):
        subscription = self.subscribe("2026-03-01")
        self.run_cron(TODAY)
        self.env["recurring.revenue.recording"].record_noted(forget=True)
        self.env.flush_all()
        self.env.cr.execute("UPDATE recurring_subscription_line SET mrr = mrr + 1 WHERE subscription_id = %s", (subscription.id,))
        self.env.invalidate_all()
        self.assertEqual(self.found()["revenue"].record_ids, subscription.line_ids.ids)

    def test_messages_nobody_knows_of(self):
        values = {"company_id": self.company.id, "partner_id": self.make_partner().id, "channel": "email", "day": TODAY}
        unknown, sent = self.env["recurring.dunning.message"].create([{**values, "state": state} for state in ("unknown", "sent")])
        self.assertEqual(self.found()["messages"].record_ids, unknown.ids)
        self.assertTrue(sent)

    def test_messages_that_cannot_leave(self):
        """The mail server does not answer since three hours: somebody hears of it before letters are printed instead."""
        values = {"company_id": self.company.id, "partner_id": self.make_partner().id, "channel": "email", "day": TODAY, "state": "queued"}
        now = fields.Datetime.now()
        messages = self.env["recurring.dunning.message"]
        long, short, _whole = messages.create(
            [{**values, "first_tried_at": first} for first in (now - timedelta(hours=3), now - timedelta(hours=1), False)]
        )
        self.assertEqual(self.found()["messages_wait"].record_ids, long.ids)
        short.first_tried_at = now - timedelta(hours=3)
        self.assertEqual(self.found()["messages_wait"].count, 2)

    def test_a_debt_that_was_forgotten(self):
        """Late for 15 days, and no case: whatever the reason, somebody looks. In a case, or balanced by a credit, it is none."""
        invoice = self.owe(100.0, "2026-03-26", partner=self.make_partner("Lost"))
        self.assertNotIn("forgotten", self.found("2026-04-09"))
        self.assertEqual(self.found("2026-04-10")["forgotten"].count, 1)
        case = self.env["recurring.dunning.case"]._of(invoice.partner_id, self.company)[invoice.partner_id]
        self.assertNotIn("forgotten", self.found("2026-04-10"))
        case.state = "closed"
        self.env["account.payment"].create(
            {"payment_type": "inbound", "partner_id": invoice.partner_id.id, "amount": 100.0, "date": "2026-04-10"}
        ).action_post()
        self.assertNotIn("forgotten", self.found("2026-04-10"))

    def test_where_collections_are_off_no_debt_is_forgotten(self):
        self.owe(100.0, "2026-01-26")
        self.company.recurring_dunning = False
        self.assertNotIn("forgotten", self.found())

    def test_a_check_that_fails_is_a_finding_and_the_others_go_on(self):
        self.env.ref("recurring_billing.cron_daily").active = False
        service = self.registry["recurring.self.check.service"]

        def failing(_self, _company):
            raise ValueError("broken")

        with patch.object(service, "_revenue", failing), self.assertLogs("odoo.addons.recurring_billing.services.self_check", "ERROR"):
            found = self.found()
        self.assertEqual(set(found), {"unfinished", "action_off"})
        self.assertIn("revenue: broken", found["unfinished"].detail)

    def test_the_manager_is_told_once_and_again_of_what_is_new(self):
        self.env.ref("recurring_billing.cron_daily").active = False
        first = self.look("2026-04-10")
        [activity] = first.activity_ids
        self.assertEqual(activity.user_id, self.responsible)
        self.assertIn("Scheduled actions are switched off", activity.note)
        mails = [("subject", "=like", "Recurring Billing needs you%"), ("email_to", "ilike", self.responsible.email)]
        self.assertEqual(self.env["mail.mail"].search_count(mails), 1)
        self.look("2026-04-10")
        second = self.look("2026-04-11")
        self.assertEqual((len(first.activity_ids), len(second.activity_ids), self.env["mail.mail"].search_count(mails)), (1, 0, 1))
        values = {"company_id": self.company.id, "partner_id": self.make_partner().id, "channel": "email", "day": TODAY, "state": "unknown"}
        message = self.env["recurring.dunning.message"].create(values)
        third = self.look("2026-04-12")
        self.assertEqual((len(first.activity_ids), len(third.activity_ids), self.env["mail.mail"].search_count(mails)), (0, 1, 2))
        message.state = "sent"
        self.env.ref("recurring_billing.cron_daily").active = True
        self.assertEqual(self.look("2026-04-12").state, "ok")
        self.assertFalse(third.activity_ids)

    def test_the_scheduled_action_looks_at_every_company(self):
        self.trigger("cron_self_check", TODAY)
        companies = self.env["recurring.self.check"].search([("day", "=", TODAY)]).company_id
        self.assertEqual(companies, self.env["res.company"].search([]))

    def test_the_card_says_when_nobody_looked(self):
        check = self.look()
        check.checked_at = fields.Datetime.now() - timedelta(hours=27)
        self.env.invalidate_all()
        self.assertIn("did not run since", self.card().check_words)

    def test_who_may_look(self):
        self.assertEqual(self.look(user=self.clerk).state, "ok")
        collector = self.make_user("collector_check", "recurring_billing.group_collections", companies=self.company)
        with self.assertRaises(AccessError):
            self.look(user=collector)
        check = self.look()
        with self.assertRaises(AccessError):
            check.with_user(self.manager).write({"state": "ok"})
        there = self.make_user("there_check", "recurring_billing.group_manager", companies=self.company_brl)
        env = self.env(user=there.id, context={**self.env.context, "allowed_company_ids": self.company_brl.ids})
        self.assertFalse(env["recurring.self.check"].search([("id", "=", check.id)]))
