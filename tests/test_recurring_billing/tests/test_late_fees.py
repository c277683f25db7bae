"""The amount of the day and money that comes late: fine and interest, divided to their accounts when it arrives."""

from ast import literal_eval

from psycopg2.errors import CheckViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .fees import FeeCase


@tagged("post_install", "-at_install")
class TestAmountOfTheDay(FeeCase):
    def test_fine_once_and_interest_by_the_day(self):
        """Due 10 March, on the 25th: 2 % of 1 000.00 and 1 % × 15/30 of it: 20.00 + 5.00."""
        invoice = self.owe()
        self.assertEqual(self.due(invoice, "2026-03-10"), (1000.0, 0.0, 0.0, 0.0, 1000.0))
        self.assertEqual(self.due(invoice, "2026-03-11"), (1000.0, 20.0, 0.33, 0.0, 1020.33))
        self.assertEqual(self.due(invoice, "2026-03-25"), (1000.0, 20.0, 5.0, 0.0, 1025.0))
        today = invoice.with_env(self.at("2026-03-25"))
        self.assertEqual((today.recurring_amount_today, today.recurring_fees_today), (1025.0, 25.0))

    def test_the_plans_policy_comes_before_the_companys(self):
        """The plan asks 1 % and no interest: 10.00."""
        plan = self.make_plan()
        plan.fee_policy_id = self.policy.copy({"fine_percent": 1.0, "interest_percent": 0.0})
        self.assertEqual(self.due(self.owe(plan=plan), "2026-03-25"), (1000.0, 10.0, 0.0, 0.0, 1010.0))

    def test_without_a_policy_nothing_grows(self):
        self.company.recurring_fee_policy_id = False
        self.assertEqual(self.due(self.owe(), "2026-03-25"), (1000.0, 0.0, 0.0, 0.0, 1000.0))

    def test_invoices_that_no_subscription_billed_bear_no_fees(self):
        lines = [Command.create({"name": "Ball", "quantity": 1, "price_unit": 10.0, "tax_ids": []})]
        partner = self.make_partner()
        invoice = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": partner.id, "invoice_date": "2026-03-10", "invoice_line_ids": lines}
        )
        invoice.action_post()
        self.assertEqual(self.due(invoice, "2026-04-25"), (10.0, 0.0, 0.0, 0.0, 10.0))

    def test_the_fine_of_a_person_with_a_cpf_is_limited(self):
        """Fine 10 %: 100.00; of a Brazilian consumer 2 %, 20.00; of a firm there 100.00 again."""
        self.policy.fine_percent = 10.0
        brazil = self.env.ref("base.br")
        for values, fine in (
            ({}, 100.0),
            ({"country_id": brazil.id, "vat": "52998224725"}, 20.0),
            ({"country_id": brazil.id, "vat": "11222333000181", "is_company": True}, 100.0),
        ):
            with self.subTest(values=values):
                partner = self.make_partner(**values)
                self.assertEqual(self.due(self.owe(partner=partner), "2026-03-25")[1], fine)

    def test_part_payments_lower_interest_from_their_day(self):
        """400.00 on 20 March: 10 days of 1 000.00 and 5 of 600.00: 3.33… + 1.00 = 4.33; 600.00 + 24.33 on the 25th."""
        invoice = self.owe()
        self.receive(invoice, 400.0, "2026-03-20")
        self.assertEqual(self.due(invoice, "2026-03-25"), (600.0, 20.0, 4.33, 0.0, 624.33))

    def test_a_credit_note_takes_back_what_was_never_owed(self):
        """250.00 credited on 20 March: fees are of 750.00 from the start: 15.00 and 3.75."""
        invoice = self.owe()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": "2026-03-20", "reason": "Part of it did not happen"})
        )
        wizard.refund_moves()
        credit = wizard.new_move_ids
        credit.invoice_line_ids.price_unit = 250.0
        credit.action_post()
        self.assertEqual(invoice.amount_residual, 750.0)
        self.assertEqual(self.due(invoice, "2026-03-25"), (750.0, 15.0, 3.75, 0.0, 768.75))

    def test_each_instalment_is_late_by_itself(self):
        """500.00 due 20 March and 500.00 due 9 April. On 30 March the first: 10.00 and 500 × 1 % × 10/30 = 1.67.

        On 19 April: 10.00 + 5.00 (30 days) and 10.00 + 1.67 (10 days).
        """
        subscription = self.subscribe("2026-03-10", 1000.0, payment_term_id=self.installments(10, 30).id)
        self.bill("2026-03-10", subscription)
        invoice = self.invoices(subscription)
        self.assertEqual(self.due(invoice, "2026-03-30"), (1000.0, 10.0, 1.67, 0.0, 1011.67))
        self.assertEqual(self.due(invoice, "2026-04-19"), (1000.0, 20.0, 6.67, 0.0, 1026.67))

    def test_many_invoices_cost_no_more_queries(self):
        """Eight late invoices with part payments ask the database as often as two."""
        moves = self.env["account.move"]
        for number in range(8):
            moves |= self.owe(partner=self.make_partner(f"Payer {number}"))
            self.receive(moves[-1], 100.0, "2026-03-12")

        def queries(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["recurring.amount.due"].of(self.env["account.move"].browse(some.ids), fields.Date.to_date("2026-04-20"))
            return self.env.cr.sql_log_count - before

        queries(moves)
        self.assertLessEqual(queries(moves), queries(moves[:2]) + 2)

    def test_drafts_and_credit_notes_ask_for_nothing(self):
        invoice = self.owe(plan=self.make_plan(invoice_mode="draft"))
        self.assertEqual((invoice.state, self.due(invoice, "2026-04-25")), ("draft", (0.0, 0.0, 0.0, 0.0, 0.0)))


@tagged("post_install", "-at_install")
class TestReceipt(FeeCase):
    def test_late_money_is_divided_when_it_arrives(self):
        """1 025.00 on 25 March: 1 000.00 on the receivable, 20.00 and 5.00 on their accounts, dated by the bank."""
        invoice = self.owe()
        payment = self.receive(invoice, 1025.0, "2026-03-25")
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("paid", 0.0))
        receivable = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term").account_id.code
        self.assertEqual(self.entries(payment), sorted([(receivable, -1000.0), ("400901", -20.0), ("400902", -5.0)]))
        self.assertEqual((str(payment.date), str(payment.move_id.date), payment.amount), ("2026-03-25", "2026-03-25", 1025.0))
        fee = payment.recurring_late_fee_ids
        self.assertEqual((fee.fine, fee.interest, fee.total, fee.state), (20.0, 5.0, 25.0, "booked"))
        self.assertEqual(self.due(invoice, "2026-03-30"), (0.0, 0.0, 0.0, 0.0, 0.0))

    def test_a_second_part_pays_no_fine_twice(self):
        """1 010.00 on 20 March would be 1 000.00 and 10.00 of the fine: what is left of the fees is for a person, not lost."""
        invoice = self.owe()
        self.receive(invoice, 1010.0, "2026-03-20")
        self.env.cr.flush()
        fees = self.fees_of(invoice)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual([(fee.state, fee.fine, fee.interest) for fee in fees], [("booked", 10.0, 0.0), ("open", 10.0, 3.33)])

    def test_two_payments_of_one_debt(self):
        """600.00 on 20 March, the rest on 30 March: 10 days of 1 000.00 and 10 of 400.00: 3.33 + 1.33 = 4.67 and 20.00."""
        invoice = self.owe()
        self.receive(invoice, 600.0, "2026-03-20")
        self.assertEqual(self.due(invoice, "2026-03-30"), (400.0, 20.0, 4.67, 0.0, 424.67))
        payment = self.receive(invoice, 424.67, "2026-03-30")
        self.env.cr.flush()
        self.assertEqual(invoice.payment_state, "paid")
        fees = self.fees_of(invoice)
        self.assertEqual([(fee.payment_id, fee.fine, fee.interest, fee.state) for fee in fees], [(payment, 20.0, 4.67, "booked")])

    def test_the_oldest_debt_first_with_its_fees(self):
        """February 1 000.00 due the 10th (a Tuesday), 18 + 15 days: on 15 March 20.00 + 11.00; March 1 000.00, 5 days: 20.00 + 1.67.

        1 500.00 pays 1 031.00 and 469.00 of March.
        """
        subscription = self.subscribe("2026-02-10", 1000.0)
        self.bill("2026-02-10", subscription)
        self.bill("2026-03-10", subscription)
        february, march = self.invoices(subscription)
        self.assertEqual(self.due(february, "2026-03-15"), (1000.0, 20.0, 11.0, 0.0, 1031.0))
        payment = self.receive(march | february, 1500.0, "2026-03-15")
        self.assertEqual((february.payment_state, march.amount_residual), ("paid", 531.0))
        self.assertEqual(payment.recurring_late_fee_ids.mapped("total"), [31.0])

    def test_money_over_stays_open_and_is_listed(self):
        """1 100.00 for 1 025.00: 75.00 are left."""
        invoice = self.owe()
        payment = self.receive(invoice, 1100.0, "2026-03-25")
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_money_over")
        domain = [*literal_eval(action["domain"]), ("partner_id", "=", invoice.partner_id.id)]
        listed = self.env["account.move.line"].search(domain)
        self.assertEqual((listed.move_id, listed.recurring_money_over), (payment.move_id, 75.0))

    def test_what_is_missing_below_the_limit_is_waived(self):
        """1 024.50 of 1 025.00 with a limit of 1.00: nothing is left to decide."""
        self.policy.waive_below = 1.0
        invoice = self.owe()
        self.receive(invoice, 1024.5, "2026-03-25")
        self.env.cr.flush()
        fees = self.fees_of(invoice)
        self.assertEqual([(fee.state, fee.fine, fee.interest) for fee in fees], [("booked", 20.0, 4.5), ("waived", 0.0, 0.5)])

    def test_the_same_money_counts_once(self):
        invoice = self.owe()
        first = self.receive(invoice, 400.0, "2026-03-12", unique_ref="pix:E1")
        again = self.receive(invoice, 400.0, "2026-03-12", unique_ref="pix:E1")
        self.assertEqual((again, invoice.amount_residual), (first, 600.0))
        other = self.receive(invoice, 400.0, "2026-03-12", unique_ref="pix:E2")
        self.assertEqual((other != first, invoice.amount_residual), (True, 200.0))

    def test_a_cancelled_payment_frees_its_fees(self):
        """Received on 25 March, cancelled: the debt and its fees are open again, the fine too."""
        invoice = self.owe()
        payment = self.receive(invoice, 1025.0, "2026-03-25")
        self.env.cr.flush()
        payment.action_draft()
        payment.action_cancel()
        self.env.cr.flush()
        self.assertEqual(self.fees_of(invoice).state, "void")
        self.assertEqual(self.due(invoice, "2026-03-25"), (1000.0, 20.0, 5.0, 0.0, 1025.0))

    def test_a_cancelled_payment_waives_nothing(self):
        """1 024.50 waived 0.50 of interest; without that payment all of it is owed."""
        self.policy.waive_below = 1.0
        invoice = self.owe()
        payment = self.receive(invoice, 1024.5, "2026-03-25")
        payment.action_draft()
        payment.action_cancel()
        self.env.cr.flush()
        self.assertEqual(self.fees_of(invoice).mapped("state"), ["void", "void"])
        self.assertEqual(self.due(invoice, "2026-03-25"), (1000.0, 20.0, 5.0, 0.0, 1025.0))

    def test_money_without_an_invoice_is_kept_on_account(self):
        partner = self.make_partner("Bea")
        payment = self.receive(self.env["account.move"], 80.0, "2026-03-25", partner=partner, memo="On account")
        self.assertEqual((payment.partner_id, payment.amount, payment.move_id.state, payment.memo), (partner, 80.0, "posted", "On account"))

    def test_foreign_currency(self):
        """1 000.00 EUR at 2 EUR per dollar: 1 025.00 EUR are 512.50, of which 10.00 and 2.50 are fees."""
        self.make_rate(self.currency_eur, "2026-03-01", 2.0)
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": self.currency_eur.id})
        invoice = self.owe(pricelist_id=pricelist.id)
        self.assertEqual(invoice.currency_id, self.currency_eur)
        payment = self.receive(invoice, 1025.0, "2026-03-25")
        self.assertEqual((payment.currency_id, invoice.payment_state), (self.currency_eur, "paid"))
        by_account = {line.account_id.code: (line.amount_currency, line.balance) for line in payment.move_id.line_ids}
        self.assertEqual((by_account["400901"], by_account["400902"]), ((-20.0, -10.0), (-5.0, -2.5)))
        self.assertEqual(sum(payment.move_id.line_ids.mapped("balance")), 0.0)

    def test_who_may_receive(self):
        invoice = self.owe()
        receipt = self.env["recurring.receipt"]
        for group in ("recurring_billing.group_user_all", "recurring_billing.group_auditor", "base.group_user"):
            user = self.make_user(group.rpartition("_")[2], group)
            with self.assertRaisesRegex(AccessError, "Collections and Billing"):
                receipt.with_user(user).receive(invoice, 10.0, self.bank, invoice.invoice_date)
        for group in ("recurring_billing.group_collections", "account.group_account_invoice"):
            user = self.make_user(f"may_{group.rpartition('_')[2]}", group)
            receipt.with_user(user).receive(invoice, 10.0, self.bank, invoice.invoice_date)
        self.assertEqual(invoice.amount_residual, 980.0)

    def test_what_cannot_be_one_payment_is_refused(self):
        invoice, other = self.owe(), self.owe(partner=self.make_partner("Bea"))
        for moves, amount, words in (
            (invoice, 0.0, "more than 0"),
            (invoice, -5.0, "more than 0"),
            (invoice | other, 100.0, "several customers"),
            (self.env["account.move"], 100.0, "whose money"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                self.receive(moves, amount, "2026-03-12")

    def test_the_reference_of_money_cannot_be_written(self):
        payment = self.receive(self.owe(), 10.0, "2026-03-12")
        billing = self.make_user("biller", "account.group_account_invoice")
        with self.assertRaisesRegex(AccessError, "kept by billing itself"):
            payment.with_user(billing).recurring_unique_ref = "pix:E9"


@tagged("post_install", "-at_install")
class TestFeePolicy(FeeCase):
    def test_what_no_policy_can_be(self):
        for values in ({"fine_percent": -1.0}, {"interest_percent": 101.0}, {"grace_days": -1}, {"fee_limit": -2.0}):
            with self.subTest(values=values), self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.make_policy(**values)

    def test_at_most_three_discounts_on_different_days(self):
        with self.assertRaisesRegex(ValidationError, "three discounts"):
            self.policy.tier_ids = [Command.create({"days": day, "percent": 1.0}) for day in (1, 2, 3, 4)]

    def test_only_managers_change_policies(self):
        with self.assertRaises(AccessError):
            self.policy.with_user(self.make_user("seller", "recurring_billing.group_user_all")).fine_percent = 50.0
        self.policy.with_user(self.make_user("boss", "recurring_billing.group_manager")).fine_percent = 1.0

    def test_other_companies_are_out_of_reach(self):
        user = self.make_user("abroad", "recurring_billing.group_manager", companies=self.company_brl)
        policies = self.env["recurring.fee.policy"].with_user(user).with_context(allowed_company_ids=self.company_brl.ids)
        self.assertFalse(policies.search([("id", "=", self.policy.id)]))

    def test_fees_are_written_by_billing_alone(self):
        invoice = self.owe()
        self.register(invoice, 1000.0, "2026-03-25")
        self.env.cr.flush()
        fee = self.fees_of(invoice).with_user(self.make_user("boss", "recurring_billing.group_manager"))
        with self.assertRaises(AccessError):
            fee.fine = 0.0
        with self.assertRaises(AccessError):
            fee.create({"move_line_id": fee.move_line_id.id, "date": "2026-03-25"})
