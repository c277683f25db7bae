from odoo import models

from .. import const


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _is_recurring(self):
        """What an order offers as a change is billed by the subscription, whatever the product."""
        changes = self.order_id.recurring_purpose == const.PURPOSE_CHANGE and not self.display_type and not self.is_downpayment
        return changes or super()._is_recurring()
