"""A copy, a restored backup, a neutralized database: nothing leaves it before an administrator confirms."""

import json
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import config

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestIdentity(RecurringCommon):
    def setUp(self):
        super().setUp()
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        kept = config["data_dir"]
        config["data_dir"] = folder.name
        self.addCleanup(lambda: config.__setitem__("data_dir", kept))
        self.identity = self.env["recurring.identity"]
        self.identity.search([]).unlink()
        self.parameters = self.env["ir.config_parameter"]
        self.admin = self.make_user("alice", "base.group_system", "recurring_billing.group_manager")

    def assertStopped(self, words):
        self.assertFalse(self.identity.is_confirmed())
        with self.assertRaisesRegex(UserError, words):
            self.identity.require()

    def confirm(self, note="Compared with the provider."):
        return self.identity.with_user(self.admin).confirm(note)

    def test_the_first_call_makes_the_live_database(self):
        self.identity.with_user(self.make_user("sam")).require()
        kept = self.identity._latest()
        self.assertEqual(kept.database_uuid, self.parameters.get_param("database.uuid"))
        self.assertFalse(kept.confirmed_by_id)
        self.assertTrue(kept.places["database"])
        self.identity.require()
        self.assertTrue(self.identity.is_confirmed())
        self.assertEqual(len(self.identity.search([])), 1)

    def test_a_duplicate_with_an_identity_of_its_own_is_stopped_until_confirmed(self):
        self.identity.require()
        self.parameters.set_param("database.uuid", "11111111-2222-3333-4444-555555555555")
        self.assertStopped("it is a copy of the live database")
        confirmed = self.confirm()
        self.assertEqual((confirmed.confirmed_by_id, confirmed.found), (self.admin, "It is a copy of the live database"))
        self.identity.require()

    def test_a_dump_restored_elsewhere_is_stopped(self):
        self.identity.require()
        for name in ("database", "table", "server"):
            with self.subTest(name):
                kept = self.identity._latest()
                kept.places = {**kept.places, name: kept.places[name] + 1}
                self.assertStopped("restored from a backup")
                self.confirm()
                self.identity.require()

    def test_another_address_stops_and_another_scheme_does_not(self):
        self.parameters.set_param("web.base.url", "http://billing.example.com")
        self.identity.require()
        self.parameters.set_param("web.base.url", "https://Billing.example.com/")
        self.identity.require()
        self.parameters.set_param("web.base.url", "https://staging.example.com")
        self.assertStopped("its address changed")

    def test_a_neutralized_database_never_goes_live_by_itself(self):
        self.parameters.set_param("database.is_neutralized", "true")
        self.assertStopped("it was neutralized")
        self.confirm()
        self.identity.require()
        self.parameters.set_param("database.is_neutralized", False)
        self.identity.require()

    def test_neutralizing_stops_a_live_database(self):
        self.identity.require()
        self.parameters.set_param("database.is_neutralized", "true")
        self.assertStopped("it was neutralized")

    def test_a_clock_that_went_back_stops(self):
        self.identity.require()
        kept = self.identity._latest()
        kept.last_seen += timedelta(minutes=11)
        self.assertStopped("the clock went back")

    def test_a_database_that_forgot_what_was_seen_outside_came_from_a_backup(self):
        self.identity.require()
        kept = self.identity._latest()
        path = self.env["recurring.identity.check"]._path(self.env["recurring.identity.check"].now())
        self.assertTrue(path.is_relative_to(Path(config["data_dir"])))
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"seen": fields.Datetime.to_string(kept.last_seen)}))
        self.identity.require()
        path.write_text(json.dumps({"seen": fields.Datetime.to_string(kept.last_seen + timedelta(hours=2))}))
        self.assertStopped("restored from a backup")
        path.write_text("{broken")
        self.identity.require()

    def test_the_scheduled_action_keeps_the_moment_of_a_live_database_only(self):
        self.env["recurring.identity.check"].beat()
        self.assertFalse(self.identity.search([]), "a database where nobody ever called outside stays without")
        self.identity.require()
        kept = self.identity._latest()
        long_ago = kept.last_seen = fields.Datetime.now() - timedelta(days=3)
        self.parameters.set_param("database.uuid", "another")
        with self.assertLogs("odoo.addons.recurring_billing.services.identity_check", "WARNING"):
            self.env["recurring.identity.check"].beat()
        self.assertEqual(kept.last_seen, long_ago)
        self.parameters.set_param("database.uuid", kept.database_uuid)
        cron = self.env.ref("recurring_billing.cron_identity")
        with self.in_test_mode():
            self.assertIs(cron.method_direct_trigger(), True)
        self.assertGreater(kept.last_seen, long_ago)

    def test_only_administrators_confirm_and_nobody_writes(self):
        self.identity.require()
        for group in ("group_user_all", "group_collections", "group_manager", "group_auditor"):
            user = self.make_user(group, f"recurring_billing.{group}")
            with self.subTest(group), self.assertRaises(AccessError):
                self.identity.with_user(user).confirm("mine")
        with self.assertRaises(AccessError):
            self.identity.with_user(self.admin).create({"database_uuid": "mine"})
        with self.assertRaises(AccessError):
            self.identity._latest().with_user(self.admin).write({"database_uuid": "mine"})
        with self.assertRaises(AccessError):
            self.identity._latest().with_user(self.admin).unlink()

    def wizard(self):
        return self.env["recurring.identity.confirm"].with_user(self.admin).create({})

    def test_the_administrator_compares_then_confirms(self):
        self.identity.require()
        with self.assertRaisesRegex(UserError, "live database already"):
            self.wizard().action_confirm()
        self.parameters.set_param("database.uuid", "a copy")
        wizard = self.wizard()
        self.assertIn("it is a copy", wizard.stopped)
        with self.assertRaisesRegex(UserError, "tick the box"):
            wizard.action_confirm()
        wizard.write({"is_compared": True, "note": "Nothing was charged since."})
        wizard.action_confirm()
        self.assertEqual(self.identity._latest().note, "Nothing was charged since.")
        self.assertTrue(self.identity.is_confirmed())

    def test_the_dashboard_says_that_nothing_leaves(self):
        card = self.env["recurring.dashboard"].search([("company_id", "=", self.company.id), ("plan_id", "=", False)])
        self.assertFalse(card.stopped)
        self.parameters.set_param("database.uuid", "a copy")
        card.invalidate_recordset()
        self.assertIn("it is a copy", card.stopped)

    def test_queued_invoices_and_sending_by_itself_wait(self):
        self.company.recurring_send = True
        plan = self.make_plan(invoice_mode="post_send")
        first, second = (self.subscribe("2024-02-01", plan=plan, partner=self.make_partner(email="ana@example.com")) for _n in range(2))
        self.bill("2024-02-01", first)
        queued = self.invoices(first)
        self.assertTrue(queued.sending_data)
        self.parameters.set_param("database.uuid", "a copy")
        self.bill("2024-02-01", second)
        waiting = self.invoices(second)
        self.assertFalse(waiting.sending_data)
        self.assertIn("it is a copy", waiting.recurring_stage_hint)
        cron = self.env.ref("account.ir_cron_account_move_send")
        with self.in_test_mode(), self.assertLogs("odoo.addons.recurring_billing.models.account_move_identity", "WARNING"):
            self.assertIs(cron.method_direct_trigger(), True)
        self.assertFalse(queued.is_move_sent)
        self.assertTrue(queued.sending_data, "it is sent when the database is confirmed")
        self.confirm()
        with self.in_test_mode():
            self.assertIs(cron.method_direct_trigger(), True)
        self.assertTrue(queued.is_move_sent)
