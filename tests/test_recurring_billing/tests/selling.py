from odoo import Command

from .common import RecurringCommon


class OrderCommon(RecurringCommon):
    """Orders of gym memberships (subscriptions) and bottles (sold once)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly = cls.make_plan()
        cls.yearly = cls.make_plan(name="Yearly", interval_unit="year")
        cls.gym = cls.make_product(50.0, recurring_ok=True)
        cls.bottle = cls.make_product(8.0, name="Bottle", invoice_policy="order")

    @classmethod
    def order(cls, *lines, **values):
        """A quotation.

        :param lines: of products, or of dictionaries of line values.
        """
        vals = [line if isinstance(line, dict) else {"product_id": line.id} for line in lines]
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.make_partner().id,
                "recurring_plan_id": cls.monthly.id,
                "order_line": [Command.create(line) for line in vals],
                **values,
            }
        )
