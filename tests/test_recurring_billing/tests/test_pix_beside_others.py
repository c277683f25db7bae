"""Pix beside the other ways of an invoice: its message waits for the code, and a card that will be charged goes first."""

from odoo import Command
from odoo.tests import tagged

from .banking import PixCommon


@tagged("post_install", "-at_install")
class TestPixBesideOthers(PixCommon):
    def make_card(self):
        """A saved card of Ana."""
        method = self.env.ref("payment.payment_method_unknown")
        if not self.env["account.payment.method"].search([("code", "=", "recurring_test")]):
            self.env["account.payment.method"].create({"name": "Test", "code": "recurring_test", "payment_type": "inbound"})
        provider = self.env["payment.provider"].create(
            {
                "name": "Cards",
                "code": "recurring_test",
                "state": "test",
                "company_id": self.company.id,
                "payment_method_ids": [Command.set(method.ids)],
                "allow_tokenization": True,
            }
        )
        method.write({"active": True, "support_tokenization": True})
        return self.env["payment.token"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "partner_id": self.ana.id,
                "provider_ref": "card",
                "payment_details": "4242",
            }
        )

    def test_the_message_waits_for_the_code(self):
        self.company.recurring_send = True
        self.ana.email = "ana@example.com"
        plan = self.make_plan(invoice_mode="post_send")
        invoice = self.owe(plan=plan)
        self.assertEqual((invoice.recurring_stage, invoice.sending_data), ("to_send", False))
        self.assertIn("waits", invoice.recurring_stage_hint)
        self.register("2026-03-01")
        self.assertEqual(self.states(invoice), ["active"])
        self.assertTrue(invoice.sending_data)

    def test_the_message_of_a_refused_code_leaves_without_it(self):
        self.company.recurring_send = True
        self.ana.email = "ana@example.com"
        invoice = self.owe(plan=self.make_plan(invoice_mode="post_send"))
        self.bank.fault("PUT /cobv", "refuse")
        self.register("2026-03-01")
        self.assertEqual(self.states(invoice), ["refused"])
        self.assertTrue(invoice.sending_data)

    def test_a_silent_bank_holds_the_message_for_an_hour(self):
        self.company.recurring_send = True
        self.ana.email = "ana@example.com"
        invoice = self.owe(plan=self.make_plan(invoice_mode="post_send"))
        self.bank.fault("PUT /cobv", "503", times=100)
        self.register("2026-03-01")
        self.assertFalse(invoice.sending_data)
        self.env.cr.execute(
            "UPDATE account_move SET recurring_pix_waits_since = recurring_pix_waits_since - interval '2 hours' WHERE id = %s", [invoice.id]
        )
        self.env.invalidate_all()
        self.register("2026-03-01")
        self.assertTrue(invoice.sending_data)

    def test_what_was_to_be_sent_by_hand_stays_so(self):
        """Sending was off when it was made: a code does not send it."""
        self.ana.email = "ana@example.com"
        invoice = self.owe(plan=self.make_plan(invoice_mode="post_send"))
        self.company.recurring_send = True
        self.register("2026-03-01")
        self.assertEqual((self.states(invoice), invoice.sending_data), (["active"], False))

    def test_without_an_account_nothing_waits(self):
        self.account.action_turn_off()
        self.company.recurring_send = True
        self.ana.email = "ana@example.com"
        self.assertTrue(self.owe(plan=self.make_plan(invoice_mode="post_send")).sending_data)

    def test_a_card_that_will_be_charged_goes_first(self):
        """Two ways to pay at a time would both be paid: there is a code only when no card is charged any more."""
        token = self.make_card()
        self.ana.with_company(self.company).recurring_token_id = token
        self.company.write({"recurring_charge": True, "recurring_charge_from": "2026-01-01"})
        invoice = self.owe(plan=self.make_plan(invoice_mode="post_charge"))
        self.register("2026-03-01")
        self.assertEqual(self.states(invoice), [])
        token.active = False
        self.register("2026-03-01")
        self.assertEqual(self.states(invoice), ["active"])

    def test_no_card_is_charged_while_a_pix_waits_to_be_booked(self):
        invoice = self.owe()
        self.register("2026-03-01")
        collection = self.env["recurring.payment.collection"]
        self.assertFalse(collection._waits_for_another(invoice))
        pix = self.bank.pay(self.charge(invoice).txid, "2026-03-05")
        self.env["recurring.pix.reading"].tell(self.account, [(pix["endToEndId"], pix["txid"])])
        self.assertTrue(collection._waits_for_another(invoice))
        self.hear("2026-03-05")
        self.assertFalse(collection._waits_for_another(invoice))

    def test_a_planned_charge_withdraws_the_code(self):
        invoice = self.owe()
        self.register("2026-03-01")
        self.env["recurring.charge.outcome"].plan(invoice, invoice.invoice_date_due)
        self.register("2026-03-02")
        self.assertEqual(self.states(invoice), ["removed"])

    def test_a_payment_under_way_withdraws_the_code(self):
        """A payment in the portal whose end is not known: until it is, nobody is asked to pay again."""
        invoice = self.owe()
        self.register("2026-03-01")
        token = self.make_card()
        payment = self.env["payment.transaction"].create(
            {
                "provider_id": token.provider_id.id,
                "payment_method_id": token.payment_method_id.id,
                "reference": "portal",
                "amount": 1000.0,
                "currency_id": invoice.currency_id.id,
                "partner_id": self.ana.id,
                "invoice_ids": [Command.set(invoice.ids)],
            }
        )
        payment._set_pending()
        self.register("2026-03-02")
        self.assertEqual(self.states(invoice), ["removed"])
        payment._set_canceled()
        self.register("2026-03-02")
        self.assertEqual(self.states(invoice), ["removed", "active"])
