from odoo import api, models

from .academy import ACADEMY


class RecurringDemo(models.AbstractModel):
    _inherit = "recurring.demo"

    @api.model
    def _tell_academy(self):
        self._tell(ACADEMY)
