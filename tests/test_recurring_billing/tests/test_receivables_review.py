"""What customers read of their money, and what the firm reads of its debts, is what is in the books."""

from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .arranging import ArrangingCase
from .dunning import DunningCommon
from .test_statement import StatementCase


@tagged("post_install", "-at_install")
class TestSmallDebts(DunningCommon):
    def test_what_the_policy_leaves_alone_is_not_forgotten(self):
        """Debts below 50.00 wait: 49.99 are late for months and nobody forgot them; with 0.01 more somebody should ask."""
        self.policy.min_amount = 50.0
        partner = self.make_partner("Small")
        self.owe(49.99, "2026-02-02", partner=partner)
        service = self.env["recurring.self.check.service"].with_env(self.at("2026-04-10"))
        self.assertFalse(service._debts(self.company.with_env(service.env)))
        self.owe(0.01, "2026-02-02", partner=partner)
        [finding] = service._debts(self.company.with_env(service.env))
        self.assertEqual(len(finding.records), 2)


@tagged("post_install", "-at_install")
class TestStatementReview(StatementCase):
    def test_a_credit_note_that_was_paid_back_stands_against_nothing(self):
        """Paid back without an outstanding account: Odoo calls it paid and keeps its residual until the bank's entry."""
        self.plain(1000.0, "2026-04-30")
        credit = self.plain(300.0, "2026-04-01", move_type="out_refund")
        self.bank.outbound_payment_method_line_ids.payment_account_id = False
        with patch.object(self.registry["account.move"], "_get_invoice_in_payment_state", lambda _self: "in_payment"):
            self.register(credit, 300.0, "2026-04-02")
        self.assertEqual((credit.payment_state in ("paid", "in_payment"), credit.amount_residual), (True, 300.0))
        [statement] = self.statements()
        self.assertEqual((float(statement.credit), float(statement.total)), (0.0, 1000.0))
        payers = self.env["recurring.statement.sending"].with_env(self.at("2026-05-20")).payers(self.company, "late")
        self.assertEqual(payers, {self.carla: (1000.0, 1000.0)})

    def test_fees_that_were_agreed_are_asked_for_whatever_the_policy_does_later(self):
        """1 000.00 with 20.00 and 13.67 of fees in one sum on 30 April: the statement adds up, nothing is charged later."""
        self.policy.booking = "document"
        self.plain(1000.0, "2026-03-10")
        case = self.env["recurring.dunning.case"]._of(self.carla, self.company)[self.carla].with_env(self.at("2026-04-20"))
        wizard = case.env["recurring.agreement.make"].create({"case_id": case.id, "count": 1, "first_date": "2026-04-30"})
        wizard.action_sign()
        [statement] = self.statements()
        self.assertEqual((float(statement.fees), float(statement.fees_later), float(statement.total)), (33.67, 0.0, 1033.67))


@tagged("post_install", "-at_install")
class TestMoneyInWords(ArrangingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"recurring_fee_policy_id": cls.policy.id, "recurring_fee_scope": "debt", "recurring_fee_from": "2026-01-01"})
        cls.company.write({"recurring_dunning": True, "recurring_dunning_from": "2026-01-01", "recurring_thanks": "always"})

    def thanks(self):
        self.env["account.move"]._recurring_tell_money_moved()
        messages = self.env["recurring.dunning.message"].search([("kind", "=", "thanks"), ("partner_id", "=", self.ana.id)], order="id")
        return [message.told["paid_amount"] for message in messages]

    def take(self, bill, amount, day):
        with self.committing(day) as env:
            receipt, bank = env["recurring.receipt"], self.bank.with_env(env)
            receipt.receive(bill.with_env(env), amount, bank, fields.Date.to_date(day))
        self.env.invalidate_all()

    def test_who_paid_late_fees_is_thanked_for_all_of_it(self):
        """1 000.00 due 10 March, paid on the 25th: 1 025.00 came."""
        self.take(self.invoice("2026-03-10", 1000.0), 1025.0, "2026-03-25")
        self.assertEqual(self.thanks(), [1025.0])

    def test_money_of_another_currency_is_called_by_its_name(self):
        self.make_rate(self.currency_eur, "2026-01-01", 0.5)
        self.take(self.invoice("2026-03-10", 100.0, currency_id=self.currency_eur.id), 100.0, "2026-03-10")
        [told] = self.thanks()
        self.assertIn("100.00", str(told))
        self.assertIn("€", str(told))

    def test_the_case_asks_for_no_fees_that_are_charged_later(self):
        bill = self.invoice("2026-03-10", 1000.0)
        case = self.case_of().with_env(self.at("2026-03-25"))
        case._refresh()
        self.assertEqual((case.fees_today, case.pay_today), (25.0, 1025.0))
        self.policy.booking = "document"
        self.env.invalidate_all()
        self.assertEqual((case.fees_today, case.pay_today), (25.0, 1000.0))
        self.assertTrue(bill)

    def test_late_in_the_evening_the_instalment_of_today_is_asked_for_alone(self):
        """1 025.00 in two, the first due on 10 April: at 22:30 in São Paulo Greenwich has the 11th. 1 000.00 for 31 days: 20.00 + 10.33."""
        self.company.recurring_tz = "America/Sao_Paulo"
        bill = self.invoice("2026-03-10", 1000.0)
        self.agree("2026-04-10", self.case_of(), count=2, first_date="2026-04-10")
        for moment, amount in (("2026-04-11 01:30:00", 515.17), ("2026-04-11 03:30:00", 525.34)):
            with self.frozen(moment):
                bill.invalidate_recordset()
                values = bill._get_invoice_next_payment_values()
                self.assertEqual((moment, values["next_amount_to_pay"]), (moment, amount))


