"""What was arranged about a debt stays true in fees and figures: nothing is counted twice, nothing is asked twice."""

from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from .arranging import ArrangingCase


class FeesCase(ArrangingCase):
    """Ana owes 1 000.00 since 1 June; all debts bear 2 % and 1 % a month, the fees by a document of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"recurring_fee_policy_id": cls.policy.id, "recurring_fee_scope": "debt", "recurring_fee_from": "2026-01-01"})

    def setUp(self):
        super().setUp()
        self.june = self.invoice("2026-06-01", 1000.0)
        self.case = self.case_of()

    def debts(self):
        """The open items of Ana's debt, without the documents of fees."""
        return self.case._open_items().filtered(lambda line: not line.move_id.line_ids.recurring_late_fee_id)

    def asked(self, day):
        """Fine and interest that are asked for on a day."""
        items = self.env["recurring.amount.due"].of_lines(self.debts(), fields.Date.to_date(day)).values()
        return (float(sum(item.fees.fine for item in items)), float(sum(item.fees.interest for item in items)))

    def charge(self, day):
        self.env["recurring.late.fee.charging"].with_env(self.at(day)).charge_open(self.debts(), fields.Date.to_date(day))

    def agree_on_june(self, **values):
        with self.committing("2026-07-01", self.carla) as env:
            case = env["recurring.dunning.case"].browse(self.case.id)
            lines = self.debts().with_env(env)
            wizard = env["recurring.agreement.make"].create({"case_id": case.id, "line_ids": [Command.set(lines.ids)], **values})
            wizard.action_sign()
        self.env.invalidate_all()
        return self.env["recurring.agreement"].search([("case_id", "=", self.case.id)], order="id desc", limit=1)


@tagged("post_install", "-at_install")
class TestFeesOfWhatIsAgreed(FeesCase):
    def test_what_was_charged_before_a_broken_agreement_is_not_charged_again(self):
        """30 days: 20.00 and 10.00, charged by a document on 1 July. Agreed in two, broken; on 31 July 60 days: 10.00 more of interest."""
        self.charge("2026-07-01")
        self.assertEqual(self.asked("2026-07-01"), (0.0, 0.0))
        agreement = self.agree_on_june(count=2, first_date="2026-07-10")
        self.assertEqual(self.asked("2026-07-10"), (0.0, 0.0))
        self.watch("2026-07-21")
        self.assertEqual((agreement.state, self.items(self.june)), ("broken", [("2026-06-01", 500.0), ("2026-06-01", 500.0)]))
        self.assertEqual(self.asked("2026-07-31"), (0.0, 10.0))

    def test_nor_when_an_entry_carried_it(self):
        self.charge("2026-07-01")
        self.company.fiscalyear_lock_date = "2026-06-30"
        agreement = self.agree_on_june(count=2, first_date="2026-07-10")
        self.assertTrue(agreement.entry_id)
        self.assertEqual(self.asked("2026-07-10"), (0.0, 0.0))
        self.watch("2026-07-21")
        self.assertEqual((agreement.state, self.asked("2026-07-31")), ("broken", (0.0, 10.0)))

    def test_nor_by_a_second_agreement_that_is_broken_too(self):
        self.charge("2026-07-01")
        self.agree_on_june(count=2, first_date="2026-07-10")
        self.watch("2026-07-21")
        self.case.invalidate_recordset()
        with self.committing("2026-08-01", self.carla) as env:
            case = env["recurring.dunning.case"].browse(self.case.id)
            lines = self.debts().with_env(env)
            wizard = env["recurring.agreement.make"].create(
                {"case_id": case.id, "line_ids": [Command.set(lines.ids)], "count": 3, "first_date": "2026-08-10"}
            )
            # 61 days after 1 June: 20.33 of interest, of which 10.00 were charged.
            self.assertEqual(wizard.fees_to_date, 10.34)
            wizard.action_sign()
        self.watch("2026-08-21")
        # On 30 August 90 days: 30.00 less 10.00, rounded by item.
        fine, interest = self.asked("2026-08-30")
        self.assertEqual(fine, 0.0)
        self.assertAlmostEqual(interest, 20.0, delta=0.02)

    def test_taken_back_it_is_as_before(self):
        self.charge("2026-07-01")
        agreement = self.agree_on_june(count=2, first_date="2026-07-10")
        self.press("2026-07-02", agreement, "action_undo", user=self.carla)
        self.assertEqual((self.items(self.june), self.asked("2026-07-31")), ([("2026-06-01", 1000.0)], (0.0, 10.0)))

    def test_who_renegotiates_gets_no_discount_for_paying_early(self):
        """5 % ten days before the due date: an instalment of a month from now is no early payment."""
        self.policy.tier_ids = [Command.create({"days": 10, "percent": 5.0})]
        bill = self.owe("2026-06-01", 200.0, partner=self.ana)
        with self.committing("2026-07-01", self.carla) as env:
            case = env["recurring.dunning.case"].browse(self.case.id)
            lines = bill.line_ids.filtered(lambda line: line.display_type == "payment_term").with_env(env)
            wizard = env["recurring.agreement.make"].create(
                {"case_id": case.id, "line_ids": [Command.set(lines.ids)], "count": 2, "first_date": "2026-08-10", "discount_percent": 100}
            )
            wizard.action_sign()
        self.env.invalidate_all()
        self.assertEqual(self.due(bill, "2026-07-01"), (200.0, 0.0, 0.0, 0.0, 200.0))


