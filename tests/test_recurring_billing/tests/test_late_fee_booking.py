"""Fees of debts paid another way: on the next invoice, by a document, taken from money left over, waived, or for a person to decide."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .fees import FeeCase


@tagged("post_install", "-at_install")
class BookingCase(FeeCase):
    def charge(self, day):
        """The scheduled action charges what is to be charged."""
        self.trigger("cron_late_fees", day)

    def pay(self, moves, amount, day):
        payment = self.register(moves, amount, day)
        self.env.cr.flush()
        return payment

    def totals(self, subscription):
        return [(move.move_type, move.amount_total, move.state) for move in self.invoices(subscription)]


class TestOnTheNextInvoice(BookingCase):
    def test_fees_are_lines_of_the_next_invoice(self):
        """10 March 1 000.00, paid by bank on the 25th; 20.00 and 5.00 are lines of April's invoice, which is 1 025.00.

        That one is late too: fees of 1 000.00 alone, for fees bear no fees: on 25 April 20.00 and 5.00.
        """
        self.policy.booking = "next_invoice"
        invoice = self.owe()
        subscription = invoice.recurring_subscription_ids
        self.assertEqual(self.due(invoice, "2026-03-25"), (1000.0, 20.0, 5.0, 0.0, 1000.0))
        self.pay(invoice, 1000.0, "2026-03-25")
        fee = self.fees_of(invoice)
        self.assertEqual((fee.state, fee.way), ("to_charge", "next_invoice"))
        self.charge("2026-03-25")
        self.charge("2026-03-26")
        self.assertEqual(sorted(fee.one_off_ids.mapped("amount")), [5.0, 20.0])
        self.assertEqual(fee.state, "to_charge")
        self.bill("2026-04-10", subscription)
        april = self.invoices(subscription)[-1]
        self.assertEqual((april.amount_total, april.state, fee.state), (1025.0, "posted", "booked"))
        self.assertIn(f"Fine for late payment of {invoice.name}", april.invoice_line_ids.mapped("name")[1])
        self.bill("2026-05-10", subscription)
        self.assertEqual(self.invoices(subscription)[-1].amount_total, 1000.0)
        self.assertEqual(self.due(april, "2026-04-25"), (1025.0, 20.0, 5.0, 0.0, 1025.0))

    def test_a_payment_undone_takes_the_charge_back(self):
        """Paid on 25 March, the payment is cancelled on the 26th: nothing of its fees is on April's invoice."""
        self.policy.booking = "next_invoice"
        invoice = self.owe()
        payment = self.pay(invoice, 1000.0, "2026-03-25")
        self.charge("2026-03-25")
        payment.action_draft()
        payment.action_cancel()
        self.env.cr.flush()
        self.assertFalse(self.fees_of(invoice))
        subscription = invoice.recurring_subscription_ids
        self.bill("2026-04-10", subscription)
        self.assertEqual(self.totals(subscription), [("out_invoice", 1000.0, "posted")] * 2)

    def test_who_pays_the_fees_at_once_is_not_charged_again(self):
        """1 025.00 received although fees go on the next invoice: they are booked with the payment."""
        self.policy.booking = "next_invoice"
        invoice = self.owe()
        self.receive(invoice, 1025.0, "2026-03-25")
        self.env.cr.flush()
        self.assertEqual([(fee.state, fee.way) for fee in self.fees_of(invoice)], [("booked", "payment")])

    def test_of_a_subscription_that_several_pay_only_who_was_late_is_charged(self):
        """Ana and Bea pay half each. Ana is late with 500.00: 10.00 and 2.50 on a document of hers."""
        self.policy.booking = "next_invoice"
        ana, bea = self.make_partner("Ana"), self.make_partner("Bea")
        subscription = self.subscribe(
            "2026-03-10",
            1000.0,
            partner=ana,
            payer_ids=[(0, 0, {"partner_id": ana.id, "percent": 50.0}), (0, 0, {"partner_id": bea.id, "percent": 50.0})],
        )
        self.bill("2026-03-10", subscription)
        mine = self.invoices(subscription).filtered(lambda move: move.partner_id == ana)
        self.pay(mine, 500.0, "2026-03-25")
        self.charge("2026-03-25")
        document = self.fees_of(mine).entry_id
        self.assertEqual((document.partner_id, document.amount_total, document.state), (ana, 12.5, "posted"))


