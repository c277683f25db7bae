"""Statements for many customers: who gets one is seen first, they are made one by one in the background."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .test_statement import StatementCase

PDF = b"%PDF-1.4 a sheet"


class BatchCase(StatementCase):
    def setUp(self):
        super().setUp()
        self.otto, self.vera = self.make_partner("Otto"), self.make_partner("Vera")
        self.plain(1000.0, "2026-03-10")
        self.plain(40.0, "2026-03-10", partner=self.otto)
        self.plain(70.0, "2026-05-10", partner=self.vera)
        self.clerk = self.make_user("clerk_st", "recurring_billing.group_collections", companies=self.company)
        printing = patch.object(self.registry["ir.actions.report"], "_render_qweb_pdf", lambda *_args, **_kwargs: (PDF, "pdf"))
        binding = patch("odoo.addons.recurring_billing.services.statement_sending.pdf.merge_pdf", lambda sheets: b"".join(sheets))
        for each in (printing, binding):
            each.start()
            self.addCleanup(each.stop)

    def wizard(self, day="2026-04-20", user=None, **values):
        form = Form(self.env["recurring.statement.send"].with_env(self.at(day)).with_user(user or self.clerk))
        for name, value in values.items():
            setattr(form, name, value)
        return form.save()

    def mine(self, wizard):
        partners = self.carla | self.otto | self.vera
        return [(line.partner_id.name, line.amount_open) for line in wizard.line_ids if line.partner_id in partners]

    def run_statements(self, day="2026-04-20"):
        self.trigger("cron_statement", day)

    def start(self, **values):
        wizard = self.wizard(way="print", **values)
        action = wizard.action_start()
        return self.env["recurring.statement.batch"].browse(action["res_id"])


@tagged("post_install", "-at_install")
class TestStatementBatch(BatchCase):
    def test_who_is_late_is_seen_first_the_largest_debt_on_top(self):
        self.assertEqual(self.mine(self.wizard()), [("Carla", 1000.0), ("Otto", 40.0)])

    def test_or_whoever_has_something_open_from_an_amount_on(self):
        self.assertEqual(self.mine(self.wizard(who="open")), [("Carla", 1000.0), ("Vera", 70.0), ("Otto", 40.0)])
        self.assertEqual(self.mine(self.wizard(who="open", minimum=50.0)), [("Carla", 1000.0), ("Vera", 70.0)])

    def test_a_credit_that_balances_the_debt_leaves_nobody_to_write_to(self):
        self.pay_on_account(1000.0, "2026-03-20")
        self.assertEqual(self.mine(self.wizard()), [("Otto", 40.0)])

    def test_from_the_list_of_customers_those_that_were_chosen(self):
        wizards = self.env["recurring.statement.send"].with_env(self.at("2026-04-20")).with_user(self.clerk)
        form = Form(wizards.with_context(active_model="res.partner", active_ids=(self.vera | self.otto).ids))
        self.assertEqual(self.mine(form.save()), [("Vera", 70.0), ("Otto", 40.0)])

    def test_one_file_for_all_when_the_last_one_is_made(self):
        batch = self.start()
        self.assertFalse(batch.attachment_id)
        self.run_statements()
        self.assertEqual(set(batch.statement_ids.mapped("state")), {"done"})
        self.assertEqual((batch.waiting_count, batch.done_count), (0, batch.count))
        self.assertEqual(batch.attachment_id.raw, PDF * batch.count)
        self.assertIn(str(batch.attachment_id.id), batch.with_user(self.clerk).action_download()["url"])

    def test_who_paid_in_between_gets_none(self):
        batch = self.start()
        invoice = self.env["account.move"].search([("partner_id", "=", self.otto.id)])
        self.register(invoice, 40.0, "2026-04-20")
        self.run_statements()
        states = {statement.partner_id.name: statement.state for statement in batch.statement_ids}
        self.assertEqual((states["Carla"], states["Otto"]), ("done", "skipped"))

    def test_one_that_fails_does_not_stop_the_others_and_is_tried_again(self):
        batch = self.start()
        service = self.registry["recurring.statement.sending"]
        prepare, otto = service._prepare, self.otto

        def failing(service, statement):
            if statement.partner_id == otto:
                raise UserError(service.env._("No paper"))
            return prepare(service, statement)

        with patch.object(service, "_prepare", failing):
            self.run_statements()
        failed = batch.statement_ids.filtered(lambda statement: statement.state == "failed")
        self.assertEqual((failed.partner_id, failed.reason), (self.otto, "No paper"))
        failed.with_user(self.clerk).action_retry()
        self.run_statements()
        self.assertEqual(set(batch.statement_ids.mapped("state")), {"done"})

    def test_nobody_to_write_to_is_said(self):
        with self.assertRaisesRegex(UserError, "Nobody gets a statement"):
            self.start(minimum=1_000_000.0)

    def test_who_may_send(self):
        auditor = self.make_user("auditor_st", "recurring_billing.group_auditor", companies=self.company)
        with self.assertRaises(AccessError):
            self.wizard(user=auditor)
        batch = self.start()
        self.assertEqual(batch.with_user(auditor).statement_ids.mapped("partner_id.name")[:1], ["Carla"])
        with self.assertRaises(AccessError):
            self.env["recurring.statement"].with_user(self.clerk).create({"batch_id": batch.id, "partner_id": self.vera.id})
        stranger = self.make_user("stranger_st", "recurring_billing.group_collections", companies=self.company_brl)
        there = self.env(user=stranger.id, context={**self.env.context, "allowed_company_ids": self.company_brl.ids})
        self.assertFalse(there["recurring.statement"].search([("batch_id", "=", batch.id)]))
