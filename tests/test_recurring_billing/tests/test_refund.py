"""Money goes back the way it came: from a credit note to the card, once."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .charging import ChargingCommon

QUIET = (
    "odoo.addons.payment.models.payment_provider",
    "odoo.addons.payment.models.payment_transaction",
    "odoo.addons.recurring_billing.services.provider_request",
)


class TestRefund(ChargingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bert = cls.make_user("bert", "account.group_account_invoice")
        cls.ana = cls.make_partner()

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(*QUIET))

    def paid(self, *words, price=57.5):
        """An invoice of 1 March, paid by card; the words are of the card."""
        subscription = self.subscribe("2024-03-01", price, partner=self.ana)
        self.bill("2024-03-01", subscription)
        invoice = self.invoices(subscription)
        transaction = self.transaction(self.card(self.ana, *words), invoice)
        transaction._charge_with_token()
        transaction._post_process()
        return invoice, transaction

    def credit(self, invoice, amount=None):
        """A posted credit note for an invoice, of all of it or of an amount."""
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard = wizard.create({"journal_id": invoice.journal_id.id, "date": "2024-03-20"})
        credit = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        if amount:
            credit.invoice_line_ids.price_unit = amount
        if credit.state == "draft":
            credit.action_post()
        return credit

    def press_refund(self, credit, amount=None, user=None):
        """Press the button as a person would."""
        action = credit.with_user(user or self.bert).action_recurring_refund()
        values = {**({"amount": amount} if amount is not None else {})}
        with self.committing("2024-03-20", user or self.bert) as env:
            wizard = env["recurring.refund"].with_context(**action["context"]).create(values)
            return wizard.action_refund()["params"]

    def given_back(self, transaction):
        """What the gateway really gave back of a payment."""
        return [str(amount) for reference, amount in self.gateway.moved("refund") if reference == transaction.reference]

    def test_a_whole_credit_note_goes_back_to_the_card_that_paid(self):
        invoice, transaction = self.paid()
        credit = self.credit(invoice)
        self.assertEqual((credit.amount_residual, credit.recurring_refundable, invoice.recurring_refundable), (57.5, 57.5, 57.5))
        said = self.press_refund(credit)
        self.assertEqual(said["type"], "success", said)
        self.assertEqual(self.given_back(transaction), ["57.50"])
        refund = transaction.child_transaction_ids
        self.assertEqual((refund.state, refund.amount, refund.invoice_ids), ("done", -57.5, credit))
        self.assertEqual((refund.payment_id.payment_type, refund.payment_id.amount), ("outbound", 57.5))
        self.assertIn(credit.payment_state, ("paid", "in_payment"))
        self.assertFalse(credit.amount_residual or credit.recurring_refundable)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"), "what was paid and given back owes nothing")
        attempt = refund.recurring_attempt_ids
        self.assertEqual((attempt.kind, attempt.outcome, attempt.clarify, attempt.started_by), ("refund", "done", False, self.bert))

    def test_a_credit_whose_refund_has_no_answer_is_not_given_back_from_another_payment(self):
        invoice, first = self.paid()
        second = self.transaction(self.card(self.ana), invoice, amount=57.5)
        second._charge_with_token()
        second._post_process()
        credit = self.credit(invoice)
        refund = type(second)._send_refund_request
        with patch.object(type(second), "_send_refund_request", lambda tx: (refund(tx) and None) or self.fail_after()):
            said = self.press_refund(credit)
        self.assertEqual(said["type"], "warning", said)
        with self.assertRaisesRegex(UserError, "no clear outcome"):
            self.press_refund(credit)
        self.assertEqual((self.given_back(first), self.given_back(second)), ([], ["57.50"]))

    def fail_after(self):
        raise ConnectionError

    def test_a_part_and_then_the_rest(self):
        invoice, transaction = self.paid()
        credit = self.credit(invoice)
        self.press_refund(credit, 20.0)
        self.assertEqual((credit.amount_residual, credit.recurring_refundable), (37.5, 37.5))
        with self.assertRaisesRegex(UserError, "Up to"):
            self.press_refund(credit, 37.51)
        self.press_refund(credit)
        self.assertEqual(self.given_back(transaction), ["20.00", "37.50"])
        self.assertFalse(credit.amount_residual)

    def test_a_credit_note_of_a_part_gives_back_that_part_only(self):
        invoice, transaction = self.paid()
        credit = self.credit(invoice, 10.0)
        self.assertEqual(credit.recurring_refundable, 10.0)
        self.press_refund(credit)
        self.assertEqual(self.given_back(transaction), ["10.00"])

    def test_no_answer_is_never_asked_for_again_before_somebody_clarifies(self):
        for words, happened in (("ok/500", ["57.50"]), ("/drop", [])):
            with self.subTest(words):
                self.gateway.forget()
                invoice, transaction = self.paid("ok")
                credit = self.credit(invoice)
                self.gateway.script({f"refund:{transaction.token_id.provider_ref}": [words]})
                said = self.press_refund(credit)
                self.assertEqual(said["type"], "warning", said)
                refund = transaction.child_transaction_ids
                self.assertEqual((refund.state, refund.recurring_unknown), ("pending", True))
                self.assertEqual(refund.recurring_attempt_ids.clarify, "unknown")
                self.assertEqual(self.given_back(transaction), happened)
                self.assertEqual(credit.recurring_refundable, 0.0)
                with self.assertRaises(UserError):
                    self.press_refund(credit, 57.5)
                with self.assertRaisesRegex(UserError, "no clear outcome"):
                    self.press("2024-03-21", transaction, "action_refund", 57.5, user=self.bert)
                self.assertEqual(self.given_back(transaction), happened)
                button = "action_paid" if happened else "action_not_paid"
                self.press("2024-03-21", refund.recurring_attempt_ids, button, user=self.bert)
                if happened:
                    self.assertEqual((refund.state, credit.amount_residual), ("done", 0.0))
                else:
                    self.press_refund(credit)
                    self.assertEqual((self.given_back(transaction), credit.amount_residual), (["57.50"], 0.0))

    def test_the_provider_says_no(self):
        invoice, transaction = self.paid("ok")
        credit = self.credit(invoice)
        self.gateway.script({f"refund:{transaction.token_id.provider_ref}": ["soft"]})
        said = self.press_refund(credit)
        self.assertEqual(said["type"], "danger", said)
        self.assertEqual((self.given_back(transaction), credit.amount_residual, credit.recurring_refundable), ([], 57.5, 57.5))
        self.assertFalse(transaction.child_transaction_ids.recurring_attempt_ids.clarify)

    def test_what_was_paid_in_cash_does_not_go_to_a_card(self):
        subscription = self.subscribe("2024-03-01", 57.5, partner=self.ana)
        self.bill("2024-03-01", subscription)
        invoice = self.invoices(subscription)
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create(
            {}
        ).action_create_payments()
        credit = self.credit(invoice)
        self.assertEqual((credit.amount_residual, credit.recurring_refundable), (57.5, 0.0))

    def test_odoos_own_refund_of_money_paid_twice_is_reconciled_with_it(self):
        invoice, first = self.paid()
        second = self.transaction(self.card(self.ana), invoice, amount=57.5)
        second._charge_with_token()
        second._post_process()
        self.press("2024-03-20", second, "action_refund", 57.5, user=self.bert)
        self.assertEqual(self.given_back(second), ["57.50"])
        lines = (second.payment_id | second.child_transaction_ids.payment_id).move_id.line_ids
        self.assertFalse(sum(lines.filtered(lambda line: line.account_id.account_type == "asset_receivable").mapped("amount_residual")))
        self.assertEqual(len(lines.full_reconcile_id), 1)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertFalse(first.child_transaction_ids)
        self.assertEqual(second.child_transaction_ids.recurring_attempt_ids.mapped("clarify"), [False])

    def test_what_was_taken_back_is_not_refunded_too(self):
        invoice, transaction = self.paid()
        transaction._recurring_charge_back(day="2024-03-19")
        credit = self.credit(invoice)
        self.assertFalse(credit.recurring_refundable)

    def test_a_copy_refunds_nothing(self):
        invoice, transaction = self.paid()
        credit = self.credit(invoice)
        self.assertTrue(self.env["recurring.identity"].is_confirmed())
        self.env["ir.config_parameter"].set_param("database.uuid", "a copy")
        with self.assertRaisesRegex(UserError, "copy of the live database"):
            self.press_refund(credit)
        with self.assertRaisesRegex(UserError, "copy of the live database"):
            self.press("2024-03-20", transaction, "action_refund", 57.5, user=self.bert)
        self.assertEqual(self.given_back(transaction), [])

    def test_only_billing_refunds(self):
        invoice, transaction = self.paid()
        credit = self.credit(invoice)
        for group in ("recurring_billing.group_manager", "recurring_billing.group_collections", "recurring_billing.group_auditor"):
            with self.subTest(group), self.assertRaises(AccessError):
                self.press_refund(credit, user=self.make_user(group, group))
        self.assertEqual(self.given_back(transaction), [])

    def test_the_dialog_tells_nothing_of_another_company(self):
        """Whoever calls the dialog with the number of any credit note reads nothing of those that are not theirs."""
        invoice, _transaction = self.paid()
        credit = self.credit(invoice)
        stranger = self.make_user("stranger", "account.group_account_invoice", companies=self.company_brl)
        dialogs = self.env(user=stranger, context={"allowed_company_ids": self.company_brl.ids})["recurring.refund"]
        with self.assertRaises(AccessError):
            dialogs.create({"credit_id": credit.id}).read(["residual", "amount", "cards"])
        with self.assertRaises(AccessError):
            dialogs.onchange({"credit_id": credit.id}, ["credit_id"], {"credit_id": {}, "residual": {}, "amount": {}, "cards": {}})
