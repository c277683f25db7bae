"""The invoicing modes, and where an invoice stands on its way; nothing leaves by itself before it is switched on."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RecurringCommon

DAY = "2024-03-01"


@tagged("post_install", "-at_install")
class TestInvoiceStage(RecurringCommon):
    def setUp(self):
        super().setUp()
        self.accountant = self.make_user("stage_accountant", "account.group_account_invoice")
        self.env.ref("account.ir_cron_account_move_send").active = True

    def billed(self, mode, email="ana@example.com", **values):
        partner = self.make_partner(email=email)
        subscription = self.subscribe(DAY, partner=partner, plan=self.make_plan(invoice_mode=mode, **values))
        self.bill(DAY, subscription)
        return self.invoices(subscription)

    def send_in_background(self):
        """Let Odoo's scheduled action send what is queued; gives the mails."""
        before = self.env["mail.message"].search([], order="id desc", limit=1).id
        with self.in_test_mode():
            self.assertIs(self.env.ref("account.ir_cron_account_move_send").method_direct_trigger(), True)
        return self.env["mail.message"].search([("id", ">", before), ("model", "=", "account.move"), ("partner_ids", "!=", False)])

    def pay(self, invoice):
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create({})._create_payments()

    # Modes

    def test_a_draft_waits_for_review_and_is_done_when_confirmed(self):
        invoice = self.billed("draft")
        self.assertEqual((invoice.state, invoice.recurring_stage), ("draft", "review"))
        invoice.with_user(self.accountant).action_post()
        self.assertEqual(invoice.recurring_stage, "done")

    def test_a_posted_invoice_is_done(self):
        invoice = self.billed("post")
        self.assertEqual((invoice.state, invoice.recurring_stage, invoice.is_being_sent), ("posted", "done", False))

    def test_post_and_send_lists_the_invoice_while_sending_is_switched_off(self):
        invoice = self.billed("post_send")
        self.assertEqual((invoice.state, invoice.recurring_stage, invoice.is_being_sent), ("posted", "to_send", False))
        self.assertIn("not switched on", invoice.recurring_stage_hint)
        self.assertFalse(self.send_in_background())

    def test_post_and_send_sends_in_the_background_once_switched_on(self):
        self.company.recurring_send = True
        invoice = self.billed("post_send")
        self.assertEqual((invoice.recurring_stage, invoice.is_being_sent), ("to_send", True))
        mail = self.send_in_background()
        self.assertEqual((mail.res_id, mail.partner_ids), (invoice.id, invoice.partner_id))
        self.assertEqual((invoice.recurring_stage, invoice.is_being_sent), ("done", False))
        self.assertFalse(self.send_in_background())

    def test_switching_on_does_not_send_what_is_listed(self):
        listed = self.billed("post_send")
        self.company.recurring_send = True
        self.assertFalse(self.send_in_background())
        self.assertEqual(listed.recurring_stage, "to_send")

    def test_a_customer_without_address_stays_listed_with_the_reason(self):
        self.company.recurring_send = True
        invoice = self.billed("post_send", email=False)
        self.assertEqual((invoice.recurring_stage, invoice.is_being_sent), ("to_send", False))
        self.assertIn("has no e-mail address", invoice.recurring_stage_hint)

    def test_a_customer_who_gets_invoices_by_hand_stays_listed(self):
        self.company.recurring_send = True
        partner = self.make_partner(email="ana@example.com", invoice_sending_method="manual")
        subscription = self.subscribe(DAY, partner=partner, plan=self.make_plan(invoice_mode="post_send"))
        self.bill(DAY, subscription)
        self.assertFalse(self.invoices(subscription).is_being_sent)

    def test_a_scheduled_action_that_is_off_is_told(self):
        self.company.recurring_send = True
        self.env.ref("account.ir_cron_account_move_send").active = False
        invoice = self.billed("post_send")
        self.assertFalse(invoice.is_being_sent)
        self.assertIn("switched off", invoice.recurring_stage_hint)

    def test_invoices_to_charge_are_open_debts_until_they_are_paid(self):
        for mode in ("charge_post", "post_charge"):
            invoice = self.billed(mode)
            self.assertEqual((invoice.state, invoice.payment_state, invoice.recurring_stage), ("posted", "not_paid", "to_charge"))
            self.assertIn("not switched on", invoice.recurring_stage_hint)
            self.pay(invoice)
            self.assertEqual(invoice.recurring_stage, "done")

    def test_a_draft_set_to_send_goes_on_when_a_person_confirms_it_again(self):
        self.company.recurring_send = True
        invoice = self.billed("post_send")
        invoice.button_draft()
        self.assertEqual((invoice.recurring_stage, invoice.is_being_sent), ("review", False))
        invoice.action_post()
        self.assertEqual((invoice.recurring_stage, invoice.is_being_sent), ("to_send", True))

    def test_a_cancelled_invoice_waits_for_nothing(self):
        invoice = self.billed("draft")
        invoice.button_cancel()
        self.assertFalse(invoice.recurring_stage)

    def test_an_ordinary_invoice_has_no_stage(self):
        ordinary = self.billed("post").copy({"invoice_date": DAY})
        ordinary.action_post()
        self.assertFalse(ordinary.recurring_stage)

    def test_nobody_writes_stage_or_mode(self):
        invoice = self.billed("post_send").with_user(self.accountant)
        for name, value in (("recurring_stage", "done"), ("recurring_invoice_mode", "post")):
            with self.assertRaisesRegex(AccessError, "kept by billing itself"):
                invoice.write({name: value})

    # Companies

    def test_each_company_prints_and_sends_its_own(self):
        (self.company | self.company_brl).recurring_send = True
        invoices = self.billed("post_send")
        plan = self.make_plan(invoice_mode="post_send")
        other = self.subscribe(
            DAY, partner=self.make_partner(email="bia@example.com"), plan=plan, company_id=self.company_brl.id, pricelist_id=False
        )
        self.bill(DAY, other, companies=self.company_brl)
        invoices |= self.invoices(other)
        self.assertEqual(invoices.company_id, self.company | self.company_brl)
        printed = []
        report_class = self.env.registry["ir.actions.report"]
        original = report_class._pre_render_qweb_pdf

        def spy(reports, name, res_ids=None, data=None):
            printed.append((reports.env.company, self.env["account.move"].browse(res_ids).company_id))
            return original(reports, name, res_ids=res_ids, data=data)

        self.patch(report_class, "_pre_render_qweb_pdf", spy)
        mails = self.send_in_background()
        self.assertEqual(set(mails.mapped("res_id")), set(invoices.ids))
        self.assertEqual(len(printed), 2)
        self.assertTrue(all(company == companies for company, companies in printed), printed)
