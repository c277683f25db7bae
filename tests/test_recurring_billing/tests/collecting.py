"""Subscriptions that are charged by themselves at the simulated gateway, told by date.

class TestSomething(CollectingCommon):
    def test_a_month(self):
        subscription, token = self.charged("2024-03-01", 57.5, "ok")
        self.collect("2024-03-01")
        self.assertEqual(self.captured(token), ["57.50"])
"""

from odoo import fields
from odoo.tools import mute_logger

from .charging import ChargingCommon


class CollectingCommon(ChargingCommon):
    """Harbor Gym charges saved cards since 1 January 2024."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"recurring_charge": True, "recurring_charge_from": "2024-01-01"})
        cls.plan_post_charge = cls.make_plan(invoice_mode="post_charge")
        cls.plan_charge_post = cls.make_plan(invoice_mode="charge_post")

    def charged(self, start, price=50.0, *words, mode="post_charge", partner=None, billed=True, plan=None, **values):
        """A monthly subscription with a saved card, its first invoice made on its first day but not charged yet.

        :param words: what becomes of the requests to charge the card.
        :return: subscription, card
        """
        partner = partner or self.make_partner()
        token = self.card(partner, *words)
        plan = plan or (self.plan_post_charge if mode == "post_charge" else self.plan_charge_post)
        subscription = self.subscribe(start, price, plan=plan, partner=partner, payment_token_id=token.id, **values)
        if billed:
            self.bill(start, subscription)
        return subscription, token

    def collect(self, day):
        """Let the scheduled action charge on a day, the way Odoo's scheduler does."""
        with mute_logger("odoo.addons.payment.models.payment_provider"):
            self.trigger("cron_charge", day)

    def tries(self, subscription):
        """Day, outcome and next day of each try, oldest first."""
        attempts = self.invoices(subscription).recurring_attempt_ids.sorted("id")
        return [(str(each.date), each.outcome, str(each.next_date) if each.next_date else "") for each in attempts]

    def pay(self, invoice, day, amount=None):
        """A payment that comes another way, registered by staff."""
        values = {"payment_date": fields.Date.to_date(day), **({"amount": amount} if amount is not None else {})}
        with self.committing(day) as env:
            wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
            wizard.create(values)._create_payments()
