"""Posted invoices that wait for their fiscal document, the one method that attaches it, and what a rejection does."""

import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RecurringCommon

DAY = "2024-03-01"
PDF = base64.b64encode(b"%PDF-1.4 fiscal")
XML = base64.b64encode(b"<nfse/>").decode()


@tagged("post_install", "-at_install")
class TestFiscalDocument(RecurringCommon):
    def setUp(self):
        super().setUp()
        self.accountant = self.make_user("fiscal_accountant", "account.group_account_invoice")
        self.env.ref("account.ir_cron_account_move_send").active = True
        self.company.write({"recurring_wait_fiscal": True, "recurring_send": True})

    def billed(self, mode="post_send", **values):
        partner = self.make_partner(email="ana@example.com")
        self.subscription = self.subscribe(DAY, partner=partner, plan=self.make_plan(invoice_mode=mode, **values))
        self.bill(DAY, self.subscription)
        return self.invoices(self.subscription).with_user(self.accountant)

    def fiscal_issue(self):
        return self.env["recurring.billing.issue"].search([("subscription_id", "=", self.subscription.id), ("kind", "=", "fiscal")])

    def test_an_invoice_is_posted_and_waits_before_it_is_sent(self):
        invoice = self.billed()
        self.assertEqual(
            (invoice.state, invoice.recurring_fiscal_status, invoice.recurring_stage, invoice.is_being_sent),
            ("posted", "waiting", "fiscal", False),
        )

    def test_an_invoice_waits_before_it_is_charged(self):
        invoice = self.billed("post_charge")
        self.assertEqual(invoice.recurring_stage, "fiscal")
        invoice.attach_fiscal_document("77", "authorized")
        self.assertEqual(invoice.recurring_stage, "to_charge")

    def test_plan_and_company_say_whether_to_wait(self):
        self.assertFalse(self.billed(fiscal_wait="no_wait").recurring_fiscal_status)
        self.company.recurring_wait_fiscal = False
        self.assertFalse(self.billed().recurring_fiscal_status)
        self.assertEqual(self.billed(fiscal_wait="wait").recurring_stage, "fiscal")

    def test_a_draft_waits_for_review_first(self):
        invoice = self.billed("draft")
        self.assertEqual(invoice.recurring_stage, "review")
        with self.assertRaisesRegex(UserError, "not a posted customer invoice"):
            invoice.attach_fiscal_document("77", "authorized")
        invoice.action_post()
        self.assertEqual(invoice.recurring_stage, "fiscal")

    def test_an_authorized_document_is_kept_told_and_sent_with_the_invoice(self):
        invoice = self.billed()
        self.assertIs(invoice.attach_fiscal_document("NF-77", "authorized", pdf=PDF, xml=XML, message="Lote 3"), True)
        self.assertEqual((invoice.recurring_fiscal_number, invoice.recurring_fiscal_message), ("NF-77", "Lote 3"))
        self.assertEqual((invoice.recurring_fiscal_pdf_id.raw, invoice.recurring_fiscal_xml_id.raw), (b"%PDF-1.4 fiscal", b"<nfse/>"))
        note = invoice.message_ids[0]
        self.assertIn("NF-77", note.body)
        self.assertEqual(note.attachment_ids, invoice.recurring_fiscal_pdf_id | invoice.recurring_fiscal_xml_id)
        self.assertEqual((invoice.recurring_stage, invoice.is_being_sent), ("to_send", True))
        enclosed = self.env["account.move.send"]._get_invoice_extra_attachments(invoice)
        self.assertLessEqual(note.attachment_ids, enclosed)

    def test_telling_it_twice_changes_nothing(self):
        invoice = self.billed()
        for _n in range(2):
            invoice.attach_fiscal_document("77", "authorized", pdf=PDF)
        self.assertEqual(len(invoice.message_ids.filtered(lambda message: "77" in (message.body or ""))), 1)
        self.assertEqual(len(invoice.attachment_ids.filtered(lambda file: file.raw == b"%PDF-1.4 fiscal")), 1)

    def test_a_rejection_is_a_billing_issue_and_the_subscription_is_billed_on(self):
        invoice = self.billed()
        invoice.attach_fiscal_document(False, "rejected", message="CNPJ inválido")
        issue = self.fiscal_issue()
        self.assertEqual((issue.state, issue.record_model, issue.record_id), ("open", "account.move", invoice.id))
        self.assertIn("CNPJ inválido", issue.message)
        self.assertEqual(issue.user_id, self.responsible)
        self.assertTrue(issue.activity_ids)
        self.assertEqual((invoice.recurring_stage, self.subscription.is_parked), ("fiscal", False))
        self.assertBilled(self.bill("2024-04-01", self.subscription), 1, 1)
        self.assertEqual(issue.state, "open")

    def test_an_authorization_after_the_rejection_solves_the_issue(self):
        invoice = self.billed()
        invoice.attach_fiscal_document(False, "rejected", message="CNPJ inválido")
        invoice.attach_fiscal_document("78", "waiting")
        self.assertEqual(self.fiscal_issue().state, "open")
        invoice.attach_fiscal_document("78", "authorized")
        self.assertEqual(self.fiscal_issue().state, "solved")
        self.assertTrue(invoice.is_being_sent)

    def test_a_second_rejection_tells_the_newest_reason_on_the_same_issue(self):
        invoice = self.billed()
        invoice.attach_fiscal_document(False, "rejected", message="CNPJ inválido")
        invoice.attach_fiscal_document(False, "rejected", message="Serviço sem código")
        self.assertIn("Serviço sem código", self.fiscal_issue().message)
        self.assertEqual(self.fiscal_issue().tries, 2)

    def test_two_rejected_invoices_of_a_subscription_are_two_issues_beside_a_parking_one(self):
        first = self.billed()
        self.bill("2024-04-01", self.subscription)
        self.subscription.partner_id.active = False
        self.bill("2024-05-01", self.subscription)
        for invoice in first | self.invoices(self.subscription)[-1]:
            invoice.attach_fiscal_document(False, "rejected", message="No")
        self.assertEqual(sorted(self.issue(self.subscription).mapped("kind")), ["fiscal", "fiscal", "partner"])
        self.subscription.partner_id.active = True
        self.press("2024-05-01", self.issue(self.subscription), "action_retry")
        self.assertEqual(self.issue(self.subscription).mapped("kind"), ["fiscal", "fiscal"])
        self.assertFalse(self.subscription.is_parked)

    def test_retrying_a_rejected_document_says_where_to_go(self):
        self.billed().attach_fiscal_document(False, "rejected", message="No")
        with self.assertRaisesRegex(UserError, "Open the invoice"):
            self.press(DAY, self.fiscal_issue(), "action_retry")

    def test_a_rejection_without_subscription_is_an_activity(self):
        ordinary = self.billed().sudo().copy({"invoice_date": DAY}).with_user(self.accountant)
        ordinary.action_post()
        ordinary.attach_fiscal_document(False, "rejected", message="No")
        self.assertIn("rejected", ordinary.activity_ids.summary)

    def test_an_authorized_document_is_replaced_only_after_it_was_cancelled(self):
        invoice = self.billed()
        invoice.attach_fiscal_document("77", "authorized")
        for number, status in (("77", "waiting"), ("77", "rejected"), ("78", "authorized")):
            with self.assertRaisesRegex(UserError, "77 already"):
                invoice.attach_fiscal_document(number, status)
        invoice.attach_fiscal_document("77", "cancelled")
        self.assertEqual(invoice.recurring_stage, "fiscal")
        invoice.attach_fiscal_document("78", "authorized")
        self.assertEqual((invoice.recurring_fiscal_number, invoice.recurring_stage), ("78", "to_send"))

    def test_a_credited_invoice_waits_no_longer(self):
        invoice = self.billed().sudo()
        invoice._reverse_moves([{"invoice_date": DAY}], cancel=True)
        self.assertEqual((invoice.payment_state, invoice.recurring_stage), ("reversed", "to_send"))

    def test_bad_values_are_refused_in_words(self):
        invoice = self.billed()
        for arguments, words in (
            (("77", "lost"), "no status of a fiscal document"),
            ((False, "authorized"), "has a number"),
            (("77", "authorized", "%%%"), "not in base64"),
            (("77", "authorized", XML), "came as PDF is something else"),
            (("77", "authorized", PDF, PDF), "came as XML is something else"),
        ):
            with self.assertRaisesRegex(UserError, words):
                invoice.attach_fiscal_document(*arguments)
        self.assertEqual(invoice.recurring_fiscal_status, "waiting")

    def test_only_users_of_invoicing_attach_it(self):
        seller = self.make_user("fiscal_seller", "recurring_billing.group_user_all")
        with self.assertRaisesRegex(AccessError, "users of Invoicing"):
            self.billed().with_user(seller).attach_fiscal_document("77", "authorized")

    def test_nobody_writes_it_directly(self):
        with self.assertRaisesRegex(AccessError, "kept by billing itself"):
            self.billed().write({"recurring_fiscal_status": "authorized"})

    def test_the_dialog_takes_number_and_files_by_hand(self):
        invoice = self.billed()
        action = invoice.action_fiscal_document()
        dialog = self.env[action["res_model"]].with_user(self.accountant).with_context(**action["context"])
        dialog.create({"number": "79", "pdf": PDF, "xml": XML}).action_attach()
        self.assertEqual((invoice.recurring_fiscal_number, invoice.recurring_fiscal_status), ("79", "authorized"))
        self.assertEqual(invoice.recurring_fiscal_pdf_id.raw, b"%PDF-1.4 fiscal")

    def test_sending_before_it_is_authorized_warns(self):
        invoice = self.billed()
        wizard = self.env["account.move.send.wizard"].with_context(active_model="account.move", active_ids=invoice.ids).create({})
        self.assertIn(invoice.name, wizard.alerts["recurring_fiscal"]["message"])
