"""Payers of one subscription who become one customer: nobody's share is lost, nothing is billed to somebody else."""

from odoo import Command
from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestPayersJoined(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ana, cls.bea, cls.cid = (cls.make_partner(name) for name in ("Ana", "Bea", "Cid"))

    def split(self, *shares, customer=None, **values):
        """A subscription of Ana at 30.00 a month, split as said."""
        payers = [Command.create({"partner_id": partner.id, "percent": percent}) for partner, percent in shares]
        return self.subscribe("2024-04-01", 30.0, partner=customer or self.ana, payer_ids=payers, **values)

    def merge(self, source, target):
        self.env.flush_all()
        self.env["base.partner.merge.automatic.wizard"]._merge([source.id, target.id], target)
        self.env.invalidate_all()

    def by_payer(self, subscription):
        found = {}
        for move in self.invoices(subscription).filtered(lambda move: move.state != "cancel"):
            sign = 1 if move.move_type == "out_invoice" else -1
            found[move.partner_id] = round(found.get(move.partner_id, 0) + sign * move.amount_untaxed, 2)
        return found

    def test_two_payers_pay_together_what_each_of_them_paid(self):
        """Bea pays 50 %, Cid 30 %, Ana the rest. Cid is Bea: 80 % and 20 % of 30.00; a subscription of Cid's alone stays as it was."""
        subscription, other = self.split((self.bea, 50), (self.cid, 30)), self.split((self.cid, 40))
        self.merge(self.cid, self.bea)
        self.assertEqual((subscription.payer_ids.partner_id, subscription.payer_ids.percent), (self.bea, 80.0))
        self.assertEqual((other.payer_ids.partner_id, other.payer_ids.percent), (self.bea, 40.0))
        self.bill("2024-04-01", subscription | other)
        self.assertEqual(self.by_payer(subscription), {self.bea: 24.0, self.ana: 6.0})
        self.assertEqual(self.by_payer(other), {self.bea: 12.0, self.ana: 18.0})

    def test_a_payer_who_is_the_customer_pays_what_is_left(self):
        """Bea pays 40 %, Cid 10 %, Ana the rest. Bea is Ana: Cid still pays his 3.00, and Ana 27.00."""
        subscription = self.split((self.bea, 40), (self.cid, 10))
        self.merge(self.bea, self.ana)
        self.assertEqual(subscription.payer_ids.partner_id, self.cid)
        self.bill("2024-04-01", subscription)
        self.assertEqual(self.by_payer(subscription), {self.cid: 3.0, self.ana: 27.0})

    def test_payers_of_a_hundred_who_become_one(self):
        subscription = self.split((self.ana, 30), (self.bea, 35), (self.cid, 35))
        self.merge(self.cid, self.bea)
        self.assertEqual({payer.partner_id: payer.percent for payer in subscription.payer_ids}, {self.ana: 30.0, self.bea: 70.0})

    def test_what_both_were_invoiced_is_given_back(self):
        """April: Bea 15.00, Cid 9.00, Ana 6.00. Cid is Bea; the end after 15 April gives back half: 12.00 to Bea, 3.00 to Ana."""
        subscription = self.split((self.bea, 50), (self.cid, 30))
        self.bill("2024-04-01", subscription)
        self.merge(self.cid, self.bea)
        self.assertEqual(self.by_payer(subscription), {self.bea: 24.0, self.ana: 6.0})
        subscription.end_date = "2024-04-15"
        self.bill("2024-04-16", subscription)
        self.assertEqual(self.by_payer(subscription), {self.bea: 12.0, self.ana: 3.0})

    def test_one_of_both_invoices_is_made_again(self):
        """Of both invoices of Bea the one of 9.00, which was Cid's, is cancelled: the next run makes it again, the other one stands."""
        subscription = self.split((self.bea, 50), (self.cid, 30))
        self.bill("2024-04-01", subscription)
        invoice = self.invoices(subscription).filtered(lambda move: move.partner_id == self.cid)
        self.merge(self.cid, self.bea)
        invoice.button_draft()
        invoice.button_cancel()
        self.bill("2024-04-02", subscription)
        self.assertEqual(self.by_payer(subscription), {self.bea: 24.0, self.ana: 6.0})
        standing = self.invoices(subscription).filtered(lambda move: move.state == "posted")
        self.assertEqual(sorted(standing.mapped("amount_untaxed")), [6.0, 9.0, 15.0])
