"""Debts are given up to an account a person chose; what comes after all is an ordinary payment; both stay in the figures."""

from odoo import Command
from odoo.exceptions import AccessError, UserError

from .arranging import ArrangingCase


class TestWriteOffs(ArrangingCase):
    def setUp(self):
        super().setUp()
        self.company.recurring_write_off_account_id = self.loss
        self.march = self.invoice("2026-03-02", 300.0)
        self.april = self.invoice("2026-04-01", 200.0)
        self.case = self.case_of()

    def write_off(self, day="2026-12-01", **values):
        self.dialog(day, self.case, "action_write_off", user=self.bert, **{"reason": "Company closed", "date": day, **values})
        return self.env["recurring.write.off"].search([("case_id", "=", self.case.id)], order="id desc", limit=1)

    def recover(self, write_off, day, amount):
        with self.committing(day, self.bert) as env:
            record = env["recurring.write.off"].browse(write_off.id)
            action = record.action_recover()
            wizard = env["recurring.write.off.recover"].with_context(**action["context"])
            wizard.create({"amount": amount, "date": day, "journal_id": self.bank.id}).action_save()
        self.env.invalidate_all()

    def balance(self, account):
        lines = self.env["account.move.line"].search([("account_id", "=", account.id), ("parent_state", "=", "posted")])
        return round(sum(lines.mapped("balance")), 2)

    def test_one_entry_gives_the_debts_up(self):
        write_off = self.write_off()
        self.assertEqual((write_off.amount, write_off.left, write_off.state), (500.0, 500.0, "written_off"))
        self.assertEqual((write_off.entry_id.state, str(write_off.entry_id.date)), ("posted", "2026-12-01"))
        self.assertEqual((self.balance(self.loss), self.balance(self.income)), (500.0, -500.0), "revenue stays")
        self.assertEqual((self.march | self.april).mapped("amount_residual"), [0.0, 0.0])
        self.assertEqual(self.case.amount_open, 0.0)

    def test_nothing_that_follows_from_a_payment_happens(self):
        self.write_off()
        self.env["account.move"]._recurring_tell_money_moved()
        self.assertFalse(any((self.march | self.april).mapped("recurring_is_settled")))

    def test_a_part_comes_after_all(self):
        write_off = self.write_off()
        self.recover(write_off, "2027-02-01", 350.0)
        self.assertEqual((write_off.recovered, write_off.left, write_off.state), (350.0, 150.0, "partly"))
        self.assertEqual(self.balance(self.loss), 150.0)
        self.assertEqual((self.march | self.april).mapped("amount_residual"), [0.0, 0.0], "the rest is still given up")
        payments = self.env["account.payment"].search([("partner_id", "=", self.ana.id)])
        self.assertEqual([(str(payment.date), payment.amount) for payment in payments], [("2027-02-01", 350.0)])
        self.recover(write_off, "2027-03-01", 150.0)
        self.assertEqual((write_off.left, write_off.state, self.balance(self.loss)), (0.0, "recovered", 0.0))

    def test_recoveries_have_an_account_of_their_own_where_the_company_says_so(self):
        gained = self.make_account("400920", "income_other")
        self.company.recurring_recovery_account_id = gained
        write_off = self.write_off()
        self.recover(write_off, "2027-02-01", 500.0)
        self.assertEqual((self.balance(self.loss), self.balance(gained)), (500.0, -500.0))

    def test_more_than_was_given_up_is_refused(self):
        write_off = self.write_off()
        for amount in (500.01, 0.0):
            with self.subTest(amount), self.assertRaisesRegex(UserError, "no more than"):
                self.recover(write_off, "2027-02-01", amount)

    def test_a_mistake_is_taken_back(self):
        write_off = self.write_off()
        self.press("2026-12-02", write_off, "action_undo", user=self.bert)
        self.assertEqual((write_off.state, write_off.left, self.balance(self.loss)), ("undone", 0.0, 0.0))
        self.assertEqual((self.march | self.april).mapped("amount_residual"), [300.0, 200.0])
        self.assertEqual((self.march | self.april).mapped("payment_state"), ["not_paid", "not_paid"])

    def test_tax_that_is_due_when_paid_does_not_become_due(self):
        caba = self.env["account.journal"].create({"name": "Cash Basis", "code": "CABAT", "type": "general", "company_id": self.company.id})
        waiting = self.make_account("251900", "liability_current", reconcile=True)
        self.company.write({"tax_exigibility": True, "tax_cash_basis_journal_id": caba.id})
        tax = self.make_tax(10, tax_exigibility="on_payment", cash_basis_transition_account_id=waiting.id)
        move = self.invoice(
            "2026-05-04",
            100.0,
            invoice_line_ids=[
                Command.create({"name": "Training", "price_unit": 100.0, "account_id": self.income.id, "tax_ids": [Command.set(tax.ids)]})
            ],
        )
        write_off = self.write_off()
        self.assertEqual(write_off.amount, 610.0)
        self.assertFalse(move.tax_cash_basis_created_move_ids)
        self.recover(write_off, "2027-02-01", 610.0)
        self.assertTrue(move.tax_cash_basis_created_move_ids, "paid after all: the tax is due")

    def test_collections_may_not_write_off_but_sees_it(self):
        with self.assertRaises(AccessError):
            self.dialog("2026-12-01", self.case, "action_write_off", user=self.carla, reason="No", date="2026-12-01")
        write_off = self.write_off()
        self.assertEqual(write_off.with_user(self.carla).amount, 500.0)
        with self.assertRaises(AccessError):
            self.press("2026-12-02", write_off, "action_undo", user=self.carla)

    def foreign(self, *debts):
        """Debts in euros: (day, amount, euros a unit of the company's currency buys)."""
        for day, _amount, rate in debts:
            self.make_rate(self.currency_eur, day, rate)
        return [self.invoice(day, amount, currency_id=self.currency_eur.id) for day, amount, _rate in debts]

    def exchange(self):
        """Entries of exchange differences."""
        return self.env["account.move"].search([("journal_id", "=", self.company.currency_exchange_journal_id.id)])

    def test_a_mistake_about_debts_in_another_currency_leaves_nothing_on_exchange_accounts(self):
        """33.33 EUR are 41.66 in the books, 77.77 EUR are 86.41: each is open again as it was, and no cent was gained or lost."""
        self.company.recurring_write_off_account_id.reconcile = True
        moves = self.foreign(("2026-05-04", 33.33, 0.8), ("2026-06-04", 77.77, 0.9))
        write_off = self.write_off()
        before = [300.0, 200.0, 41.66, 86.41]
        self.assertEqual(write_off.amount, 628.07)
        self.press("2026-12-02", write_off, "action_undo", user=self.bert)
        lines = self.env["account.move"].union(self.march, self.april, *moves).line_ids
        open_items = lines.filtered(lambda line: line.display_type == "payment_term").sorted("id")
        self.assertEqual([round(line.amount_residual, 2) for line in open_items], before)
        self.assertEqual((self.balance(self.loss), self.exchange().ids), (0.0, []))
        entries = write_off.entry_id | write_off.entry_id.reversal_move_ids
        self.assertTrue(all(entries.line_ids.filtered("account_id.reconcile").mapped("reconciled")))
