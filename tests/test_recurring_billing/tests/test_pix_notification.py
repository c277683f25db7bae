"""Banks tell of payments by HTTP: nothing told is believed, everything told is asked about, and each Pix is booked once."""

import json
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .banking import PixCommon


@tagged("post_install", "-at_install")
class TestPixNotification(PixCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        self.path = f"/recurring_billing/pix/{self.account.webhook_token}"

    def tell(self, *payments, path=None, content=None):
        """A bank's notification; gives the status of the answer."""
        body = json.dumps({"pix": list(payments)}) if content is None else content
        answer = self.url_open(f"{path or self.path}/pix", data=body, headers={"Content-Type": "application/json"})
        self.env.invalidate_all()
        return answer.status_code

    def work(self, day):
        """Verify what was told and book it, without the bank's list."""
        self.bank.day(day)
        self.account.read_until = f"{day} 23:30:00"
        with self.committing(day) as env:
            env["recurring.pix.reading"].run_scheduled()

    def test_told_verified_booked(self):
        pix = self.bank.pay(self.charge(self.invoice).txid, "2026-03-05")
        self.assertEqual(self.tell(pix), 200)
        told = self.invoice.recurring_pix_payment_ids | self.env["recurring.pix.payment"].search([("end_to_end", "=", pix["endToEndId"])])
        self.assertEqual((told.state, told.amount, self.invoice.amount_residual), ("told", 0.0, 1000.0))
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", self.env.ref("recurring_billing.cron_pix_read").id)])
        self.assertTrue(triggers)
        self.work("2026-03-05")
        self.assertEqual((told.state, self.payments(self.invoice)), ("booked", [("2026-03-05", 1000.0)]))
        self.assertBankContent()

    def test_whatever_comes_first_twice_or_late_is_one_payment(self):
        pix = self.bank.pay(self.charge(self.invoice).txid, "2026-03-05")
        self.hear("2026-03-05")
        for _time in range(2):
            self.assertEqual(self.tell(pix, pix), 200)
            self.hear("2026-03-05")
        self.work("2026-03-09")
        self.tell(pix)
        self.work("2026-03-09")
        self.assertEqual(self.payments(self.invoice), [("2026-03-05", 1000.0)])
        self.assertEqual(self.env["account.payment"].search_count([("recurring_unique_ref", "=", f"pix:{pix['endToEndId']}")]), 1)

    def test_lies_are_not_booked(self):
        """Somebody who knows the address tells of a payment of 1 000.00 that never was."""
        lie = {"endToEndId": "E" + "9" * 31, "txid": self.charge(self.invoice).txid, "valor": "1000.00", "horario": "2026-03-05T12:00:00Z"}
        self.assertEqual(self.tell(lie), 200)
        self.work("2026-03-05")
        told = self.env["recurring.pix.payment"].search([("end_to_end", "=", lie["endToEndId"])])
        self.assertEqual((told.state, self.invoice.amount_residual, told.payment_id.id), ("told", 1000.0, False))
        self.env.cr.execute(
            "UPDATE recurring_pix_payment SET create_date = %s WHERE id = %s", [fields.Datetime.now() - timedelta(days=3), told.id]
        )
        self.env.invalidate_all()
        self.work("2026-03-08")
        self.assertEqual((told.state, self.invoice.amount_residual), ("unknown", 1000.0))

    def test_the_amount_is_the_banks_not_the_tellers(self):
        pix = self.bank.pay(self.charge(self.invoice).txid, "2026-03-05")
        self.tell({**pix, "valor": "999999.00"})
        self.work("2026-03-05")
        self.assertEqual(self.payments(self.invoice), [("2026-03-05", 1000.0)])

    def test_nonsense_changes_nothing(self):
        before = self.env["recurring.pix.payment"].search_count([])
        for content in ("[]", "{", '{"pix": 5}', '{"pix": [5, null, {"txid": 7}]}', "[" * 50_000, '{"pix": [{"endToEndId": "../x"}]}'):
            with self.subTest(content[:20]):
                self.assertEqual(self.tell(content=content), 200)
        self.assertEqual(self.env["recurring.pix.payment"].search_count([]), before)

    def test_the_secret_of_the_address_is_needed(self):
        pix = self.bank.pay(self.charge(self.invoice).txid, "2026-03-05")
        for path in ("/recurring_billing/pix/guessed", "/recurring_billing/pix/0", f"{self.path}x"):
            self.assertEqual(self.tell(pix, path=path), 404)
        self.assertFalse(self.env["recurring.pix.payment"].search([("end_to_end", "=", pix["endToEndId"])]))

    def test_the_bank_is_told_where_to_tell(self):
        self.env["ir.config_parameter"].set_param("web.base.url", "https://billing.example")
        self.env["recurring.identity"].confirm()
        self.assertEqual(self.account.action_receive_notifications()["params"]["type"], "success")
        known = self.bank.everything()["webhooks"]
        self.assertEqual(known[self.account.pix_key]["webhookUrl"], f"https://billing.example{self.path}")
        self.assertTrue(self.account.webhook_since)
        self.assertBankContent()
