"""A card payment is taken back through the bank: the debt is open again, and nothing charges it by itself."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .charging import ChargingCommon

QUIET = ("odoo.addons.payment.models.payment_provider", "odoo.addons.payment.models.payment_transaction")


class TestChargeback(ChargingCommon):
    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(*QUIET))
        self.bert = self.make_user("bert", "account.group_account_invoice")
        self.ana = self.make_partner()

    def paid(self, price=57.5, start="2024-03-01", **values):
        """An invoice of a subscription, paid by card."""
        subscription = self.subscribe(start, price, partner=self.ana, **values)
        self.bill(start, subscription)
        invoice = self.invoices(subscription)
        transaction = self.transaction(self.card(self.ana, "ok"), invoice)
        transaction._charge_with_token()
        transaction._post_process()
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        return invoice, transaction

    def test_the_invoice_is_open_again_and_the_card_is_not_charged_any_more(self):
        invoice, transaction = self.paid()
        wizard = (
            self.env["recurring.chargeback.record"]
            .with_user(self.bert)
            .create({"transaction_id": transaction.id, "date": "2024-03-20", "reason": "Not known to the cardholder", "case": "dp_1"})
        )
        self.assertEqual(wizard.amount, 57.5)
        wizard.action_record()
        case = transaction.recurring_chargeback_ids
        self.assertEqual((case.amount, str(case.date), case.state, case.partner_id), (57.5, "2024-03-20", "open", self.ana))
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("not_paid", 57.5))
        self.assertEqual(case.move_ids, invoice)
        self.assertEqual(
            (case.payment_id.payment_type, case.payment_id.amount, str(case.payment_id.date)), ("outbound", 57.5, "2024-03-20")
        )
        self.assertTrue(transaction.token_id.recurring_refused)
        self.assertTrue(invoice.recurring_is_disputed)
        self.assertIn("taken back", invoice.recurring_chargeback_hint)
        self.assertEqual(sum(self.receivables().mapped("balance")), 57.5, "what the customer owes is one invoice")
        self.assertEqual(sum(self.receivables().mapped("amount_residual")), 57.5)

    def test_reminders_go_on_the_next_day(self):
        """The money is gone and the debt is open: whoever contests the debt itself has a dispute, which waits until it is answered."""
        invoice, transaction = self.paid()
        line = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.env["recurring.charging.back"].take_back(transaction, day=fields.Date.to_date("2024-03-20"))

        def waits(day):
            items = self.env["recurring.dunning.facts"].customers(self.company, fields.Date.to_date(day), self.ana.ids)[self.ana.id].items
            return next(item.waits for item in items if item.key == line.id)

        self.assertEqual((waits("2024-03-20"), waits("2024-03-21")), ("taken_back", ""))

    def receivables(self):
        return self.env["account.move.line"].search(
            [("partner_id", "=", self.ana.id), ("account_id.account_type", "=", "asset_receivable"), ("parent_state", "=", "posted")]
        )

    def test_no_scheduled_charge_takes_it_up_again_even_with_another_card(self):
        self.company.write({"recurring_charge": True, "recurring_charge_from": "2024-01-01"})
        subscription = self.subscribe("2024-03-01", 57.5, partner=self.ana, plan=self.make_plan(invoice_mode="post_charge"))
        card = self.card(self.ana, "ok")
        subscription.payment_token_id = card
        self.bill("2024-03-01", subscription)
        invoice = self.invoices(subscription)
        self.charge("2024-03-01")
        transaction = invoice.transaction_ids
        self.assertEqual((transaction.state, self.captured(card)), ("done", ["57.50"]))
        self.press("2024-03-20", transaction, "_recurring_charge_back")
        other = self.card(self.ana, "ok")
        subscription.payment_token_id = other
        for day in ("2024-03-20", "2024-03-21", "2024-03-28"):
            self.charge(day)
        self.assertEqual((self.captured(other), self.captured(card)), ([], ["57.50"]))
        self.assertEqual((invoice.amount_residual, invoice.recurring_charge_stop), (57.5, "disputed"))
        self.press("2024-03-29", invoice, "action_recurring_charge_resume", user=self.responsible)
        self.charge("2024-03-29")
        self.assertEqual((self.captured(other), self.captured(card)), (["57.50"], ["57.50"]), "a person may decide so")

    def charge(self, day):
        self.trigger("cron_charge", day)

    def test_a_notice_that_comes_twice_counts_once(self):
        invoice, transaction = self.paid()
        first = transaction._recurring_charge_back(day="2024-03-20", case="dp_1")
        self.assertEqual(transaction._recurring_charge_back(day="2024-03-21", case="dp_1"), first)
        with self.assertRaisesRegex(UserError, "can still be taken back"):
            transaction._recurring_charge_back(day="2024-03-21", case="dp_2")
        self.assertEqual((len(transaction.recurring_chargeback_ids), invoice.amount_residual), (1, 57.5))

    def test_a_part_is_taken_back(self):
        invoice, transaction = self.paid()
        transaction._recurring_charge_back(amount=20.0, day="2024-03-20", case="dp_1")
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("partial", 20.0))
        transaction._recurring_charge_back(amount=37.5, day="2024-03-25", case="dp_2")
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("not_paid", 57.5))

    def test_what_was_refunded_is_not_taken_back_again(self):
        _invoice, transaction = self.paid()
        refund = transaction._refund(17.5)
        refund._post_process()
        with self.assertRaises(UserError):
            transaction._recurring_charge_back(amount=57.5, day="2024-03-20")
        self.assertEqual(transaction._recurring_charge_back(day="2024-03-20").amount, 40.0)

    def test_the_oldest_invoice_keeps_what_is_left_of_a_payment_for_two(self):
        first, _paid = self.unpaid("2024-03-01"), None
        second = self.unpaid("2024-04-01")
        transaction = self.transaction(self.card(self.ana, "ok"), first | second, amount=115.0)
        transaction._charge_with_token()
        transaction._post_process()
        self.assertFalse(first.amount_residual or second.amount_residual)
        case = transaction._recurring_charge_back(amount=50.0, day="2024-04-20")
        self.assertEqual((first.amount_residual, second.amount_residual), (0.0, 50.0))
        self.assertEqual(case.move_ids, first | second)

    def unpaid(self, start):
        subscription = self.subscribe(start, 57.5, partner=self.ana)
        self.bill(start, subscription)
        return self.invoices(subscription)

    def test_won_pays_the_invoice_again(self):
        invoice, transaction = self.paid()
        case = transaction._recurring_charge_back(day="2024-03-20", case="dp_1")
        self.press("2024-05-02", case, "action_won", user=self.bert)
        self.assertEqual((case.state, str(case.decided_on), case.return_payment_id.amount), ("won", "2024-05-02", 57.5))
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertFalse(invoice.recurring_chargeback_hint)
        with self.assertRaisesRegex(UserError, "decided on"):
            case.action_lost()

    def test_lost_leaves_it_open(self):
        other, transaction = self.paid()
        case = transaction._recurring_charge_back(day="2024-03-20", case="dp_2")
        transaction._recurring_charge_back_decided(False, case="dp_2", day="2024-05-03")
        self.assertEqual((case.state, other.amount_residual), ("lost", 57.5))
        self.assertFalse(transaction._recurring_charge_back_decided(True, case="dp_2"), "what was decided stays")

    def test_a_payment_that_was_not_made_cannot_be_taken_back(self):
        transaction = self.transaction(self.card(self.ana, "hard"), amount=57.5)
        transaction._charge_with_token()
        with self.assertRaisesRegex(UserError, "Only a payment that was made"):
            transaction._recurring_charge_back()

    def test_who_may(self):
        _invoice, transaction = self.paid()
        for group in ("recurring_billing.group_manager", "recurring_billing.group_collections", "recurring_billing.group_auditor"):
            user = self.make_user(group, group)
            with self.subTest(group), self.assertRaises(AccessError):
                transaction.with_user(user)._recurring_charge_back()
        case = transaction.with_user(self.bert)._recurring_charge_back()
        auditor = self.env["res.users"].search([("login", "=", "test_recurring_billing.group_auditor")])
        self.assertEqual(case.with_user(auditor).amount, 57.5)
        for user in (auditor, self.bert):
            with self.assertRaises(AccessError):
                case.with_user(user).write({"reason": "other"})
        with self.assertRaises(AccessError):
            case.with_user(auditor).action_lost()
        with self.assertRaises(AccessError):
            self.env["account.move"].with_user(self.bert).browse(case.move_ids.ids).write({"recurring_is_disputed": False})
        stranger = self.make_user("stranger", "recurring_billing.group_user_all", companies=self.company_eur)
        self.assertFalse(
            self.env["recurring.chargeback"].with_user(stranger).with_context(allowed_company_ids=self.company_eur.ids).search([])
        )