@tagged("post_install", "-at_install")
class TestAfterTheWriteOff(ArrangingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.booking = "document"
        cls.company.write({"recurring_fee_policy_id": cls.policy.id, "recurring_fee_scope": "debt", "recurring_fee_from": "2026-01-01"})
        cls.company.recurring_write_off_account_id = cls.loss

    def lost_and_recovered(self, amount):
        """A debt of 1,000.00 written off in June, of which so much comes in September: the invoice, the write-off."""
        bill = self.invoice("2026-03-10", 1000.0)
        case = self.case_of()
        self.dialog("2026-06-01", case, "action_write_off", user=self.bert, reason="Gone", date="2026-06-01")
        write_off = self.env["recurring.write.off"].search([("case_id", "=", case.id)])
        with self.committing("2026-09-01", self.bert) as env:
            wizard = env["recurring.write.off.recover"].with_context(default_write_off_id=write_off.id)
            wizard.create({"amount": amount, "date": "2026-09-01", "journal_id": self.bank.id}).action_save()
        self.env.invalidate_all()
        return bill, write_off

    def test_a_debt_that_is_lost_in_part_bears_no_fees_for_the_part_that_came(self):
        bill, write_off = self.lost_and_recovered(400.0)
        self.assertEqual((write_off.state, bill.amount_residual), ("partly", 0.0))
        self.assertFalse(self.fees_of(bill))

    def test_a_debt_that_came_back_whole_is_paid(self):
        bill, write_off = self.lost_and_recovered(1000.0)
        self.assertEqual((write_off.state, bill.payment_state in ("paid", "in_payment")), ("recovered", True))


@tagged("post_install", "-at_install")
class TestRiskOfWhatIsAgreed(ArrangingCase):
    def test_an_agreement_is_no_payment(self):
        """70 days late is bad; agreed in three it stays so until it is paid."""
        bill = self.invoice("2026-03-02", 900.0)
        service = self.env["recurring.risk.assessment"]

        def segment(day):
            self.env.invalidate_all()
            return service.of(self.ana, self.company, fields.Date.to_date(day))[self.ana.id].segment

        self.assertEqual(segment("2026-05-11"), "bad")
        agreement = self.agree("2026-05-11", self.case_of(), count=3, first_date="2026-05-20", every="week")
        self.assertEqual(segment("2026-05-12"), "bad")
        for day in ("2026-05-20", "2026-05-27", "2026-06-03"):
            self.assertEqual(segment(day), "bad")
            self.pay(day, bill, 300.0)
        self.assertEqual((agreement.state, segment("2026-06-04")), ("kept", "good"))

    def test_nor_by_an_entry(self):
        self.invoice("2026-03-02", 900.0)
        self.company.fiscalyear_lock_date = "2026-03-31"
        agreement = self.agree("2026-05-11", self.case_of(), count=3, first_date="2026-05-20")
        found = self.env["recurring.risk.assessment"].of(self.ana, self.company, fields.Date.to_date("2026-05-12"))
        self.assertEqual((bool(agreement.entry_id), found[self.ana.id].segment), (True, "bad"))