@tagged("post_install", "-at_install")
class TestMoneyOfOtherCurrencies(FeesCase):
    def test_what_is_waived_is_money_of_the_company(self):
        """Less than 1.00 USD is waived: of 100 000 JPY at 150 for a dollar 100 missing are 0.67 USD, 200 are 1.33 USD."""
        yen = self.env.ref("base.JPY")
        self.make_rate(yen, "2026-01-01", 150.0)
        self.policy.waive_below = 1.0
        found = []
        for missing in (100.0, 200.0):
            bill = self.invoice("2026-06-02", 100000.0, currency_id=yen.id)
            # 30 days: 2 000 and 1 000.
            payment = self.receive(bill, 103000.0 - missing, "2026-07-02")
            self.assertEqual(bill.amount_residual, 0.0)
            found.append([(fee.way, fee.fine, fee.interest) for fee in self.fees_of(bill).filtered(lambda fee: fee.way == "waived")])
            self.assertTrue(payment)
        self.assertEqual(found, [[("waived", 0.0, 100.0)], []])


@tagged("post_install", "-at_install")
class TestPaidThoughOpen(ArrangingCase):
    """A payment without an outstanding account: Odoo calls the invoice paid and keeps what is open on its item until the bank's entry."""

    def setUp(self):
        super().setUp()
        self.bank.inbound_payment_method_line_ids.payment_account_id = False
        self.paid, self.open = self.invoice("2026-06-01", 300.0), self.invoice("2026-06-02", 200.0)
        self.case = self.case_of()
        with patch.object(self.registry["account.move"], "_get_invoice_in_payment_state", lambda _self: "in_payment"):
            self.pay("2026-06-20", self.paid, 300.0)
        self.assertEqual((self.paid.payment_state in ("paid", "in_payment"), self.paid.amount_residual), (True, 300.0))

    def test_nobody_arranges_anything_about_it(self):
        case = self.case.with_env(self.at("2026-07-01"))
        self.assertEqual(case._open_items().move_id, self.open)
        self.assertEqual(case.item_ids.move_id, self.open)

    def test_it_is_not_written_off(self):
        self.company.recurring_write_off_account_id = self.loss
        self.dialog("2026-12-01", self.case, "action_write_off", user=self.bert, reason="Gone", date="2026-12-01")
        write_off = self.env["recurring.write.off"].search([("case_id", "=", self.case.id)])
        self.assertEqual((write_off.amount, write_off.line_ids.move_id), (200.0, self.open))


