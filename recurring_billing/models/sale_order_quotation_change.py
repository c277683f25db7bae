from odoo import models

from .. import const


class SaleOrder(models.Model):
    """What a quotation that offers a change says."""

    _inherit = "sale.order"

    def _recurring_quotation_block(self):
        """A change says what it costs in its own note: it starts nothing, so there is no first invoice to speak of."""
        return {} if self.recurring_purpose == const.PURPOSE_CHANGE else super()._recurring_quotation_block()
