"""Banks that do not answer, answer late, twice or wrongly: nothing is lost, nothing is registered or booked twice."""

import base64
from unittest.mock import patch

import pix_bank

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .banking import PixCommon


@tagged("post_install", "-at_install")
class TestPixFaults(PixCommon):
    def one_open(self, invoice):
        """The one code of an invoice that can be paid at the bank."""
        mine = self.env["recurring.pix.charge"].search([("move_id", "=", invoice.id)]).mapped("txid")
        found = self.bank.charges("ATIVA").keys() & set(mine)
        self.assertEqual(len(found), 1)
        return found.pop()

    def test_an_answer_that_was_lost_is_asked_for(self):
        """The bank registered it, the connection broke: the next run finds it by its transaction id, and asks for nothing new."""
        for fault in ("drop_after", "500_after", "garbage_after"):
            with self.subTest(fault):
                invoice = self.owe()
                self.bank.fault("PUT /cobv", fault)
                self.bank.fault("GET /cobv", "drop", times=10)
                self.register("2026-03-01")
                self.assertEqual(self.states(invoice), ["sending"])
                self.assertTrue(self.charge(invoice).problem)
                self.bank.calm()
                self.register("2026-03-01")
                self.assertEqual(self.states(invoice), ["active"])
                self.assertEqual(self.one_open(invoice), self.charge(invoice).txid)
                self.assertEqual(len(self.bank.requests(f"PUT /cobv/{self.charge(invoice).txid}")), 1)
                self.assertTrue(self.charge(invoice).code)

    def test_what_never_arrived_is_sent_again(self):
        for fault in ("drop", "503", "429"):
            with self.subTest(fault):
                invoice = self.owe()
                self.bank.fault("PUT /cobv", fault, times=2)
                self.register("2026-03-01")
                self.assertEqual(self.states(invoice), ["sending"])
                self.register("2026-03-01")
                self.assertEqual((self.states(invoice), self.charge(invoice).problem), (["active"], False))
                self.assertEqual(self.one_open(invoice), self.charge(invoice).txid)

    def test_a_silent_bank_is_left_in_peace(self):
        """Six invoices, a bank that answers nobody: three are tried, the others wait for the next run."""
        invoices = [self.owe() for _number in range(6)]
        self.bank.fault("PUT /cobv", "503", times=100)
        before = len(self.bank.requests("PUT /cobv"))
        self.register("2026-03-01")
        self.assertEqual(len(self.bank.requests("PUT /cobv")) - before, 3)
        self.bank.calm()
        self.register("2026-03-01")
        self.assertEqual([self.states(invoice) for invoice in invoices], [["active"]] * 6)

    def test_a_withdrawal_whose_answer_was_lost(self):
        invoice = self.owe()
        self.register("2026-03-01")
        invoice.button_draft()
        invoice.button_cancel()
        self.bank.fault("PATCH /cobv", "drop_after")
        self.bank.fault("GET /cobv", "drop", times=10)
        self.register("2026-03-02")
        self.assertEqual(self.states(invoice), ["removing"])
        self.bank.calm()
        self.register("2026-03-02")
        self.assertEqual(self.states(invoice), ["removed"])

    def test_a_refusal_is_shown_and_asked_again_by_a_person(self):
        invoice = self.owe()
        self.bank.fault("PUT /cobv", "refuse")
        self.register("2026-03-01")
        self.assertEqual(self.states(invoice), ["refused"])
        self.assertIn("Chave não pertence ao recebedor", self.charge(invoice).problem)
        self.register("2026-03-02")
        self.assertEqual(self.states(invoice), ["refused"])
        self.press("2026-03-02", self.charge(invoice), "action_again", user=self.responsible, companies=self.company)
        self.register("2026-03-02")
        self.assertEqual(self.states(invoice), ["removed", "active"])

    def test_a_token_that_is_too_old_is_renewed(self):
        first = self.owe()
        self.bank.fault("PUT /cobv", "401")
        self.register("2026-03-01")
        self.assertEqual((self.states(first), self.account.problem), (["active"], False))

    def test_a_wrong_secret_is_the_accounts_problem(self):
        invoice = self.owe()
        self.account.secret = "wrong"
        self.register("2026-03-01")
        self.assertIn("client ID and secret", self.account.problem)
        self.assertEqual(self.states(invoice), ["sending"])
        self.account.secret = pix_bank.bank.SECRET
        self.register("2026-03-01")
        self.assertEqual((self.states(invoice), self.account.problem), (["active"], False))

    def test_a_stranger_is_not_let_in(self):
        self.account.write({"certificate": pix_bank.file(self.bank, "stranger"), "private_key": pix_bank.file(self.bank, "stranger_key")})
        answer = self.account.action_test()
        self.assertEqual(answer["params"]["type"], "danger")
        self.assertIn("certificate", answer["params"]["message"])

    def test_a_bank_that_is_not_the_bank_is_not_trusted(self):
        self.account.authority = False
        answer = self.account.action_test()
        self.assertEqual(answer["params"]["type"], "danger")
        self.assertEqual(self.bank.requests("POST /oauth"), self.bank.requests("POST /oauth"))

    def test_the_connection_is_tested(self):
        self.assertEqual(self.account.action_test()["params"]["type"], "success")
        password = pix_bank.certificates.PASSWORD
        self.account.write({"certificate": pix_bank.file(self.bank, "customer_p12"), "private_key": False, "password": password})
        self.assertEqual(self.account.action_test()["params"]["type"], "success")

    def test_bad_certificates_are_refused(self):
        for values, words in (
            ({"private_key": pix_bank.file(self.bank, "stranger_key")}, "does not belong"),
            ({"certificate": base64.b64encode(b"garbage").decode()}, "cannot be read"),
            ({"certificate": pix_bank.file(self.bank, "customer_p12"), "private_key": False, "password": "wrong"}, "cannot be read"),
        ):
            with self.subTest(words), self.cr.savepoint(), self.assertRaisesRegex(ValidationError, words):
                self.account.write(values)
        for address in ("http://bank.example", "https://user:secret@bank.example", "ftp://x", "https://bank.example/?a=1"):
            with self.subTest(address), self.assertRaises(ValidationError), self.cr.savepoint():
                self.account.address = address

    def test_a_copy_of_the_database_calls_nobody(self):
        invoice = self.owe()
        self.env["recurring.identity"].require()
        self.env["ir.config_parameter"].set_param("database.uuid", "11111111-2222-3333-4444-555555555555")
        before = self.bank.requests()
        self.register("2026-03-01")
        self.hear("2026-03-01")
        self.assertEqual((self.states(invoice), self.bank.requests()), ([], before))
        with self.assertRaises(UserError):
            self.account.action_test()
        self.assertEqual(self.bank.requests(), before)

    def test_secrets_are_for_administrators_alone(self):
        for groups in (["recurring_billing.group_manager", "account.group_account_manager"], ["recurring_billing.group_auditor"]):
            user = self.make_user(groups[0].split("_")[-1], *groups, companies=self.company)
            with self.assertRaises(AccessError):
                self.account.with_user(user).read(["secret"])
            with self.assertRaises(AccessError):
                self.env["recurring.pix.account"].with_user(user).search_read([], ["name"])
        admin = self.make_user("root", "base.group_system", companies=self.company)
        self.assertEqual(self.account.with_user(admin).read(["client"])[0]["client"], pix_bank.bank.CLIENT)

    def test_secrets_are_not_logged(self):
        self.bank.fault("PUT /cobv", "drop")
        self.owe()
        with self.assertLogs("odoo.addons.recurring_billing", "DEBUG") as logs:
            self.register("2026-03-01")
        said = "\n".join(logs.output)
        self.assertIn("PUT", said)
        for secret in (self.account.secret, self.account.client, "PRIVATE KEY", "Bearer"):
            self.assertNotIn(secret, said)

    def test_what_the_bank_said_is_nobodys_to_write(self):
        invoice = self.owe()
        self.register("2026-03-01")
        self.bank.pay(self.charge(invoice).txid, "2026-03-01")
        self.hear("2026-03-01")
        manager = self.make_user("boss", "recurring_billing.group_manager", "account.group_account_manager", companies=self.company)
        charge, payment = self.charge(invoice).with_user(manager), invoice.recurring_pix_payment_ids.with_user(manager)
        self.assertEqual((charge.state, payment.state), ("paid", "booked"))
        for record in (charge, payment):
            with self.assertRaises(AccessError):
                record.write({"amount": 1.0})
            with self.assertRaises(AccessError):
                record.unlink()
        other = self.make_user("other", "recurring_billing.group_manager", companies=self.company_eur)
        elsewhere = self.env["recurring.pix.charge"].with_user(other).with_context(allowed_company_ids=self.company_eur.ids)
        self.assertFalse(elsewhere.search([("move_id", "=", invoice.id)]))

    def test_money_that_cannot_be_booked_waits(self):
        """Accounting refuses; the Pix is kept with the reason, and booked when that is mended."""
        invoice = self.owe()
        self.register("2026-03-01")
        self.bank.pay(self.charge(invoice).txid, "2026-03-05")
        receipt = type(self.env["recurring.receipt"])
        with patch.object(receipt, "receive", side_effect=UserError("The journal is locked.")):
            self.hear("2026-03-05")
        pix = invoice.recurring_pix_payment_ids
        self.assertEqual((pix.state, pix.problem, invoice.amount_residual), ("received", "The journal is locked.", 1000.0))
        self.hear("2026-03-06")
        self.assertEqual((pix.state, pix.problem, self.payments(invoice)), ("booked", False, [("2026-03-05", 1000.0)]))
