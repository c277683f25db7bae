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

    def confirm(self, day, order, **who):
        """Confirm an order on a day."""
        self.press(day, order, "action_confirm", **who)

    def billed(self, subscription):
        """Its posted invoices: (day, untaxed amount) by day; several of one day one by one."""
        moves = self.invoices(subscription).filtered(lambda move: move.state == "posted")
        return [(str(move.invoice_date), move.amount_untaxed_signed) for move in moves.sorted("invoice_date")]

    def invoice_order(self, order, **values):
        """Invoice what the order invoices itself, with its wizard, and post."""
        wizard = self.env["sale.advance.payment.inv"].create({"sale_order_ids": order.ids, **values})
        invoice = wizard._create_invoices(order)
        invoice.action_post()
        return invoice
