"""Statements by e-mail: contacts of the case, looked at again before they leave."""

from odoo.tests import tagged

from .test_statement_batch import BatchCase


@tagged("post_install", "-at_install")
class TestStatementMail(BatchCase):
    def mail(self, **values):
        """A batch by e-mail, made; gives Carla's message."""
        (self.carla | self.otto).email = "carla@example.com"
        action = self.wizard(way="email", **values).action_start()
        batch = self.env["recurring.statement.batch"].browse(action["res_id"])
        self.run_statements()
        return batch.statement_ids.filtered(lambda statement: statement.partner_id == self.carla)

    def let_go(self, day="2026-04-20"):
        with self.frozen(f"{day} 15:00:00"):
            self.trigger("cron_message_dispatch", day)

    def test_by_e_mail_it_is_a_contact_of_the_case_with_the_paper(self):
        statement = self.mail()
        message = statement.message_id
        self.assertEqual((message.kind, message.channel, message.case_id.partner_id), ("statement", "email", self.carla))
        self.let_go()
        self.assertEqual(statement.message_state, "sent")
        self.assertEqual(message.mail_id.attachment_ids, statement.attachment_id)
        self.assertIn("carla@example.com", message.mail_id.email_to)
        self.run_statements()
        self.assertEqual(self.env["recurring.dunning.message"].search_count([("case_id", "=", message.case_id.id)]), 1)

    def test_who_was_written_to_today_gets_it_tomorrow_and_the_dialog_says_so(self):
        case = self.env["recurring.dunning.case"]._of(self.carla, self.company)[self.carla]
        self.carla.email = "carla@example.com"
        written = (
            self.env["recurring.message.dispatch"]
            .with_env(self.at("2026-04-20"))
            ._enqueue(case.with_env(self.at("2026-04-20")), "manual", text_kind="overdue")
        )
        self.let_go()
        self.assertEqual(written.state, "sent")
        self.assertIn("Carla", self.wizard(way="email").tomorrow_words)
        self.assertFalse(self.wizard(way="print").tomorrow_words)
        statement = self.mail()
        self.let_go()
        self.assertEqual((statement.message_state, statement.message_id.waits_for), ("queued", "The customer was written to today."))
        self.let_go("2026-04-21")
        self.assertEqual(statement.message_state, "sent")

    def test_who_pays_while_it_waits_gets_none(self):
        """Made on 20 April, paid the same evening, to leave on the 21st."""
        statement = self.mail()
        invoice = self.env["account.move"].search([("partner_id", "=", self.carla.id)])
        self.register(invoice, 1000.0, "2026-04-20")
        self.let_go("2026-04-21")
        self.assertEqual((statement.state, statement.message_state), ("skipped", "cancelled"))
        self.assertFalse(statement.message_id.mail_id)

    def test_who_pays_a_part_while_it_waits_gets_what_is_so_then(self):
        statement = self.mail()
        said = statement.said
        invoice = self.env["account.move"].search([("partner_id", "=", self.carla.id)])
        self.register(invoice, 600.0, "2026-04-20")
        self.let_go("2026-04-21")
        self.assertEqual((said, statement.said), ("2026-04-20 USD 1033.67", "2026-04-21 USD 433.80"))
        self.assertEqual(statement.message_state, "sent")
