"""A debt is renegotiated: the receivable has the instalments' dates, nothing counts as paid before it is, a broken one begins anew."""

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from odoo.addons.recurring_billing.services.agreement_signing import Terms

from .arranging import ArrangingCase


class TestAgreements(ArrangingCase):
    def setUp(self):
        super().setUp()
        self.may = self.invoice("2026-05-04", 300.0)
        self.june = self.invoice("2026-06-01", 200.0)
        self.case = self.case_of()

    def signed(self, **values):
        """On 1 July: 500.00 in two instalments of 250.00, on 10 July and 10 August."""
        return self.agree("2026-07-01", self.case, **{"count": 2, "first_date": "2026-07-10", **values})

    def books(self):
        """What the ledger says: balance per account, and of each account per date of the entry."""
        lines = self.env["account.move.line"].search([("company_id", "=", self.company.id), ("parent_state", "=", "posted")])
        found = {}
        for line in lines:
            key = (line.account_id.code, str(line.date))
            found[key] = round(found.get(key, 0.0) + line.balance, 2)
        return found

    # Signing

    def test_each_invoice_has_the_dates_of_its_instalments(self):
        agreement = self.signed()
        self.assertEqual(
            [(str(each.date), each.amount) for each in agreement.instalment_ids], [("2026-07-10", 250.0), ("2026-08-10", 250.0)]
        )
        self.assertEqual(self.items(self.may), [("2026-07-10", 250.0), ("2026-08-10", 50.0)])
        self.assertEqual(self.items(self.june), [("2026-08-10", 200.0)])
        self.assertEqual((self.may.amount_residual, self.may.payment_state), (300.0, "not_paid"))
        self.assertEqual((str(self.may.invoice_date_due), str(self.june.invoice_date_due)), ("2026-08-10", "2026-08-10"))
        self.assertEqual((agreement.state, agreement.amount, agreement.left), ("running", 500.0, 500.0))
        self.assertFalse(agreement.entry_id)

    def test_the_books_are_the_same_before_and_after(self):
        before = self.books()
        agreement = self.signed()
        self.assertEqual(self.books(), before)
        self.press("2026-07-02", agreement, "action_undo", user=self.carla)
        self.assertEqual(self.books(), before)

    def test_nothing_looks_paid(self):
        self.signed()
        self.env.flush_all()
        self.assertFalse((self.may | self.june).filtered("recurring_is_settled"))
        self.assertEqual((self.may | self.june).mapped("payment_state"), ["not_paid", "not_paid"])
        self.assertEqual(self.case.amount_due, 0.0, "nothing is late")
        self.assertEqual(self.case.amount_open, 500.0)
        self.assertEqual(self.case.stage, "agreement")

    def test_nothing_charges_by_itself_what_is_agreed(self):
        agreement = self.signed()
        self.assertEqual((self.may | self.june).mapped("recurring_charge_waits"), [True, True])
        self.press("2026-07-02", agreement, "action_undo", user=self.carla)
        self.assertEqual((self.may | self.june).mapped("recurring_charge_waits"), [False, False])

    def test_the_plan_may_be_changed_by_hand_and_must_add_up(self):
        with self.committing("2026-07-01", self.carla) as env:
            case = env["recurring.dunning.case"].browse(self.case.id)
            wizard = env["recurring.agreement.make"].create({"case_id": case.id, "count": 2, "first_date": "2026-07-10"})
            self.assertEqual(wizard.agreed_total, 500.0)
            wizard.instalment_ids[0].amount = 100.0
            self.assertEqual(wizard.missing, 150.0)
            with self.assertRaisesRegex(UserError, "Make them the same"):
                wizard.action_sign()
            wizard.instalment_ids[1].amount = 400.0
            wizard.action_sign()
        self.env.invalidate_all()
        self.assertEqual(self.items(self.may), [("2026-07-10", 100.0), ("2026-08-10", 200.0)])

    def test_a_down_payment(self):
        agreement = self.signed(count=3, down_payment=100.0)
        self.assertEqual(agreement.instalment_ids.mapped("amount"), [100.0, 200.0, 200.0])

    def test_three_instalments_of_an_odd_amount_add_up(self):
        odd = self.invoice("2026-06-02", 0.01)
        agreement = self.signed(count=3)
        self.assertEqual(agreement.instalment_ids.mapped("amount"), [166.67, 166.67, 166.67])
        self.assertEqual(agreement.amount, 500.01)
        self.assertEqual(self.items(odd), [("2026-09-10", 0.01)])

    def test_what_is_partly_paid_keeps_its_payment(self):
        self.pay("2026-06-15", self.may, 120.0)
        payments = self.may.line_ids.matched_credit_ids
        self.signed(count=2)
        # 180.00 + 200.00 are open: 190.00 twice
        self.assertEqual(self.items(self.may), [("2026-07-10", 180.0)])
        self.assertEqual(self.items(self.june), [("2026-07-10", 10.0), ("2026-08-10", 190.0)])
        self.assertEqual(self.may.line_ids.matched_credit_ids, payments)

    def test_dividing_what_is_partly_paid_leaves_the_reconciliation_alone(self):
        self.pay("2026-06-15", self.may, 20.0)
        payments = self.may.line_ids.matched_credit_ids
        self.pay("2026-06-16", self.june, 200.0)
        agreement = self.signed(count=2)
        self.assertEqual(self.items(self.may), [("2026-07-10", 140.0), ("2026-08-10", 140.0)])
        self.assertEqual(self.may.line_ids.matched_credit_ids, payments, "the payment is where it was")
        self.assertEqual((self.may.amount_residual, self.may.payment_state), (280.0, "partial"))
        self.press("2026-07-02", agreement, "action_undo", user=self.carla)
        self.assertEqual(self.items(self.may), [("2026-05-04", 280.0)])
        self.assertEqual(self.may.line_ids.matched_credit_ids, payments)

    # Paying

    def test_instalments_are_paid_and_the_last_one_ends_it(self):
        agreement = self.signed()
        self.pay("2026-07-09", self.may, 250.0)
        self.assertEqual(agreement.with_env(self.at("2026-07-09")).instalment_ids.mapped("standing"), ["paid", "coming"])
        self.assertEqual((agreement.left, agreement.state), (250.0, "running"))
        self.pay("2026-08-10", self.may | self.june, 250.0)
        self.assertEqual((agreement.state, str(agreement.kept_on)), ("kept", "2026-08-10"))
        self.assertEqual((self.may | self.june).mapped("recurring_is_settled"), [True, True])
        self.assertFalse(any((self.may | self.june).mapped("recurring_charge_waits")))

    def test_the_customer_is_asked_online_for_the_next_instalment_only(self):
        self.signed()
        self.assertEqual(self.may.with_env(self.at("2026-07-02"))._recurring_amount_to_pay(), 250.0)
        with self.frozen("2026-07-02 12:00:00"):
            values = self.may.with_env(self.at("2026-07-02"))._get_invoice_next_payment_values()
        self.assertEqual((values["installment_state"], values["next_amount_to_pay"], values["amount_due"]), ("next", 250.0, 300.0))

    # Not kept

    def test_an_instalment_that_is_late_ends_it_after_the_days_of_patience(self):
        agreement = self.signed()
        for day in ("2026-07-11", "2026-07-20"):
            self.watch(day)
            self.assertEqual(agreement.state, "running")
        self.assertEqual(agreement.with_env(self.at("2026-07-12")).instalment_ids.mapped("standing"), ["late", "coming"])
        self.watch("2026-07-21")
        self.assertEqual((agreement.state, str(agreement.broken_on)), ("broken", "2026-07-21"))
        self.assertEqual(self.items(self.may), [("2026-05-04", 50.0), ("2026-05-04", 250.0)])
        self.assertEqual(self.items(self.june), [("2026-06-01", 200.0)])
        self.assertEqual(str(self.may.invoice_date_due), "2026-05-04")
        self.assertIn("was not kept", self.case.activity_ids.mapped("summary")[0])

    def test_what_was_paid_of_a_broken_one_stays_paid(self):
        agreement = self.signed()
        self.pay("2026-07-10", self.may, 250.0)
        self.watch("2026-08-21")
        self.assertEqual(agreement.state, "broken")
        self.assertEqual(self.items(self.may), [("2026-05-04", 50.0), ("2026-07-10", 0.0)])

    def test_a_broken_one_is_a_new_cycle_for_every_open_item(self):
        agreement = self.signed()
        self.watch("2026-07-21")
        items = (self.may | self.june).line_ids.filtered(lambda line: line.display_type == "payment_term")
        broken = self.env["recurring.dunning.facts"]._broken(items.ids)
        # One cycle begins with the agreement, the next with its end.
        self.assertEqual({line: broken[line.id] for line in items}, dict.fromkeys(items, (2, agreement.broken_on)))

    def test_a_person_may_say_so_earlier(self):
        agreement = self.signed()
        self.press("2026-07-05", agreement, "action_break", user=self.carla)
        self.assertEqual((agreement.state, self.items(self.june)), ("broken", [("2026-06-01", 200.0)]))
        again = self.agree("2026-07-06", self.case, count=2, first_date="2026-07-15")
        self.assertEqual((again.state, again.amount), ("running", 500.0))

    # Taken back

    def test_taking_it_back_leaves_no_trace_in_the_invoices(self):
        before = [(line.id, line.date_maturity, line.balance, line.amount_residual) for line in (self.may | self.june).line_ids]
        agreement = self.signed()
        self.press("2026-07-02", agreement, "action_undo", user=self.carla)
        self.assertEqual(
            [(line.id, line.date_maturity, line.balance, line.amount_residual) for line in (self.may | self.june).line_ids], before
        )
        self.assertEqual(agreement.state, "cancelled")
        self.assertEqual(str(self.may.invoice_date_due), "2026-05-04")

    def test_taking_it_back_brings_the_discount_for_paying_early_back(self):
        """2 % less until 11 July. Agreed on 2 July, nobody takes 2 % off an instalment; taken back on the 3rd, who pays on the 6th saves
        them.
        """
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % 10 days, net 30",
                "early_discount": True,
                "discount_percentage": 2.0,
                "discount_days": 10,
                "line_ids": [Command.create({"value": "percent", "value_amount": 100.0, "nb_days": 30})],
            }
        )
        move = self.invoice("2026-07-01", 300.0, invoice_payment_term_id=term.id)
        line = move.line_ids.filtered(lambda each: each.display_type == "payment_term")
        before = (line.discount_date, line.discount_amount_currency, line.discount_balance)
        self.assertEqual((str(before[0]), before[1]), ("2026-07-11", 294.0))
        with self.committing("2026-07-02", self.carla) as env:
            instalments = [(fields.Date.to_date(day), 150.0) for day in ("2026-07-10", "2026-08-10")]
            terms = Terms(env["account.move.line"].browse(line.id), instalments, 0.0)
            signed = env["recurring.agreement.signing"].sign(env[self.case._name].browse(self.case.id), terms)
        self.env.invalidate_all()
        self.assertEqual(move.with_env(self.at("2026-07-06"))._recurring_amount_to_pay(), 150.0)
        self.press("2026-07-03", self.env["recurring.agreement"].browse(signed.id), "action_undo", user=self.carla)
        self.assertEqual((line.discount_date, line.discount_amount_currency, line.discount_balance), before)
        due = self.env["recurring.amount.due"].of(move, fields.Date.to_date("2026-07-06"))[move]
        self.assertEqual((due.residual, due.total), (300.0, 294.0))

    def test_an_invoice_of_an_agreement_is_not_reset_or_dated_by_hand(self):
        self.signed()
        with self.assertRaisesRegex(UserError, "Take the agreement back first"):
            self.may.button_draft()
        with self.assertRaisesRegex(UserError, "Take the agreement back first"):
            self.may.with_user(self.bert).write({"invoice_date_due": "2026-09-01"})

    # Late fees

    def with_fees(self):
        self.company.write({"recurring_fee_policy_id": self.policy.id, "recurring_fee_scope": "debt", "recurring_fee_from": "2026-01-01"})

    def test_the_fees_to_date_are_agreed_with_a_discount_and_booked_when_paid(self):
        self.with_fees()
        self.pay("2026-06-01", self.june, 200.0)
        # May: 300.00 due on 4 May; on 1 July 58 days late: fine 6.00, interest 5.80. Half of 11.80 is 5.90.
        agreement = self.signed(discount_percent=50.0)
        self.assertEqual((agreement.fees_to_date, agreement.fees_agreed, agreement.fees_waived), (11.8, 5.9, 5.9))
        self.assertEqual(agreement.instalment_ids.mapped("amount"), [152.95, 152.95])
        self.assertEqual(self.items(self.may), [("2026-07-10", 150.0), ("2026-08-10", 150.0)])
        on_time = self.may.with_env(self.at("2026-07-10"))
        self.assertEqual(on_time._recurring_amount_to_pay(), 152.95)
        with self.committing("2026-07-10") as env:
            journal, move = env["account.journal"].browse(self.bank.id), env["account.move"].browse(self.may.id)
            payment = env["recurring.receipt"].receive(move, 152.95, journal, fields.Date.to_date("2026-07-10"))
            booked = sorted(
                (line.account_id.code, line.balance) for line in payment.move_id.line_ids if line.account_id.code in ("400901", "400902")
            )
        # 2.95 of fees: the fine 1.50 (3.00 halved), the interest 1.45
        self.assertEqual(booked, [("400901", -1.5), ("400902", -1.45)])
        self.env.invalidate_all()
        self.assertEqual(agreement.instalment_ids.mapped("is_paid"), [True, False])

    def test_who_is_late_with_an_instalment_pays_fees_of_the_instalment_too(self):
        self.with_fees()
        self.pay("2026-06-01", self.june, 200.0)
        self.signed(discount_percent=100.0)
        late = self.may.with_env(self.at("2026-07-15"))
        # 150.00 five days late: fine 3.00, interest 0.25
        self.assertEqual(late._recurring_amount_to_pay(), 153.25)

    def test_a_broken_one_owes_all_fees_again(self):
        self.with_fees()
        self.pay("2026-06-01", self.june, 200.0)
        self.signed(discount_percent=100.0)
        self.watch("2026-07-21")
        due = self.env["recurring.amount.due"].of(self.may, fields.Date.to_date("2026-07-21"))[self.may]
        # from 4 May on: fine 6.00, 78 days of 1 % a month of 300.00: 7.80
        self.assertEqual((due.fine, due.interest), (6.0, 7.8))

    def fees_of(self, move, day):
        lines = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        items = self.env["recurring.amount.due"].of_lines(lines, fields.Date.to_date(day)).values()
        return sum(float(item.fees.fine) for item in items), sum(float(item.fees.interest) for item in items)

    def charged(self):
        """May, 58 days late on 1 July: its fees of 6.00 and 5.80 are charged with a document of their own, and it is renegotiated."""
        self.with_fees()
        self.pay("2026-06-01", self.june, 200.0)
        with self.committing("2026-07-01") as env:
            lines = env["account.move"].browse(self.may.id).line_ids.filtered(lambda line: line.display_type == "payment_term")
            env["recurring.late.fee.charging"].charge_open(lines, fields.Date.to_date("2026-07-01"))
        self.env.invalidate_all()
        self.assertEqual(self.fees_of(self.may, "2026-07-01"), (0.0, 0.0))
        with self.committing("2026-07-01", self.carla) as env:
            lines = env["account.move"].browse(self.may.id).line_ids.filtered(lambda line: line.display_type == "payment_term")
            instalments = [(fields.Date.to_date(day), 150.0) for day in ("2026-07-10", "2026-08-10")]
            env["recurring.agreement.signing"].sign(env[self.case._name].browse(self.case.id), Terms(lines, instalments, 0.0))
        self.env.invalidate_all()
        self.assertEqual(self.items(self.may), [("2026-07-10", 150.0), ("2026-08-10", 150.0)])
        return self.env["recurring.agreement"].search([("case_id", "=", self.case.id)], order="id desc", limit=1)

    def test_fees_that_were_charged_before_are_not_asked_again_when_it_is_broken(self):
        """Interest runs on from 1 July: 20 days of 1 % a month of 300.00."""
        self.charged()
        self.watch("2026-07-21")
        self.assertEqual(self.fees_of(self.may, "2026-07-21"), (0.0, 2.0))

    def test_nor_when_one_part_was_paid_meanwhile(self):
        """150.00 came on 10 July as agreed; the other 150.00 are due as before."""
        agreement = self.charged()
        self.pay("2026-07-10", self.may, 150.0)
        self.press("2026-07-21", agreement, "action_break", user=self.carla)
        self.assertEqual(self.fees_of(self.may, "2026-07-21"), (0.0, 1.0))

    def test_nor_when_it_is_taken_back(self):
        agreement = self.charged()
        self.press("2026-07-02", agreement, "action_undo", user=self.carla)
        self.assertEqual(self.items(self.may), [("2026-05-04", 300.0)])
        self.assertEqual(self.fees_of(self.may, "2026-07-21"), (0.0, 2.0))

    # Money that was taken back

    def test_a_payment_that_is_taken_back_lets_it_run_again_or_end(self):
        """Paid on 10 July and 10 August. On 12 August the last fails: it runs again, and ends when its days of patience are over."""
        agreement = self.signed()
        self.pay("2026-07-10", self.may, 250.0)
        self.pay("2026-08-10", self.may | self.june, 250.0)
        self.assertEqual(agreement.state, "kept")
        self.take_back("2026-08-12")
        self.assertEqual((agreement.state, agreement.kept_on), ("running", False))
        self.assertIn("taken back", agreement.case_id.activity_ids.mapped("summary")[-1])
        self.assertEqual(agreement.case_id.state, "open")
        self.watch("2026-08-21")
        self.assertEqual((agreement.state, str(agreement.broken_on)), ("broken", "2026-08-21"))

    def test_taken_back_when_the_days_of_patience_are_over_it_ends_at_once(self):
        agreement = self.signed()
        self.pay("2026-07-10", self.may, 250.0)
        self.pay("2026-08-10", self.may | self.june, 250.0)
        self.take_back("2026-10-01")
        self.assertEqual((agreement.state, str(agreement.broken_on)), ("broken", "2026-10-01"))
        open_items = [(day, left) for day, left in (*self.items(self.may), *self.items(self.june)) if left]
        self.assertEqual(open_items, [("2026-06-01", 200.0)], "the payment of June failed: due as before, spoken of anew from the 2nd on")
        customer = self.env["recurring.dunning.facts"].customers(self.company, fields.Date.to_date("2026-10-02"))[self.ana.id]
        self.assertEqual({(item.waits, str(item.cycle_from)) for item in customer.items}, {("", "2026-10-02")})

    def test_money_that_is_only_reconciled_anew_changes_nothing(self):
        """Who keeps the books takes the payment off its items; it is still there, so nothing was taken back."""
        agreement = self.signed()
        self.pay("2026-07-10", self.may, 250.0)
        self.pay("2026-08-10", self.may | self.june, 250.0)
        with self.committing("2026-08-25") as env:
            env["account.move"].browse(self.june.id).line_ids.remove_move_reconcile()
        self.env.invalidate_all()
        self.assertEqual((self.june.amount_residual, agreement.state), (200.0, "kept"))

    # What cannot be agreed

    def test_refused_with_words(self):
        for values, words in (
            ({"first_date": "2026-06-30"}, "today or later"),
            ({"count": 13}, "between 1 and 12"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self.signed(**values)

    def test_more_than_all_fees_cannot_be_waived(self):
        self.with_fees()
        with self.assertRaisesRegex(UserError, "between 0 and 100"):
            self.signed(discount_percent=120.0)

    def test_debts_of_one_agreement_are_not_agreed_twice(self):
        self.signed()
        other = self.invoice("2026-06-05", 50.0)
        with self.committing("2026-07-02", self.carla) as env:
            wizard = env["recurring.agreement.make"].create({"case_id": self.case.id})
            self.assertEqual(wizard.line_ids.move_id.ids, other.ids, "what is agreed already is not proposed")
            wizard.line_ids |= env["account.move"].browse(self.june.id).line_ids.filtered(lambda line: line.display_type == "payment_term")
            with self.assertRaisesRegex(UserError, "part of the agreement"):
                wizard.action_sign()

    def test_a_payment_while_the_dialog_is_open_is_noticed(self):
        with self.committing("2026-07-01", self.carla) as env:
            wizard = env["recurring.agreement.make"].create({"case_id": self.case.id, "count": 2})
            wizard.instalment_ids.mapped("amount")
            self.register(self.may, 100.0, "2026-07-01")
            env.invalidate_all()
            with self.assertRaisesRegex(UserError, "Make them the same"):
                wizard.action_sign()

    def test_who_may_not_collect_signs_nothing(self):
        seller = self.make_user("seller", "recurring_billing.group_user_all")
        with self.assertRaises(AccessError):
            self.agree("2026-07-01", self.case, user=seller, count=2)
        agreement = self.signed()
        with self.assertRaises(AccessError):
            self.press("2026-07-02", agreement, "action_undo", user=seller)
        with self.assertRaises(AccessError):
            agreement.with_user(self.carla).write({"state": "kept"})

    def test_a_promise_gives_way_to_the_agreement(self):
        promise = self.promise("2026-06-30", self.case, "2026-07-03")
        self.signed()
        self.watch("2026-07-08")
        self.assertEqual((promise.state, promise.broken_on), ("cancelled", False))

    # Foreign currency

    def test_a_debt_in_another_currency_is_divided_at_its_own_rate(self):
        self.make_rate(self.currency_eur, "2026-01-01", 0.8)
        boris = self.make_partner("Boris")
        move = self.invoice("2026-05-04", 100.0, boris, currency_id=self.currency_eur.id)
        self.assertEqual(move.amount_residual_signed, 125.0)
        agreement = self.agree("2026-07-01", self.case_of(boris), count=3, first_date="2026-07-10")
        self.assertEqual((agreement.currency_id, agreement.instalment_ids.mapped("amount")), (self.currency_eur, [33.33, 33.33, 33.34]))
        lines = move.line_ids.filtered(lambda line: line.display_type == "payment_term").sorted("date_maturity")
        self.assertEqual([(line.amount_currency, line.balance) for line in lines], [(33.33, 41.66), (33.33, 41.66), (33.34, 41.68)])


class TestAgreementEntries(ArrangingCase):
    """Opening balances and documents of closed periods: one journal entry takes their place."""

    def opening(self, day, amount, partner=None):
        receivable = (partner or self.ana).with_company(self.company).property_account_receivable_id
        journal = self.env["account.journal"].search([("company_id", "=", self.company.id), ("type", "=", "general")], limit=1)
        move = self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "date": day,
                "ref": "Opening balance",
                "line_ids": [
                    Command.create(
                        {
                            "name": "Invoice 77 of the old system",
                            "account_id": receivable.id,
                            "partner_id": (partner or self.ana).id,
                            "date_maturity": day,
                            "debit": amount,
                        }
                    ),
                    Command.create({"name": "Opening", "account_id": self.income.id, "credit": amount}),
                ],
            }
        )
        move.action_post()
        return move

    def test_an_opening_balance_goes_into_one_entry_with_its_dates(self):
        old = self.opening("2026-03-02", 300.0)
        agreement = self.agree("2026-07-01", self.case_of(), count=3, first_date="2026-07-10")
        entry = agreement.entry_id
        self.assertEqual((entry.state, str(entry.date)), ("posted", "2026-07-01"))
        self.assertEqual(self.items(entry), [("2026-07-10", 100.0), ("2026-08-10", 100.0), ("2026-09-10", 100.0)])
        self.assertTrue(old.line_ids.filtered(lambda line: line.debit).reconciled)
        self.assertEqual(set(entry.line_ids.account_id.mapped("account_type")), {"asset_receivable"})
        self.assertEqual((agreement.left, self.case_of().amount_open), (300.0, 300.0))

    def test_its_instalments_are_paid_with_the_counter_of_single_items(self):
        self.opening("2026-03-02", 300.0)
        agreement = self.agree("2026-07-01", self.case_of(), count=3, first_date="2026-07-10")
        with self.committing("2026-07-10") as env:
            first = env["recurring.agreement"].browse(agreement.id).instalment_ids[0].part_ids.line_id
            env["recurring.receipt"].receive(
                env["account.move"], 100.0, env["account.journal"].browse(self.bank.id), fields.Date.to_date("2026-07-10"), lines=first
            )
        self.env.invalidate_all()
        self.assertEqual(agreement.instalment_ids.mapped("is_paid"), [True, False, False])

    def test_taking_it_back_opens_the_old_debt(self):
        old = self.opening("2026-03-02", 300.0)
        agreement = self.agree("2026-07-01", self.case_of(), count=3, first_date="2026-07-10")
        entry = agreement.entry_id
        self.press("2026-07-02", agreement, "action_undo", user=self.carla)
        self.assertEqual(self.items(old), [("2026-03-02", 300.0)])
        self.assertEqual(sum(entry.line_ids.mapped("amount_residual")), 0.0)
        self.assertEqual(self.case_of().amount_open, 300.0)

    def test_an_invoice_of_a_closed_period_does_not_count_as_paid_before_it_is(self):
        move = self.invoice("2026-03-02", 300.0)
        self.company.fiscalyear_lock_date = "2026-05-31"
        agreement = self.agree("2026-07-01", self.case_of(), count=2, first_date="2026-07-10")
        self.assertTrue(agreement.entry_id)
        self.env["account.move"]._recurring_tell_money_moved()
        self.assertEqual((move.amount_residual, move.recurring_is_settled), (0.0, False), "only its entry says so")
        lines = agreement.entry_id.line_ids.filtered("date_maturity")
        for day, line in zip(("2026-07-10", "2026-08-10"), lines.sorted("date_maturity"), strict=True):
            self.assertFalse(move.recurring_is_settled)
            with self.committing(day) as env:
                journal = env["account.journal"].browse(self.bank.id)
                item = env["account.move.line"].browse(line.id)
                env["recurring.receipt"].receive(env["account.move"], 150.0, journal, fields.Date.to_date(day), lines=item)
            self.env.invalidate_all()
        self.assertEqual((agreement.state, move.recurring_is_settled), ("kept", True))

    def test_one_date_needs_no_entry_even_in_a_closed_period(self):
        move = self.invoice("2026-03-02", 300.0)
        self.company.fiscalyear_lock_date = "2026-05-31"
        agreement = self.agree("2026-07-01", self.case_of(), count=1, first_date="2026-07-10")
        self.assertFalse(agreement.entry_id)
        self.assertEqual(self.items(move), [("2026-07-10", 300.0)])
