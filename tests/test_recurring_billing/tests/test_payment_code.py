"""The payment code of an invoice: with our transaction id, the amount of the day, and read back before anybody sees it."""

from decimal import Decimal

from odoo.exceptions import AccessError

from odoo.addons.recurring_billing.rules import brcode, creditor_reference

from .paying import MARCH, PixCommon


class TestPaymentCode(PixCommon):
    def test_a_posted_invoice_has_a_pix_code_with_its_own_transaction_id(self):
        invoice = self.billed(self.gym())
        code = invoice._recurring_payment_code()
        said = brcode.read(code["text"])
        self.assertEqual(said.amount, Decimal("1234.50"))
        self.assertEqual(said.txid, invoice.recurring_txid)
        self.assertRegex(said.txid, r"^[A-Za-z0-9]{1,25}$")
        self.assertEqual(said.fields[brcode.CURRENCY], "986")  # BRL, ISO 4217
        self.assertIn("pix@porto.example.com", said.fields[brcode.PIX_ACCOUNT])
        self.assertEqual((code["amount"], code["txid"], code["confirmed_by_hand"]), (1234.5, invoice.recurring_txid, True))
        self.assertEqual(creditor_reference.drawn_references_in(f"pix {code['txid'].lower()} joao"), [invoice.recurring_txid])

    def test_the_code_asks_for_what_is_left(self):
        invoice = self.billed(self.gym())
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard.create({"amount": 234.5, "payment_date": MARCH}).action_create_payments()
        self.assertEqual(brcode.read(invoice._recurring_payment_code()["text"]).amount, Decimal("1000.00"))

    def test_the_transaction_id_stays(self):
        invoice = self.billed(self.gym())
        txid = invoice.recurring_txid
        invoice.button_draft()
        self.assertEqual(invoice.recurring_txid, txid)
        self.assertFalse(invoice._recurring_payment_code())
        invoice.action_post()
        self.assertEqual(invoice.recurring_txid, txid)

    def test_nothing_to_pay_has_no_code(self):
        invoice = self.billed(self.gym())
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard.create({"payment_date": MARCH}).action_create_payments()
        self.assertEqual(invoice._recurring_payment_code(), {})

    def test_an_account_without_a_key_has_no_code(self):
        self.bank.write({"proxy_type": "none", "proxy_value": False})
        self.assertEqual(self.billed(self.gym())._recurring_payment_code(), {})

    def test_an_invoice_older_than_the_addon_gets_its_id_when_it_is_asked_for(self):
        invoice = self.billed(self.gym())
        self.env.cr.execute("UPDATE account_move SET recurring_txid = NULL WHERE id = %s", invoice.ids)
        invoice.invalidate_recordset()
        code = invoice._recurring_payment_code()
        self.assertTrue(code["txid"])
        invoice.flush_recordset()
        invoice.invalidate_recordset()
        self.assertEqual(invoice.recurring_txid, code["txid"])

    def test_nobody_writes_a_transaction_id(self):
        invoice = self.billed(self.gym())
        clerk = self.make_user("clara", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            invoice.with_user(clerk).recurring_txid = "MINE"

    def test_a_copy_of_an_invoice_has_an_id_of_its_own(self):
        invoice = self.billed(self.gym())
        copy = invoice.copy({"invoice_date": MARCH})
        copy.action_post()
        self.assertTrue(copy.recurring_txid)
        self.assertNotEqual(copy.recurring_txid, invoice.recurring_txid)

    def test_a_wrong_code_is_shown_to_nobody(self):
        """Whatever builds the code natively: one with another amount than is to be paid is not shown."""
        invoice = self.billed(self.gym())
        bank = type(self.bank)
        native = bank._get_qr_code_vals_list

        def wrong(self, *args, **kwargs):
            values = native(self, *args, **kwargs)
            return [(number, "1.00" if number == 54 else value) for number, value in values]

        self.patch(bank, "_get_qr_code_vals_list", wrong)
        self.assertEqual(invoice._recurring_payment_code(), {})

    def test_the_link_is_absolute_and_needs_no_login(self):
        invoice = self.billed(self.gym())
        link = invoice._recurring_pay_link()
        self.assertTrue(link.startswith(f"{invoice.get_base_url()}/my/invoices/{invoice.id}?access_token={invoice.access_token}"))
        self.assertTrue(link.endswith("#payment_code"), "nobody pays online here: the link leads to the code")
