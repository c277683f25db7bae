"""What customers see of a payment code: decoded from the printed page, the portal page and the e-mail, with the amount of the day."""

import re
from decimal import Decimal

from odoo.tests import HttpCase, tagged

from odoo.addons.recurring_billing.rules import brcode

from .code_reading import codes_in_html, codes_in_pdf
from .paying import CardCommon, PixCommon

DUE = "2026-03-10"  # a Tuesday
DAY = "2026-03-25"


class ShownCommon(PixCommon):
    """1 000.00 due on 10 March, fine 2 %, interest 1 % a month of 30 days: on the 25th 20.00 and 15/30 of 10.00 more, 1 025.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_brl.recurring_fee_policy_id = cls.env["recurring.fee.policy"].create(
            {"name": "Multa e juros", "company_id": cls.company_brl.id, "fine_percent": 2.0, "interest_percent": 1.0}
        )

    def late_invoice(self):
        invoice = self.billed(self.gym(1000.0, DUE), DUE)
        self.assertEqual(str(invoice.invoice_date_due), DUE)
        return invoice.with_env(self.at(DAY))

    def assertAsks(self, text, invoice, amount):
        said = brcode.read(text)
        self.assertEqual((said.amount, said.txid), (Decimal(amount), invoice.recurring_txid))


class TestPaymentShown(ShownCommon):
    def test_the_printed_page_shows_the_code_of_the_day(self):
        invoice = self.late_invoice()
        report = self.env(context={**invoice.env.context, "force_report_rendering": True})["ir.actions.report"]
        pdf, kind = report._render_qweb_pdf("account.account_invoices", invoice.ids)
        self.assertEqual(kind, "pdf", "no program to print with")
        (text,) = codes_in_pdf(pdf)
        self.assertAsks(text, invoice, "1025.00")

    def test_the_code_to_paste_is_printed_beside_the_picture(self):
        self.company_brl.qr_code = True
        invoice = self.late_invoice()
        html = self.env(context=invoice.env.context)["ir.actions.report"]._render_qweb_html(
            "account.report_invoice_with_payments", invoice.ids, {"report_type": "pdf"}
        )[0]
        page = html.decode()
        (text,) = codes_in_html(page)
        self.assertIn(text, page)
        self.assertIn("manualmente", page)  # the payer reads Portuguese
        self.assertNotIn("qrcode_image", page, "Odoo's own code is not printed beside ours")

    def test_the_message_shows_the_code_of_the_day_and_the_link(self):
        invoice = self.late_invoice()
        body = self.message(invoice)
        (text,) = codes_in_html(body)
        self.assertAsks(text, invoice, "1025.00")
        self.assertIn(text, body)
        self.assertIn("data:image/png", body, "readers of e-mail show no vectors")
        self.assertIn(invoice._recurring_pay_link().replace("&", "&amp;"), body)

    def message(self, invoice):
        send = invoice.env["account.move.send"]
        template = send._get_default_mail_template_id(invoice)
        return str(send._get_default_mail_body(invoice, template, invoice.partner_id.lang))

    def test_the_message_of_a_paid_invoice_asks_for_nothing(self):
        invoice = self.billed(self.gym())
        register = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        register.create({"payment_date": DUE}).action_create_payments()
        self.assertNotIn("o_recurring_payment", self.message(invoice))

    def test_any_template_says_how_the_invoice_is_paid(self):
        invoice = self.late_invoice()
        send, native = invoice.env["account.move.send"], self.env.ref("account.email_template_edi_invoice")
        body = str(send._get_default_mail_body(invoice, native, "en_US"))
        self.assertEqual(body.count("o_recurring_payment"), 1)
        self.assertEqual(len(codes_in_html(body)), 1)

    def test_the_sent_e_mail_carries_the_picture(self):
        invoice = self.late_invoice()
        invoice.env["account.move.send"]._generate_and_send_invoices(invoice, sending_methods=["email"])
        message = invoice.message_ids.filtered(lambda each: "o_recurring_payment" in each.body)
        (address,) = re.findall(r'src="(/web/image/\d+)', message.body)
        picture = self.env["ir.attachment"].browse(int(address.rsplit("/", 1)[1]))
        self.assertEqual(picture.mimetype, "image/png")
        self.assertIn(picture, message.attachment_ids)

    def test_an_instalment_asks_for_what_is_due(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Two",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 30, "nb_days": 0}),
                    (0, 0, {"value": "percent", "value_amount": 70, "nb_days": 30}),
                ],
            }
        )
        subscription = self.gym(1000.0, DUE, payment_term_id=term.id)
        invoice = self.billed(subscription, DUE)
        self.assertEqual(invoice.with_env(self.at(DUE))._recurring_payment_code()["amount"], 300.0)
        # 300.00 + 6.00 + 15/30 of 3.00; the other 700.00 are due on 9 April
        self.assertEqual(invoice.with_env(self.at(DAY))._recurring_payment_code()["amount"], 307.5)


@tagged("post_install", "-at_install")
class TestPaymentPortal(ShownCommon, HttpCase):
    def test_the_portal_shows_the_code_of_the_day(self):
        invoice = self.late_invoice()
        self.env["ir.config_parameter"].set_param("test_recurring_billing.today", DAY)
        page = self.url_open(f"/my/invoices/{invoice.id}?access_token={invoice._portal_ensure_token()}").text
        (text,) = codes_in_html(page)
        self.assertAsks(text, invoice, "1025.00")
        self.assertIn(f'value="{text}"', page)
        self.assertIn("1.025,00" if 'lang="pt-BR"' in page else "1,025.00", page.replace("\N{NO-BREAK SPACE}", " "))

    def test_nothing_is_asked_for_what_is_paid(self):
        invoice = self.late_invoice()
        register = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        register.create({"payment_date": DUE}).action_create_payments()
        page = self.url_open(f"/my/invoices/{invoice.id}?access_token={invoice._portal_ensure_token()}").text
        self.assertEqual(codes_in_html(page), [])


class TestChargedByItself(CardCommon):
    """Where a card is charged, no code asks for the same money again."""

    def invoice(self):
        self.company.write({"recurring_charge": True, "recurring_charge_from": DUE})
        self.env["res.partner.bank"].create({"acc_number": "GB33BUKB20201555555555", "partner_id": self.company.partner_id.id})
        ana = self.make_partner("Ana", email="ana@example.com")
        subscription = self.subscribe(DUE, partner=ana, invoice_mode="post_charge", payment_token_id=self.make_card(ana).id)
        self.bill(DUE, subscription)
        return self.invoices(subscription).with_env(self.at(DUE))

    def test_the_message_says_that_there_is_nothing_to_do(self):
        invoice = self.invoice()
        self.patch(type(invoice), "_recurring_payment_code", lambda self: self.fail("a card pays it"))
        body = str(invoice._recurring_payment_block())
        self.assertIn("It is charged to the card •••• 4242 by itself", body)
        self.assertNotIn("payment=True", body)

    def test_a_card_that_will_not_do_asks_for_payment(self):
        invoice = self.invoice()
        invoice.line_ids.recurring_subscription_id.payment_token_id.active = False
        notice = invoice._recurring_card_notice()
        self.assertEqual(notice["level"], "danger")
        self.assertIn("was removed", notice["words"])
        self.assertIn("payment=True", str(invoice._recurring_payment_block()))
