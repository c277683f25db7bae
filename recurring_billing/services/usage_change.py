from odoo import api, models

from .. import const


class RecurringSubscriptionChange(models.AbstractModel):
    """What a change means for usage: a period has one price of usage, the one at its start."""

    _inherit = "recurring.subscription.change"

    def _reprice(self, lineage, day, values):
        if self._is_metered(lineage):
            day = self._boundary(lineage, day)
        return super()._reprice(lineage, day, values)

    def _is_metered(self, lineage):
        return const.USAGE_PRICE in lineage.line_ids.mapped("billing_type")

    @api.private
    def reprice_usage(self, line, values):
        """Another price of usage from the first period that is not billed.

        :param values: of the line; tiers as commands that create them.
        """
        lineage = line.lineage_id
        self._reprice(lineage, lineage.billed_until, values)
        self._settle(line)
