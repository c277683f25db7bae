"""One-off charges and credits: on the next invoice, by themselves, withdrawn, undone; billed once or not at all."""

from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class OneOffCase(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visit = cls.make_product(80.0, "Technical visit")

    def one_off(self, day, subscription, price=80.0, **values):
        """A one-off charge or credit recorded on a day."""
        return (
            self.env["recurring.one.off"]
            .with_env(self.at(day))
            .create(
                {
                    "subscription_id": subscription.id,
                    "product_id": self.visit.id,
                    "price_unit": price,
                    "reason": "Router replaced",
                    **values,
                }
            )
        )


class TestOneOff(OneOffCase):
    def test_a_new_one_off_waits(self):
        subscription = self.subscribe("2024-01-01", 50.0)
        one_off = self.one_off("2024-01-10", subscription)
        self.assertEqual((one_off.state, one_off.amount, str(one_off.date)), ("waiting", 80.0, "2024-01-10"))

    def totals(self, subscription):
        return [(move.move_type, move.amount_total) for move in self.invoices(subscription)]

    def test_a_charge_goes_on_the_next_invoice(self):
        """January 50.00; in January a visit of 80.00: February is 130.00, March 50.00."""
        subscription = self.subscribe("2024-01-01", 50.0)
        self.bill("2024-01-01", subscription)
        one_off = self.one_off("2024-01-10", subscription)
        self.assertEqual(str(subscription.next_invoice_date), "2024-02-01")
        self.bill("2024-01-20", subscription)
        self.assertEqual(one_off.state, "waiting")
        self.bill("2024-02-01", subscription)
        self.bill("2024-03-01", subscription)
        self.assertEqual(self.totals(subscription), [("out_invoice", 50.0), ("out_invoice", 130.0), ("out_invoice", 50.0)])
        self.assertEqual((one_off.state, one_off.move_ids.amount_total), ("billed", 130.0))

    def test_taxes_of_a_charge_are_the_products(self):
        """80.00 with 15 % on the invoice of February, which has no tax itself: 50.00 + 92.00 = 142.00."""
        self.visit.taxes_id = self.tax
        subscription = self.subscribe("2024-01-01", 50.0)
        self.bill("2024-01-01", subscription)
        self.one_off("2024-01-10", subscription)
        self.bill("2024-02-01", subscription)
        self.assertEqual(self.totals(subscription)[1], ("out_invoice", 142.0))
