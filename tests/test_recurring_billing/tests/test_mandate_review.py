"""Mandate and card beside each other: money is asked for in one way at a time, and never before it is due."""

from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.recurring_billing.services.mandate_collection import RecurringMandateCollection
from odoo.addons.test_recurring_billing.models.mandate_bank import BANK

from .collecting import CollectingCommon

MANDATES = "odoo.addons.recurring_billing.services.mandate_collection"


@tagged("post_install", "-at_install")
class TestMandateReview(CollectingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        journal = cls.env["account.journal"].create({"name": "Bank", "code": "MBNK", "type": "bank", "company_id": cls.company.id})
        cls.scheme = cls.env["recurring.mandate.scheme"].create({"name": "Pix", "code": "simulated", "journal_id": journal.id})
        cls.ana = cls.make_partner()

    def setUp(self):
        super().setUp()
        BANK.__init__()
        self.enterContext(mute_logger("odoo.addons.payment.models.payment_provider", "odoo.addons.payment.models.payment_transaction"))

    def mandate(self, **values):
        mandate = self.env["recurring.mandate"].create({"scheme_id": self.scheme.id, "partner_id": self.ana.id, **values})
        mandate.action_agreed()
        return mandate

    def announce(self, day):
        self.trigger("cron_mandate", day)

    def test_a_card_is_not_charged_while_a_debit_is_under_way_though_the_mandate_ended(self):
        for end in ("cancelled", "taken off"):
            with self.subTest(end):
                BANK.says = ["ok", "ok", "late"]
                mandate = self.mandate()
                subscription, token = self.charged("2024-03-01", 57.5, "ok", partner=self.ana, mandate_id=mandate.id)
                invoice = self.invoices(subscription)
                self.announce("2024-03-01")
                debit = invoice.recurring_debit_ids
                self.assertEqual((debit.state, debit.amount), ("announced", 57.5))
                if end == "cancelled":
                    self.press("2024-03-01", mandate, "action_cancel")
                else:
                    subscription.mandate_id = False
                self.collect("2024-03-02")
                self.assertEqual(self.captured(token), [], "the bank still debits it")
                debit._recurring_learn("done", day=debit.day)
                self.collect("2024-03-05")
                self.assertEqual(self.captured(token), [])
                self.assertIn(invoice.payment_state, ("paid", "in_payment"))

    def test_nothing_is_debited_while_nobody_knows_whether_the_card_was_charged(self):
        subscription, token = self.charged("2024-03-01", 57.5, "ok/500", partner=self.ana)
        self.collect("2024-03-01")
        invoice = self.invoices(subscription)
        self.assertEqual(invoice.recurring_charge_state, "clarify")
        subscription.mandate_id = self.mandate()
        self.announce("2024-03-02")
        self.assertFalse(invoice.recurring_debit_ids)
        self.press("2024-03-02", invoice.recurring_attempt_ids, "action_paid")
        self.announce("2024-03-03")
        self.assertFalse(invoice.recurring_debit_ids)
        self.assertEqual(self.captured(token), ["57.50"])

    def test_instalments_are_debited_each_on_its_day(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Halves",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 5}),
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 35}),
                ],
            }
        )
        subscription, _token = self.charged(
            "2024-03-01", 100.0, partner=self.ana, payment_term_id=term.id, mandate_id=self.mandate(most=60).id
        )
        invoice = self.invoices(subscription)
        self.announce("2024-03-01")
        first = invoice.recurring_debit_ids
        self.assertEqual(len(first), 1)
        self.assertEqual((str(first.day), first.amount), ("2024-03-06", 50.0))
        first._recurring_learn("done", day=first.day)
        self.assertEqual(invoice.amount_residual, 50.0)
        self.announce("2024-03-10")
        self.assertEqual(len(invoice.recurring_debit_ids), 1, "the second half is due on 5 April")
        self.announce("2024-03-27")
        second = invoice.recurring_debit_ids - first
        self.assertEqual((str(second.day), second.amount), ("2024-04-05", 50.0))
        second._recurring_learn("declined_soft", day=second.day)
        self.announce("2024-04-05")
        third = invoice.recurring_debit_ids - first - second
        self.assertEqual((str(third.day), third.amount), ("2024-04-06", 50.0))
        third._recurring_learn("done", day=third.day)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))

    def test_an_answer_that_cannot_be_kept_stops_nothing_else_and_is_asked_for_under_the_same_reference(self):
        mandate = self.mandate()
        invoices = self.env["account.move"]
        for price in (57.5, 20.0):
            subscription, _token = self.charged("2024-03-01", price, partner=self.ana, mandate_id=mandate.id)
            invoices |= self.invoices(subscription)
        conclude, left = RecurringMandateCollection._conclude, ["once"]

        def disturbed(service, *arguments, **values):
            if left:
                left.pop()
                raise SerializationFailure
            return conclude(service, *arguments, **values)

        with patch.object(RecurringMandateCollection, "_conclude", disturbed), mute_logger(MANDATES):
            self.announce("2024-03-01")
        self.assertEqual(sorted(invoices.recurring_debit_ids.mapped("state")), ["announced", "intended"])
        self.announce("2024-03-01")
        self.assertEqual(invoices.recurring_debit_ids.mapped("state"), ["announced", "announced"])
        self.assertEqual(sorted(BANK.debits.values()), [("2024-03-03", 20.0), ("2024-03-03", 57.5)])

    def test_a_mandate_debits_no_other_currency(self):
        pricelist = self.env["product.pricelist"].create({"name": "Euro", "currency_id": self.currency_eur.id})
        self.make_rate(self.currency_eur, "2024-03-01", 0.5)
        subscription, token = self.charged(
            "2024-03-01", 57.5, "ok", partner=self.ana, pricelist_id=pricelist.id, mandate_id=self.mandate().id
        )
        invoice = self.invoices(subscription)
        self.assertEqual(invoice.currency_id, self.currency_eur)
        self.announce("2024-03-01")
        self.assertFalse(invoice.recurring_debit_ids)
        self.collect("2024-03-01")
        self.assertEqual(self.captured(token), ["57.50"], "its card pays it")

    def test_a_debit_whose_payment_was_undone_is_not_debited_again_by_itself(self):
        subscription, _token = self.charged("2024-03-01", 57.5, partner=self.ana, mandate_id=self.mandate().id)
        invoice = self.invoices(subscription)
        self.announce("2024-03-01")
        debit = invoice.recurring_debit_ids
        debit._recurring_learn("done", day=debit.day)
        debit.payment_id.action_draft()
        debit.payment_id.action_cancel()
        self.assertEqual(invoice.payment_state, "not_paid")
        self.announce("2024-03-10")
        self.assertEqual(invoice.recurring_debit_ids, debit)
