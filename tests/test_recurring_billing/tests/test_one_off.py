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
