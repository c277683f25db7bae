"""No card number is kept or logged anywhere: a database with cards saved, charged, refused, refunded and taken back is searched."""

import logging

from odoo.tests import tagged

from odoo.addons.recurring_billing.services.provider_exchange import Exchange

from .card_numbers import database_rows, find, scan
from .charging import ChargingCommon

PLANTED = "4111 1111 1111 1111"
NAMES = ("card_number", "cardnumber", "pan", "cvv", "cvc", "cvv2", "security_code")


class Heard(logging.Handler):
    """Everything that is logged, at every level."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines = []

    def emit(self, record):
        self.lines.append((record.name, record.getMessage()))


@tagged("post_install", "-at_install")
class TestCardScan(ChargingCommon):
    def test_the_search_knows_a_card_number_and_nothing_else(self):
        for text in (
            PLANTED,
            "4111111111111111",
            "pays with 5555-5555-5555-4444.",
            "amex 3782 822463 10005",
            '"card":"6062826786276634"',
            "pan_4111111111111111",
        ):
            self.assertTrue(find(text), text)
        others = (
            "4111111111111112",  # no check digit
            "1234567890123452",  # no card begins so
            "00020126580014br.gov.bcb.pix01364111111111111111",  # within a payment code
            "a4111111111111111b",
            "4.111111111111111",
            "0.4111111111111111",
            "RF18 5390 0754 7034",
            "2024-03-01 12:00:00.411111",
        )
        for text in others:
            self.assertFalse(find(text), text)

    def test_no_field_of_ours_is_for_card_numbers(self):
        ours = {
            f"{model}.{name}": name.removeprefix("recurring_")
            for model in self.registry
            for name, field in self.env[model]._fields.items()
            if (field._module or "").startswith("recurring_billing")
        }
        self.assertIn("recurring.charge.attempt.token_id", ours)
        self.assertEqual([path for path, name in ours.items() if name in NAMES], [])

    def test_nothing_is_kept_of_a_card_but_its_last_digits(self):
        heard = Heard()
        logger, level = logging.getLogger("odoo.addons"), logging.getLogger("odoo.addons").level
        logger.addHandler(heard)
        logger.setLevel(logging.DEBUG)
        self.addCleanup(logger.setLevel, level)
        self.addCleanup(logger.removeHandler, heard)
        self.charge_in_every_way()
        self.env.flush_all()
        self.assertEqual(scan(heard.lines), {})
        self.assertTrue(heard.lines)
        self.assertEqual(scan(database_rows(self.env.cr)), {})
        with self.env.cr.savepoint():
            self.ana.message_post(body=f"My card is {PLANTED}, please charge it")
            self.env.flush_all()
            self.assertEqual(scan(database_rows(self.env.cr)), {"mail_message": [PLANTED]}, "what is there is found")

    def charge_in_every_way(self):
        """A refusal whose words hold a card number, a payment, its refund and its chargeback."""
        self.ana = self.make_partner()
        self.company.write({"recurring_charge": True, "recurring_charge_from": "2024-01-01"})
        plan = self.make_plan(invoice_mode="post_charge")
        self.company.recurring_charge = True
        for words in (("hard",), ("ok",), ("ok/500",)):
            card = self.card(self.ana, *words, payment_details="1111")
            subscription = self.subscribe("2024-03-01", 57.5, partner=self.ana, plan=plan, payment_token_id=card.id)
            self.bill("2024-03-01", subscription)
        self.trigger("cron_charge", "2024-03-01")
        attempts = self.env["recurring.charge.attempt"].search([("partner_id", "=", self.ana.id)])
        self.assertEqual(sorted(attempts.mapped("outcome")), ["declined_hard", "done", "unknown"])
        done = attempts.filtered(lambda attempt: attempt.outcome == "done").transaction_id
        refused = attempts.filtered(lambda attempt: attempt.outcome == "declined_hard")
        self.tell_with_a_number(refused)
        self.press("2024-03-02", done, "action_refund", 7.5)
        self.press("2024-03-02", done, "_recurring_charge_back")

    def tell_with_a_number(self, attempt):
        """A provider that repeats the number of the card in its answer."""
        with self.committing("2024-03-02") as env:
            outcomes = env["recurring.charge.outcome"]
            exchange = Exchange(sends=True)
            exchange.content = {"error": {"code": "stolen_card", "message": f"The card {PLANTED} is reported stolen."}}
            outcomes.conclude(env["recurring.charge.attempt"].browse(attempt.id), "declined_hard", exchange.said())
        self.assertIn("•••• 1111", attempt.words)
