from odoo import api, models

from odoo.addons.recurring_billing.demo.collector import Collector

from .academy import ACADEMY
from .collections import DEBTORS


class RecurringDemo(models.AbstractModel):
    _inherit = "recurring.demo"

    @api.model
    def _tell_academy(self):
        self._tell(ACADEMY)
        Collector(self.env, self.env.ref("recurring_billing_l10n_br.company_academia"), DEBTORS).tell()