class TestByADocument(BookingCase):
    def test_fees_are_an_invoice_of_their_own(self):
        """10 March 1 000.00, paid on the 25th: an invoice of 25.00 is posted that day, and itself bears no fees when it is late."""
        self.policy.booking = "document"
        invoice = self.owe()
        self.pay(invoice, 1000.0, "2026-03-25")
        self.charge("2026-03-25")
        fee = self.fees_of(invoice)
        document = fee.entry_id
        self.assertEqual((fee.state, document.state, str(document.invoice_date)), ("booked", "posted", "2026-03-25"))
        self.assertEqual(document.invoice_line_ids.mapped("price_subtotal"), [20.0, 5.0])
        self.assertEqual((document.partner_id, document.invoice_origin), (invoice.partner_id, invoice.name))
        self.assertEqual(self.due(document, "2026-05-25"), (25.0, 0.0, 0.0, 0.0, 25.0))
        self.charge("2026-03-26")
        self.assertEqual(len(self.invoices(invoice.recurring_subscription_ids)), 2)

    def test_a_cancelled_document_is_not_made_again(self):
        self.policy.booking = "document"
        invoice = self.owe()
        self.pay(invoice, 1000.0, "2026-03-25")
        self.charge("2026-03-25")
        document = self.fees_of(invoice).entry_id
        document.button_draft()
        document.button_cancel()
        self.charge("2026-03-26")
        self.assertEqual((self.fees_of(invoice).state, self.fees_of(invoice).entry_id), ("void", document))

    def test_what_cannot_be_charged_waits_for_a_person(self):
        """The document of one is refused: its fees are listed, those of another customer are charged all the same."""
        self.policy.booking = "document"
        first, second = self.owe(), self.owe(partner=self.make_partner("Bea"))
        self.pay(first, 1000.0, "2026-03-25")
        self.pay(second, 1000.0, "2026-03-25")
        other = type(self.env["recurring.late.fee.charging"])._charge_document

        def refuse(service, fee):
            if fee.move_id == first:
                raise UserError(service.env._("Not today"))
            return other(service, fee)

        self.patch(type(self.env["recurring.late.fee.charging"]), "_charge_document", refuse)
        self.charge("2026-03-25")
        self.assertEqual((self.fees_of(first).state, self.fees_of(second).state), ("open", "booked"))


class TestMoneyThatCameAnotherWay(BookingCase):
    def test_a_surplus_is_listed_and_booked_with_one_button(self):
        """1 025.00 registered as a plain payment on 25 March: 25.00 are left over; the button books 20.00 and 5.00 on that day."""
        invoice = self.owe()
        payment = self.pay(invoice, 1025.0, "2026-03-25")
        fee = self.fees_of(invoice)
        self.assertEqual((fee.state, fee.total, fee.surplus), ("open", 25.0, 25.0))
        collector = self.make_user("collector", "recurring_billing.group_collections")
        self.press("2026-03-30", fee, "action_book_surplus", user=collector)
        entry = fee.entry_id
        self.assertEqual((fee.state, fee.way, str(entry.date), entry.state), ("booked", "surplus", "2026-03-25", "posted"))
        credits = sorted((line.account_id.code, line.balance) for line in entry.line_ids if line.balance < 0)
        self.assertEqual(credits, [("400901", -20.0), ("400902", -5.0)])
        self.assertTrue(all(line.reconciled for line in payment.move_id.line_ids if line.account_id.account_type == "asset_receivable"))
        self.assertEqual(fee.surplus, 0.0)

    def test_it_is_not_charged_on_the_next_invoice(self):
        """The policy charges fees later, but the money for them is here: a person looks at it."""
        self.policy.booking = "next_invoice"
        invoice = self.owe()
        self.pay(invoice, 1025.0, "2026-03-25")
        self.assertEqual(self.fees_of(invoice).state, "open")

    def test_a_small_surplus_leaves_the_rest_to_decide(self):
        """1 022.00: 20.00 and 2.00 are booked, 3.00 of interest wait; with a limit of 5.00 they are waived."""
        for limit, state in ((0.0, "open"), (5.0, "waived")):
            with self.subTest(limit=limit):
                invoice = self.owe()
                self.pay(invoice, 1022.0, "2026-03-25")
                self.policy.waive_below = limit
                self.press("2026-03-30", self.fees_of(invoice), "action_book_surplus")
                fees = self.fees_of(invoice)
                self.assertEqual([(fee.state, fee.fine, fee.interest) for fee in fees], [("booked", 20.0, 2.0), (state, 0.0, 3.0)])

    def test_more_than_the_fees_stays_with_the_customer(self):
        invoice = self.owe()
        payment = self.pay(invoice, 1100.0, "2026-03-25")
        self.press("2026-03-30", self.fees_of(invoice), "action_book_surplus")
        left = payment.move_id.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        self.assertEqual((left.amount_residual, left.reconciled), (-75.0, False))

    def test_the_button_of_the_list_of_money_left_over(self):
        invoice = self.owe()
        payment = self.pay(invoice, 1025.0, "2026-03-25")
        left = payment.move_id.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        self.assertEqual((left.recurring_money_over, left.recurring_fees_open), (25.0, 25.0))
        self.press("2026-03-30", left, "action_recurring_book_fees")
        self.assertEqual((self.fees_of(invoice).state, left.reconciled), ("booked", True))

    def test_nobody_decides_twice(self):
        invoice = self.owe()
        self.pay(invoice, 1025.0, "2026-03-25")
        fee = self.fees_of(invoice)
        self.press("2026-03-30", fee, "action_book_surplus")
        with self.assertRaisesRegex(UserError, "decided already"):
            self.press("2026-03-30", fee, "action_waive")

    def test_salespeople_do_not_decide(self):
        invoice = self.owe()
        self.pay(invoice, 1000.0, "2026-03-25")
        for group in ("recurring_billing.group_user_all", "recurring_billing.group_auditor"):
            user = self.make_user(group.rpartition("_")[2], group)
            with self.assertRaisesRegex(AccessError, "Collections and Billing"):
                self.press("2026-03-30", self.fees_of(invoice), "action_waive", user=user)

    def test_money_in_time_asks_nothing(self):
        """Due Tuesday 10 March; and of a debt due on Saturday the 14th, money of Monday."""
        for day, paid in (("2026-03-10", "2026-03-10"), ("2026-03-14", "2026-03-16")):
            invoice = self.owe(day)
            self.pay(invoice, 1000.0, paid)
            self.assertEqual((invoice.payment_state, len(self.fees_of(invoice))), ("paid", 0))

    def test_a_debt_that_is_written_off_is_not_paid(self):
        """Written off by a journal entry on 25 April: no fees are asked of it."""
        invoice = self.owe()
        item = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
        loss = self.env["account.move"].create(
            {
                "date": "2026-04-25",
                "line_ids": [
                    (0, 0, {"account_id": item.account_id.id, "partner_id": invoice.partner_id.id, "credit": 1000.0}),
                    (0, 0, {"account_id": self.discount_account.id, "debit": 1000.0}),
                ],
            }
        )
        loss.action_post()
        (loss.line_ids.filtered(lambda line: line.account_id == item.account_id) | item).reconcile()
        self.env.cr.flush()
        self.assertEqual((invoice.payment_state, len(self.fees_of(invoice))), ("paid", 0))


