"""Money of a Pix that goes back ("devolução"), asked for here or done by the bank."""

from odoo.exceptions import AccessError, UserError
from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools import file_path

from .banking import PixCommon


@tagged("post_install", "-at_install")
class TestPixReturn(PixCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        self.bank.pay(self.charge(self.invoice).txid, "2026-03-05")
        self.hear("2026-03-05")
        self.pix = self.invoice.recurring_pix_payment_ids
        self.clerk = self.make_user("clerk", "account.group_account_invoice", companies=self.company)

    def give_back(self, amount, user=None):
        action = self.press("2026-03-06", self.pix, "action_return", user=user or self.clerk, companies=self.company)
        with self.committing("2026-03-06", user or self.clerk, self.company) as env:
            wizard = env["recurring.pix.return"].with_context(**action["context"]).create({"amount": amount, "words": "Paid twice"})
            wizard.action_return()
        return self.pix.refund_ids.sorted("id")[-1]

    def test_asked_here_and_returned(self):
        refund = self.give_back(300.0)
        self.assertEqual((refund.state, refund.amount), ("to_send", 300.0))
        self.hear("2026-03-06")
        self.assertEqual(refund.state, "returning")
        self.bank.end_return(self.pix.end_to_end, refund.name)
        self.hear("2026-03-07")
        self.assertEqual((refund.state, self.pix.refunded), ("returned", 300.0))
        self.assertBankContent()

    def returned(self, amount):
        refund = self.give_back(amount)
        self.hear("2026-03-06")
        self.bank.end_return(self.pix.end_to_end, refund.name)
        self.hear("2026-03-07")
        return refund

    def test_what_went_back_is_booked_once_and_the_invoice_is_open_for_it(self):
        refund = self.returned(300.0)
        payment = refund.payment_id
        self.assertEqual(
            (payment.payment_type, payment.amount, str(payment.date), payment.partner_id),
            ("outbound", 300.0, "2026-03-07", self.invoice.partner_id),
        )
        self.assertEqual((self.invoice.amount_residual, self.invoice.payment_state), (300.0, "partial"))
        self.hear("2026-03-08")
        self.assertEqual(refund.payment_id, payment)
        self.assertEqual(self.env["account.payment"].search_count([("recurring_unique_ref", "like", "pix-return:%")]), 1)

    def test_what_went_back_in_an_earlier_version_was_booked_by_hand_and_is_not_booked_again(self):
        refund = self.give_back(300.0)
        self.hear("2026-03-06")
        refund.sudo().state = "returned"
        self.env.flush_all()
        script = load_script(file_path("recurring_billing/migrations/19.0.1.2.0/post-pix-returns.py"), "post_pix_returns")
        script.migrate(self.env.cr, "19.0.1.1.0")
        self.env.invalidate_all()
        self.bank.end_return(self.pix.end_to_end, refund.name)
        self.hear("2026-03-07")
        self.assertEqual((refund.state, refund.by_hand, refund.payment_id.ids), ("returned", True, []))
        self.assertEqual((self.invoice.amount_residual, self.invoice.payment_state), (0.0, "paid"))

    def by_hand(self, amount, **values):
        """A person books money that went back, before it is heard that it did."""
        payment = (
            self.env["account.payment"]
            .with_context(force_payment_move=True)
            .create(
                {
                    "payment_type": "outbound",
                    "partner_type": "customer",
                    "partner_id": self.invoice.partner_id.id,
                    "journal_id": self.pix.payment_id.journal_id.id,
                    "amount": amount,
                    "date": "2026-03-06",
                    **values,
                }
            )
        )
        payment.action_post()
        return payment

    def entries(self):
        return self.env["account.payment"].search([("recurring_unique_ref", "like", "pix-return:%")])

    def test_an_entry_that_names_it_is_its_entry(self):
        payment = self.by_hand(300.0, memo=f"Devolução {self.pix.end_to_end}")
        refund = self.returned(300.0)
        self.assertEqual((refund.by_hand, refund.similar_move_id, self.entries().ids), (True, payment.move_id, []))

    def test_a_second_return_of_the_same_amount_has_an_entry_of_its_own(self):
        self.by_hand(300.0, memo=f"Devolução {self.pix.end_to_end}")
        first, second = self.returned(300.0), self.returned(300.0)
        self.assertEqual((first.by_hand, second.by_hand), (True, False))
        self.assertEqual((first.payment_id, second.payment_id), (self.entries().browse(), self.entries()))

    def test_an_entry_that_only_looks_like_it_is_asked_of_a_person(self):
        payment = self.by_hand(300.0)
        refund = self.returned(300.0)
        self.hear("2026-03-08")
        self.assertEqual((refund.by_hand, refund.similar_move_id, refund.payment_id.ids), (False, payment.move_id, []))
        self.assertEqual(len(self.invoice.activity_ids.filtered(lambda each: "looks like its entry" in each.summary)), 1)
        reader = self.make_user("reader", "recurring_billing.group_auditor", companies=self.company)
        with self.assertRaises(AccessError):
            self.press("2026-03-09", refund, "action_is_it", user=reader, companies=self.company)
        self.press("2026-03-09", refund, "action_is_it", user=self.clerk, companies=self.company)
        self.hear("2026-03-10")
        self.assertEqual((refund.by_hand, self.entries().ids), (True, []))
        with self.assertRaisesRegex(UserError, "decided already"):
            self.press("2026-03-10", refund, "action_is_another", user=self.clerk, companies=self.company)

    def test_an_entry_that_is_something_else_hinders_nothing(self):
        self.by_hand(300.0)
        refund = self.returned(300.0)
        self.press("2026-03-09", refund, "action_is_another", user=self.clerk, companies=self.company)
        self.assertEqual((refund.payment_id, refund.is_apart), (self.entries(), True))
        self.assertEqual(self.invoice.amount_residual, 300.0)

    def test_what_was_credited_before_is_paid_out(self):
        """A credit note of 300.00 stands open in the customer's favour: it is settled, the invoice stays paid."""
        reversal = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=self.invoice.ids)
        wizard = reversal.create({"journal_id": self.invoice.journal_id.id, "date": "2026-03-06"})
        credit = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        if credit.state == "draft":
            credit.action_post()
        refund = self.returned(1000.0)
        self.assertEqual((credit.amount_residual, self.invoice.amount_residual), (0.0, 0.0))
        self.assertTrue(refund.payment_id)

    def test_never_more_than_came(self):
        self.give_back(700.0)
        for amount in (300.01, 0.0, -5.0):
            with self.subTest(amount), self.assertRaisesRegex(UserError, "300"):
                self.give_back(amount)
        self.give_back(300.0)
        self.hear("2026-03-06")
        self.assertEqual(self.pix.refund_ids.mapped("state"), ["returning"] * 2)

    def test_an_answer_that_was_lost_returns_nothing_twice(self):
        refund = self.give_back(300.0)
        self.bank.fault("PUT /pix", "drop_after")
        self.hear("2026-03-06")
        self.assertEqual(refund.state, "sending")
        self.hear("2026-03-06")
        self.assertEqual(refund.state, "returning")
        gone = next(pix for pix in self.bank.everything()["payments"] if pix["endToEndId"] == self.pix.end_to_end)["devolucoes"]
        self.assertEqual([each["valor"] for each in gone], ["300.00"])

    def test_what_never_arrived_is_asked_again(self):
        refund = self.give_back(300.0)
        self.bank.fault("PUT /pix", "drop")
        self.hear("2026-03-06")
        self.assertEqual(refund.state, "sending")
        self.hear("2026-03-06")
        self.assertEqual(refund.state, "returning")

    def test_a_refusal_is_told(self):
        refund = self.give_back(300.0)
        self.bank.fault("PUT /pix", "refuse")
        self.hear("2026-03-06")
        self.assertEqual((refund.state, self.pix.refunded), ("not_returned", 0.0))
        self.assertIn("Chave", refund.problem)
        self.give_back(1000.0)

    def test_returned_by_the_bank(self):
        """The bank sends 250.00 back in a case of fraud: seen with the next reading, and told on the invoice."""
        self.bank.return_by_bank(self.pix.end_to_end, "250.00")
        self.hear("2026-03-06")
        self.assertEqual(
            self.pix.refund_ids.mapped(lambda refund: (refund.amount, refund.state, refund.asked)), [(250.0, "returning", False)]
        )
        self.assertIn("went back", self.invoice.message_ids[0].body)
        self.bank.end_return(self.pix.end_to_end, self.pix.refund_ids.name)
        self.hear("2026-03-07")
        self.assertEqual(self.pix.refunded, 250.0)

    def test_who_may_not_bill_may_not_give_back(self):
        auditor = self.make_user("auditor", "recurring_billing.group_auditor", companies=self.company)
        with self.assertRaises(AccessError):
            self.env["recurring.pix.return"].with_user(auditor).create({"pix_payment_id": self.pix.id, "amount": 1.0})
        with self.assertRaises(AccessError):
            self.env["recurring.pix.refunding"].with_user(auditor).ask(self.pix.with_user(auditor), 1.0, "")
        self.assertFalse(self.pix.refund_ids)
