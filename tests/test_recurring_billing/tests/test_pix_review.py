"""Pix where money is easily lost or counted twice: archived accounts, the bank's file before its notice, answers that make no sense."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.recurring_billing.services.pix_api import Bank

from . import bank_samples
from .banking import PixCommon


@tagged("post_install", "-at_install")
class TestPixReview(PixCommon):
    def read_file(self, rows):
        file = self.env["recurring.bank.file"].create(
            {
                "name": "extrato.ofx",
                "content": bank_samples.encoded(bank_samples.ofx(rows, currency="BRL")),
                "journal_id": self.journal.id,
            }
        )
        file.action_read()
        return file

    def all_payments(self):
        return self.env["account.payment"].search([("journal_id", "=", self.journal.id)])

    def test_an_archived_account_still_hears_of_its_money(self):
        """The contract ends on 4 March; a code that is out is paid the next day."""
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        self.account.active = False
        self.assertFalse(self.account.registers)
        self.bank.pay(self.charge(invoice).txid, "2026-03-05")
        self.hear("2026-03-05")
        self.assertEqual(self.payments(invoice), [("2026-03-05", 1000.0)])

    def test_an_archived_account_still_withdraws_its_codes(self):
        """The invoice is paid at the counter after the account was archived: its code cannot be paid any more."""
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        self.account.active = False
        with self.committing("2026-03-05") as env:
            env["recurring.receipt"].receive(invoice.with_env(env), 1000.0, self.journal.with_env(env), invoice.invoice_date_due)
        self.register("2026-03-06")
        self.assertEqual(self.states(invoice), ["removed"])

    def test_the_bank_file_is_read_before_the_notice(self):
        """The clerk books the bank's row of a Pix; afterwards the bank tells of it: the same money, counted once."""
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        name = self.bank.pay(self.charge(invoice).txid, "2026-03-05")
        file = self.read_file([("20260305", "1000.00", "A1", f"PIX RECEBIDO {name} 52998224725")])
        row = file.row_ids
        row.action_book()
        self.hear("2026-03-06")
        self.assertEqual(len(self.all_payments()), 1)
        pix = invoice.recurring_pix_payment_ids
        self.assertEqual((pix.state, pix.payment_id), ("booked", row.payment_id))

    def test_a_row_that_may_be_an_unread_pix_is_not_certain(self):
        """The bank's row does not say the Pix's number, and the Pix of its day were not all read yet: a person looks."""
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        self.hear("2026-03-05")
        rows = [("20260305", "1000.00", "A1", "PIX RECEBIDO 52998224725")]
        row = self.read_file(rows).row_ids
        self.assertEqual((row.match, row.move_ids), ("doubtful", invoice))
        self.assertIn("Pix", row.why)
        self.hear("2026-03-07")
        row.action_match()
        self.assertEqual((row.match, row.move_ids), ("certain", invoice))

    def test_no_money_of_another_company_is_given_back(self):
        """By RPC: who bills for Harbor Gym names a Pix of the academy."""
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        self.bank.pay(self.charge(invoice).txid, "2026-03-05")
        self.hear("2026-03-05")
        pix = invoice.recurring_pix_payment_ids
        other = self.env["res.company"].search([("id", "!=", self.company.id)], limit=1)
        clerk = self.make_user("foreign", "account.group_account_invoice", companies=other)
        wizards = self.env(user=clerk.id, context={"allowed_company_ids": other.ids})["recurring.pix.return"]
        with self.assertRaises(AccessError):
            wizards.create({"pix_payment_id": pix.id, "amount": 10.0}).action_return()
        self.assertFalse(pix.refund_ids)

    def test_an_answer_without_sense_stops_no_other_account(self):
        """The bank's list is no list: what was received before is booked all the same, and the account says what is wrong."""
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        self.bank.pay(self.charge(invoice).txid, "2026-03-05")
        with patch.object(type(self.env["recurring.pix.settlement"]), "book_all", lambda service: None):
            self.hear("2026-03-05")
        self.assertEqual(invoice.recurring_pix_payment_ids.state, "received")
        with patch.object(Bank, "_call", lambda *_args, **_values: {"parametros": "none"}):
            self.hear("2026-03-06")
        self.assertEqual(self.payments(invoice), [("2026-03-05", 1000.0)])
        self.assertTrue(self.account.problem)

    def test_a_code_whose_answer_makes_no_sense_stops_no_other(self):
        first, second = self.owe("2026-03-10"), self.owe("2026-03-11")
        real = Bank.put_charge
        wrong = []

        def put(bank, kind, txid, body):
            answer = real(bank, kind, txid, body)
            if not wrong or txid in wrong:
                wrong.append(txid)
                return {**answer, "revisao": "first", "valor": "much"}
            return answer

        with patch.object(Bank, "put_charge", put):
            self.register("2026-03-01")
        self.assertEqual(len(wrong), 1)  # the bank was asked what it knows of it, not for a second code
        self.assertEqual((self.states(first), self.states(second)), (["active"], ["active"]))
        self.assertFalse(self.charge(first).problem)

    def test_no_cash_is_taken_while_a_pix_waits_to_be_booked(self):
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        self.bank.pay(self.charge(invoice).txid, "2026-03-05")
        with patch.object(type(self.env["recurring.pix.settlement"]), "book_all", lambda service: None):
            self.hear("2026-03-05")
        till = self.env["account.journal"].create({"name": "Till", "type": "cash", "code": "TIL", "company_id": self.company.id})
        counter = self.at("2026-03-05")["recurring.counter"].create({"partner_id": self.ana.id, "journal_id": till.id})
        self.assertIn("Pix", counter.warning or "")
        with self.assertRaises(UserError):
            counter.action_receive()
        self.assertFalse(self.all_payments())

    def test_what_was_not_returned_can_be_returned_in_full(self):
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        self.bank.pay(self.charge(invoice).txid, "2026-03-05")
        self.hear("2026-03-05")
        pix = invoice.recurring_pix_payment_ids
        pix.sudo().refund_ids = [Command.create({"name": "RB1", "amount": 300.0, "state": "not_returned"})]
        self.assertEqual(pix.action_return()["context"]["default_amount"], 1000.0)

    def test_a_pix_taken_at_the_counter_is_not_counted_again(self):
        """Ana pays two invoices by one code of the account; the clerk sees it on her phone and receives it, then the bank lists it."""
        first, second = self.owe("2026-03-04"), self.owe("2026-03-05", 200.0)
        env = self.at("2026-03-05")
        counter = env["recurring.counter"].create({"partner_id": self.ana.id, "way": "pix", "journal_id": self.journal.id})
        self.assertEqual(counter.line_ids.filtered("is_chosen").move_id, first | second)
        counter.action_receive()
        self.env.cr.precommit.run()
        amount = counter.payment_id.amount
        self.bank.day("2026-03-05")
        self.bank.pay(first._recurring_ensure_txid(), "2026-03-05", f"{amount:.2f}")
        self.hear("2026-03-05")
        self.assertEqual((first.recurring_pix_payment_ids.state, self.all_payments()), ("booked", counter.payment_id))
        self.assertEqual(first.recurring_pix_payment_ids.payment_id, counter.payment_id)
        # A second Pix of the same amount is other money.
        self.bank.pay(first._recurring_ensure_txid(), "2026-03-05", f"{amount:.2f}")
        self.hear("2026-03-06")
        self.assertEqual(len(self.all_payments()), 2)
