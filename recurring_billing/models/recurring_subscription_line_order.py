from datetime import timedelta

from odoo import fields, models


class RecurringSubscriptionLine(models.Model):
    """The order line that a subscription line comes from. Whoever continues it keeps the link."""

    _inherit = "recurring.subscription.line"

    sale_line_id = fields.Many2one(
        "sale.order.line",
        "Order Line",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The line of the sales order that it was sold with.",
    )

    def _service_owned_fields(self):
        return super()._service_owned_fields() | {"sale_line_id"}

    def _eve(self):
        """The last day of a line that has no day of its own."""
        self.ensure_one()
        return self.date_start - timedelta(days=1)