class TestDeciding(BookingCase):
    def paid_without_fees(self):
        invoice = self.owe()
        self.pay(invoice, 1000.0, "2026-03-25")
        return invoice, self.fees_of(invoice)

    def test_money_without_fees_is_listed(self):
        invoice, fee = self.paid_without_fees()
        self.assertEqual((invoice.payment_state, fee.state, fee.total, fee.surplus), ("paid", "open", 25.0, 0.0))
        with self.assertRaisesRegex(UserError, "Nothing is left over"):
            self.press("2026-03-30", fee, "action_book_surplus")

    def test_charged_on_the_next_invoice(self):
        invoice, fee = self.paid_without_fees()
        self.press("2026-03-30", fee, "action_charge_next", user=self.make_user("collector", "recurring_billing.group_collections"))
        self.bill("2026-04-10", invoice.recurring_subscription_ids)
        self.assertEqual(self.totals(invoice.recurring_subscription_ids)[-1], ("out_invoice", 1025.0, "posted"))

    def test_charged_by_a_document(self):
        _invoice, fee = self.paid_without_fees()
        self.press("2026-03-30", fee, "action_charge_document", user=self.make_user("collector", "recurring_billing.group_collections"))
        self.assertEqual((fee.entry_id.amount_total, fee.entry_id.state, fee.state), (25.0, "posted", "booked"))

    def test_waived(self):
        invoice, fee = self.paid_without_fees()
        self.press("2026-03-30", fee, "action_waive")
        self.assertEqual(fee.state, "waived")
        self.env.cr.flush()
        self.assertEqual(len(self.fees_of(invoice)), 1)

    def test_little_is_waived_by_itself(self):
        """One day late with a limit of 30.00: 20.33 are waived."""
        self.policy.waive_below = 30.0
        invoice = self.owe()
        self.pay(invoice, 1000.0, "2026-03-11")
        self.assertEqual((self.fees_of(invoice).state, self.fees_of(invoice).total), ("waived", 20.33))

    def test_each_instalment_is_decided_by_itself(self):
        """500.00 due 20 March, paid on the 30th: 10.00 and 1.67 are listed while the other instalment is open."""
        subscription = self.subscribe("2026-03-10", 1000.0, payment_term_id=self.installments(10, 30).id)
        self.bill("2026-03-10", subscription)
        invoice = self.invoices(subscription)
        self.pay(invoice, 500.0, "2026-03-30")
        fee = self.fees_of(invoice)
        self.assertEqual((fee.total, str(fee.date_due), invoice.amount_residual), (11.67, "2026-03-20", 500.0))

    def test_sellers_see_the_fees_of_their_own(self):
        seller = self.make_user("seller", "recurring_billing.group_user")
        other = self.make_user("other", "recurring_billing.group_user")
        subscription = self.subscribe("2026-03-10", 1000.0, user_id=seller.id)
        self.bill("2026-03-10", subscription)
        self.pay(self.invoices(subscription), 1000.0, "2026-03-25")
        fees = self.env["recurring.late.fee"]
        mine = [("id", "=", self.fees_of(self.invoices(subscription)).id)]
        self.assertEqual((fees.with_user(seller).search_count(mine), fees.with_user(other).search_count(mine)), (1, 0))