@tagged("post_install", "-at_install")
class TestFiguresOfWhatWasArranged(ArrangingCase):
    def setUp(self):
        super().setUp()
        self.company.recurring_write_off_account_id = self.loss
        self.bill = self.invoice("2026-06-01", 1000.0)
        self.invoice("2026-06-02", 600.0, self.make_partner("Boris"))
        self.case = self.case_of()

    def figures(self, day):
        self.env.invalidate_all()
        return self.env["recurring.receivable.figures"].with_env(self.at(day)).of(self.company, fields.Date.to_date(day))

    def write_off(self):
        self.dialog("2026-06-20", self.case, "action_write_off", user=self.bert, reason="Gone", date="2026-06-20")
        return self.env["recurring.write.off"].search([("case_id", "=", self.case.id)])

    def recover(self, write_off, day, amount):
        with self.committing(day, self.bert) as env:
            wizard = env["recurring.write.off.recover"].with_context(default_write_off_id=write_off.id)
            wizard.create({"amount": amount, "date": day, "journal_id": self.bank.id}).action_save()
        self.env.invalidate_all()

    def test_of_a_write_off_what_is_lost_stays_in_the_default_rate(self):
        """1 000.00 of 1 600.00 written off, 400.00 came after all: 600 lost and 600 late of 1 600 are 75 %."""
        write_off = self.write_off()
        self.assertEqual(str(self.figures("2026-07-01").default_rate), "100.0")
        self.recover(write_off, "2026-06-25", 400.0)
        self.assertEqual(str(self.figures("2026-07-01").default_rate), "75.0")

    def test_a_write_off_taken_back_changes_nothing(self):
        self.pay("2026-06-10", self.bill, 400.0)
        self.assertEqual(str(self.figures("2026-07-01").default_rate), "75.0")
        write_off = self.write_off()
        self.press("2026-06-21", write_off, "action_undo", user=self.bert)
        self.assertEqual(str(self.figures("2026-07-01").default_rate), "75.0")

    def test_a_debt_that_an_entry_took_over_counts_once(self):
        """1 000.00 in two, on 10 and 20 July: on the 15th 500.00 and the other 600.00 fell due, on the 25th all 1 600.00."""
        self.company.fiscalyear_lock_date = "2026-06-30"
        agreement = self.agree("2026-07-01", self.case, count=2, first_date="2026-07-10", every="week")
        self.assertTrue(agreement.entry_id)
        self.assertEqual(agreement.instalment_ids.mapped(lambda each: str(each.date)), ["2026-07-10", "2026-07-17"])
        with self.committing("2026-07-10") as env:
            lines = agreement.part_ids.line_id.sorted("date_maturity")[:1].with_env(env)
            env["recurring.receipt"].receive(
                env["account.move"], 500.0, self.bank.with_env(env), fields.Date.to_date("2026-07-10"), lines=lines
            )
        self.assertEqual(str(self.figures("2026-07-15").default_rate), "54.5")
        self.assertEqual(str(self.figures("2026-07-20").default_rate), "68.8")

    def test_what_is_paid_by_instalments_is_recovered(self):
        """Reminded of 1 000.00 and 600.00; the 1 000.00 is paid in two instalments, of which the second was reminded of too: 62.5 %."""
        policy = self.env["recurring.dunning.policy"].create({"name": "Ours", "company_id": self.company.id})
        step, later = self.env["recurring.dunning.step"].create(
            [{"policy_id": policy.id, "name": str(days), "offset_days": days, "channel": "email"} for days in (3, 5)]
        )

        def remind(line, day, step):
            case = self.case_of(line.partner_id)
            values = {"case_id": case.id, "line_id": line.id, "step_id": step.id, "day": day, "state": "done"}
            self.env["recurring.dunning.action"].create({**values, "amount": line.amount_residual})

        for line in self.env["account.move.line"].search([("move_id.move_type", "=", "out_invoice"), ("company_id", "=", self.company.id)]):
            if line.display_type == "payment_term" and not line.reconciled:
                remind(line, "2026-06-10", step)
        agreement = self.agree("2026-07-01", self.case, count=2, first_date="2026-07-10", every="week")
        self.assertFalse(agreement.entry_id)
        remind(agreement.part_ids.line_id.sorted("date_maturity")[1], "2026-07-20", later)
        self.pay("2026-07-10", self.bill, 500.0)
        self.pay("2026-07-22", self.bill, 500.0)
        self.assertEqual(agreement.state, "kept")
        self.assertEqual(str(self.figures("2026-08-01").recovery), "62.5")
